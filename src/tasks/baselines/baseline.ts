/** The contract of every baseline that reads one series, and what they share. */

import { RecurveError } from '../../errors.ts';
import { expectWhole, kindOf } from '../../options.ts';

/** One evenly stepped series and what may be learned from it. */
export interface BaselineData {
  /** The whole series [N] in its own unit; NaN marks a missing value. */
  values: Float64Array;
  /** Number of leading steps a baseline may fit on, 1 to N: `values[0 .. trainEnd)`. Those that fit nothing take 0 too. */
  trainEnd: number;
  /** Steps forecast from each origin, 1 to 1,000,000. */
  horizon: number;
}

/** A fitted baseline. */
export interface Baseline {
  /** Short stable name, the key in reports: `persistence`, `seasonal naive`, `drift`, `climatology`, `ar(1)`. */
  readonly name: string;
  /** Why it does not do what its name says on this series, in one sentence; absent when all is well. */
  readonly note?: string;
  /**
   * Forecasts the steps `origin … origin + horizon - 1` from the values before `origin` alone, as [horizon].
   *
   * @param origin index of the first step forecast, from 1 to N; `values[origin - 1]` is the last one known
   */
  forecast(origin: number): Float64Array;
}

/** Checks the data once for all baselines and returns the mean of the observed training values. */
export function checkBaselineData(name: string, data: BaselineData): number {
  checkHorizon(name, data);
  const { values, trainEnd } = data;
  expectWhole(name, 'trainEnd', trainEnd, { most: values.length, next: 'give a training span inside the series' });
  let sum = 0;
  let count = 0;
  for (let t = 0; t < trainEnd; t++) {
    const y = values[t]!;
    if (y === Infinity || y === -Infinity) {
      throw new RecurveError(
        'data',
        `${name}: expected finite values or NaN for missing, got ${y} at ${t}; clean the series`,
      );
    }
    if (Number.isNaN(y)) continue;
    sum += y;
    count += 1;
  }
  if (count === 0) {
    throw new RecurveError(
      'data',
      `${name}: expected an observed value among ${trainEnd} training steps, got none; give more data`,
    );
  }
  return sum / count;
}

/** Most steps forecast from one origin. */
const MOST_STEPS = 1e6;

/** What baselines need that learn nothing. */
export function checkHorizon(name: string, data: BaselineData): void {
  if (!ArrayBuffer.isView(data?.values)) {
    throw new RecurveError(
      'usage',
      `${name}: expected a series { values, trainEnd, horizon }, got ${kindOf(data)}; values are a Float64Array`,
    );
  }
  expectWhole(name, 'horizon', data.horizon, { most: MOST_STEPS });
}

/** Why a baseline that fits something is missing. */
export const UNLEARNED = 'left out: no step before the test span to learn from';

/** Stands in for a baseline that had nothing to fit on: forecasts NaN, which no score counts. */
export function unlearned(name: string, { horizon }: BaselineData): Baseline {
  return { name, note: UNLEARNED, forecast: () => new Float64Array(horizon).fill(Number.NaN) };
}

/** Throws unless `origin` has a step before it and does not lie beyond the end of the series. */
export function checkOrigin(name: string, origin: number, length: number): void {
  if (!Number.isInteger(origin) || origin < 1 || origin > length) {
    throw new RecurveError(
      'usage',
      `${name}: expected an origin from 1 to ${length}, got ${origin}; it is the index of the first step forecast`,
    );
  }
}

/** The last observed value before `origin`, or `otherwise` where there is none. */
export function lastObserved(values: Float64Array, origin: number, otherwise: number): number {
  for (let t = origin - 1; t >= 0; t--) {
    const y = values[t]!;
    if (!Number.isNaN(y)) return y;
  }
  return otherwise;
}

/** The forecasts of one baseline from many origins, row by row: [origins, horizon]. */
export function forecastAll(baseline: Baseline, origins: ArrayLike<number>, horizon: number): Float64Array {
  const all = new Float64Array(origins.length * horizon);
  for (let n = 0; n < origins.length; n++) all.set(baseline.forecast(origins[n]!), n * horizon);
  return all;
}

/** The truth to score against, from the same origins: [origins, horizon], NaN beyond the end of the series. */
export function targetsAt(values: Float64Array, origins: ArrayLike<number>, horizon: number): Float64Array {
  const all = new Float64Array(origins.length * horizon).fill(NaN);
  for (let n = 0; n < origins.length; n++) {
    all.set(values.subarray(origins[n]!, Math.min(values.length, origins[n]! + horizon)), n * horizon);
  }
  return all;
}
