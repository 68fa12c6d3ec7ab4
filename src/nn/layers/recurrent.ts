import {
  dropout as applyDropout,
  expectShape,
  type Lengths,
  selectRunning,
  sizeOf,
  stack,
  type Tensor,
  toBatchFirst,
  toTimeMajor,
} from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { type Cell, type State, zeroState } from '../cells/cell.ts';
import { type GruOptions, gruCell } from '../cells/gru.ts';
import { type LstmOptions, lstmCell } from '../cells/lstm.ts';
import { type RnnOptions, rnnCell } from '../cells/rnn.ts';
import { expectDropout, expectSize } from '../check.ts';
import type { Layer, Pass } from '../layer.ts';
import type { Parameter } from '../parameter.ts';

/** Options of a stack, beside those of its cell. */
export interface StackOptions {
  /** Cells on top of each other, at least 1 (default). */
  layers?: number;
  /** Probability of dropping an output between two cells of the stack, in training; default 0. Needs layers ≥ 2. */
  dropout?: number;
}

/** A recurrent layer: besides `forward`, `run` gives and takes states as tensors. */
export interface RecurrentLayer extends Layer {
  readonly cells: readonly Cell[];
  /**
   * x[B, T, D] and first states (zero by default), one per cell, give outputs [B, T, H] of the top cell, zero past each row's
   * length, and last states. A row of length 0 keeps its first state.
   */
  run(x: Tensor, pass: Pass, initial?: readonly State[]): { outputs: Tensor; states: State[] };
}

/** Elman RNN over time, stacked. Options and names as PyTorch's `nn.RNN`. */
export function rnn(options: RnnOptions & StackOptions): RecurrentLayer {
  return recurrent(stackOf(rnnCell, options), options);
}

/** LSTM over time, stacked. Options and names as PyTorch's `nn.LSTM`. */
export function lstm(options: LstmOptions & StackOptions): RecurrentLayer {
  return recurrent(stackOf(lstmCell, options), options);
}

/** GRU over time, stacked. Options and names as PyTorch's `nn.GRU`. */
export function gru(options: GruOptions & StackOptions): RecurrentLayer {
  return recurrent(stackOf(gruCell, options), options);
}

function stackOf<O extends { input: number; hidden: number }>(
  make: (options: O) => Cell,
  options: O & StackOptions,
): Cell[] {
  const { layers = 1 } = options;
  expectSize('recurrent', 'layers', layers);
  return Array.from({ length: layers }, (_, k) => make(k === 0 ? options : { ...options, input: options.hidden }));
}

/**
 * Cells over time, the first reading the input and each next one the outputs below it: any cells, also your own.
 * Takes x[B, T, D], gives [B, T, H].
 */
export function recurrent(cells: readonly Cell[], options: { dropout?: number } = {}): RecurrentLayer {
  const p = options.dropout ?? 0;
  expectDropout('recurrent', p);
  cells.forEach((cell, k) => {
    if (k > 0 && cell.input !== cells[k - 1].hidden) {
      throw new RecurveError(
        'shape',
        `recurrent: expected cell ${k} to read ${cells[k - 1].hidden} features from the cell below, got input: ${cell.input}; make them equal`,
      );
    }
  });
  if (cells.length === 0)
    throw new RecurveError('usage', 'recurrent: expected at least one cell, got none; give the cells of the stack');

  const layer: RecurrentLayer = {
    config: {
      kind: 'recurrent',
      dropout: p,
      cells: cells.map(({ kind, input, hidden, options }) => ({ kind, input, hidden, ...options })),
    },
    parameters: named(cells),
    cells,
    run(x, pass, initial) {
      expectShape(
        'recurrent',
        'x',
        x.shape,
        ['B', 'T', cells[0].input],
        `build the layer with input: ${x.shape.at(-1)}`,
      );
      const { tape } = x;
      const [B] = x.shape;
      let below = toTimeMajor(x, pass.lengths);
      const states = cells.map((cell, k) => {
        if (k > 0 && pass.training && p > 0) below = applyDropout(below, p, pass.dropoutKey());
        const first = initial?.[k] ?? zeroState(cell, tape, B);
        const { outputs, last } = (cell.sequence ?? unroll(cell))(below, first, pass.lengths);
        below = outputs;
        return last;
      });
      return { outputs: toBatchFirst(below, pass.lengths), states };
    },
    forward(x, pass) {
      const { outputs, states } = layer.run(x, pass, restore(x, pass));
      pass.carry?.set(layer, states.map(copied));
      return outputs;
    },
  };

  function restore(x: Tensor, pass: Pass): State[] | undefined {
    const kept = pass.carry?.get(layer);
    return kept?.map((values, k) => {
      const shape = [x.shape[0], cells[k].hidden];
      if (values.h.length !== sizeOf(shape)) {
        throw new RecurveError(
          'shape',
          `recurrent: expected a carried state of shape [${shape.join(', ')}], got ${values.h.length} numbers; keep the batch size while a state is carried`,
        );
      }
      return Object.fromEntries(
        Object.entries(values).map(([name, numbers]) => [name, x.tape.constant(numbers, shape)]),
      ) as State;
    });
  }
  return layer;
}

/** PyTorch's names: `weight_ih` of the cell at height k is `weight_ih_l{k}`. */
function named(cells: readonly Cell[]): Record<string, Parameter> {
  return Object.fromEntries(
    cells.flatMap((cell, k) =>
      Object.entries(cell.parameters).map(([name, parameter]) => [`${name}_l${k}`, parameter]),
    ),
  );
}

function copied(state: State): Record<string, ArrayLike<number>> {
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, tensor.values()]));
}

/** `step` repeated over x[T, B, D]: the oracle of every fused sequence, and the road of cells that have none. */
export function unroll(cell: Cell): NonNullable<Cell['sequence']> {
  return (x: Tensor, first: State, lengths: Lengths) => {
    const { tape } = x;
    const [T, B, D] = x.shape;
    let state = first;
    const outputs: Tensor[] = [];
    for (let t = 0; t < T; t++) {
      state = keepEnded(cell.step(tape.view(x, [B, D], t * B * D), state), state, lengths, t);
      outputs.push(state.h);
    }
    if (T === 0) return { outputs: tape.zeros([T, B, cell.hidden]), last: state };
    // Zeroed after they are joined: then a state's gradient adds up in the same order with lengths and without, to the bit.
    const joined = stack(outputs);
    return { outputs: lengths ? toTimeMajor(toBatchFirst(joined, lengths)) : joined, last: state };
  };
}

function keepEnded(next: State, before: State, lengths: Lengths, t: number): State {
  return Object.fromEntries(
    Object.keys(next).map((name) => [name, selectRunning(next[name], before[name], lengths, t)]),
  ) as State;
}
