import { sizeOf, Tape, Tensor } from '../autograd/index.ts';
import type { Engine } from '../engine/engine.ts';
import { RecurveError } from '../errors.ts';
import { expectList, expectOptions, kindOf, type OptionNames } from '../options.ts';
import { Random } from '../random.ts';
import { expectLayer } from './check.ts';
import { type Layer, namedParameters, type Pass } from './layer.ts';
import { type MemoryNeed, measureStep, type StepOptions } from './memory.ts';
import { Parameter } from './parameter.ts';

/** One parameter's place in the network's block. */
export interface ParameterEntry {
  name: string;
  parameter: Parameter;
  /** Slots from the start of the block. */
  offset: number;
  size: number;
}

/**
 * Layers with their parameters on an engine. All weights lie in one block of the arena and all gradients in one of the same layout behind it, so that the global norm, the optimisers and an all-reduce see two vectors.
 */
export interface Network {
  readonly root: Layer;
  readonly engine: Engine;
  readonly tape: Tape;
  readonly entries: readonly ParameterEntry[];
  /**
   * Address and length in slots of the weights; {@link Network.gradients} has the same length. Gaps between parameters are 0.
   * Refused once the network has ended: another's weights may lie there.
   */
  readonly weights: number;
  readonly gradients: number;
  readonly slots: number;
  /** Numbers in all parameters together. */
  readonly parameterCount: number;
  zeroGradients(): void;
  /** Copies of all weights by name. */
  state(): Record<string, { shape: readonly number[]; data: Float32Array | Float64Array }>;
  /** Sets all weights; names and shapes must be exactly those of {@link Network.state}. */
  load(state: Readonly<Record<string, { shape: readonly number[]; data: ArrayLike<number> }>>): void;
  /** Forward pass without dropout and without a record, for predictions: copies the result out. */
  predict(
    values: ArrayLike<number>,
    shape: readonly number[],
    pass?: Pick<Pass, 'lengths' | 'carry'>,
  ): { shape: readonly number[]; values: Float32Array | Float64Array };
  /**
   * Bytes that a step of this input would take, before it is run: the layers are walked with an engine that allocates and computes
   * nothing. Equal to `engine.arena.usage()` of the step itself.
   *
   * @example network.memory({ shape: [32, 100, 8] }).peak / 2 ** 20 // MiB
   */
  memory(options: StepOptions): MemoryNeed;
  /** Gives the arena's blocks back; the layers become free, the network can no longer be used. */
  [Symbol.dispose](): void;
}

const MEMORY_OPTIONS: OptionNames<StepOptions> = { shape: true, lengths: true, training: 'boolean', loss: 'function' };

/** Numbers of 32 bits in the largest WebAssembly memory. */
const MOST_INPUT = 2 ** 30;

/** Parameters start on 64-byte borders. */
const ALIGN = 16;

/**
 * Places a layer's parameters on an engine and draws their first values: each parameter from its own stream `init/{name}` of the
 * seed, so that adding a layer does not change the others.
 */
