import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { scoreProbabilities } from './scores.ts';

test('figures of a small case, by hand', () => {
  const { figures } = scoreProbabilities([0.8, 0.2, 0.4, 0.6, 0.3, 0.7, 0.9, 0.1], [0, 1, 0, 1], 2);
  expect(figures.brier).toBeCloseTo((0.04 + 0.16 + 0.49 + 0.81) / 4, 12);
  expect(figures.logLoss).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6) + Math.log(0.3) + Math.log(0.1)) / 4, 12);
  expect(figures.accuracy).toBe(0.5);
  expect(figures.f1).toBeCloseTo(0.5, 12);
  // Of four pairs of a positive and a negative step one is in order.
  expect(figures.auc).toBe(0.25);
  expect(figures.calibrationError).toBeCloseTo((0.2 + 0.4 + 0.7 + 0.9) / 4, 12);
});

test('the area under the curve of many equal probabilities counts each pair of equals half', () => {
  const random = new Random(8);
  const said = Array.from({ length: 300 }, () => random.integer(6) / 8);
  const labels = said.map((p) => Number(random.uniform() < p));
  const positives = said.filter((_, i) => labels[i] === 1);
  const negatives = said.filter((_, i) => labels[i] === 0);
  const won = positives.flatMap((p) => negatives.map((n): number => (p > n ? 1 : p === n ? 0.5 : 0)));
  const { auc } = scoreProbabilities(
    said.flatMap((p) => [1 - p, p]),
    labels,
    2,
  ).figures;
  expect(auc).toBeCloseTo(won.reduce((a, b) => a + b) / won.length, 12);
  // As many as a long table has: a second, not minutes.
  const same = new Float64Array(2_000_000).fill(0.5);
  expect(
    scoreProbabilities(
      same,
      Int32Array.from({ length: 1_000_000 }, (_, i) => i % 2),
      2,
    ).figures.auc,
  ).toBe(0.5);
});

test('F1 of three classes counts one that was told and never came, not one that did neither, as scikit-learn', () => {
  const told = (k: number): number[] => [0, 1, 2, 3].map((one) => (one === k ? 0.7 : 0.1));
  // Truth 0 0 1 1, told 0 2 1 1: F1 of class 0 is 2/3, of 1 is 1, of 2 is 0; class 3 takes no part.
  const { f1 } = scoreProbabilities([0, 2, 1, 1].flatMap(told), [0, 0, 1, 1], 4).figures;
  expect(f1).toBeCloseTo((2 / 3 + 1 + 0) / 3, 12);
});
