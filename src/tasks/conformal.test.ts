import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecurveError } from '../errors.ts';
import { normalQuantile } from '../exact.ts';
import { Random } from '../random.ts';
import { coverage, intervalWidth, stepValues } from '../train/metrics.ts';
import {
  calibrated,
  calibrateIntervals,
  calibratePoints,
  conformalQuantile,
  type IntervalForecast,
  pointIntervals,
} from './conformal.ts';

const levels = [0.8, 0.95];

describe('conformalQuantile', () => {
  test('is the score of rank ceil((n + 1) level), and the widest with a flag where n does not reach it', () => {
    const nine = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(conformalQuantile(nine, 0.8)).toEqual({ value: 8, reached: true });
    expect(conformalQuantile(nine, 0.9)).toEqual({ value: 9, reached: true });
    expect(conformalQuantile(nine, 0.95)).toEqual({ value: 9, reached: false });
    expect(conformalQuantile(nine, 0.01)).toEqual({ value: 1, reached: true });
    // 0.7 * 10 and 0.07 * 100 are above 7 in floating point; the rank is 7 all the same.
    expect(conformalQuantile(nine, 0.7).value).toBe(7);
    expect(
      conformalQuantile(
        Float64Array.from({ length: 99 }, (_, i) => i + 1),
        0.07,
      ).value,
    ).toBe(7);
  });

  test('covers level to level + 1/(n + 1) of exchangeable scores, within 5 standard deviations', () => {
    const random = new Random(21);
    for (const [n, level] of [
      [9, 0.8],
      [19, 0.95],
      [50, 0.8],
    ] as const) {
      let inside = 0;
      const trials = 8000;
      for (let i = 0; i < trials; i++) {
        const scores = Float64Array.from({ length: n }, () => random.uniform()).sort();
        if (random.uniform() <= conformalQuantile(scores, level).value) inside += 1;
      }
      const slack = 5 * Math.sqrt((level * (1 - level)) / trials);
      expect(inside / trials).toBeGreaterThan(level - slack);
      expect(inside / trials).toBeLessThan(level + 1 / (n + 1) + slack);
    }
  });
});

