/**
 * Errors of point and interval forecasts on plain arrays, the definitions of Hyndman and Koehler, "Another look at
 * measures of forecast accuracy", International Journal of Forecasting 22 (2006), unless a function says otherwise.
 *
 * The errors take optional `weights` [N], all >= 0: the mean becomes the weighted mean, and an element of weight 0
 * is left out whatever it holds, so a mask of observed values (`Uint8Array`) is a valid weight and NaN may stand behind it.
 * All throw on unlike lengths (code `shape`), nothing to average (code `data`) and a value that is not finite (code `numeric`).
 */
import { RecurveError } from '../errors.ts';
import { expectPositive, expectWhole } from '../options.ts';

/** One-dimensional numbers: an array or any typed array. */
export type Values = ArrayLike<number>;

/** Weighted mean of `score(i)` over n elements, left out where the weight is 0. */
function weightedMean(name: string, n: number, weights: Values | undefined, score: (i: number) => number): number {
  if (weights !== undefined && weights.length !== n) {
    throw new RecurveError(
      'shape',
      `${name}: expected ${n} weights, one per value, got ${weights.length}; check the mask`,
    );
  }
  let sum = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    if (weight === 0) continue;
    if (!(weight > 0 && weight < Infinity)) {
      throw new RecurveError(
        'numeric',
        `${name}: expected weights >= 0, got ${weight} at ${i}; use 0 to leave a value out`,
      );
    }
    const s = score(i);
    if (!Number.isFinite(s)) {
      throw new RecurveError(
        'numeric',
        `${name}: expected finite values, got a score of ${s} at ${i}; give missing values weight 0`,
      );
    }
    sum += weight * s;
    total += weight;
  }
  if (total === 0) {
    throw new RecurveError(
      'data',
      `${name}: expected at least one value to score, got none of ${n}; check the test span and the mask`,
    );
  }
  return sum / total;
}

function checkLengths(name: string, truth: Values, ...others: Values[]): void {
  for (const other of others) {
    if (other.length !== truth.length) {
      throw new RecurveError(
        'shape',
        `${name}: expected arrays of one length, got ${truth.length} and ${other.length}; align them first`,
      );
    }
  }
}

/** Mean absolute error `mean |y - ŷ|`, in the unit of y. */
export function mae(truth: Values, prediction: Values, weights?: Values): number {
  checkLengths('mae', truth, prediction);
  return weightedMean('mae', truth.length, weights, (i) => Math.abs(truth[i]! - prediction[i]!));
}

/** Mean squared error `mean (y - ŷ)²`, in the squared unit of y. */
export function mse(truth: Values, prediction: Values, weights?: Values): number {
  checkLengths('mse', truth, prediction);
  return weightedMean('mse', truth.length, weights, (i) => {
    const e = truth[i]! - prediction[i]!;
    return e * e;
  });
}

/** Root mean squared error `√ mean (y - ŷ)²`, in the unit of y. */
export function rmse(truth: Values, prediction: Values, weights?: Values): number {
  checkLengths('rmse', truth, prediction);
  return Math.sqrt(mse(truth, prediction, weights));
}

/**
 * Symmetric mean absolute percentage error `mean 200 |y - ŷ| / (|y| + |ŷ|)`, in percent from 0 to 200.
 *
 * The convention of the M3 and M4 competitions with absolute values below the line; `0 / 0` counts as 0 (a perfect forecast of 0).
 */
export function smape(truth: Values, prediction: Values, weights?: Values): number {
  checkLengths('smape', truth, prediction);
  return weightedMean('smape', truth.length, weights, (i) => {
    const e = Math.abs(truth[i]! - prediction[i]!);
    return e === 0 ? 0 : (200 * e) / (Math.abs(truth[i]!) + Math.abs(prediction[i]!));
  });
}

