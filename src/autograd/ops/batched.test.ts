import { describe, expect, it } from 'vitest';
import { ENGINES } from '../../engine/engines.case.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import { checkGradients, given } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import { batchedMatmul, batchedMatmulTransposed, reverseSequence } from './index.ts';

describe('products per row of the batch', () => {
  it('have the gradients of differences within 1e-7', () => {
    checkGradients(([a, b]) => batchedMatmul(a, b), [given([3, 2, 4], 1), given([3, 4, 5], 2)]);
    checkGradients(([a, b]) => batchedMatmulTransposed(a, b), [given([3, 2, 4], 1), given([3, 5, 4], 2)]);
  });

  it.each(ENGINES)('on $name equal sums written out, within 1e-6', async ({ open }) => {
    const tape = new Tape(await open());
    const [B, M, K, N] = [3, 2, 4, 5];
    const [a, b] = [given([B, M, K], 1).values, given([B, K, N], 2).values];
    tape.evaluate(() => {
      const plain = batchedMatmul(tape.constant(a, [B, M, K]), tape.constant(b, [B, K, N])).values();
      const turned = b.map((_, i) => {
        const [r, n, k] = [Math.floor(i / (K * N)), Math.floor(i / K) % N, i % K];
        return b[(r * K + k) * N + n];
      });
      const transposed = batchedMatmulTransposed(
        tape.constant(a, [B, M, K]),
        tape.constant(turned, [B, N, K]),
      ).values();
      for (let i = 0; i < B * M * N; i++) {
        const [r, m, n] = [Math.floor(i / (M * N)), Math.floor(i / N) % M, i % N];
        let wanted = 0;
        for (let k = 0; k < K; k++) wanted += a[(r * M + m) * K + k] * b[(r * K + k) * N + n];
        expect(Math.abs(plain[i] - wanted)).toBeLessThanOrEqual(1e-6);
        expect(transposed[i]).toBe(plain[i]);
      }
    });
  });

  it('refuse factors that do not fit', () => {
    const tape = new Tape(new ReferenceEngine());
    tape.evaluate(() => {
      const [a, b] = [tape.zeros([3, 2, 4]), tape.zeros([3, 5, 2])];
      expect(() => batchedMatmul(a, b)).toThrow(
        'batchedMatmul: expected the right factor of shape [3, 4, N], got [3, 5, 2]; its rows are the columns of the left factor',
      );
      expect(() => batchedMatmulTransposed(a, b)).toThrow(
        'batchedMatmulTransposed: expected the right factor of shape [3, N, 4], got [3, 5, 2]; both factors have the same number of columns',
      );
    });
  });
});

describe('reverseSequence', () => {
  it.each([undefined, [4, 0, 2]])('has the gradients of differences within 1e-7, lengths %j', (lengths) => {
    checkGradients(([x]) => reverseSequence(x, lengths), [given([4, 3, 2], 1)]);
  });

  it.each(ENGINES)('on $name turns each row within its length and leaves the rest; twice gives x', async ({ open }) => {
    const tape = new Tape(await open());
    tape.evaluate(() => {
      const x = tape.constant([0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23], [4, 3, 1]);
      const y = reverseSequence(x, [4, 0, 2]);
      expect([...y.values()]).toEqual([3, 10, 21, 2, 11, 20, 1, 12, 22, 0, 13, 23]);
      expect(reverseSequence(y, [4, 0, 2]).values()).toEqual(x.values());
      expect([...reverseSequence(x).values()].slice(0, 3)).toEqual([3, 13, 23]);
    });
  });
});
