import { describe, expect, it } from 'vitest';
import { Random } from '../../../random.ts';
import { softmaxRows } from '../../probabilities.ts';
import type { Example } from '../training/examples.ts';
import { betterAlone, blendLogits } from './blend.ts';
import { fitRegression, regressionLogits } from './fit.ts';
import { fitLogistic, logisticFits, logisticLogits, logisticStride } from './logistic.ts';

/** Rows of two inputs far from the origin, and labels of K classes that follow the first one. */
function sample(N: number, K: number, seed = 5): { X: Float64Array; labels: Int32Array } {
  const random = new Random(seed);
  const X = Float64Array.from({ length: 2 * N }, (_, i) => (i % 2 === 0 ? 3 : 100) + (1 + (i % 2)) * random.normal());
  const labels = Int32Array.from({ length: N }, (_, i) =>
    Math.max(0, Math.min(K - 1, Math.round(X[2 * i] - 3 + (K - 1) / 2 + 0.7 * random.normal()))),
  );
  return { X, labels };
}

const dataOf = ({ X, labels }: ReturnType<typeof sample>) => ({
  ...{ D: 2, N: labels.length },
  row: (i: number) => X.subarray(2 * i, 2 * i + 2),
  label: (i: number) => labels[i],
});

describe('logistic regression', () => {
  it.each([2, 3])(
    'of %i classes solves its equations: gradients with the ridge of 10 on scaled inputs below 1e-6',
    async (K) => {
      const drawn = sample(300, K);
      const { X, labels } = drawn;
      const model = await fitLogistic(dataOf(drawn), K);
      if (!model) throw new Error('no solution');
      const R = K === 2 ? 1 : K;
      expect([model.weight.length, model.bias.length]).toEqual([2 * R, R]);
      const column = (d: number) => Array.from(labels, (_, i) => X[2 * i + d]);
      for (let r = 0; r < R; r++) {
        const wrong = Array.from(labels, (label, i) => {
          const z = model.bias[r] + model.weight[2 * r] * X[2 * i] + model.weight[2 * r + 1] * X[2 * i + 1];
          return 1 / (1 + Math.exp(-z)) - Number(label === (K === 2 ? 1 : r));
        });
        // No ridge on the bias: the mean said is the share seen.
        expect(Math.abs(wrong.reduce((a, b) => a + b))).toBeLessThan(1e-6);
        for (const d of [0, 1]) {
          const x = column(d);
          const mean = x.reduce((a, b) => a + b) / x.length;
          const scale = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
          const slope = wrong.reduce((sum, e, i) => sum + (e * (x[i] - mean)) / scale, 0);
          expect(Math.abs(slope + 10 * model.weight[2 * r + d] * scale)).toBeLessThan(1e-6);
        }
      }
    },
  );

  it('says probabilities that follow the classes, each against the rest and then made to add up to 1', async () => {
    const drawn = sample(300, 3);
    const model = await fitLogistic(dataOf(drawn), 3);
    const said = softmaxRows(logisticLogits(model as NonNullable<typeof model>, drawn.X, 3), 3);
    const hits = Array.from(drawn.labels).filter((label, i) => said[3 * i + label] > 0.4).length;
    expect(hits).toBeGreaterThan(150);
  });

  it('counts a row of weight 3 as three rows, and refuses what would take minutes', async () => {
    const drawn = sample(80, 2);
    const thrice = await fitLogistic({ ...dataOf(drawn), weight: (i) => (drawn.labels[i] === 1 ? 3 : 1) }, 2);
    const rows = Array.from(drawn.labels).flatMap((label, i) => (label === 1 ? [i, i, i] : [i]));
    const { row, label } = dataOf(drawn);
    const repeated = await fitLogistic(
      { D: 2, N: rows.length, row: (i) => row(rows[i]), label: (i) => label(rows[i]) },
      2,
    );
    const odds = (model: typeof thrice) => logisticLogits(model as NonNullable<typeof model>, drawn.X, 2);
    odds(repeated).forEach((z, i) => {
      expect(Math.abs(z - odds(thrice)[i])).toBeLessThan(1e-9);
    });
    expect(Math.abs(odds(thrice)[1] - odds(await fitLogistic(dataOf(drawn), 2))[1])).toBeGreaterThan(0.3);
    expect(logisticFits({ D: 601, N: 10 }, 2)).toBe(false);
    expect(logisticFits({ D: 300, N: 5000 }, 20)).toBe(false);
    expect(await fitLogistic({ ...dataOf(drawn), D: 601 }, 2)).toBeUndefined();
  });

  it('learns from rows evenly spread where all are too many: at most 32,768 and as many as are solved in seconds, at least 4,096', () => {
    expect(logisticStride({ D: 100, N: 300_000 }, 2)).toBe(1);
    expect(logisticStride({ D: 111, N: 315_000 }, 2)).toBe(10);
    expect(logisticStride({ D: 600, N: 12_000 }, 2)).toBe(2);
    expect(logisticStride({ D: 300, N: 5000 }, 20)).toBeUndefined();
    expect(logisticStride({ D: 601, N: 10 }, 2)).toBeUndefined();
    for (const [D, N, K] of [
      [111, 315_000, 2],
      [7, 5_000_000, 3],
      [200, 5001, 20],
    ]) {
      const rows = Math.ceil(N / (logisticStride({ D, N }, K) ?? 1));
      expect(logisticFits({ D, N: rows }, K)).toBe(true);
      expect(rows).toBeLessThanOrEqual(32_768);
    }
  });
});

