import { NONE } from '../../engine/engine.ts';
import { expectShape, expectTensor, type Tensor } from '../tensor.ts';

/** `C[b] = A[b] · B[b]` for each row of the batch: a[B, M, K], b[B, K, N] give [B, M, N]. */
export function batchedMatmul(a: Tensor, b: Tensor): Tensor {
  expectTensor('batchedMatmul', 'the left factor', a);
  expectTensor('batchedMatmul', 'the right factor', b);
  expectShape('batchedMatmul', 'the left factor', a.shape, ['B', 'M', 'K'], 'give one matrix per row of the batch');
  const [B, M, K] = a.shape;
  expectShape('batchedMatmul', 'the right factor', b.shape, [B, K, 'N'], 'its rows are the columns of the left factor');
  const N = b.shape[2];
  const { tape } = a;
  const { engine } = tape;
  const c = tape.output([B, M, N], [a, b]);
  for (let i = 0; i < B; i++) {
    engine.gemmNn(c.address + i * M * N, a.address + i * M * K, b.address + i * K * N, M, N, K, { accumulate: false });
  }
  tape.record(
    [c],
    () => {
      const [da, db, dc] = [tape.gradientOf(a), tape.gradientOf(b), tape.gradientOf(c)];
      for (let i = 0; i < B; i++) {
        const dcRow = dc + i * M * N;
        if (da !== NONE) engine.gemmNt(da + i * M * K, dcRow, b.address + i * K * N, M, K, N);
        if (db !== NONE) engine.gemmTn(db + i * K * N, a.address + i * M * K, dcRow, K, N, M);
      }
    },
    'batchedMatmul',
  );
  return c;
}

/** `C[b] = A[b] · B[b]ᵀ` for each row of the batch: a[B, M, K], b[B, N, K] give [B, M, N]. */
export function batchedMatmulTransposed(a: Tensor, b: Tensor): Tensor {
  const who = 'batchedMatmulTransposed';
  expectTensor(who, 'the left factor', a);
  expectTensor(who, 'the right factor', b);
  expectShape(who, 'the left factor', a.shape, ['B', 'M', 'K'], 'give one matrix per row of the batch');
  const [B, M, K] = a.shape;
  expectShape(who, 'the right factor', b.shape, [B, 'N', K], 'both factors have the same number of columns');
  const N = b.shape[1];
  const { tape } = a;
  const { engine } = tape;
  const c = tape.output([B, M, N], [a, b]);
  for (let i = 0; i < B; i++) {
    engine.gemmNt(c.address + i * M * N, a.address + i * M * K, b.address + i * N * K, M, N, K, { accumulate: false });
  }
  tape.record(
    [c],
    () => {
      const [da, db, dc] = [tape.gradientOf(a), tape.gradientOf(b), tape.gradientOf(c)];
      for (let i = 0; i < B; i++) {
        const dcRow = dc + i * M * N;
        if (da !== NONE) engine.gemmNn(da + i * M * K, dcRow, b.address + i * N * K, M, K, N);
        if (db !== NONE) engine.gemmTn(db + i * N * K, dcRow, a.address + i * M * K, N, K, M);
      }
    },
    'batchedMatmulTransposed',
  );
  return c;
}
