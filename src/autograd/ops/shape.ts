import { NONE } from '../../engine/engine.ts';
import { RecurveError } from '../../errors.ts';
import { expectList } from '../../options.ts';
import { describeShape, expectTensor, type Shape, sizeOf, type Tensor } from '../tensor.ts';

/** The same elements under another shape; nothing is copied. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  expectTensor('reshape', 'x', x);
  expectList('reshape', 'shape', shape, 'give sizes, as in [2, 3]');
  if (sizeOf(shape) !== x.size) {
    throw new RecurveError(
      'shape',
      `reshape: expected a shape of ${x.size} elements, got ${describeShape(shape)}; ${describeShape(x.shape)} cannot become it`,
    );
  }
  return x.tape.view(x, shape);
}

/** Columns `[from, to)` of the last axis. */
export function columns(x: Tensor, from: number, to: number): Tensor {
  expectTensor('columns', 'x', x);
  const { tape } = x;
  const D = x.shape.at(-1) ?? 0;
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= D)) {
    throw new RecurveError(
      'shape',
      `columns: expected whole numbers 0 ≤ from < to ≤ ${D}, got ${from} and ${to}; count columns of the last axis`,
    );
  }
  const rows = x.size / D;
  const width = to - from;
  const y = tape.output([...x.shape.slice(0, -1), width], [x]);
  tape.engine.copyBlock(y.address, width, x.address + from, D, rows, width);
  tape.record(
    [y],
    () => tape.engine.copyBlock(tape.gradientOf(x) + from, D, tape.gradientOf(y), width, rows, width, true),
    'columns',
  );
  return y;
}

/** Joins tensors along the last axis; all other axes are equal. */
export function concat(parts: readonly Tensor[]): Tensor {
  expectList('concat', 'parts', parts, 'give the tensors to join');
  for (const part of parts) expectTensor('concat', 'a part', part);
  const first = parts[0];
  if (!first) throw new RecurveError('shape', 'concat: expected at least one tensor, got none; give the parts to join');
  const { tape } = first;
  const lead = first.shape.slice(0, -1);
  for (const part of parts) {
    if (part.shape.length !== first.shape.length || lead.some((n, i) => n !== part.shape[i])) {
      throw new RecurveError(
        'shape',
        `concat: expected shapes that differ in the last axis only, got ${parts.map((p) => describeShape(p.shape)).join(' and ')}; reshape them first`,
      );
    }
  }
  const rows = sizeOf(lead);
  const widths = parts.map((p) => p.size / rows);
  const D = widths.reduce((a, b) => a + b, 0);
  const y = tape.output([...lead, D], parts);
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((a, b) => a + b, 0));
  parts.forEach((part, i) => {
    tape.engine.copyBlock(y.address + starts[i], D, part.address, widths[i], rows, widths[i]);
  });
  tape.record(
    [y],
    () => {
      parts.forEach((part, i) => {
        const dx = tape.gradientOf(part);
        if (dx !== NONE) tape.engine.copyBlock(dx, widths[i], tape.gradientOf(y) + starts[i], D, rows, widths[i], true);
      });
    },
    'concat',
  );
  return y;
}
