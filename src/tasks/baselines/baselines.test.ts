import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecurveError } from '../../errors.ts';
import { Random } from '../../random.ts';
import {
  autoregression,
  climatology,
  drift,
  fitBaselines,
  forecastAll,
  persistence,
  seasonalNaive,
  targetsAt,
} from '../baselines.ts';
import { levinsonDurbin } from './autoregression.ts';
import { UNLEARNED } from './baseline.ts';

const series = (...values: number[]) => Float64Array.from(values);

describe('persistence, seasonal naive, drift', () => {
  test('persistence repeats the last observed value and skips gaps', () => {
    const baseline = persistence({ values: series(1, 4, NaN, 7, NaN), trainEnd: 2, horizon: 2 });
    expect([...baseline.forecast(1)]).toEqual([1, 1]);
    expect([...baseline.forecast(3)]).toEqual([4, 4]);
    expect([...baseline.forecast(5)]).toEqual([7, 7]);
  });

  test('persistence of a series that begins with a gap starts from the training mean', () => {
    const baseline = persistence({ values: series(NaN, 2, 6), trainEnd: 3, horizon: 1 });
    expect([...baseline.forecast(1)]).toEqual([4]);
  });

  test('seasonal naive takes the same place of the last season, more than one season ahead too', () => {
    const baseline = seasonalNaive({ values: series(1, 2, 3, 4, 5, 6, 7), trainEnd: 7, horizon: 5 }, 3);
    expect([...baseline.forecast(7)]).toEqual([5, 6, 7, 5, 6]);
    expect([...baseline.forecast(4)]).toEqual([2, 3, 4, 2, 3]);
    expect(baseline.note).toBeUndefined();
  });

  test('seasonal naive reads an older season across a gap and persists where there is none', () => {
    const baseline = seasonalNaive({ values: series(1, NaN, 3, NaN, NaN, 6), trainEnd: 2, horizon: 3 }, 3);
    expect([...baseline.forecast(6)]).toEqual([1, 6, 6]);
    expect(baseline.note).toMatch(/training span of 2 steps is shorter than a season of 3/);
  });

  test('drift adds the mean training change per step, counted from the last observed value', () => {
    const baseline = drift({ values: series(1, 9, 7, 100, NaN), trainEnd: 3, horizon: 2 });
    expect([...baseline.forecast(4)]).toEqual([103, 106]);
    expect([...baseline.forecast(5)]).toEqual([106, 109]);
    expect(drift({ values: series(NaN, 5), trainEnd: 2, horizon: 1 }).note).toMatch(/no slope/);
  });

  test('without a training span persistence and seasonal naive forecast what they know, the others nothing', () => {
    const data = { values: series(NaN, 2, 6, 3), trainEnd: 0, horizon: 2 };
    const fitted = fitBaselines(data, { climatology: { season: 3 } });
    const at = (origin: number) => Object.fromEntries(fitted.map((one) => [one.name, [...one.forecast(origin)]]));
    const nothing = { climatology: [NaN, NaN], 'ar(1)': [NaN, NaN] };
    expect(at(1)).toEqual({ persistence: [NaN, NaN], 'seasonal naive': [NaN, NaN], ...nothing });
    expect(at(4)).toEqual({ persistence: [3, 3], 'seasonal naive': [2, 6], ...nothing });
    expect(fitted.slice(2).map(({ note }) => note)).toEqual([UNLEARNED, UNLEARNED]);
    expect(fitBaselines(data).map(({ note }) => note)).toEqual([undefined, UNLEARNED, UNLEARNED]);
  });
});

