import { describe, expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { logLossOf, softmaxRows } from '../probabilities.ts';
import { fitTemperature, fitThreshold, labelAt } from './calibration.ts';
import { scoreProbabilities } from './scores.ts';

describe('temperature', () => {
  test('of logits three times too large is 3 within 15 %, and lowers the log loss', () => {
    const random = new Random(3);
    const honest = Array.from({ length: 2000 }, () => 1.5 * random.normal());
    const labels = honest.map((z) => Number(random.uniform() < 1 / (1 + Math.exp(-z))));
    const logits = honest.flatMap((z) => [0, 3 * z]);
    const temperature = fitTemperature(logits, labels, 2);
    expect(Math.abs(temperature - 3)).toBeLessThan(0.45);
    const loss = (t: number) => logLossOf(softmaxRows(logits, 2, t), labels, 2);
    expect(loss(temperature)).toBeLessThan(loss(1));
    for (const near of [0.9, 1.1]) expect(loss(temperature)).toBeLessThanOrEqual(loss(temperature * near));
  });

  test('stays 1 on fewer than 50 steps', () => {
    expect(fitTemperature([0, 9, 0, 9], [0, 1], 2)).toBe(1);
  });
});

describe('threshold', () => {
  const p = [0.1, 0.2, 0.35, 0.4, 0.9];
  const rows = p.flatMap((one) => [1 - one, one]);

  test('for accuracy lies in the middle of the gap that parts best', () => {
    expect(fitThreshold(rows, [0, 0, 0, 1, 1], 'accuracy')).toBeCloseTo(0.375, 12);
    expect(fitThreshold(rows, [0, 0, 0, 0, 1], 'accuracy')).toBeCloseTo(0.65, 12);
  });

  test('for f1 finds a rare class that accuracy would give up', () => {
    const labels = [0, 1, 0, 0, 0];
    expect(labelAt(rows, 2, 2, { threshold: fitThreshold(rows, labels, 'f1') })).toBe(1);
    expect(labelAt(rows, 2, 2, { threshold: fitThreshold(rows, labels, 'accuracy') })).toBe(0);
  });

  test('is the number that was wished for', () => {
    expect(fitThreshold(rows, [0, 0, 0, 1, 1], 0.7)).toBe(0.7);
  });
});

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
