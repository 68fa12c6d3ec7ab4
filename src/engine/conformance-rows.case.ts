import { describe, expect, test } from 'vitest';
import { type Compare, numbers, onBench, SIZES } from './conformance-bench.case.ts';
import type { Engine } from './engine.ts';

/** The part of the conformance suite about what works row by row: tables, softmax, cross-entropy, layer norm, and dropout. */
export function runRowConformance(create: () => Engine | Promise<Engine>, compare: Compare): void {
  describe('rows', () => {
    test('gatherRows and scatterAddRows, with repeated indices', async () => {
      for (const D of SIZES) {
        await compare(({ engine, put, putIndices, get }) => {
          const [rows, V] = [6, 5];
          const indices = putIndices([4, 0, 2, 0, 4, 0]);
          const [y, dtable] = [put(Array(rows * D).fill(0)), put(numbers(50, V * D))];
          engine.gatherRows(y, put(numbers(51, V * D)), indices, rows, D);
          engine.scatterAddRows(dtable, put(numbers(52, rows * D)), indices, rows, D);
          return [get(y, rows * D), get(dtable, V * D)];
        });
      }
    });

    test('scatterAddRows adds the last row first', async () => {
      const engine = await create();
      const big = engine.slotBytes === 4 ? 2 ** 25 : 2 ** 54;
      onBench(engine, ({ put, putIndices, get }) => {
        const dtable = put([0]);
        engine.scatterAddRows(dtable, put([1, big, -big]), putIndices([0, 0, 0]), 3, 1);
        expect(get(dtable, 1)).toEqual([1]);
      });
    });

    test('softmax, cross-entropy and their gradients for every width, with an ignored row', async () => {
      for (const K of SIZES) {
        await compare(
          ({ engine, put, putIndices, get }) => {
            const rows = 4;
            const X = numbers(53, rows * K, -5, 5);
            const targets = putIndices([0, K - 1, -1, K >> 1]);
            const x = put(X);
            const [y, p, loss] = [put(X), put(Array(rows * K).fill(0)), put(Array(rows).fill(7))];
            const [dx, dlogits] = [put(numbers(54, rows * K)), put(numbers(55, rows * K))];
            engine.softmax(y, y, rows, K);
            engine.softmaxBackward(dx, put(numbers(56, rows * K)), y, rows, K);
            engine.crossEntropy(loss, p, x, targets, rows, K);
            engine.crossEntropyBackward(dlogits, put(numbers(57, rows)), p, targets, rows, K);
            return [get(y, rows * K), get(dx, rows * K), get(loss, rows), get(p, rows * K), get(dlogits, rows * K)];
          },
          `K=${K}`,
          4,
        );
      }
    });

    test('softmax and cross-entropy stay finite for huge logits, and NaN stays in its row', async () => {
      onBench(await create(), ({ engine, put, putIndices, get }) => {
        const x = put([1e4, 0, -1e4, Number.NaN, 1, 2, -1e30, 1e30, 0]);
        const [p, loss] = [put(Array(9).fill(0)), put([0, 0, 0])];
        engine.crossEntropy(loss, p, x, putIndices([1, 0, 1]), 3, 3);
        expect(get(loss, 3)).toEqual([1e4, Number.NaN, 0]);
        expect(get(p, 9)).toEqual([1, 0, 0, Number.NaN, Number.NaN, Number.NaN, 0, 1, 0]);
      });
    });

    test('a confident row keeps the digits of its loss', async () => {
      onBench(await create(), ({ engine, put, putIndices, get }) => {
        const [p, loss] = [put([0, 0]), put([0])];
        engine.crossEntropy(loss, p, put([18, 0]), putIndices([0]), 1, 2);
        const expected = Math.log1p(Math.exp(-18));
        expect(Math.abs(get(loss, 1)[0] / expected - 1)).toBeLessThan(1e-6);
      });
    });

    test('layerNorm and its backward for every width', async () => {
      for (const D of SIZES.filter((size) => size > 1)) {
        await compare(
          ({ engine, put, get }) => {
            const rows = 5;
            const x = put(numbers(58, rows * D, 1, 3));
            const [gain, bias] = [put(numbers(59, D, 0.5, 1.5)), put(numbers(60, D))];
            const [y, mean, rstd] = [put(Array(rows * D).fill(0)), put(Array(rows).fill(0)), put(Array(rows).fill(0))];
            const [dx, dgain, dbias] = [put(numbers(61, rows * D)), put(numbers(62, D)), put(numbers(63, D))];
            engine.layerNorm(y, mean, rstd, x, gain, bias, rows, D, 1e-5);
            engine.layerNormBackward(dx, dgain, dbias, put(numbers(64, rows * D)), x, gain, mean, rstd, rows, D);
            return [
              get(y, rows * D),
              get(mean, rows),
              get(rstd, rows),
              get(dx, rows * D),
              get(dgain, D),
              get(dbias, D),
            ];
          },
          `D=${D}`,
          30,
        );
      }
    });

    test('layerNormBackward adds the last row first to the gradients of gain and bias', async () => {
      const engine = await create();
      const big = engine.slotBytes === 4 ? 2 ** 25 : 2 ** 54;
      onBench(engine, ({ put, get }) => {
        // Rows of x are −1, 1 with mean 0 and rstd 1, so both gradients are sums of ±dy.
        const x = put([-1, 1, -1, 1, -1, 1]);
        const dy = put([1, 1, big, big, -big, -big]);
        const [dx, dgain, dbias] = [put(Array(6).fill(0)), put([0, 0]), put([0, 0])];
        engine.layerNormBackward(dx, dgain, dbias, dy, x, put([1, 1]), put([0, 0, 0]), put([1, 1, 1]), 3, 2);
        expect(get(dgain, 2)).toEqual([-1, 1]);
        expect(get(dbias, 2)).toEqual([1, 1]);
      });
    });

    test('dropout drops the elements of the reference mask, adds on request, and works in place', async () => {
      const key = { key0: 0x12345678, key1: 0x9abcdef0, counter: 0xfffffff1 };
      for (const n of [...SIZES, 1000]) {
        for (const p of [0, 0.2, 0.75]) {
          await compare(({ engine, put, get }) => {
            const [x, y] = [put(numbers(65, n, 1, 2)), put(numbers(66, n))];
            engine.dropout(y, x, n, p, key, true);
            engine.dropout(x, x, n, p, key);
            return [get(y, n), get(x, n)];
          });
        }
      }
    });
  });
}
