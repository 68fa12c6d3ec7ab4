import type { Address, Engine } from '../engine/engine.ts';
import { NONE } from '../engine/engine.ts';
import { RecurveError } from '../errors.ts';
import type { Cell } from './cells/cell.ts';
import type { Layer } from './layer.ts';
import type { RecurrentLayer } from './layers/recurrent.ts';
import type { TiedLayer } from './layers/tied.ts';
import type { Network } from './network.ts';

/**
 * A network read one step at a time with everything laid out beforehand: packed weights, states, one place per result. It gives the bits
 * of {@link Network.predict} with a carry, without a tape and without allocating. Weights are those of the moment it is made.
 */
export interface Stepper {
  /** Streams read side by side. */
  readonly B: number;
  /** Numbers per output row. */
  readonly width: number;
  /** Reads one index or one vector per stream, [B] or [B·D], and gives the outputs [B·width]: a copy. */
  step(input: ArrayLike<number>): Float32Array | Float64Array;
  /** All states become zero. */
  reset(): void;
  /** All states of all streams, layer by layer; {@link Stepper.restore} goes on from them to the same bits. */
  states(): Float32Array | Float64Array;
  restore(states: ArrayLike<number>): void;
  /** Stream b goes on from the states of stream `from[b]`: for beams. */
  rearrange(from: ArrayLike<number>): void;
  [Symbol.dispose](): void;
}

/** Most slots of a table that holds a layer's input products for every index. */
const TABLE_LIMIT = 2 ** 22;

/**
 * Makes a stepper of a network of embedding, plain forward recurrent, linear, tied and dropout layers in a row.
 *
 * @throws RecurveError `unsupported` for other layers; step those with `network.predict` and a carry
 */
export function createStepper(network: Network, B = 1): Stepper {
  const plan = new Plan(network.engine, B);
  try {
    return plan.build(chainOf(network.root));
  } catch (error) {
    plan.release();
    throw error;
  }
}

/** Whether {@link createStepper} takes this network. */
export function canStep(root: Layer): boolean {
  return chainOf(root).every((layer) => ['embedding', 'linear', 'tied'].includes(layer.config.kind) || fused(layer));
}

function fused(layer: Layer): layer is RecurrentLayer {
  const { kind, residual, backward, reverse, initial, returns } = layer.config;
  if (kind !== 'recurrent' || residual || backward || reverse || initial || returns) return false;
  return (layer as RecurrentLayer).cells.every(
    (cell) =>
      cell.sequence &&
      ['lstm', 'gru', 'rnn'].includes(cell.kind) &&
      cell.stateNames.join() === (cell.kind === 'lstm' ? 'h,c' : 'h') &&
      !cell.parameters.weight_sk,
  );
}

/** The layers in the order they run, without those that do nothing outside training. */
function chainOf(layer: Layer): Layer[] {
  if (layer.config.kind === 'dropout') return [];
  return layer.config.kind === 'sequential' ? Object.values(layer.children ?? {}).flatMap(chainOf) : [layer];
}

/** One state [B, size] at an address. */
interface Held {
  address: Address;
  size: number;
}

class Plan {
  readonly #engine: Engine;
  readonly #B: number;
  readonly #blocks: Address[] = [];
  readonly #states: Held[] = [];
  readonly #runs: (() => void)[] = [];

  constructor(engine: Engine, B: number) {
    this.#engine = engine;
    this.#B = B;
  }

