import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecurveError } from '../errors.ts';
import {
  coverage,
  intervalWidth,
  mae,
  mase,
  mse,
  pinball,
  rmse,
  seasonalNaiveScale,
  smape,
  stepValues,
} from './metrics.ts';

// Worked by hand: errors y - ŷ are 1, -2, 0, 4.
const truth = [3, -1, 5, 10];
const prediction = [2, 1, 5, 6];

describe('point errors', () => {
  test('give the values worked by hand', () => {
    expect(mae(truth, prediction)).toBe(7 / 4);
    expect(mse(truth, prediction)).toBe(21 / 4);
    expect(rmse(truth, prediction)).toBe(Math.sqrt(21 / 4));
    // 200/5, 400/2, 0, 800/16
    expect(smape(truth, prediction)).toBe((40 + 200 + 0 + 50) / 4);
  });

  test('weights are a weighted mean and a weight of 0 hides even a NaN', () => {
    const weights = [1, 3, 0, 2];
    const hidden = [3, -1, NaN, 10];
    expect(mae(hidden, prediction, weights)).toBe((1 + 6 + 8) / 6);
    expect(mse(hidden, prediction, weights)).toBe((1 + 12 + 32) / 6);
    expect(rmse(hidden, prediction, Uint8Array.of(1, 1, 0, 1))).toBe(Math.sqrt(21 / 3));
    expect(smape(hidden, prediction, weights)).toBeCloseTo((40 + 600 + 100) / 6, 12);
  });

  test('smape is 200 for a forecast of the opposite sign and 0 for 0 against 0', () => {
    expect(smape([5, 0], [-5, 0])).toBe(100);
    expect(smape([0], [3])).toBe(200);
  });

  test('mase divides by the in-sample seasonal naive error, by hand', () => {
    // season 1: |2| |4| |1| |1|; season 2: |6| |3| |0|
    const train = [1, 3, 7, 6, 7];
    expect(seasonalNaiveScale(train)).toBe(2);
    expect(seasonalNaiveScale(train, 2)).toBe(3);
    expect(mase(truth, prediction, 2)).toBe(7 / 8);
  });

  test('mase of the naive forecast on its own training span is 1', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 5, maxLength: 30 }), (values) => {
        fc.pre(new Set(values).size > 1);
        const scale = seasonalNaiveScale(values);
        expect(mase(values.slice(1), values.slice(0, -1), scale)).toBeCloseTo(1, 12);
      }),
    );
  });
});

describe('interval errors', () => {
  const lower = [2, 0, 5, 4];
  const upper = [4, 2, 5, 8];

  test('give the values worked by hand', () => {
    // 3 in [2,4], -1 below [0,2] by 1, 5 on the edge [5,5], 10 above [4,8] by 2
    expect(coverage(truth, lower, upper)).toBe(0.5);
    expect(intervalWidth(lower, upper)).toBe(2);
    // q 0.25: 0.25*1, 0.75*2, 0, 0.25*4
    expect(pinball(truth, prediction, 0.25)).toBe((0.25 + 1.5 + 0 + 1) / 4);
  });

  test('weights leave elements out', () => {
    const weights = [1, 0, 1, 2];
    expect(coverage(truth, lower, upper, weights)).toBe(0.5);
    expect(pinball(truth, prediction, 0.25, weights)).toBe((0.25 + 0 + 2) / 4);
  });

  test('pinball at one half is half the mean absolute error', () => {
    expect(pinball(truth, prediction, 0.5)).toBe(mae(truth, prediction) / 2);
  });

  test('coverage takes infinite bounds but not NaN', () => {
    expect(coverage([1, 2], [-Infinity, 3], [Infinity, 4])).toBe(0.5);
    expect(() => coverage([1], [NaN], [2])).toThrow(/coverage: expected finite values/);
  });
});

describe('refusals', () => {
  test('nothing to score is an error, never NaN', () => {
    const calls = [
      () => mae([], []),
      () => mse([], []),
      () => rmse([], []),
      () => smape([], []),
      () => mase([], [], 1),
      () => seasonalNaiveScale([1, 2], 2),
      () => pinball([], [], 0.5),
      () => coverage([], [], []),
      () => intervalWidth([], []),
      () => mae([1, 2], [1, 2], [0, 0]),
    ];
    for (const call of calls) expect(call).toThrow(/expected at least one value to score, got none/);
  });

  test('unlike lengths, bad weights and values that are not finite are named', () => {
    expect(() => mae([1, 2], [1])).toThrow(/mae: expected arrays of one length, got 2 and 1/);
    expect(() => coverage([1], [1], [1, 2])).toThrow(RecurveError);
    expect(() => mae([1], [1], [1, 1])).toThrow(/expected 1 weights, one per value, got 2/);
    expect(() => mae([1], [1], [-1])).toThrow(/expected weights >= 0, got -1 at 0/);
    expect(() => mae([1, NaN], [1, 1])).toThrow(/got a score of NaN at 1; give missing values weight 0/);
    expect(() => rmse([1e200], [-1e200])).toThrow(/Infinity/);
  });

  test('a constant training span has no mase, and shares must lie between 0 and 1', () => {
    expect(() => seasonalNaiveScale([4, 4, 4])).toThrow(/report mae instead/);
    expect(() => seasonalNaiveScale([1, 2, 1, 2], 2)).toThrow(/repeat every 2 steps/);
    expect(() => mase([1], [1], 0)).toThrow(RecurveError);
    expect(() => pinball([1], [1], 1)).toThrow(RecurveError);
  });
});

test('stepValues takes one column of [N, horizon]', () => {
  expect([...stepValues([1, 2, 3, 4, 5, 6], 3, 1)]).toEqual([2, 5]);
  expect(() => stepValues([1, 2, 3], 2, 0)).toThrow(RecurveError);
  expect(() => stepValues([1, 2], 2, 2)).toThrow(/expected a step from 0 to 1, got 2/);
});