it('of a class without an example says that it is rare, not impossible', async () => {
  const drawn = sample(98, 2);
  const model = await fitLogistic(dataOf(drawn), 3);
  const [no, yes, never] = softmaxRows(logisticLogits(model as NonNullable<typeof model>, drawn.X.slice(0, 2), 3), 3);
  expect(no + yes).toBeGreaterThan(0.9);
  expect(never).toBeGreaterThan(1 / 200);
});

describe('the regression beside a network', () => {
  it('learns from the steps that count only, in the order of the examples', async () => {
    const { X, labels } = sample(120, 2);
    const example = (from: number, to: number): Example => ({
      ...{ rows: new Float64Array(0), regressionRows: X.subarray(2 * from, 2 * to), length: to - from },
      labels: labels.slice(from, to),
      weights: Float64Array.from({ length: to - from }, (_, t) => Number(t >= 10)),
    });
    const examples = [example(0, 60), example(50, 120)];
    const counted = Array.from({ length: 110 }, (_, i) => i + 10);
    const wanted = await fitLogistic(
      { D: 2, N: 110, row: (i) => X.subarray(2 * counted[i], 2 * counted[i] + 2), label: (i) => labels[counted[i]] },
      2,
    );
    const got = await fitRegression(examples, 2, [1, 1]);
    expect(got).toEqual(wanted);
    const all = logisticLogits(wanted as NonNullable<typeof wanted>, X, 2);
    expect(regressionLogits(got as NonNullable<typeof got>, examples, 2)).toEqual(all.slice(20));
  });

  it('has half a say: odds of the geometric mean, whatever constants the logits of a row hold', () => {
    const blend = blendLogits(Float64Array.of(5, 5 + 2), Float64Array.of(-1, -1 - 1));
    const [, p] = softmaxRows(blend, 2);
    expect(p).toBeCloseTo(1 / (1 + Math.exp(-(2 - 1) / 2)), 12);
  });

  it('goes where the network is right and it is not, stays where both are as good, in some of 20 draws of 400 steps', async () => {
    const random = new Random(3);
    let [kept, gone] = [0, 0];
    for (let draw = 0; draw < 20; draw++) {
      const truth = Float64Array.from({ length: 400 }, () => 1.5 * random.normal());
      const labels = Int32Array.from(truth, (z) => Number(random.uniform() < 1 / (1 + Math.exp(-z))));
      const odds = (noise: number, share: number) =>
        Float64Array.from({ length: 800 }, (_, i) =>
          i % 2 === 0 ? 0 : share * truth[(i - 1) / 2] + noise * random.normal(),
        );
      const network = odds(0.5, 1);
      if (!(await betterAlone(network, blendLogits(network, odds(0.5, 1)), labels, 2))) kept++;
      if (await betterAlone(network, blendLogits(network, odds(2, 0)), labels, 2)) gone++;
    }
    expect(kept).toBeGreaterThanOrEqual(19);
    expect(gone).toBeGreaterThanOrEqual(19);
  });
});