  build(chain: readonly Layer[]): Stepper {
    const engine = this.#engine;
    const B = this.#B;
    const [first] = chain;
    const embedded = first?.config.kind === 'embedding';
    const D = embedded ? 1 : widthIn(first);
    const input = this.#keep(B * D);
    let at = { address: input, width: D };
    chain.forEach((layer, k) => {
      if (layer.config.kind === 'embedding') {
        const next = chain[k + 1];
        if (next && fused(next) && this.#tabled(layer, next)) return;
        at = this.#look(layer, at.address);
      } else if (fused(layer)) {
        const before = chain[k - 1];
        const table = before?.config.kind === 'embedding' && this.#tabled(before, layer) ? before : undefined;
        layer.cells.forEach((cell, height) => {
          at = this.#cell(cell, at, height === 0 ? table : undefined);
        });
      } else if (layer.config.kind === 'linear' || layer.config.kind === 'tied') {
        at = this.#linear(layer, at);
      } else {
        throw new RecurveError(
          'unsupported',
          `stepper: expected embedding, plain recurrent, linear and dropout layers, got ${layer.config.kind}; step this network with predict and a carry`,
        );
      }
    });
    const { address, width } = at;
    const runs = this.#runs;
    const states = this.#states;
    const total = states.reduce((sum, { size }) => sum + B * size, 0);
    const spare = this.#keep(Math.max(...states.map(({ size }) => B * size), 1));
    let inUse = true;
    const expectInUse = (): void => {
      if (!inUse)
        throw new RecurveError('usage', 'stepper: expected one in use, got one that has ended; make a new one');
    };
    return {
      B,
      width,
      step(values) {
        expectInUse();
        if (values.length !== B * D)
          throw new RecurveError(
            'shape',
            `stepper: expected ${B} × ${D} numbers, got ${values.length}; give one row per stream`,
          );
        if (embedded) {
          checkIndices(values, first.config.vocabulary as number);
          engine.writeIndices(input, values);
        } else engine.write(input, values);
        for (const run of runs) run();
        return engine.read(address, B * width);
      },
      reset() {
        expectInUse();
        for (const state of states) engine.fill(state.address, B * state.size, 0);
      },
      states() {
        expectInUse();
        const all = engine.slotBytes === 4 ? new Float32Array(total) : new Float64Array(total);
        let offset = 0;
        for (const state of states) {
          all.set(engine.read(state.address, B * state.size), offset);
          offset += B * state.size;
        }
        return all;
      },
      restore(values) {
        expectInUse();
        if (values.length !== total)
          throw new RecurveError(
            'model',
            `stepper: expected ${total} numbers of state, got ${values.length}; restore what a stepper of the same network gave`,
          );
        let offset = 0;
        for (const state of states) {
          engine.write(state.address, Array.prototype.slice.call(values, offset, offset + B * state.size));
          offset += B * state.size;
        }
      },
      rearrange(from) {
        expectInUse();
        for (const { address: held, size } of states) {
          engine.copy(spare, held, B * size);
          for (let b = 0; b < B; b++) engine.copy(held + b * size, spare + from[b] * size, size);
        }
      },
      [Symbol.dispose]: () => {
        if (!inUse) return;
        inUse = false;
        this.release();
      },
    };
  }

  release(): void {
    for (const block of this.#blocks.splice(0)) this.#engine.arena.release(block);
  }

  #keep(slots: number): Address {
    const address = this.#engine.arena.keep(slots);
    this.#blocks.push(address);
    this.#engine.fill(address, slots, 0);
    return address;
  }

  /** Whether the first cell's input products are few enough to be kept for every index. */
  #tabled(embedding: Layer, layer: RecurrentLayer): boolean {
    const [G] = layer.cells[0].parameters.weight_ih.shape;
    return (embedding.config.vocabulary as number) * G <= TABLE_LIMIT;
  }

