import { expectWhole } from '../../options.ts';
/**
 * The three forecasts that fit nothing or one slope. Definitions: Hyndman and Athanasopoulos, "Forecasting: Principles
 * and Practice", 3rd edition, section 5.2.
 */
import {
  type Baseline,
  type BaselineData,
  checkBaselineData,
  checkHorizon,
  checkOrigin,
  lastObserved,
} from './baseline.ts';

/** The training mean, for where nothing was observed yet; NaN without training. */
function meanOf(name: string, data: BaselineData): number {
  if (data?.trainEnd !== 0) return checkBaselineData(name, data);
  checkHorizon(name, data);
  return Number.NaN;
}

/** Persistence: the last observed value, repeated. The training mean where nothing was observed yet. */
export function persistence(data: BaselineData): Baseline {
  const name = 'persistence';
  const mean = meanOf(name, data);
  const { values, horizon } = data;
  return {
    name,
    forecast(origin) {
      checkOrigin(name, origin, values.length);
      return new Float64Array(horizon).fill(lastObserved(values, origin, mean));
    },
  };
}

/**
 * Seasonal naive: the last observed value at the same place in the season.
 *
 * Where none was observed there (a series shorter than a season, a gap) it falls back to persistence for that step.
 *
 * @param season whole steps per season, at least 2, e.g. 7 for a week of days or 24 for a day of hours
 */
export function seasonalNaive(data: BaselineData, season: number): Baseline {
  const name = 'seasonal naive';
  const mean = meanOf(name, data);
  expectWhole(name, 'season', season, { least: 2, next: 'leave it out if there is none' });
  const { values, trainEnd, horizon } = data;
  const baseline: Baseline = {
    name,
    forecast(origin) {
      checkOrigin(name, origin, values.length);
      const last = lastObserved(values, origin, mean);
      const out = new Float64Array(horizon).fill(last);
      for (let k = 0; k < horizon; k++) {
        // Whole seasons back from the step forecast until a value is known.
        let t = origin + k - season * Math.ceil((k + 1) / season);
        while (t >= 0 && Number.isNaN(values[t]!)) t -= season;
        if (t >= 0) out[k] = values[t]!;
      }
      return out;
    },
  };
  if (trainEnd >= season) return baseline;
  return {
    ...baseline,
    note: `the training span of ${trainEnd} steps is shorter than a season of ${season}; persistence until one has passed`,
  };
}

/**
 * Drift: the last observed value plus the mean change per step of the training span, `(y_last - y_first) / (steps between)`.
 *
 * With fewer than two observed training values the slope is 0.
 */
export function drift(data: BaselineData): Baseline {
  const name = 'drift';
  const mean = checkBaselineData(name, data);
  const { values, trainEnd, horizon } = data;
  let first = 0;
  while (Number.isNaN(values[first]!)) first += 1;
  let last = trainEnd - 1;
  while (Number.isNaN(values[last]!)) last -= 1;
  const slope = last > first ? (values[last]! - values[first]!) / (last - first) : 0;
  const baseline: Baseline = {
    name,
    forecast(origin) {
      checkOrigin(name, origin, values.length);
      let t = origin - 1;
      while (t >= 0 && Number.isNaN(values[t]!)) t -= 1;
      const level = t >= 0 ? values[t]! : mean;
      const since = t >= 0 ? origin - t : 1;
      const out = new Float64Array(horizon);
      for (let k = 0; k < horizon; k++) out[k] = level + slope * (since + k);
      return out;
    },
  };
  return last > first
    ? baseline
    : { ...baseline, note: 'one observed training value has no slope; persistence instead' };
}
