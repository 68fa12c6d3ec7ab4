import type { Address, Engine } from '../../engine/engine.ts';
import { RecurveError } from '../../errors.ts';
import { describeShape, expectTensor, sizeOf, type Tensor } from '../tensor.ts';
import { affine } from './elementwise.ts';

/** Lanes of a sum over all elements: one chain would wait for each addition, these run side by side and are shared among threads. */
const LANES = 2048;
/** Elements from which on there are lanes. */
const WORTH_LANES = 8 * LANES;

/**
 * Σ over one axis, ascending; or over all elements (shape []): of 16,384 and more, element i is added to lane i mod 2048, then the lanes
 * are, all ascending.
 */
export function sum(x: Tensor, axis?: number): Tensor {
  expectTensor('sum', 'x', x);
  const { tape } = x;
  if (axis !== undefined && !(Number.isInteger(axis) && axis >= 0 && axis < x.shape.length)) {
    throw new RecurveError(
      'shape',
      `sum: expected an axis of ${describeShape(x.shape)}, got ${axis}; axes count from 0`,
    );
  }
  const outer = axis === undefined ? 1 : sizeOf(x.shape.slice(0, axis));
  const count = axis === undefined ? x.size : x.shape[axis];
  const inner = axis === undefined ? 1 : sizeOf(x.shape.slice(axis + 1));
  const y = tape.output(axis === undefined ? [] : [...x.shape.slice(0, axis), ...x.shape.slice(axis + 1)], [x]);
  tape.engine.fill(y.address, y.size, 0);
  if (axis === undefined && count >= WORTH_LANES) addByLanes(tape.engine, y.address, x.address, count);
  else tape.engine.reduce(y.address, x.address, outer, count, inner);
  tape.record(
    [y],
    () => {
      const { gradient, accumulate } = tape.receiverOf(x);
      tape.engine.expand(gradient, tape.gradientOf(y), outer, count, inner, accumulate);
    },
    'reduce',
  );
  return y;
}

function addByLanes(engine: Engine, y: Address, x: Address, n: number): void {
  engine.arena.scope(() => {
    const lanes = engine.arena.take(LANES);
    engine.fill(lanes, LANES, 0);
    const rows = Math.floor(n / LANES);
    engine.reduce(lanes, x, 1, rows, LANES);
    engine.reduce(lanes, x + rows * LANES, 1, 1, n - rows * LANES);
    engine.reduce(y, lanes, 1, LANES, 1);
  });
}

/** Mean over one axis, or over all elements. */
export function mean(x: Tensor, axis?: number): Tensor {
  expectTensor('mean', 'x', x);
  return affine(sum(x, axis), 1 / (axis === undefined ? x.size : x.shape[axis]));
}