  #look({ parameters: { weight } }: Layer, indices: Address): { address: Address; width: number } {
    const D = weight.shape[1];
    const y = this.#keep(this.#B * D);
    this.#runs.push(() => this.#engine.gatherRows(y, weight.tensor.address, indices, this.#B, D));
    return { address: y, width: D };
  }

  #linear(layer: Layer, x: { address: Address; width: number }): { address: Address; width: number } {
    const { weight } = 'table' in layer ? (layer as TiedLayer).table.parameters : layer.parameters;
    const { bias } = layer.parameters;
    const [N] = weight.shape;
    const y = this.#keep(this.#B * N);
    this.#product(y, bias?.tensor.address, x, weight.tensor.address, N);
    return { address: y, width: N };
  }

  /** `y[B, N] = bias + x·wᵀ`, in the order of additions of a linear layer. */
  #product(y: Address, bias: Address | undefined, x: { address: Address; width: number }, w: Address, N: number): void {
    const engine = this.#engine;
    const packed = this.#pack(w, N, x.width);
    const options = { accumulate: bias !== undefined };
    this.#runs.push(() => {
      if (bias !== undefined) engine.expand(y, bias, 1, this.#B, N);
      engine.gemmPacked(y, x.address, packed, this.#B, N, x.width, options);
    });
  }

  #pack(w: Address, N: number, K: number): Address {
    const packed = this.#keep(this.#engine.packedSize(N, K));
    this.#engine.pack(packed, w, N, K);
    return packed;
  }

  /** The recurrent layer's own order of additions: biases, input products, then W_hh h' inside the kernel. */
  #cell(
    cell: Cell,
    x: { address: Address; width: number },
    table: Layer | undefined,
  ): { address: Address; width: number } {
    const engine = this.#engine;
    const B = this.#B;
    const { weight_ih, weight_hh, bias_ih, bias_hh } = cell.parameters;
    const H = cell.hidden;
    const [G, D] = weight_ih.shape;
    const gru = cell.kind === 'gru';
    const resetAfter = gru && cell.options.reset !== 'before';
    const bias = this.#keep(G);
    engine.copy(bias, bias_ih.tensor.address, G);
    engine.axpy(bias, bias_hh.tensor.address, resetAfter ? 2 * H : G, 1);
    const gates = this.#keep(B * G);
    if (table) this.#lookUpProducts(table, gates, bias, weight_ih.tensor.address, G, D, x.address);
    else this.#product(gates, bias, x, weight_ih.tensor.address, G);

    const hidden = this.#state(H);
    const sequence = { T: 1, B, H, lengths: NONE, hidden, gates };
    const w = weight_hh.tensor.address;
    if (cell.kind === 'lstm') {
      const cells = this.#state(H);
      const call = { ...sequence, cells, w: this.#pack(w, G, H) };
      this.#runs.push(() => {
        engine.lstmForward(call);
        engine.copy(cells, cells + B * H, B * H);
      });
    } else if (gru) {
      const call = {
        ...sequence,
        reset: resetAfter ? ('after' as const) : ('before' as const),
        candidate: this.#keep(B * H),
        bias: bias_hh.tensor.address + 2 * H,
        wrz: this.#pack(w, 2 * H, H),
        wn: this.#pack(w + 2 * H * H, H, H),
      };
      this.#runs.push(() => engine.gruForward(call));
    } else {
      const activation = cell.options.activation === 'relu' ? ('relu' as const) : ('tanh' as const);
      const call = { ...sequence, activation, w: this.#pack(w, H, H) };
      this.#runs.push(() => engine.rnnForward(call));
    }
    this.#runs.push(() => engine.copy(hidden, hidden + B * H, B * H));
    return { address: hidden, width: H };
  }

  /** A state and the one after it: the kernels write row t + 1. */
  #state(H: number): Address {
    const address = this.#keep(2 * this.#B * H);
    this.#states.push({ address, size: H });
    return address;
  }

  /** Products of every embedding with the input weights, computed once; a step copies its row. */
  #lookUpProducts(
    { parameters: { weight } }: Layer,
    gates: Address,
    bias: Address,
    wIh: Address,
    G: number,
    D: number,
    indices: Address,
  ): void {
    const engine = this.#engine;
    const [K] = weight.shape;
    const products = this.#keep(K * G);
    engine.expand(products, bias, 1, K, G);
    engine.gemmNt(products, weight.tensor.address, wIh, K, G, D);
    this.#runs.push(() => engine.gatherRows(gates, products, indices, this.#B, G));
  }
}

function widthIn(layer: Layer | undefined): number {
  const shape =
    layer &&
    ('cells' in layer ? (layer as RecurrentLayer).cells[0].parameters.weight_ih : layer.parameters.weight)?.shape;
  if (shape) return shape[1];
  throw new RecurveError(
    'unsupported',
    'stepper: expected a first layer with weights, got none; step with predict and a carry',
  );
}

function checkIndices(values: ArrayLike<number>, K: number): void {
  for (let b = 0; b < values.length; b++) {
    const index = values[b];
    if (!(Number.isInteger(index) && index >= 0 && index < K))
      throw new RecurveError(
        'shape',
        `stepper: expected indices from 0 to ${K - 1}, got ${index}; check the vocabulary`,
      );
  }
}
