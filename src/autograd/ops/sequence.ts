import type { Address } from '../../engine/engine.ts';
import { NONE } from '../../engine/engine.ts';
import { RecurveError } from '../../errors.ts';
import { expectList } from '../../options.ts';
import type { Tape } from '../tape.ts';
import { describeShape, expectShape, expectTensor, type Tensor } from '../tensor.ts';

/** Length of each row, 0 ≤ length ≤ T; undefined: all rows are T long. */
export type Lengths = ArrayLike<number> | undefined;

/** Checks lengths and writes them to the workspace. */
export function placeLengths(tape: Tape, lengths: Lengths, B: number, T: number): Address {
  if (!lengths) return NONE;
  if (lengths.length !== B) {
    throw new RecurveError(
      'shape',
      `lengths: expected one length per row, ${B} in all, got ${lengths.length}; give a length for every row of the batch`,
    );
  }
  for (let b = 0; b < B; b++) {
    if (!(Number.isInteger(lengths[b]) && lengths[b] >= 0 && lengths[b] <= T)) {
      throw new RecurveError(
        'shape',
        `lengths: expected whole numbers from 0 to ${T}, got ${lengths[b]} for row ${b}; a row cannot be longer than the batch`,
      );
    }
  }
  const address = tape.engine.arena.take(B);
  tape.engine.writeIndices(address, lengths);
  return address;
}

/** Whether batch-first and time-major lie in memory alike, and nothing is to be zeroed. */
function inOneOrder(B: number, T: number, lengths: Lengths): boolean {
  return !lengths && (B === 1 || T === 1);
}

/** `[B, T, D] → [T, B, D]`, zeros past each row's length. */
export function toTimeMajor(x: Tensor, lengths?: Lengths): Tensor {
  expectTensor('sequence', 'x', x);
  expectShape('sequence', 'x', x.shape, ['B', 'T', 'D'], 'sequences have three axes: batch, time, features');
  const { tape } = x;
  const [B, T, D] = x.shape;
  const at = placeLengths(tape, lengths, B, T);
  const same = inOneOrder(B, T, lengths);
  const y = same ? tape.shared(x, [T, B, D]) : tape.output([T, B, D], [x]);
  if (!same) tape.engine.toTimeMajor(y.address, x.address, at, B, T, D);
  tape.record(
    [y],
    () => {
      const { gradient, accumulate } = tape.receiverOf(x);
      tape.engine.toBatchFirst(gradient, tape.gradientOf(y), at, B, T, D, accumulate);
    },
    'toTimeMajor',
  );
  return y;
}

/** `[T, B, D] → [B, T, D]`, zeros past each row's length. */
export function toBatchFirst(x: Tensor, lengths?: Lengths): Tensor {
  expectTensor('sequence', 'x', x);
  expectShape('sequence', 'x', x.shape, ['T', 'B', 'D'], 'time-major sequences have three axes: time, batch, features');
  const { tape } = x;
  const [T, B, D] = x.shape;
  const at = placeLengths(tape, lengths, B, T);
  const same = inOneOrder(B, T, lengths);
  const y = same ? tape.shared(x, [B, T, D]) : tape.output([B, T, D], [x]);
  if (!same) tape.engine.toBatchFirst(y.address, x.address, at, B, T, D);
  tape.record(
    [y],
    () => {
      const { gradient, accumulate } = tape.receiverOf(x);
      tape.engine.toTimeMajor(gradient, tape.gradientOf(y), at, B, T, D, accumulate);
    },
    'toBatchFirst',
  );
  return y;
}

/** {@link takeLast} without a node, for operations that see to its gradient themselves; `at` is where the lengths lie. */
export function lastRows(states: Tensor, lengths: Lengths, at: Address): Tensor {
  const { tape } = states;
  const [rows, B, H] = states.shape;
  const T = rows - 1;
  if (!lengths) return tape.shared(states, [B, H], T * B * H);
  const y = tape.output([B, H], [states]);
  tape.engine.takeLast(y.address, states.address, at, B, T, H);
  return y;
}