/**
 * The denominator of MASE: the mean absolute error of the seasonal naive forecast inside the training span,
 * `mean over t >= m of |y_t - y_{t-m}|`.
 *
 * Throws (code `data`) where it is 0 or nothing can be compared: MASE is undefined there.
 *
 * @param train the training span of one series [N]
 * @param season m, whole steps per season; 1 compares with the value before
 */
export function seasonalNaiveScale(train: Values, season = 1): number {
  expectWhole('mase', 'season', season, { next: '1 means no season' });
  const n = Math.max(0, train.length - season);
  const scale = weightedMean('mase', n, undefined, (i) => Math.abs(train[i + season]! - train[i]!));
  if (scale === 0) {
    throw new RecurveError(
      'data',
      `mase: expected a training span that changes, got ${train.length} values that repeat every ${season} steps; report mae instead`,
    );
  }
  return scale;
}

/**
 * Mean absolute scaled error `mae / scale`: below 1 beats the in-sample one-step seasonal naive forecast (Hyndman and Koehler 2006).
 *
 * @param scale from `seasonalNaiveScale` of the training span of the same series
 */
export function mase(truth: Values, prediction: Values, scale: number, weights?: Values): number {
  expectPositive('mase', 'a scale', scale, 'take it from seasonalNaiveScale');
  checkLengths('mase', truth, prediction);
  return weightedMean('mase', truth.length, weights, (i) => Math.abs(truth[i]! - prediction[i]!)) / scale;
}

/**
 * Pinball (quantile) loss `mean max(q (y - ŷ), (q - 1)(y - ŷ))`, in the unit of y (Koenker and Bassett 1978).
 *
 * @param quantile q in (0, 1) that the prediction stands for; at 0.5 the loss is half the MAE
 */
export function pinball(truth: Values, prediction: Values, quantile: number, weights?: Values): number {
  if (!(quantile > 0 && quantile < 1)) {
    throw new RecurveError('usage', `pinball: expected a quantile between 0 and 1, got ${quantile}; e.g. 0.8`);
  }
  checkLengths('pinball', truth, prediction);
  return weightedMean('pinball', truth.length, weights, (i) => {
    const e = truth[i]! - prediction[i]!;
    return e >= 0 ? quantile * e : (quantile - 1) * e;
  });
}

/** Share of truth inside its interval, `mean [lower <= y <= upper]`, from 0 to 1; infinite bounds are allowed. */
export function coverage(truth: Values, lower: Values, upper: Values, weights?: Values): number {
  checkLengths('coverage', truth, lower, upper);
  return weightedMean('coverage', truth.length, weights, (i) => {
    const y = truth[i]!;
    const low = lower[i]!;
    const high = upper[i]!;
    if (!Number.isFinite(y) || Number.isNaN(low) || Number.isNaN(high)) return NaN;
    return low <= y && y <= high ? 1 : 0;
  });
}

/** Mean width of the intervals, `mean (upper - lower)`, in the unit of y. */
export function intervalWidth(lower: Values, upper: Values): number {
  checkLengths('intervalWidth', lower, upper);
  return weightedMean('intervalWidth', lower.length, undefined, (i) => upper[i]! - lower[i]!);
}

/**
 * The values of one forecast step: column `step` of `values` [N, horizon], as [N], for errors per horizon.
 *
 * @param step from 0 to horizon - 1
 */
export function stepValues(values: Values, horizon: number, step: number): Float64Array {
  if (!Number.isInteger(horizon) || horizon < 1 || values.length % horizon !== 0) {
    throw new RecurveError(
      'shape',
      `stepValues: expected [N, ${horizon}], got ${values.length} values; check the horizon`,
    );
  }
  if (!Number.isInteger(step) || step < 0 || step >= horizon) {
    throw new RecurveError(
      'shape',
      `stepValues: expected a step from 0 to ${horizon - 1}, got ${step}; steps count from 0`,
    );
  }
  const column = new Float64Array(values.length / horizon);
  for (let n = 0; n < column.length; n++) column[n] = values[n * horizon + step]!;
  return column;
}
