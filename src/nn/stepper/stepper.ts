import { RecurveError } from '../../errors.ts';
import { expectWhole } from '../../options.ts';
import { expectNetwork } from '../check.ts';
import type { Network } from '../network.ts';
import { chainOf, widthIn } from './chain.ts';
import { planLayers } from './layers.ts';
import { Plan, type Rows } from './plan.ts';

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

/**
 * Makes a stepper of a network of embedding, plain forward recurrent, linear, tied and dropout layers in a row.
 *
 * @throws RecurveError `unsupported` for other layers; step those with `network.predict` and a carry; `usage` for B below 1
 */
export function createStepper(network: Network, B = 1): Stepper {
  expectNetwork('stepper', network);
  expectWhole('stepper', 'B', B);
  const plan = new Plan(network.engine, B);
  try {
    const chain = chainOf(network.root);
    const width = widthIn(chain);
    const input = { address: plan.keep(B * width), width };
    const output = planLayers(plan, chain, input);
    const [first] = chain;
    const indices = first.config.kind === 'embedding' ? (first.config.vocabulary as number) : undefined;
    return stepperOf(plan, input, output, indices);
  } catch (error) {
    plan.release();
    throw error;
  }
}

/** @param indices how many there are, where the input is indices */
function stepperOf(plan: Plan, input: Rows, output: Rows, indices: number | undefined): Stepper {
  const { engine, B, states } = plan;
  const total = states.reduce((sum, { size }) => sum + B * size, 0);
  const spare = plan.keep(Math.max(...states.map(({ size }) => B * size), 1));
  let inUse = true;
  const expectInUse = (): void => {
    if (!inUse) throw new RecurveError('usage', 'stepper: expected one in use, got one that has ended; make a new one');
  };
  return {
    B,
    width: output.width,
    step(values) {
      expectInUse();
      if (values?.length !== B * input.width)
        throw new RecurveError(
          'shape',
          `stepper: expected ${B} × ${input.width} numbers, got ${values?.length ?? 'none'}; give one row per stream`,
        );
      if (indices !== undefined) {
        checkIndices(values, indices);
        engine.writeIndices(input.address, values);
      } else engine.write(input.address, values);
      plan.run();
      return engine.read(output.address, B * output.width);
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
      if (values?.length !== total)
        throw new RecurveError(
          'model',
          `stepper: expected ${total} numbers of state, got ${values?.length ?? 'none'}; restore what a stepper of the same network gave`,
        );
      let offset = 0;
      for (const state of states) {
        engine.write(state.address, Array.prototype.slice.call(values, offset, offset + B * state.size));
        offset += B * state.size;
      }
    },
    rearrange(from) {
      expectInUse();
      checkStreams(from, B);
      for (const { address, size } of states) {
        engine.copy(spare, address, B * size);
        for (let b = 0; b < B; b++) engine.copy(address + b * size, spare + from[b] * size, size);
      }
    },
    [Symbol.dispose]: () => {
      if (!inUse) return;
      inUse = false;
      plan.release();
    },
  };
}

function checkStreams(from: ArrayLike<number>, B: number): void {
  if (from?.length === B && Array.from(from).every((b) => Number.isInteger(b) && b >= 0 && b < B)) return;
  throw new RecurveError(
    'shape',
    `stepper: expected ${B} streams from 0 to ${B - 1}, got ${Array.from(from ?? []).join(', ') || 'none'}; name one for each stream`,
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
