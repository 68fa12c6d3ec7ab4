import { RecurveError } from '../../errors.ts';
import { describeShape, sizeOf, type Tensor } from '../tensor.ts';
import { affine } from './elementwise.ts';

/** Σ over one axis, or over all elements (shape []), ascending. */
export function sum(x: Tensor, axis?: number): Tensor {
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
  tape.engine.reduce(y.address, x.address, outer, count, inner);
  tape.record(
    [y],
    () => tape.engine.expand(tape.gradientOf(x), tape.gradientOf(y), outer, count, inner, true),
    'reduce',
  );
  return y;
}

/** Mean over one axis, or over all elements. */
export function mean(x: Tensor, axis?: number): Tensor {
  return affine(sum(x, axis), 1 / (axis === undefined ? x.size : x.shape[axis]));
}