describe('climatology', () => {
  test('equals the naive mean over the circular window for any season, window and gaps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: -9, max: 9 }), { nil: NaN }), { minLength: 3, maxLength: 40 }),
        fc.constantFrom(2, 3, 7, 7.25, 12.5),
        fc.integer({ min: 0, max: 4 }),
        (numbers, season, window) => {
          const values = Float64Array.from(numbers);
          const trainEnd = Math.ceil(values.length * 0.7);
          const observed = [...values.subarray(0, trainEnd)].filter((y) => !Number.isNaN(y));
          fc.pre(observed.length > 0);
          const [out] = [climatology({ values, trainEnd, horizon: 3 }, { season, window }).forecast(values.length)];
          for (let k = 0; k < 3; k++) {
            const near = [];
            for (let s = 0; s < trainEnd; s++) {
              const apart = (((values.length + k - s) % season) + season) % season;
              if (Math.min(apart, season - apart) <= window && !Number.isNaN(values[s]!)) near.push(values[s]!);
            }
            const from = near.length > 0 ? near : observed;
            expect(out[k]).toBeCloseTo(from.reduce((a, b) => a + b, 0) / from.length, 10);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('keeps its digits on a series far from 0', () => {
    const values = Float64Array.from({ length: 4000 }, (_, t) => 1e12 + (t % 4));
    const out = climatology({ values, trainEnd: 4000, horizon: 4 }, { season: 4 }).forecast(4000);
    expect([...out]).toEqual([1e12, 1e12 + 1, 1e12 + 2, 1e12 + 3]);
  });

  test('follows given phases instead of the step count', () => {
    const data = { values: series(10, 20, 30, 40), trainEnd: 4, horizon: 2 };
    const phases = [0, 2, 0, 2, 2, 0];
    expect([...climatology(data, { season: 4, window: 0, phases }).forecast(4)]).toEqual([30, 20]);
    expect(() => climatology(data, { season: 4, phases: [0, 1] })).toThrow(/expected 6 phases/);
  });

  test('the default window of a year of days is 15 days, that of a week 0', () => {
    const values = Float64Array.from({ length: 800 }, (_, t) => t);
    const data = { values, trainEnd: 365, horizon: 1 };
    const year = climatology(data, { season: 365.25 });
    // Day 400 has phase 34.75: days 20 to 49 lie within 15 steps.
    expect(year.forecast(400)[0]).toBeCloseTo((20 + 49) / 2, 9);
    const week = climatology({ values, trainEnd: 14, horizon: 1 }, { season: 7 });
    expect(week.forecast(20)[0]).toBe((6 + 13) / 2);
  });
});

describe('autoregression', () => {
  /** A stationary AR(2) around 50 with known coefficients. */
  const simulated = (n: number, seed: number) => {
    const random = new Random(seed);
    const values = new Float64Array(n).fill(50);
    for (let t = 2; t < n; t++) {
      values[t] = 50 + 0.6 * (values[t - 1]! - 50) + 0.3 * (values[t - 2]! - 50) + random.normal();
    }
    return values;
  };

  test('finds the coefficients 0.6 and 0.3 of a simulated AR(2) within 0.03', () => {
    const values = simulated(20_000, 5);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const ar = autoregression({ values, trainEnd: values.length, horizon: 1 }, { order: 2 });
    const anomaly = (t: number) => values[t]! - mean;
    // Two origins give two equations for the two coefficients.
    const [a, b, c] = [anomaly(99), anomaly(98), anomaly(97)];
    const [p, q] = [ar.forecast(100)[0]! - mean, ar.forecast(99)[0]! - mean];
    const determinant = a * c - b * b;
    expect((p * c - q * b) / determinant).toBeCloseTo(0.6, 1);
    expect(Math.abs((p * c - q * b) / determinant - 0.6)).toBeLessThan(0.03);
    expect(Math.abs((a * q - b * p) / determinant - 0.3)).toBeLessThan(0.03);
  });

  test('several steps ahead are the recursion fed with its own forecasts, by a naive loop', () => {
    const values = simulated(200, 7);
    const trainEnd = 150;
    const mean = values.subarray(0, trainEnd).reduce((a, b) => a + b, 0) / trainEnd;
    const r = Float64Array.from({ length: 4 }, (_, lag) => {
      let sum = 0;
      for (let t = lag; t < trainEnd; t++) sum += (values[t]! - mean) * (values[t - lag]! - mean);
      return sum / trainEnd;
    });
    const phi = levinsonDurbin(r);
    const path = [...values.subarray(0, 180)].map((y) => y - mean);
    for (let k = 0; k < 6; k++) path.push(phi[0]! * path.at(-1)! + phi[1]! * path.at(-2)! + phi[2]! * path.at(-3)!);
    const out = autoregression({ values, trainEnd, horizon: 6 }, { order: 3 }).forecast(180);
    for (let k = 0; k < 6; k++) expect(out[k]).toBeCloseTo(mean + path[180 + k]!, 10);
  });

  test('levinsonDurbin solves the Yule-Walker equations', () => {
    const r = series(4, 2.5, 1.9, 0.7, 0.2);
    const phi = levinsonDurbin(r);
    for (let i = 1; i <= 4; i++) {
      let sum = 0;
      for (let j = 1; j <= 4; j++) sum += phi[j - 1]! * r[Math.abs(i - j)]!;
      expect(sum).toBeCloseTo(r[i]!, 12);
    }
  });

  test('iterated forecasts of any series stay finite and decay to the mean', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(NaN)), {
          minLength: 6,
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 6 }),
        (numbers, order) => {
          const values = Float64Array.from(numbers);
          const observed = numbers.filter((y) => !Number.isNaN(y));
          fc.pre(observed.length > 0);
          const most = Math.max(...observed.map(Math.abs), 1);
          const out = autoregression({ values, trainEnd: values.length, horizon: 500 }, { order }).forecast(
            values.length,
          );
          expect(out.every((y) => Math.abs(y) <= 1e3 * most)).toBe(true);
        },
      ),
    );
  });

  test('a constant series forecasts itself and a short one cuts the order with a note', () => {
    const flat = autoregression({ values: new Float64Array(9).fill(3), trainEnd: 9, horizon: 2 }, { order: 2 });
    expect([...flat.forecast(9)]).toEqual([3, 3]);
    const short = autoregression({ values: series(1, 2, 4, 3), trainEnd: 4, horizon: 1 }, { order: 5 });
    expect(short.note).toMatch(/order cut from 5 to 1/);
    const one = autoregression({ values: series(5, 6), trainEnd: 1, horizon: 1 });
    expect([...one.forecast(2)]).toEqual([5]);
  });
});

