/** The mean of the training values at the same time of the season, whatever happened lately. */
import { RecurveError } from '../../errors.ts';
import { type Baseline, type BaselineData, checkBaselineData, checkOrigin } from './baseline.ts';

/** How `climatology` counts the season. */
export interface ClimatologyOptions {
  /** Steps per season, above 1; need not be whole: 365.25 days, 24 hours, 7 days. */
  season: number;
  /**
   * Steps on either side of the phase that count as the same time of the season, at least 0.
   * Default 0 for a whole season up to 60 steps, else a 24th of it (15 of 365.25 days), whole.
   */
  window?: number;
  /**
   * Place of every step in the season, [N + horizon], in steps from 0 to `season`; default `t mod season`.
   * Give the day of the year here where the calendar matters or the series does not start at phase 0.
   */
  phases?: ArrayLike<number>;
}

/** The seasonal mean as a function of the step, and what it could not do. */
export interface SeasonalMean {
  /** Mean of the training values within `window` of the phase of step t; t may lie beyond the series by `horizon`. */
  at(t: number): number;
  readonly note?: string;
}

/**
 * Fits the mean by phase of the season: `m(t) = mean { y_s : s < trainEnd, |phase(s) - phase(t)| <= window }`,
 * the distance taken around the circle of `season` steps.
 *
 * Missing values are left out; a phase without a training value gets the mean of the whole training span. The training
 * phases are sorted once with running sums, so a query costs two binary searches.
 */
export function fitSeasonalMean(name: string, data: BaselineData, options: ClimatologyOptions): SeasonalMean {
  const mean = checkBaselineData(name, data);
  const { values, trainEnd, horizon } = data;
  const { season, phases } = options;
  const window = options.window ?? (Number.isInteger(season) && season <= 60 ? 0 : Math.floor(season / 24));
  if (!(season > 1 && season < Infinity)) {
    throw new RecurveError(
      'usage',
      `${name}: expected a season above 1 step, got ${season}; leave it out if there is none`,
    );
  }
  if (!(window >= 0)) {
    throw new RecurveError(
      'usage',
      `${name}: expected a window of at least 0 steps, got ${window}; 0 uses the same phase only`,
    );
  }
  if (phases !== undefined && phases.length < values.length + horizon) {
    throw new RecurveError(
      'shape',
      `${name}: expected ${values.length + horizon} phases (series + horizon), got ${phases.length}; extend the calendar`,
    );
  }
  const phaseOf = (t: number): number => {
    const phase = phases === undefined ? t : phases[t]!;
    return phase - season * Math.floor(phase / season);
  };

  const order: number[] = [];
  for (let s = 0; s < trainEnd; s++) if (!Number.isNaN(values[s]!)) order.push(s);
  const phase = Float64Array.from({ length: trainEnd }, (_, s) => phaseOf(s));
  // Ties are broken by time, so the sums are taken in one fixed order.
  order.sort((a, b) => phase[a]! - phase[b]! || a - b);
  const sorted = Float64Array.from(order, (s) => phase[s]!);
  const sums = new Float64Array(order.length + 1);
  // Sums of deviations from the mean: a large level would cost digits in the differences.
  for (let i = 0; i < order.length; i++) sums[i + 1] = sums[i]! + (values[order[i]!]! - mean);

  /** Number of sorted phases below x, or up to and including x. */
  const rank = (x: number, inclusive: boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < x || (inclusive && sorted[middle]! === x)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const at = (t: number): number => {
    if (2 * window >= season) return mean;
    const x = phaseOf(t);
    let sum = 0;
    let count = 0;
    // The window, and its copies one season earlier and later where it reaches over the turn.
    for (const shift of [-season, 0, season]) {
      const from = rank(x - window + shift, false);
      const to = rank(x + window + shift, true);
      if (to <= from) continue;
      sum += sums[to]! - sums[from]!;
      count += to - from;
    }
    return count > 0 ? mean + sum / count : mean;
  };
  if (trainEnd >= season) return { at };
  return {
    at,
    note: `the training span of ${trainEnd} steps is shorter than a season of ${season}; unseen phases get the training mean`,
  };
}

/** Climatology: the seasonal mean of the training span at each step forecast (see `fitSeasonalMean`). */
export function climatology(data: BaselineData, options: ClimatologyOptions): Baseline {
  const name = 'climatology';
  const { at, note } = fitSeasonalMean(name, data, options);
  const { values, horizon } = data;
  /** The mean of each step, once it was asked for: forecasts from neighbouring origins share all but one. */
  const means = new Float64Array(values.length + horizon).fill(Number.NaN);
  return {
    name,
    ...(note === undefined ? {} : { note }),
    forecast(origin) {
      checkOrigin(name, origin, values.length);
      for (let t = origin; t < origin + horizon; t++) if (Number.isNaN(means[t]!)) means[t] = at(t);
      return means.slice(origin, origin + horizon);
    },
  };
}
