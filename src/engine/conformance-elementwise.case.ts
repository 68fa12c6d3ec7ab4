import { describe, expect, test } from 'vitest';
import { type Compare, numbers, onBench, SIZES } from './conformance-bench.case.ts';
import type { Engine } from './engine.ts';
import { BINARY_OPS, NONE, UNARY_OPS, VANISHED } from './engine.ts';

/** The part of the conformance suite about functions of single elements. */
export function runElementwiseConformance(create: () => Engine | Promise<Engine>, compare: Compare): void {
  describe('elementwise', () => {
    const positive = new Set(['log', 'sqrt', 'log1p']);
    test.each(UNARY_OPS)('%s and its backward, for every length', async (op) => {
      for (const n of SIZES) {
        const X = numbers(20, n, positive.has(op) ? 0.1 : -4, 4);
        await compare(
          ({ engine, put, get }) => {
            const [x, y, dx] = [put(X), put(Array(n).fill(0)), put(numbers(21, n))];
            engine.unary(op, y, x, n);
            engine.unaryBackward(op, dx, put(numbers(22, n)), x, y, n);
            const kept = get(y, n);
            engine.unary(op, x, x, n);
            return [kept, get(dx, n), get(x, n)];
          },
          `n=${n}`,
          4,
        );
      }
    });

    test('a gradient below 2^-96 counts as 0, one of 2^-96 does not, and NaN stays', async () => {
      const given = [-VANISHED * (1 - 2 ** -20), VANISHED, Number.NaN];
      await compare(({ engine, put, get }) => {
        const [x, y] = [put([2, 2, 2]), put([0, 0, 0])];
        return UNARY_OPS.map((op) => {
          engine.unary(op, y, x, 3);
          const dx = put([0, 0, 0]);
          engine.unaryBackward(op, dx, put(given), x, y, 3);
          const [vanished, there, nan] = get(dx, 3);
          expect([vanished + 0, there !== 0, nan], op).toEqual([0, true, Number.NaN]);
          return [vanished, there * 2 ** 96];
        });
      });
      await compare(({ engine, put, get }) =>
        BINARY_OPS.map((op) => {
          const [da, db] = [put([0, 0, 0]), put([0, 0, 0])];
          engine.binaryBackward(op, da, db, put(given), put([2, 2, 2]), put([3, 3, 3]), 3);
          const [a, b] = [get(da, 3), get(db, 3)];
          expect([a[0] + 0, b[0] + 0, a[1] !== 0 || b[1] !== 0], op).toEqual([0, 0, true]);
          expect([...a, ...b].some(Number.isNaN), op).toBe(true);
          return [a[1] * 2 ** 96, b[1] * 2 ** 96];
        }),
      );
    });

    test('kinks: relu and abs have slope 0 at 0', async () => {
      await compare(({ engine, put, get }) => {
        const x = put([0, -0, -1, 2, 0]);
        const out: number[][] = [];
        for (const op of ['relu', 'abs'] as const) {
          const [y, dx] = [put(Array(5).fill(0)), put(Array(5).fill(0))];
          engine.unary(op, y, x, 5);
          engine.unaryBackward(op, dx, put([1, 1, 1, 1, 1]), x, y, 5);
          out.push(get(dx, 5).map((v) => v + 0));
        }
        expect(out).toEqual([
          [0, 0, 0, 1, 0],
          [0, 0, -1, 1, 0],
        ]);
        return out;
      });
    });

    test.each(BINARY_OPS)('%s and its backward, for every length, ties and missing gradients', async (op) => {
      for (const n of SIZES) {
        const A = numbers(23, n, 0.5, 2);
        const B = numbers(24, n, 0.5, 2);
        B[n - 1] = A[n - 1];
        await compare(
          ({ engine, put, get }) => {
            const [a, b, dc] = [put(A), put(B), put(numbers(25, n))];
            const [c, da, db] = [put(Array(n).fill(0)), put(numbers(26, n)), put(numbers(27, n))];
            engine.binary(op, c, a, b, n);
            engine.binaryBackward(op, da, db, dc, a, b, n);
            engine.binaryBackward(op, da, NONE, dc, a, b, n);
            engine.binaryBackward(op, NONE, db, dc, a, b, n);
            const kept = get(c, n);
            engine.binary(op, a, a, b, n);
            return [kept, get(da, n), get(db, n), get(a, n)];
          },
          `n=${n}`,
          4,
        );
      }
    });

    test('NaN is passed on by relu, clamp, minimum and maximum', async () => {
      onBench(await create(), ({ engine, put, get }) => {
        const n = 5;
        const x = put(Array(n).fill(Number.NaN));
        const one = put(Array(n).fill(1));
        const y = put(Array(n).fill(0));
        const expectNaN = () => expect(get(y, n)).toEqual(Array(n).fill(Number.NaN));
        engine.unary('relu', y, x, n);
        expectNaN();
        engine.clamp(y, x, n, -1, 1);
        expectNaN();
        for (const op of ['minimum', 'maximum'] as const) {
          engine.binary(op, y, x, one, n);
          expectNaN();
          engine.binary(op, y, one, x, n);
          expectNaN();
        }
      });
    });

    test('affine, axpy and clamp, for every length', async () => {
      for (const n of SIZES) {
        await compare(({ engine, put, get }) => {
          const x = put(numbers(28, n));
          const [y, z, u] = [put(numbers(29, n)), put(numbers(30, n)), put(numbers(31, n))];
          engine.affine(y, x, n, 1.25, -0.5);
          engine.axpy(z, x, n, -0.75);
          engine.clamp(u, x, n, -0.25, 0.5);
          return [get(y, n), get(z, n), get(u, n)];
        });
      }
    });
  });
}
