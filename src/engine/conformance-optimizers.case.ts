import { describe, expect, test } from 'vitest';
import { type Compare, numbers, SIZES } from './conformance-bench.case.ts';
import type { Address } from './engine.ts';
import { NONE, VANISHED } from './engine.ts';

/** The part of the conformance suite about optimisers. */
export function runOptimizerConformance(compare: Compare): void {
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
}