describe('all baselines', () => {
  const everything = (values: Float64Array, trainEnd: number, horizon = 4) => [
    ...fitBaselines({ values, trainEnd, horizon }, { climatology: { season: 5 }, order: 3 }),
    ...fitBaselines({ values, trainEnd, horizon }),
  ];
  const random = new Random(9);
  const values = Float64Array.from({ length: 60 }, (_, t) => 10 + (t % 5) + random.normal());

  test('are persistence, seasonal naive, climatology and AR with a season, persistence, drift and AR without', () => {
    expect(everything(values, 40).map((b) => b.name)).toEqual([
      'persistence',
      'seasonal naive',
      'climatology',
      'ar(3)',
      'persistence',
      'drift',
      'ar(1)',
    ]);
  });

  test('never look at or beyond their origin, nor fit beyond the training span', () => {
    const origin = 45;
    const future = values.slice();
    for (let t = origin; t < future.length; t++) future[t] = 1e3 * t;
    const before = everything(values, 40).map((b) => [...b.forecast(origin)]);
    expect(everything(future, 40).map((b) => [...b.forecast(origin)])).toEqual(before);
    // A changed training value does change every baseline that reads it: the check above can fail.
    const past = values.slice();
    past[origin - 1] = 99;
    expect(
      everything(past, 40).filter((b, i) => b.forecast(origin)[0] !== before[i]![0]).length,
    ).toBeGreaterThanOrEqual(5);
  });

  test('forecast a constant, a single value and a series with one observation without NaN', () => {
    const hard = [new Float64Array(12).fill(4), series(4), series(NaN, 4, NaN)];
    for (const values of hard) {
      for (const baseline of everything(values, values.length)) {
        expect([...baseline.forecast(values.length)], baseline.name).toEqual([4, 4, 4, 4]);
      }
    }
  });

  test('refuse an unobserved training span, infinite values, and origins or options that make no sense', () => {
    const make =
      (values: Float64Array, trainEnd = values.length, horizon = 1) =>
      () =>
        persistence({ values, trainEnd, horizon });
    expect(make(series(NaN, NaN))).toThrow(/expected an observed value among 2 training steps, got none/);
    expect(make(series(1, Infinity))).toThrow(/got Infinity at 1/);
    expect(make(series(1, 2), 3)).toThrow(/expected trainEnd to be a whole number from 1 to 2, got 3/);
    expect(make(series(1, 2), 2, 0)).toThrow(RecurveError);
    for (const baseline of everything(values, 40)) {
      for (const origin of [0, 61, 1.5])
        expect(() => baseline.forecast(origin), baseline.name).toThrow(/expected an origin from 1 to 60/);
    }
    const data = { values, trainEnd: 40, horizon: 1 };
    expect(() => seasonalNaive(data, 1)).toThrow(RecurveError);
    expect(() => climatology(data, { season: 1 })).toThrow(RecurveError);
    expect(() => climatology(data, { season: 5, window: -1 })).toThrow(RecurveError);
    expect(() => autoregression(data, { order: 0 })).toThrow(RecurveError);
  });

  test('forecastAll and targetsAt line up row by row, the truth NaN beyond the end', () => {
    const short = series(1, 2, 3, 4, 5);
    const baseline = persistence({ values: short, trainEnd: 5, horizon: 2 });
    expect([...forecastAll(baseline, [2, 4], 2)]).toEqual([2, 2, 4, 4]);
    expect([...targetsAt(short, [2, 4, 5], 2)]).toEqual([3, 4, 5, NaN, NaN, NaN]);
  });
});
