/**
 * Split-conformal calibration: intervals widened or narrowed by what the errors on held-out data were, per step and level.
 *
 * Point forecasts: absolute residuals (Lei et al., "Distribution-free predictive inference for regression", JASA 113, 2018).
 * Quantile forecasts: conformalised quantile regression (Romano, Patterson, Candès, NeurIPS 2019).
 *
 * The guarantee, `P(y in interval) >= level`, holds where calibration and new data are exchangeable. A series drifts, so
 * report the coverage measured on a test span beside the nominal level.
 */

import { RecurveError } from '../errors.ts';
import { firstNotFinite } from '../finite.ts';
import { expectList } from '../options.ts';

/** Lower and upper bounds that claim to hold `level` of the truth. */
export interface IntervalForecast {
  /** Nominal coverage in (0, 1), e.g. 0.8. */
  level: number;
  /** [N, horizon] */
  lower: Float64Array;
  /** [N, horizon] */
  upper: Float64Array;
}

/** What calibration learned; plain JSON, kept in the model file. */
export interface Calibration {
  /** Nominal coverages, ascending. */
  levels: number[];
  /** Steps forecast. */
  horizon: number;
  /** Amount taken off each lower bound, [levels, horizon], in the unit of the series; negative narrows. */
  lower: number[];
  /** Amount added to each upper bound, [levels, horizon], in the unit of the series; negative narrows. */
  upper: number[];
  /** Fewest calibration values any step had. */
  count: number;
  /** One sentence per level that `count` is too small for: its widest score was taken and its coverage may fall short. */
  warnings: string[];
}

/** How calibration treats the two sides. */
export interface ConformalOptions {
  /**
   * `joint`: one amount for both bounds, from `max(lower - y, y - upper)`: the narrower choice, may miss one side more often.
   * `separate`: each bound by its own side's misses at half the error, needs twice the data. For skewed errors. Default `joint`.
   */
  sides?: 'joint' | 'separate';
}

/**
 * The finite-sample quantile of n scores: rank `ceil((n + 1) level)` of n, counted from 1, and whether n reaches it.
 *
 * Beyond n the widest score is taken: the true quantile is infinite there.
 */
export function conformalQuantile(sorted: Float64Array, level: number): { value: number; reached: boolean } {
  // (n + 1) * level may land a rounding error above a whole rank.
  const rank = Math.ceil((sorted.length + 1) * level - 1e-9);
  return { value: sorted[Math.min(rank, sorted.length) - 1]!, reached: rank <= sorted.length };
}

function checkLevels(levels: readonly number[]): void {
  expectList('conformal', 'levels', levels, 'e.g. [0.8, 0.95]');
  const ascending = levels.every((level, i) => level > 0 && level < 1 && (i === 0 || level > levels[i - 1]!));
  if (levels.length === 0 || !ascending) {
    throw new RecurveError(
      'usage',
      `conformal: expected rising levels between 0 and 1, got [${levels.join(', ')}]; e.g. [0.8, 0.95]`,
    );
  }
}

function checkForecast(name: string, numbers: Float64Array, length: number): void {
  if (numbers.length !== length) {
    throw new RecurveError(
      'shape',
      `conformal: expected ${name} of ${length} numbers [N, horizon], got ${numbers.length}; align it with the truth`,
    );
  }
  const bad = firstNotFinite(numbers);
  if (bad >= 0)
    throw new RecurveError(
      'numeric',
      `conformal: expected finite forecasts, got ${numbers[bad]} in ${name} at ${bad}; check the model`,
    );
}

/**
 * Calibrates quantile forecasts on held-out truth (CQR): per step h and level, scores `lower - y` and `y - upper`.
 *
 * @param truth [N, horizon], never used for fitting; NaN marks a missing value and is left out
 * @param intervals the model's own bounds for the same rows, levels ascending
 * @param horizon columns of every array
 */
