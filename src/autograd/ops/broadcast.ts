import { RecurveError } from '../../errors.ts';
import { describeShape, expectTensor, type Shape, sizeOf, type Tensor } from '../tensor.ts';

/** NumPy's broadcasting: align at the right; sizes are equal or one of them is 1. */
export function commonShape(who: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[a.length - rank + i] ?? 1;
    const n = b[b.length - rank + i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new RecurveError(
        'shape',
        `${who}: expected shapes that broadcast, got ${describeShape(a)} and ${describeShape(b)}; make the last axes equal or 1`,
      );
    }
    return m === 1 ? n : m;
  });
}

/** Repeats x until it has `shape`; gradient: the sum over what was repeated. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  expectTensor('broadcastTo', 'x', x);
  if (commonShape('broadcastTo', x.shape, shape).join() !== shape.join()) {
    throw new RecurveError(
      'shape',
      `broadcastTo: expected a shape that ${describeShape(x.shape)} can be repeated to, got ${describeShape(shape)}; only axes of size 1 repeat`,
    );
  }
  let y = x.tape.view(x, [...Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (y.shape[axis] !== shape[axis]) y = expandAxis(y, axis, shape[axis]);
  }
  return y;
}

/** Repeats an axis of size 1 `count` times. */
function expandAxis(x: Tensor, axis: number, count: number): Tensor {
  const { tape } = x;
  const outer = sizeOf(x.shape.slice(0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const y = tape.output([...x.shape.slice(0, axis), count, ...x.shape.slice(axis + 1)], [x]);
  tape.engine.expand(y.address, x.address, outer, count, inner);
  tape.record(
    [y],
    () => tape.engine.reduce(tape.gradientOf(x), tape.gradientOf(y), outer, count, inner, true),
    'broadcast',
  );
  return y;
}
