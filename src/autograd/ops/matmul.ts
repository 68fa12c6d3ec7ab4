import { NONE } from '../../engine/engine.ts';
import { RecurveError } from '../../errors.ts';
import { describeShape, expectShape, expectTensor, type Tensor } from '../tensor.ts';

/** `C[..., N] = A[..., K] · B[K, N]`; `da += dc·bᵀ`, `db += aᵀ·dc`. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  expectTensor('matmul', 'the left factor', a);
  expectTensor('matmul', 'the right factor', b);
  const { tape } = a;
  const K = a.shape.at(-1) ?? 0;
  expectShape(
    'matmul',
    'the right factor',
    b.shape,
    [K, 'N'],
    'its rows must be as many as the left factor has columns',
  );
  const N = b.shape[1];
  const M = a.size / K;
  const c = tape.output([...a.shape.slice(0, -1), N], [a, b]);
  tape.engine.gemmNn(c.address, a.address, b.address, M, N, K, { accumulate: false });
  tape.record(
    [c],
    () => {
      const [da, db, dc] = [tape.gradientOf(a), tape.gradientOf(b), tape.gradientOf(c)];
      if (da !== NONE) tape.engine.gemmNt(da, dc, b.address, M, K, N);
      if (db !== NONE) tape.engine.gemmTn(db, a.address, dc, K, N, M);
    },
    'matmul',
  );
  return c;
}

/**
 * `y[..., N] = x[..., D] · w[N, D]ᵀ + bias[N]`: sums start at the bias and add d ascending.
 */
export function linear(x: Tensor, w: Tensor, bias?: Tensor): Tensor {
  expectTensor('linear', 'x', x);
  expectTensor('linear', 'w', w);
  const { tape } = x;
  const { M, N, D } = expectFactors(x, w, bias);
  const y = tape.output([...x.shape.slice(0, -1), N], bias ? [x, w, bias] : [x, w]);
  if (bias) tape.engine.expand(y.address, bias.address, 1, M, N);
  const options = { accumulate: bias !== undefined };
  const kept = tape.packed(w, N, D);
  if (kept === undefined) tape.engine.gemmNt(y.address, x.address, w.address, M, N, D, options);
  else tape.engine.gemmPacked(y.address, x.address, kept, M, N, D, options);
  tape.record(
    [y],
    () => {
      const [dx, dw, dy] = [tape.gradientOf(x), tape.gradientOf(w), tape.gradientOf(y)];
      if (dx !== NONE) tape.engine.gemmNn(dx, dy, w.address, M, D, N);
      if (dw !== NONE) tape.engine.gemmTn(dw, dy, x.address, N, D, M);
      const db = bias ? tape.gradientOf(bias) : NONE;
      if (db !== NONE) tape.engine.reduce(db, dy, 1, M, N, true);
    },
    'linear',
  );
  return y;
}

/** Sizes of `x[..., D] · w[N, D]ᵀ + bias[N]`, M rows of x; refuses what does not fit together. */
export function expectFactors(x: Tensor, w: Tensor, bias?: Tensor): { M: number; N: number; D: number } {
  const [N, D] = w.shape;
  if (w.shape.length !== 2 || x.shape.at(-1) !== D) {
    throw new RecurveError(
      'shape',
      `linear: expected x of shape [..., ${D}] for weights ${describeShape(w.shape)}, got ${describeShape(x.shape)}; build the layer with input: ${x.shape.at(-1)}`,
    );
  }
  if (bias) expectShape('linear', 'bias', bias.shape, [N], 'one number per output');
  return { M: x.size / D, N, D };
}
