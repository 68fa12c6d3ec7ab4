import { describe, expect, test } from 'vitest';
import { comparer, numbers, onBench, SIZES } from './conformance-bench.case.ts';
import { runProductConformance } from './conformance-products.case.ts';
import { runSequenceConformance } from './conformance-sequence.case.ts';
import type { Address, Engine } from './engine.ts';
import { BINARY_OPS, NONE, UNARY_OPS, VANISHED } from './engine.ts';

/**
 * What every engine must do: {@link Engine} against the reference within `tolerance`, and the promises about
 * order, tails and neighbours to the bit.
 *
 * @param tolerance largest error of a result of a few dozen terms, relative to max(1, |value|)
 */
export function runConformance(name: string, create: () => Engine | Promise<Engine>, tolerance: number): void {
  const compare = comparer(create, tolerance);

  describe(`${name} keeps the contract of Engine within ${tolerance}`, () => {
    test('read, write, fill and copy move numbers and round them to a slot', async () => {
      onBench(await create(), ({ engine, put, putIndices, get }) => {
        const a = put([1, 2, 3, 0.1]);
        expect(get(a, 4)).toEqual([1, 2, 3, engine.slotBytes === 4 ? Math.fround(0.1) : 0.1]);
        const b = put(Array(4).fill(0));
        engine.copy(b, a, 3);
        engine.fill(b + 3, 1, -2);
        expect(get(b, 4)).toEqual([1, 2, 3, -2]);
        const indices = putIndices([3, -1, 2147483647]);
        expect(Array.from(engine.readIndices(indices, 3))).toEqual([3, -1, 2147483647]);
      });
    });

    test('memory grows, keeps its contents, and running over the limit names the need', async () => {
      const engine = await create();
      const kept = engine.arena.keep(3);
      engine.write(kept, [1, 2, 3]);
      engine.arena.scope(() => {
        const far = engine.arena.take(2_000_000);
        engine.fill(far, 2_000_000, 4);
        expect(engine.sum(far, 2_000_000)).toBe(8_000_000);
      });
      expect(Array.from(engine.read(kept, 3))).toEqual([1, 2, 3]);
      engine.arena.release(kept);
    });

    runProductConformance(create, compare);

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
              const [y, mean, rstd] = [
                put(Array(rows * D).fill(0)),
                put(Array(rows).fill(0)),
                put(Array(rows).fill(0)),
              ];
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

    describe('optimisers', () => {
      test('adam, sgd and rmsprop over three steps, for every length and option', async () => {
        for (const n of SIZES) {
          await compare(
            ({ engine, put, get }) => {
              const out: number[][] = [];
              const run = (step: (w: Address, dw: Address, a: Address, b: Address) => void) => {
                const [w, a, b] = [put(numbers(80, n)), put(numbers(81, n, 0, 1)), put(numbers(82, n, 0, 1))];
                for (let k = 0; k < 3; k++) step(w, put(numbers(83 + k, n)), a, b);
                out.push(get(w, n), get(a, n), get(b, n));
              };
              const adam = {
                rate: 0.01,
                scale: 0.7,
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-8,
                correction1: 1 / (1 - 0.9 ** 3),
                correction2: 1 / (1 - 0.999 ** 3),
              };
              run((w, dw, m, v) => engine.adam(w, dw, m, v, n, { ...adam, decay: 0.001, l2: 0 }));
              run((w, dw, m, v) => engine.adam(w, dw, m, v, n, { ...adam, decay: 0, l2: 0.1 }));
              run((w, dw) =>
                engine.sgd(w, dw, NONE, n, { rate: 0.1, scale: 0.7, momentum: 0, nesterov: false, l2: 0.01 }),
              );
              run((w, dw, u) =>
                engine.sgd(w, dw, u, n, { rate: 0.1, scale: 0.7, momentum: 0.9, nesterov: false, l2: 0 }),
              );
              run((w, dw, u) =>
                engine.sgd(w, dw, u, n, { rate: 0.1, scale: 0.7, momentum: 0.9, nesterov: true, l2: 0.01 }),
              );
              const rmsprop = { rate: 0.01, scale: 0.7, alpha: 0.99, epsilon: 1e-8, l2: 0.01 };
              run((w, dw, s) => engine.rmsprop(w, dw, s, NONE, n, { ...rmsprop, momentum: 0 }));
              run((w, dw, s, u) => engine.rmsprop(w, dw, s, u, n, { ...rmsprop, momentum: 0.9 }));
              return out;
            },
            `n=${n}`,
            4,
          );
        }
      });

      test('means that fade end at 0 and not in subnormal numbers, NaN stays', async () => {
        const adam = { rate: 0.01, scale: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correction1: 1, correction2: 1 };
        const sgd = { rate: 0.1, scale: 1, momentum: 0.9, nesterov: false, l2: 0 };
        const rmsprop = { rate: 0.01, scale: 1, alpha: 0.99, epsilon: 1e-8, momentum: 0.9, l2: 0 };
        await compare(({ engine, put, get }) => {
          const faded = (step: (w: Address, dw: Address, mean: Address, square: Address) => void) => {
            const w = put([1, 1, 1]);
            const mean = put([-VANISHED, 2 * VANISHED, Number.NaN]);
            const square = put([2 ** -126, 2 ** -125, Number.NaN]);
            step(w, put([0, 0, 0]), mean, square);
            return [get(mean, 3), get(square, 3)];
          };
          const [m, v] = faded((w, dw, mean, square) =>
            engine.adam(w, dw, mean, square, 3, { ...adam, decay: 0, l2: 0 }),
          );
          const [u] = faded((w, dw, velocity) => engine.sgd(w, dw, velocity, 3, sgd));
          const [r, s] = faded((w, dw, velocity, square) => engine.rmsprop(w, dw, square, velocity, 3, rmsprop));
          for (const means of [m, v, u, r, s])
            expect(means.map((x) => (x === 0 ? 0 : x > 0 || x))).toEqual([0, true, Number.NaN]);
          return [[m, u, r].map((means) => means[1] * 2 ** 96)];
        });
      });
    });

    runSequenceConformance(create, compare, tolerance);
  });
}