export function createNetwork(engine: Engine, root: Layer, options: { seed?: number } = {}): Network {
  if (!engine?.arena) {
    throw new RecurveError(
      'usage',
      `network: expected an engine and then a layer, got ${kindOf(engine)} first; await createEngine() and give what it returns`,
    );
  }
  expectLayer('network', root);
  expectOptions('network', options, { seed: 'number' });
  const tape = new Tape(engine);
  const entries: ParameterEntry[] = [];
  let slots = 0;
  for (const [name, parameter] of namedParameters(root)) {
    if (!(parameter instanceof Parameter)) {
      throw new RecurveError(
        'usage',
        `network: expected ${name} to be a Parameter, got ${kindOf(parameter)}; make it with new Parameter(shape, start)`,
      );
    }
    parameter.expectFree();
    const same = entries.find((entry) => entry.parameter === parameter);
    if (same) {
      throw new RecurveError(
        'usage',
        `network: expected each layer in one place, got ${name} and ${same.name} with one parameter; make a second layer`,
      );
    }
    const size = sizeOf(parameter.shape);
    entries.push({ name, parameter, offset: slots, size });
    slots += Math.ceil(size / ALIGN) * ALIGN;
  }
  const weights = engine.arena.keep(2 * slots);
  const gradients = weights + slots;
  engine.fill(weights, 2 * slots, 0);

  const random = new Random(options.seed ?? 0).fork('init');
  for (const { name, parameter, offset, size } of entries) {
    const first = new Float64Array(size);
    parameter.initialise(first, parameter.shape, random.fork(name));
    const strange = first.find((value) => !Number.isFinite(value));
    if (strange !== undefined) {
      throw new RecurveError(
        'numeric',
        `network: expected finite first values of ${name}, got ${strange}; check its initialiser`,
      );
    }
    engine.write(weights + offset, first);
    parameter.bind(
      new Tensor(tape, parameter.shape, weights + offset, { tracked: true, scope: 0, gradient: gradients + offset }),
    );
  }

  let inUse = true;
  return {
    root,
    engine,
    tape,
    entries,
    get weights() {
      expectInUse();
      return weights;
    },
    get gradients() {
      expectInUse();
      return gradients;
    },
    slots,
    parameterCount: entries.reduce((n, { size }) => n + size, 0),
    zeroGradients() {
      expectInUse();
      engine.fill(gradients, slots, 0);
    },
    state() {
      expectInUse();
      return Object.fromEntries(
        entries.map(({ name, parameter }) => [name, { shape: parameter.shape, data: parameter.tensor.values() }]),
      );
    },
    load(state) {
      expectInUse();
      checkState(entries, state);
      for (const { name, parameter } of entries) engine.write(parameter.tensor.address, state[name].data);
    },
    predict(values, shape, pass = {}) {
      expectInUse();
      expectOptions('predict', pass, { lengths: true, carry: true });
      return tape.evaluate(() => {
        const y = root.forward(tape.constant(values, shape), { ...pass, training: false, dropoutKey: noDropout });
        return { shape: y.shape, values: y.values() };
      });
    },
    memory(options) {
      expectInUse();
      expectOptions('memory', options, MEMORY_OPTIONS);
      expectList('memory', 'shape', options.shape, 'give that of the input, { shape: [B, T, D] }');
      if (sizeOf(options.shape) > MOST_INPUT) {
        throw new RecurveError(
          'usage',
          `memory: expected an input of at most ${MOST_INPUT} numbers, got [${options.shape.join(', ')}]; no engine has room for more`,
        );
      }
      return measureStep(tape, root, entries, options);
    },
    [Symbol.dispose]() {
      if (!inUse) return;
      inUse = false;
      tape.kept?.release();
      engine.arena.release(weights);
      for (const { parameter } of entries) parameter.bind(undefined);
    },
  };

  /** Its place may belong to another network by now. */
  function expectInUse(): void {
    if (!inUse) {
      throw new RecurveError('usage', 'network: expected a network in use, got one that has ended; make a new one');
    }
  }
}

/** For passes outside training, where no key may be asked for. */
export function noDropout(): never {
  throw new RecurveError(
    'usage',
    'dropout: expected no key to be asked for outside training, got a request; check pass.training before applying dropout',
  );
}

function checkState(
  entries: readonly ParameterEntry[],
  state: Readonly<Record<string, { shape: readonly number[]; data: ArrayLike<number> }>>,
): void {
  if (typeof state !== 'object' || state === null)
    throw new RecurveError('model', `network: expected weights by name, got ${String(state)}; give what state() gives`);
  const missing = entries.filter(({ name }) => !Object.hasOwn(state, name)).map(({ name }) => name);
  const known = new Set(entries.map(({ name }) => name));
  const foreign = Object.keys(state).filter((name) => !known.has(name));
  if (missing.length > 0 || foreign.length > 0) {
    const list = (names: string[]): string =>
      names.length === 0 ? 'none' : names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
    throw new RecurveError(
      'model',
      `network: expected weights for exactly its ${entries.length} parameters, got missing: ${list(missing)}; unknown: ${list(foreign)}; load the weights of the same architecture`,
    );
  }
  for (const { name, parameter, size } of entries) {
    const { shape, data } = state[name] ?? {};
    if (!Array.isArray(shape) || typeof data?.length !== 'number') {
      throw new RecurveError(
        'model',
        `network: expected ${name} as { shape, data }, got ${kindOf(state[name])}; give what state() gives`,
      );
    }
    if (shape.join() !== parameter.shape.join() || data.length !== size) {
      throw new RecurveError(
        'model',
        `network: expected ${name} of shape [${parameter.shape.join(', ')}], got [${shape.join(', ')}]; load the weights of the same architecture`,
      );
    }
    for (let i = 0; i < size; i++) {
      if (!Number.isFinite(data[i])) {
        throw new RecurveError(
          'model',
          `network: expected finite weights, got ${data[i]} in ${name} at ${i}; the file is damaged or its training diverged`,
        );
      }
    }
  }
}
