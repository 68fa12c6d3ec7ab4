import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { runSequenceConformance } from './conformance-sequence.case.ts';
import type { Address, Engine } from './engine.ts';
import { BINARY_OPS, NONE, UNARY_OPS } from './engine.ts';
import { ReferenceEngine } from './reference.ts';

/** Slots on either side of every array that no kernel may touch. */
const GUARD = 16;
const CANARY = -12345.5;

/** An engine whose arrays stand between canaries. */
export interface Bench {
  readonly engine: Engine;
  /** A fresh array with these values. */
  put(values: ArrayLike<number>): Address;
  /** A fresh index array. */
  putIndices(values: ArrayLike<number>): Address;
  get(address: Address, n: number): number[];
}

/** Runs `body` on one engine in a scope and checks afterwards that every canary is alive. */
export function onBench<R>(engine: Engine, body: (bench: Bench) => R): R {
  return engine.arena.scope(() => {
    const guards: Address[] = [];
    const room = (n: number): Address => {
      const start = engine.arena.take(n + 2 * GUARD);
      guards.push(start, start + GUARD + n);
      engine.fill(start, n + 2 * GUARD, CANARY);
      return start + GUARD;
    };
    const result = body({
      engine,
      put: (values) => {
        const address = room(values.length);
        engine.write(address, values);
        return address;
      },
      putIndices: (values) => {
        const address = room(values.length);
        engine.writeIndices(address, values);
        return address;
      },
      get: (address, n) => Array.from(engine.read(address, n)),
    });
    for (const guard of guards) {
      expect(Array.from(engine.read(guard, GUARD)), 'slots beside an array').toEqual(Array(GUARD).fill(CANARY));
    }
    return result;
  });
}

/** n numbers in [low, high), none equal to another in practice, all exact in f32. */
export function numbers(seed: number, n: number, low = -1, high = 1): number[] {
  const random = new Random(seed);
  return Array.from({ length: n }, () => Math.fround(random.uniformIn(low, high)));
}