describe('calibratePoints', () => {
  /** Errors that grow with the step and lean upwards: e = (h + 1)(z² - 0.5). */
  function rows(count: number, seed: number, horizon = 3) {
    const random = new Random(seed);
    const prediction = Float64Array.from({ length: count * horizon }, () => 10 * random.normal());
    const truth = prediction.map((y, i) => y + (1 + (i % horizon)) * (random.normal() ** 2 - 0.5));
    return { prediction, truth };
  }

  test('adds the ranked absolute residual of each step, by hand', () => {
    const truth = Float64Array.of(1, 10, -2, 20, 3, -30, 4, 40);
    const calibration = calibratePoints(truth, new Float64Array(8), 2, [0.5, 0.8]);
    // |y| per step: 1 2 3 4 and 10 20 30 40; ranks ceil(5 * 0.5) = 3 and 4.
    expect(calibration).toEqual({
      levels: [0.5, 0.8],
      horizon: 2,
      lower: [3, 30, 4, 40],
      upper: [3, 30, 4, 40],
      count: 4,
      warnings: [],
    });
    const [half] = calibrated(calibration, pointIntervals(Float64Array.of(100, 200), [0.5, 0.8]));
    expect([...half!.lower, ...half!.upper]).toEqual([97, 170, 103, 230]);
  });

  test('reaches 80 % and 95 % on new data within 3 points at every step, with either treatment of the sides', () => {
    const [held, fresh] = [rows(1500, 1), rows(3000, 2)];
    for (const sides of ['joint', 'separate'] as const) {
      const calibration = calibratePoints(held.truth, held.prediction, 3, levels, { sides });
      for (const { level, lower, upper } of calibrated(calibration, pointIntervals(fresh.prediction, levels))) {
        for (let h = 0; h < 3; h++) {
          const [y, low, high] = [fresh.truth, lower, upper].map((values) => stepValues(values, 3, h));
          expect(Math.abs(coverage(y!, low!, high!) - level)).toBeLessThan(0.03);
        }
      }
    }
  });

  test('separate sides are narrower at 95 % where errors lean one way, and miss both sides alike', () => {
    const [held, fresh] = [rows(3000, 3), rows(3000, 4)];
    const bounds = (['joint', 'separate'] as const).map((sides) => {
      const calibration = calibratePoints(held.truth, held.prediction, 3, levels, { sides });
      return calibrated(calibration, pointIntervals(fresh.prediction, levels))[1]!;
    });
    const [joint, separate] = bounds;
    expect(intervalWidth(separate!.lower, separate!.upper)).toBeLessThan(intervalWidth(joint!.lower, joint!.upper));
    const below = fresh.truth.filter((y, i) => y < separate!.lower[i]!).length / fresh.truth.length;
    const above = fresh.truth.filter((y, i) => y > separate!.upper[i]!).length / fresh.truth.length;
    expect(Math.abs(below - 0.025)).toBeLessThan(0.01);
    expect(Math.abs(above - 0.025)).toBeLessThan(0.01);
  });

  test('too few values take the largest error and say how many are needed', () => {
    const truth = Float64Array.of(1, -5, 2);
    const calibration = calibratePoints(truth, new Float64Array(3), 1, levels);
    expect(calibration.lower).toEqual([5, 5]);
    expect(calibration.warnings).toEqual([
      'the 80 % interval needs 4 calibration values, got 3; it is as wide as the largest error seen and may cover less',
      'the 95 % interval needs 19 calibration values, got 3; it is as wide as the largest error seen and may cover less',
    ]);
    const enough = (n: number, sides: 'joint' | 'separate') =>
      calibratePoints(new Float64Array(n), new Float64Array(n), 1, [0.95], { sides }).warnings.length === 0;
    expect([enough(18, 'joint'), enough(19, 'joint'), enough(38, 'separate'), enough(39, 'separate')]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('leaves missing truth out, step by step, and survives JSON', () => {
    const truth = Float64Array.of(1, NaN, 2, 20, 3, 30, NaN, 40, 4, 50);
    const calibration = calibratePoints(truth, new Float64Array(10), 2, [0.5]);
    expect(calibration.lower).toEqual([3, 40]);
    expect(calibration.count).toBe(4);
    expect(JSON.parse(JSON.stringify(calibration))).toEqual(calibration);
  });
});

describe('calibrateIntervals', () => {
  /** Noise of deviation s(x) known to the model only up to a factor. */
  function quantiles(count: number, seed: number, factor: number) {
    const random = new Random(seed);
    const scale = Float64Array.from({ length: count }, () => 0.5 + 3 * random.uniform());
    const truth = scale.map((s) => s * random.normal());
    const intervals = levels.map((level): IntervalForecast => {
      const z = normalQuantile((1 + level) / 2) * factor;
      return { level, lower: scale.map((s) => -z * s), upper: scale.map((s) => z * s) };
    });
    return { truth, intervals };
  }

  test('repairs quantiles that are half or twice as wide as they should be to within 2 points of the level', () => {
    for (const factor of [0.5, 2]) {
      const [held, fresh] = [quantiles(3000, 5, factor), quantiles(5000, 6, factor)];
      for (const sides of ['joint', 'separate'] as const) {
        const calibration = calibrateIntervals(held.truth, held.intervals, 1, { sides });
        const out = calibrated(calibration, fresh.intervals);
        for (let l = 0; l < levels.length; l++) {
          const raw = coverage(fresh.truth, fresh.intervals[l]!.lower, fresh.intervals[l]!.upper);
          expect(Math.abs(raw - levels[l]!)).toBeGreaterThan(0.04);
          expect(Math.abs(coverage(fresh.truth, out[l]!.lower, out[l]!.upper) - levels[l]!)).toBeLessThan(0.02);
        }
        // Twice too wide must come out narrower: the amounts are negative.
        expect(Math.sign(calibration.lower[0]!)).toBe(factor === 2 ? -1 : 1);
      }
    }
  });

  test('bounds never cross and wider levels hold narrower ones and the centre, whatever the model says', () => {
    const numbers = (n: number) =>
      fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: n, maxLength: n });
    fc.assert(
      fc.property(
        numbers(12),
        numbers(24),
        numbers(24),
        numbers(12),
        fc.boolean(),
        (y, lows, highs, point, separate) => {
          const forecast = (shift: number): IntervalForecast[] =>
            [0.5, 0.9].map((level, l) => ({
              level,
              lower: Float64Array.from(lows.slice(12 * l, 12 * l + 12), (x) => x + shift),
              upper: Float64Array.from(highs.slice(12 * l, 12 * l + 12)),
            }));
          const options = { sides: separate ? 'separate' : 'joint' } as const;
          const calibration = calibrateIntervals(Float64Array.from(y), forecast(0), 2, options);
          const centre = Float64Array.from(point);
          const [inner, outer] = calibrated(calibration, forecast(3), centre);
          for (let i = 0; i < 12; i++) {
            expect(outer!.lower[i]!).toBeLessThanOrEqual(inner!.lower[i]!);
            expect(inner!.lower[i]!).toBeLessThanOrEqual(centre[i]!);
            expect(centre[i]!).toBeLessThanOrEqual(inner!.upper[i]!);
            expect(inner!.upper[i]!).toBeLessThanOrEqual(outer!.upper[i]!);
          }
          for (const { lower, upper } of calibrated(calibration, forecast(3))) {
            for (let i = 0; i < 12; i++) expect(lower[i]!).toBeLessThanOrEqual(upper[i]!);
          }
        },
      ),
    );
  });

  test('bounds narrowed past each other meet in their middle', () => {
    const truth = new Float64Array(20);
    const wide = [{ level: 0.8, lower: new Float64Array(20).fill(-9), upper: new Float64Array(20).fill(9) }];
    const calibration = calibrateIntervals(truth, wide, 1);
    expect(calibration.lower[0]).toBe(-9);
    const [out] = calibrated(calibration, [{ level: 0.8, lower: Float64Array.of(3), upper: Float64Array.of(5) }]);
    expect([out!.lower[0], out!.upper[0]]).toEqual([4, 4]);
  });
});

describe('refusals', () => {
  const truth = new Float64Array(6);
  const interval = (level: number, length = 6) => ({
    level,
    lower: new Float64Array(length),
    upper: new Float64Array(length),
  });

  test('levels must rise between 0 and 1 and match at use', () => {
    for (const bad of [[], [0.95, 0.8], [0.8, 0.8], [0], [1], [80]]) {
      expect(() => calibratePoints(truth, truth, 1, bad)).toThrow(/expected rising levels between 0 and 1/);
    }
    const calibration = calibrateIntervals(truth, [interval(0.8)], 1);
    expect(() => calibrated(calibration, [interval(0.9)])).toThrow(/expected intervals at \[0.8\], got \[0.9\]/);
  });

  test('shapes, steps without truth and forecasts that are not finite are named', () => {
    expect(() => calibrateIntervals(truth, [interval(0.8)], 4)).toThrow(/expected truth \[N, 4\], got 6 numbers/);
    expect(() => calibrateIntervals(truth, [interval(0.8, 5)], 1)).toThrow(/the lower bound at 0.8 of 6 numbers/);
    expect(() => calibrateIntervals(Float64Array.of(1, NaN), [interval(0.8, 2)], 2)).toThrow(/at step 2, got none/);
    expect(() =>
      calibratePoints(
        truth,
        truth.map(() => NaN),
        1,
        levels,
      ),
    ).toThrow(/expected finite forecasts, got NaN/);
    expect(() => calibrateIntervals(truth, [interval(0.8)], 1, { sides: 'left' as never })).toThrow(RecurveError);
    expect(() => calibrateIntervals(new Float64Array(0), [interval(0.8, 0)], 1)).toThrow(RecurveError);
    const calibration = calibrateIntervals(truth, [interval(0.8)], 3);
    expect(() => calibrated(calibration, [interval(0.8, 4)])).toThrow(/expected forecasts \[N, 3\], got 4/);
  });
});
