import { describe, expect, test } from 'vitest';
import { type Compare, numbers, onBench, SIZES } from './conformance-bench.case.ts';
import type { Engine } from './engine.ts';

/** [M, N, K], each size in each place, no two alike in a row. */
const SHAPES = SIZES.map((M, i) => [M, SIZES[(i + 4) % SIZES.length], SIZES[(i + 7) % SIZES.length]]).concat([
  [6, 35, 300],
  [267, 41, 130],
  // More rows than share their panels, more columns than panels have room.
  [970, 18, 258],
  [7, 521, 300],
  // A single row with one to seven panels of either width, and a part of one.
  [1, 16, 5],
  [1, 27, 9],
  [1, 35, 130],
  [1, 50, 6],
  [1, 112, 300],
]);

/** The part of the conformance suite about matrix products. */
export function runProductConformance(create: () => Engine | Promise<Engine>, compare: Compare): void {
  describe('products', () => {
    const forms = { gemmNt: ['MK', 'NK'], gemmNn: ['MK', 'KN'], gemmTn: ['KM', 'KN'] } as const;
    for (const [form, [aShape, wShape]] of Object.entries(forms) as [keyof typeof forms, readonly [string, string]][]) {
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

    test('blocks of rows, columns and steps do not show: each row is the same alone', async () => {
      const [M, N, K] = [243, 513, 770];
      const [A, W] = [numbers(16, M * K), numbers(17, N * K)];
      onBench(await create(), ({ engine, put, get }) => {
        const [a, w, plain, packed] = [put(A), put(W), put(Array(M * N).fill(1)), put(Array(M * N).fill(1))];
        const panels = put(numbers(18, engine.packedSize(N, K)));
        engine.pack(panels, w, N, K);
        engine.gemmNt(plain, a, w, M, N, K);
        engine.gemmPacked(packed, a, panels, M, N, K);
        expect(get(packed, M * N)).toEqual(get(plain, M * N));
        for (const m of [0, 239, 240, 242]) {
          const alone = put(Array(N).fill(1));
          engine.gemmPacked(alone, a + m * K, panels, 1, N, K);
          expect(get(alone, N)).toEqual(get(packed + m * N, N));
        }
      });
    });

    test.each(SHAPES)('every form of M=%i, N=%i, K=%i starts each row from a bias', async (M, N, K) => {
      const [A, W, bias] = [numbers(11, M * K), numbers(12, N * K), numbers(13, N)];
      await compare(
        ({ engine, put, get }) => {
          const [a, w, b] = [put(A), put(W), put(bias)];
          const panels = put(numbers(14, engine.packedSize(N, K)));
          engine.pack(panels, w, N, K);
          return (['gemmNt', 'gemmNn', 'gemmTn', 'gemmPacked'] as const).map((form) => {
            const c = put(numbers(15, M * N));
            engine[form](c, a, form === 'gemmPacked' ? panels : w, M, N, K, { bias: b });
            return get(c, M * N);
          });
        },
        'bias',
        Math.max(1, K / 64),
      );
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
}