/** Last valid row of states[T+1, B, H], whose row 0 is the initial state: `[B, H]`. */
export function takeLast(states: Tensor, lengths?: Lengths): Tensor {
  expectTensor('takeLast', 'states', states);
  const { tape } = states;
  expectShape('takeLast', 'states', states.shape, ['T+1', 'B', 'H'], 'the first state stands before the first step');
  const [rows, B, H] = states.shape;
  const T = rows - 1;
  const at = placeLengths(tape, lengths, B, T);
  const y = lastRows(states, lengths, at);
  tape.record(
    [y],
    () => tape.engine.takeLastBackward(tape.gradientOf(states), tape.gradientOf(y), at, B, T, H),
    'takeLast',
  );
  return y;
}

/** Row by row: `next` where step `t` lies inside the row, else `ended`. Both [B, H]. */
export function selectRunning(next: Tensor, ended: Tensor, lengths: Lengths, t: number): Tensor {
  const { tape } = next;
  const [B, H] = next.shape;
  expectShape('selectRunning', 'both tensors', ended.shape, [B, H], `the other has shape ${describeShape(next.shape)}`);
  if (!lengths) return next;
  const at = placeLengths(tape, lengths, B, Number.MAX_SAFE_INTEGER);
  const y = tape.output([B, H], [next, ended]);
  tape.engine.selectRows(y.address, next.address, ended.address, at, t, B, H);
  tape.record(
    [y],
    () =>
      tape.engine.selectRowsBackward(tape.gradientOf(next), tape.gradientOf(ended), tape.gradientOf(y), at, t, B, H),
    'selectRunning',
  );
  return y;
}

/**
 * Each row of x[T, B, D] turned round within its length; steps past a row's end stay where they are. Turning twice gives x again.
 */
export function reverseSequence(x: Tensor, lengths?: Lengths): Tensor {
  expectTensor('sequence', 'x', x);
  expectShape('reverse', 'x', x.shape, ['T', 'B', 'D'], 'time-major sequences have three axes: time, batch, features');
  const { tape } = x;
  const [T, B, D] = x.shape;
  placeLengths(tape, lengths, B, T);
  const from = new Int32Array(T * B);
  for (let b = 0; b < B; b++) {
    const end = lengths?.[b] ?? T;
    for (let t = 0; t < T; t++) from[t * B + b] = (t < end ? end - 1 - t : t) * B + b;
  }
  const rows = tape.engine.arena.take(T * B);
  tape.engine.writeIndices(rows, from);
  const y = tape.output([T, B, D], [x]);
  tape.engine.gatherRows(y.address, x.address, rows, T * B, D);
  // A permutation: every element of dx receives exactly one of dy.
  tape.record(
    [y],
    () => tape.engine.scatterAddRows(tape.gradientOf(x), tape.gradientOf(y), rows, T * B, D),
    'reverseSequence',
  );
  return y;
}

/** Joins steps [B, H] into [T, B, H]. */
export function stack(steps: readonly Tensor[]): Tensor {
  expectList('stack', 'steps', steps, 'give the tensors to join');
  for (const step of steps) expectTensor('stack', 'a step', step);
  if (steps.length === 0)
    throw new RecurveError('shape', 'stack: expected at least one tensor, got none; give the steps to join');
  const { tape, shape, size } = steps[0];
  for (const step of steps) expectShape('stack', 'steps', step.shape, shape, 'all steps have one shape');
  const y = tape.output([steps.length, ...shape], steps);
  steps.forEach((step, t) => {
    tape.engine.copy(y.address + t * size, step.address, size);
  });
  tape.record(
    [y],
    () => {
      const dy = tape.gradientOf(y);
      steps.forEach((step, t) => {
        const dx = tape.gradientOf(step);
        if (dx !== NONE) tape.engine.axpy(dx, dy + t * size, size, 1);
      });
    },
    'stack',
  );
  return y;
}