export function calibrateIntervals(
  truth: Float64Array,
  intervals: readonly IntervalForecast[],
  horizon: number,
  options: ConformalOptions = {},
): Calibration {
  expectList('conformal', 'intervals', intervals, 'give { level, lower, upper } each');
  const levels = intervals.map((interval) => interval.level);
  checkLevels(levels);
  if (!Number.isInteger(horizon) || horizon < 1 || truth.length % horizon !== 0) {
    throw new RecurveError(
      'shape',
      `conformal: expected truth [N, ${horizon}], got ${truth.length} numbers; check the horizon`,
    );
  }
  const sides = options.sides ?? 'joint';
  if (sides !== 'joint' && sides !== 'separate') {
    throw new RecurveError(
      'usage',
      `conformal: expected sides "joint" or "separate", got "${sides as string}"; leave it out for joint`,
    );
  }
  for (const { level, lower, upper } of intervals) {
    checkForecast(`the lower bound at ${level}`, lower, truth.length);
    checkForecast(`the upper bound at ${level}`, upper, truth.length);
  }

  const calibration: Calibration = { levels, horizon, lower: [], upper: [], count: Infinity, warnings: [] };
  for (const { level, lower, upper } of intervals) {
    let reached = true;
    for (let h = 0; h < horizon; h++) {
      const below: number[] = [];
      const above: number[] = [];
      for (let i = h; i < truth.length; i += horizon) {
        const y = truth[i]!;
        if (Number.isNaN(y)) continue;
        below.push(lower[i]! - y);
        above.push(y - upper[i]!);
      }
      if (below.length === 0) {
        throw new RecurveError(
          'data',
          `conformal: expected calibration values at step ${h + 1}, got none; hold out more data`,
        );
      }
      calibration.count = Math.min(calibration.count, below.length);
      const side = (scores: ArrayLike<number>, share: number): number => {
        const quantile = conformalQuantile(Float64Array.from(scores).sort(), share);
        reached &&= quantile.reached;
        return quantile.value;
      };
      if (sides === 'joint') {
        const amount = side(
          below.map((score, n) => Math.max(score, above[n]!)),
          level,
        );
        calibration.lower.push(amount);
        calibration.upper.push(amount);
      } else {
        calibration.lower.push(side(below, (1 + level) / 2));
        calibration.upper.push(side(above, (1 + level) / 2));
      }
    }
    if (!reached) {
      const share = sides === 'joint' ? level : (1 + level) / 2;
      const needed = Math.ceil(share / (1 - share) - 1e-9);
      calibration.warnings.push(
        `the ${Math.round(level * 1000) / 10} % interval needs ${needed} calibration values, got ${calibration.count}; it is as wide as the largest error seen and may cover less`,
      );
    }
  }
  return calibration;
}

/**
 * Calibrates point forecasts on held-out truth: the interval is the forecast, plus and minus a quantile of `|y - ŷ|`.
 *
 * @param truth [N, horizon], never used for fitting; NaN marks a missing value and is left out
 * @param prediction [N, horizon]
 * @param levels nominal coverages in (0, 1), ascending, e.g. [0.8, 0.95]
 */
export function calibratePoints(
  truth: Float64Array,
  prediction: Float64Array,
  horizon: number,
  levels: readonly number[],
  options: ConformalOptions = {},
): Calibration {
  checkLevels(levels);
  return calibrateIntervals(truth, pointIntervals(prediction, levels), horizon, options);
}

/** A point forecast as intervals of width 0, one per level: what `calibratePoints` widens. */
export function pointIntervals(prediction: Float64Array, levels: readonly number[]): IntervalForecast[] {
  checkLevels(levels);
  return levels.map((level) => ({ level, lower: prediction, upper: prediction }));
}

/**
 * Applies a calibration to new forecasts; the results never cross: lower <= upper, and each interval holds all smaller ones.
 *
 * Bounds that would cross meet in their middle; a wider level is stretched to hold the narrower one, which only adds coverage.
 *
 * @param intervals the model's own bounds [N, horizon] at the calibrated levels, or `pointIntervals` of a point forecast
 * @param centre the point forecast [N, horizon]; when given every interval holds it too
 */
export function calibrated(
  calibration: Calibration,
  intervals: readonly IntervalForecast[],
  centre?: Float64Array,
): IntervalForecast[] {
  const { levels, horizon } = calibration;
  if (intervals.length !== levels.length || intervals.some((interval, l) => interval.level !== levels[l])) {
    const got = intervals.map((interval) => interval.level).join(', ');
    throw new RecurveError(
      'usage',
      `conformal: expected intervals at [${levels.join(', ')}], got [${got}]; calibrate for these levels`,
    );
  }
  const length = intervals[0]!.lower.length;
  if (length % horizon !== 0) {
    throw new RecurveError(
      'shape',
      `conformal: expected forecasts [N, ${horizon}], got ${length} numbers; the horizon is that of the calibration`,
    );
  }
  if (centre !== undefined) checkForecast('the point forecast', centre, length);
  const out: IntervalForecast[] = [];
  for (let l = 0; l < levels.length; l++) {
    const source = intervals[l]!;
    checkForecast(`the lower bound at ${source.level}`, source.lower, length);
    checkForecast(`the upper bound at ${source.level}`, source.upper, length);
    const lower = new Float64Array(length);
    const upper = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      const amount = l * horizon + (i % horizon);
      let low = source.lower[i]! - calibration.lower[amount]!;
      let high = source.upper[i]! + calibration.upper[amount]!;
      if (low > high) low = high = low + (high - low) / 2;
      const innerLow = l === 0 ? centre?.[i] : out[l - 1]!.lower[i];
      const innerHigh = l === 0 ? centre?.[i] : out[l - 1]!.upper[i];
      lower[i] = Math.min(low, innerLow ?? low);
      upper[i] = Math.max(high, innerHigh ?? high);
    }
    out.push({ level: source.level, lower, upper });
  }
  return out;
}
