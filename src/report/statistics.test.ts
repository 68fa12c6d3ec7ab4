import { expect, test } from 'vitest';
import { autocorrelation, moments, residuals } from './statistics.ts';

test('residuals are truth minus forecast and NaN where either is missing', () => {
  expect(residuals([3, Number.NaN, 5], [1, 2, Number.POSITIVE_INFINITY])).toEqual([2, Number.NaN, Number.NaN]);
});

test('moments leave missing values out', () => {
  expect(moments([1, 3, Number.NaN])).toEqual({ mean: 2, deviation: 1, count: 2 });
  expect(moments([]).mean).toBeNaN();
});

test('a wave of period 4 correlates at lag 4 and against itself at lag 2', () => {
  const wave = Array.from({ length: 400 }, (_, t) => [0, 1, 0, -1][t % 4]! + 5);
  const lags = autocorrelation(wave, 6);
  expect(lags.map((value) => Math.round(value))).toEqual([0, -1, 0, 1, 0, -1].map((value) => value + 0));
});

test('values that do not vary, or fewer than 8, have no autocorrelation', () => {
  expect(autocorrelation(new Array(20).fill(2), 5)).toEqual([]);
  expect(autocorrelation([1, 2, 3], 5)).toEqual([]);
});
