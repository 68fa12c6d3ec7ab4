import { describe, expect, test } from 'vitest';
import { type Compare, numbers, onBench, SIZES } from './conformance-bench.case.ts';
import type { Engine } from './engine.ts';
import { NONE } from './engine.ts';

/** The part of the conformance suite about copies and sums along axes, and ragged batches turned. */
export function runShapeConformance(create: () => Engine | Promise<Engine>, compare: Compare): void {
  describe('shape and reduction', () => {
    const blocks = [
      [1, 3, 5],
      [4, 7, 1],
      [3, 1, 9],
      [5, 8, 4],
      [2, 17, 64],
      [3, 0, 2],
      [0, 4, 4],
    ];
    test.each(blocks)('expand and reduce of [%i, %i, %i]', async (outer, count, inner) => {
      await compare(({ engine, put, get }) => {
        const [small, large] = [outer * inner, outer * count * inner];
        const [x, y, z] = [put(numbers(40, small)), put(numbers(41, large)), put(numbers(42, small))];
        engine.expand(y, x, outer, count, inner, true);
        const added = get(y, large);
        engine.reduce(z, y, outer, count, inner);
        engine.reduce(z, y, outer, count, inner, true);
        engine.expand(y, x, outer, count, inner);
        return [added, get(z, small), get(y, large)];
      });
    });

    test('reduce starts from y and adds in the order asked for', async () => {
      const engine = await create();
      const big = engine.slotBytes === 4 ? 2 ** 25 : 2 ** 54;
      onBench(engine, ({ put, get }) => {
        for (const inner of [1, 5]) {
          const x = put([1, big, -big].flatMap((v) => Array(inner).fill(v)));
          for (const [descending, start, expected] of [
            [false, 0, 0],
            [true, 0, 1],
            [false, 1, 0],
            [true, 1, 1],
          ] as const) {
            const y = put(Array(inner).fill(start));
            engine.reduce(y, x, 1, 3, inner, descending);
            expect(get(y, inner)).toEqual(Array(inner).fill(expected));
          }
        }
      });
    });

    test('copyBlock copies and adds rows of every width', async () => {
      for (const columns of SIZES) {
        await compare(({ engine, put, get }) => {
          const [rows, ldy, ldx] = [3, columns + 2, columns + 5];
          const x = put(numbers(43, rows * ldx));
          const y = put(numbers(44, rows * ldy));
          engine.copyBlock(y, ldy, x, ldx, rows, columns);
          const copied = get(y, rows * ldy);
          engine.copyBlock(y, ldy, x, ldx, rows, columns, true);
          return [copied, get(y, rows * ldy)];
        });
      }
    });

    test('sum and sumSquares add in eight lanes in f64', async () => {
      for (const n of [0, ...SIZES, 1000]) {
        const X = numbers(45, n, -1e3, 1e3);
        onBench(await create(), ({ engine, put }) => {
          const x = put(X);
          for (const [got, f] of [
            [engine.sum(x, n), (v: number) => v],
            [engine.sumSquares(x, n), (v: number) => v * v],
          ] as const) {
            const s = Array(8).fill(0);
            X.forEach((v, i) => {
              s[i % 8] += f(v);
            });
            expect(got).toBe(s[0] + s[1] + (s[2] + s[3]) + (s[4] + s[5] + (s[6] + s[7])));
          }
        });
      }
    });
  });

  describe('ragged rows', () => {
    const [B, T] = [4, 5];
    for (const lengths of [undefined, [3, 0, 5, 1]]) {
      test(`time-major and back, last rows and selected rows with lengths ${lengths ?? 'NONE'}`, async () => {
        for (const D of SIZES) {
          await compare(({ engine, put, putIndices, get }) => {
            const n = B * T * D;
            const l = lengths ? putIndices(lengths) : NONE;
            const x = put(numbers(70, n));
            const out: number[][] = [];
            for (const kernel of ['toTimeMajor', 'toBatchFirst'] as const) {
              const [y, z] = [put(numbers(71, n)), put(numbers(72, n))];
              engine[kernel](y, x, l, B, T, D);
              engine[kernel](z, x, l, B, T, D, true);
              out.push(get(y, n), get(z, n));
            }
            const states = put(numbers(73, (T + 1) * B * D));
            const [last, dstates] = [put(Array(B * D).fill(0)), put(numbers(74, (T + 1) * B * D))];
            engine.takeLast(last, states, l, B, T, D);
            engine.takeLastBackward(dstates, last, l, B, T, D);
            out.push(get(last, B * D), get(dstates, (T + 1) * B * D));
            for (const t of [0, 2, 4]) {
              const [y, da, dc] = [put(Array(B * D).fill(0)), put(numbers(75, B * D)), put(numbers(76, B * D))];
              engine.selectRows(y, x, states, l, t, B, D);
              engine.selectRowsBackward(da, dc, y, l, t, B, D);
              engine.selectRowsBackward(da, NONE, y, l, t, B, D);
              engine.selectRowsBackward(NONE, dc, y, l, t, B, D);
              out.push(get(y, B * D), get(da, B * D), get(dc, B * D));
            }
            return out;
          });
        }
      });
    }
  });
}
