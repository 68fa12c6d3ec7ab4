import type { BinaryOp, UnaryOp } from '../../engine/engine.ts';
import { expectTensor, type Tensor } from '../tensor.ts';
import { broadcastTo, commonShape } from './broadcast.ts';

/** `y = f(x)`; gradient `dx += dy·f'(x)`. */
function unary(op: UnaryOp, x: Tensor): Tensor {
  expectTensor(op, 'x', x);
  const { tape } = x;
  const y = tape.output(x.shape, [x]);
  tape.engine.unary(op, y.address, x.address, x.size);
  tape.record(
    [y],
    () => tape.engine.unaryBackward(op, tape.gradientOf(x), tape.gradientOf(y), x.address, y.address, x.size),
    op,
  );
  return y;
}

/** `c = a ∘ b` over the broadcast of both shapes (NumPy's rule). */
function binary(op: BinaryOp, a: Tensor, b: Tensor): Tensor {
  expectTensor(op, 'the first', a);
  expectTensor(op, 'the second', b);
  const { tape } = a;
  const shape = commonShape(op, a.shape, b.shape);
  const wide = { a: broadcastTo(a, shape), b: broadcastTo(b, shape) };
  const c = tape.output(shape, [a, b]);
  tape.engine.binary(op, c.address, wide.a.address, wide.b.address, c.size);
  tape.record(
    [c],
    () =>
      tape.engine.binaryBackward(
        op,
        tape.gradientOf(wide.a),
        tape.gradientOf(wide.b),
        tape.gradientOf(c),
        wide.a.address,
        wide.b.address,
        c.size,
      ),
    op,
  );
  return c;
}

/** `eˣ`. */
export const exp = (x: Tensor): Tensor => unary('exp', x);
/** Natural logarithm; −Infinity at 0, NaN below. */
export const log = (x: Tensor): Tensor => unary('log', x);
/** `log(1 + x)`, without cancellation near 0. */
export const log1p = (x: Tensor): Tensor => unary('log1p', x);
/** Hyperbolic tangent. */
export const tanh = (x: Tensor): Tensor => unary('tanh', x);
/** Logistic function, `1 / (1 + e⁻ˣ)`. */
export const sigmoid = (x: Tensor): Tensor => unary('sigmoid', x);
/** `log(1 + eˣ)`, without overflow. */
export const softplus = (x: Tensor): Tensor => unary('softplus', x);
/** `max(x, 0)`; its gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor => unary('relu', x);
/** `|x|`; its gradient at 0 is 0. */
export const abs = (x: Tensor): Tensor => unary('abs', x);
/** `x²`. */
export const square = (x: Tensor): Tensor => unary('square', x);
/** `√x`; NaN below 0. */
export const sqrt = (x: Tensor): Tensor => unary('sqrt', x);

/** `a + b`. */
export const add = (a: Tensor, b: Tensor): Tensor => binary('add', a, b);
/** `a − b`. */
export const subtract = (a: Tensor, b: Tensor): Tensor => binary('subtract', a, b);
/** `a · b`, elementwise. */
export const multiply = (a: Tensor, b: Tensor): Tensor => binary('multiply', a, b);
/** `a / b`, elementwise. */
export const divide = (a: Tensor, b: Tensor): Tensor => binary('divide', a, b);
/** The smaller of two; the gradient of a tie goes to `a`. */
export const minimum = (a: Tensor, b: Tensor): Tensor => binary('minimum', a, b);
/** The larger of two; the gradient of a tie goes to `a`. */
export const maximum = (a: Tensor, b: Tensor): Tensor => binary('maximum', a, b);

/** `y = alpha·x + beta` with plain numbers; gradient `dx += alpha·dy`. */
export function affine(x: Tensor, alpha: number, beta = 0): Tensor {
  expectTensor('affine', 'x', x);
  const { tape } = x;
  const y = tape.output(x.shape, [x]);
  tape.engine.affine(y.address, x.address, x.size, alpha, beta);
  tape.record([y], () => tape.engine.axpy(tape.gradientOf(x), tape.gradientOf(y), x.size, alpha), 'affine');
  return y;
}

/** `−x`. */
export const negate = (x: Tensor): Tensor => affine(x, -1);
