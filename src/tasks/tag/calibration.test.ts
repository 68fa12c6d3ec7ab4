import { describe, expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { logLossOf, softmaxRows } from '../probabilities.ts';
import { fitTemperature, fitThreshold, labelAt } from './calibration.ts';

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