/** Fails unless every number lies within `tolerance · max(1, |expected|)`; NaN matches NaN. */
export function expectClose(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(got.length, what).toBe(expected.length);
  let worst = 0;
  let place = -1;
  for (let i = 0; i < got.length; i++) {
    if (Object.is(got[i], expected[i]) || (Number.isNaN(got[i]) && Number.isNaN(expected[i]))) continue;
    const error = Math.abs(got[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(error <= worst)) {
      worst = error;
      place = i;
    }
  }
  if (!(worst <= tolerance)) {
    expect.fail(
      `${what}: element ${place} of ${got.length}: expected ${expected[place]}, got ${got[place]}, error ${worst} over ${tolerance}`,
    );
  }
}

const SIZES = [1, 3, 4, 5, 7, 8, 9, 17, 64];
/** [M, N, K], each size in each place, no two alike in a row. */
const SHAPES = SIZES.map((M, i) => [M, SIZES[(i + 4) % SIZES.length], SIZES[(i + 7) % SIZES.length]]).concat([
  [6, 35, 300],
  [267, 41, 130],
]);

/**
 * What every engine must do: {@link Engine} against the reference within `tolerance`, and the promises about
 * order, tails and neighbours to the bit.
 *
 * @param tolerance largest error of a result of a few dozen terms, relative to max(1, |value|)
 */
export function runConformance(name: string, create: () => Engine | Promise<Engine>, tolerance: number): void {
  /** Runs on this engine and on the reference and compares what comes out. */
  async function compare(body: (bench: Bench) => number[][], what = '', loosen = 1): Promise<void> {
    const got = onBench(await create(), body);
    const expected = onBench(new ReferenceEngine(), body);
    expect(got.length).toBe(expected.length);
    got.forEach((values, i) => {
      expectClose(values, expected[i], tolerance * loosen, `${what} output ${i}`);
    });
  }

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

    describe('products', () => {
      const forms = { gemmNt: ['MK', 'NK'], gemmNn: ['MK', 'KN'], gemmTn: ['KM', 'KN'] } as const;
      for (const [form, [aShape, wShape]] of Object.entries(forms) as [
        keyof typeof forms,
        readonly [string, string],
      ][]) {
        test.each(SHAPES)(
          `${form} of M=%i, N=%i, K=%i, with and without accumulation and leading dimensions`,
          async (M, N, K) => {
            const extent = { M, N, K } as Record<string, number>;
            for (const accumulate of [true, false]) {
              for (const pad of [0, 3]) {
                const lda = extent[aShape[1]] + pad;
                const ldw = extent[wShape[1]] + pad;
                const ldc = N + pad;
                const A = numbers(1, extent[aShape[0]] * lda);
                const W = numbers(2, extent[wShape[0]] * ldw);
                const C = numbers(3, M * ldc);
                await compare(
                  ({ engine, put, get }) => {
                    const c = put(C);
                    engine[form](c, put(A), put(W), M, N, K, { accumulate, lda, ldw, ldc });
                    return [get(c, M * ldc)];
                  },
                  `accumulate ${accumulate}, pad ${pad}`,
                  Math.max(1, K / 64),
                );
              }
            }
          },
        );
      }

      test('gemmNt, gemmNn and gemmTn give the products written out by hand', async () => {
        onBench(await create(), ({ engine, put, get }) => {
          // [1 2 3; 4 5 6] · [7 8; 9 10; 11 12] = [58 64; 139 154]
          const a = put([1, 2, 3, 4, 5, 6]);
          const at = put([1, 4, 2, 5, 3, 6]);
          const w = put([7, 8, 9, 10, 11, 12]);
          const wt = put([7, 9, 11, 8, 10, 12]);
          const c = put([1, 1, 1, 1]);
          engine.gemmNt(c, a, wt, 2, 2, 3);
          expect(get(c, 4)).toEqual([59, 65, 140, 155]);
          engine.gemmNn(c, a, w, 2, 2, 3, { accumulate: false });
          expect(get(c, 4)).toEqual([58, 64, 139, 154]);
          engine.gemmTn(c, at, w, 2, 2, 3);
          expect(get(c, 4)).toEqual([116, 128, 278, 308]);
        });
      });

      test.each(SHAPES)('gemmPacked of M=%i, N=%i, K=%i gives the bits of gemmNt and of gemmNn', async (M, N, K) => {
        const [A, W, C] = [numbers(4, M * K), numbers(5, N * K), numbers(6, M * N)];
        onBench(await create(), ({ engine, put, get }) => {
          for (const transposed of [false, true]) {
            for (const accumulate of [true, false]) {
              const [a, w, plain, packed] = [put(A), put(W), put(C), put(C)];
              const panels = put(numbers(7, engine.packedSize(N, K)));
              engine.pack(panels, w, N, K, transposed);
              engine[transposed ? 'gemmNn' : 'gemmNt'](plain, a, w, M, N, K, { accumulate });
              engine.gemmPacked(packed, a, panels, M, N, K, { accumulate });
              expect(get(packed, M * N)).toEqual(get(plain, M * N));
            }
          }
        });
      });

      test('gemmPacked honours lda and ldc', async () => {
        await compare(({ engine, put, get }) => {
          const [M, N, K, lda, ldc] = [5, 11, 6, 9, 13];
          const panels = put(Array(engine.packedSize(N, K)).fill(0));
          engine.pack(panels, put(numbers(8, N * K)), N, K);
          const c = put(numbers(9, M * ldc));
          engine.gemmPacked(c, put(numbers(10, M * lda)), panels, M, N, K, { lda, ldc });
          return [get(c, M * ldc)];
        });
      });

      test('an empty sum leaves C alone, or clears it without accumulation', async () => {
        onBench(await create(), ({ engine, put, get }) => {
          const c = put([1, 2, 3, 4, 5, 6]);
          const none = put([0]);
          engine.gemmNt(c, none, none, 2, 3, 0);
          expect(get(c, 6)).toEqual([1, 2, 3, 4, 5, 6]);
          engine.gemmTn(c, none, none, 2, 2, 0, { accumulate: false, ldc: 3 });
          expect(get(c, 6)).toEqual([0, 0, 3, 0, 0, 6]);
          engine.gemmPacked(c, none, none, 1, 2, 0, { accumulate: false });
          expect(get(c, 6)).toEqual([0, 0, 3, 0, 0, 6]);
          engine.gemmNn(c, none, none, 0, 3, 4);
          engine.gemmNn(c, none, none, 2, 0, 4);
          expect(get(c, 6)).toEqual([0, 0, 3, 0, 0, 6]);
        });
      });

      test('k ascends from the value in C, and descends in gemmTn', async () => {
        const engine = await create();
        // 1 is lost beside `big`, so the result tells in which order the terms met.
        const big = engine.slotBytes === 4 ? 2 ** 25 : 2 ** 54;
        onBench(engine, ({ put, get }) => {
          for (const M of [1, 2, 4, 5]) {
            const row = [1, big, -big];
            const a = put(Array(M).fill(row).flat());
            const at = put(row.flatMap((v) => Array(M).fill(v)));
            const ones = put([1, 1, 1]);
            const c = put(Array(M).fill(0));
            const expectAll = (value: number, what: string) =>
              expect(get(c, M), `${what}, M=${M}`).toEqual(Array(M).fill(value));
            engine.gemmNt(c, a, ones, M, 1, 3, { accumulate: false });
            expectAll(0, 'gemmNt');
            engine.gemmNn(c, a, ones, M, 1, 3, { accumulate: false });
            expectAll(0, 'gemmNn');
            engine.gemmTn(c, at, ones, M, 1, 3, { accumulate: false });
            expectAll(1, 'gemmTn');
            engine.fill(c, M, 1);
            engine.gemmNt(c, a + 1, ones, M, 1, 2, { lda: 3 });
            expectAll(0, 'gemmNt from C');
            engine.fill(c, M, 1);
            engine.gemmTn(c, at + M, ones, M, 1, 2);
            expectAll(0, 'gemmTn from C');
          }
        });
      });

      test('a row alone gives the bits of the same row in a batch, in every form and width', async () => {
        const K = 150;
        for (const N of [1, 7, 8, 31, 32, 45]) {
          const M = 7;
          const [A, W, C] = [numbers(11, M * K), numbers(12, N * K), numbers(13, M * N)];
          onBench(await create(), ({ engine, put, get }) => {
            for (const form of ['gemmNt', 'gemmNn'] as const) {
              const [a, w, whole, alone] = [put(A), put(W), put(C), put(C)];
              engine[form](whole, a, w, M, N, K);
              for (let m = 0; m < M; m++) engine[form](alone + m * N, a + m * K, w, 1, N, K);
              expect(get(alone, M * N)).toEqual(get(whole, M * N));
            }
          });
        }
      });

      test('gemmTn over windows, last to first, gives the bits of the whole', async () => {
        const [M, N, K, cut] = [9, 13, 300, 113];
        onBench(await create(), ({ engine, put, get }) => {
          const [a, w] = [put(numbers(14, K * M)), put(numbers(15, K * N))];
          const [whole, parts] = [put(numbers(16, M * N)), put(numbers(16, M * N))];
          engine.gemmTn(whole, a, w, M, N, K);
          engine.gemmTn(parts, a + cut * M, w + cut * N, M, N, K - cut);
          engine.gemmTn(parts, a, w, M, N, cut);
          expect(get(parts, M * N)).toEqual(get(whole, M * N));
        });
      });

      test('NaN and Infinity stay in their row of A and their row of W', async () => {
        const [M, N, K] = [6, 11, 5];
        onBench(await create(), ({ engine, put, get }) => {
          const A = numbers(17, M * K);
          const W = numbers(18, N * K);
          A[2 * K + 1] = Number.NaN;
          W[9 * K + 3] = Number.POSITIVE_INFINITY;
          const c = put(Array(M * N).fill(0));
          engine.gemmNt(c, put(A), put(W), M, N, K);
          const finite = get(c, M * N).map(Number.isFinite);
          finite.forEach((yes, i) => {
            expect(yes, `row ${Math.floor(i / N)}, column ${i % N}`).toBe(Math.floor(i / N) !== 2 && i % N !== 9);
          });
        });
      });
    });

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
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-8,
                correction1: 1 / (1 - 0.9 ** 3),
                correction2: 1 / (1 - 0.999 ** 3),
              };
              run((w, dw, m, v) => engine.adam(w, dw, m, v, n, { ...adam, decay: 0.001, l2: 0 }));
              run((w, dw, m, v) => engine.adam(w, dw, m, v, n, { ...adam, decay: 0, l2: 0.1 }));
              run((w, dw) => engine.sgd(w, dw, NONE, n, { rate: 0.1, momentum: 0, nesterov: false, l2: 0.01 }));
              run((w, dw, u) => engine.sgd(w, dw, u, n, { rate: 0.1, momentum: 0.9, nesterov: false, l2: 0 }));
              run((w, dw, u) => engine.sgd(w, dw, u, n, { rate: 0.1, momentum: 0.9, nesterov: true, l2: 0.01 }));
              const rmsprop = { rate: 0.01, alpha: 0.99, epsilon: 1e-8, l2: 0.01 };
              run((w, dw, s) => engine.rmsprop(w, dw, s, NONE, n, { ...rmsprop, momentum: 0 }));
              run((w, dw, s, u) => engine.rmsprop(w, dw, s, u, n, { ...rmsprop, momentum: 0.9 }));
              return out;
            },
            `n=${n}`,
            4,
          );
        }
      });
    });

    runSequenceConformance(create, compare, tolerance);
  });
}
