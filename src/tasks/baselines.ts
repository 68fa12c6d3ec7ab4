/** The forecasts every model is shown beside: what is worth knowing is how much better than these it is. */
import { expectOptions } from '../options.ts';
import { autoregression } from './baselines/autoregression.ts';
import { type Baseline, type BaselineData, unlearned } from './baselines/baseline.ts';
import { type ClimatologyOptions, climatology } from './baselines/climatology.ts';
import { drift, persistence, seasonalNaive } from './baselines/naive.ts';

export { type AutoregressionOptions, autoregression } from './baselines/autoregression.ts';
export { type Baseline, type BaselineData, forecastAll, targetsAt } from './baselines/baseline.ts';
export { type ClimatologyOptions, climatology } from './baselines/climatology.ts';
export { drift, persistence, seasonalNaive } from './baselines/naive.ts';
export { fitRidge, type Ridge, type RidgeData, type RidgeOptions, ridgeInPieces } from './baselines/ridge.ts';

/** Which seasonal baselines `fitBaselines` adds. */
export interface BaselineOptions {
  /** The season and its window; without it there is no seasonal naive and no climatology, and AR runs around the mean. */
  climatology?: ClimatologyOptions;
  /** Order of the autoregression. Default 1. */
  order?: number;
}

/**
 * Fits every baseline that reads the series alone: persistence, seasonal naive and climatology (with a season), drift
 * (without one), AR. Ridge regression reads the model's inputs instead: `fitRidge`.
 *
 * Each fits on `values[0 .. trainEnd)` only. One that cannot do what its name says carries a `note`; with `trainEnd` 0, those that fit
 * something forecast NaN.
 */
export function fitBaselines(data: BaselineData, options: BaselineOptions = {}): Baseline[] {
  expectOptions('baselines', options, { climatology: true, order: 'number' });
  const seasonal = options.climatology;
  const order = options.order ?? 1;
  const fit = (name: string, make: () => Baseline): Baseline => (data?.trainEnd === 0 ? unlearned(name, data) : make());
  const around = seasonal && { climatology: seasonal };
  const recursion = fit(`ar(${order})`, () => autoregression(data, { order, ...around }));
  if (seasonal === undefined) return [persistence(data), fit('drift', () => drift(data)), recursion];
  const baselines = [persistence(data)];
  const season = Math.round(seasonal.season);
  if (season >= 2) baselines.push(seasonalNaive(data, season));
  return [...baselines, fit('climatology', () => climatology(data, seasonal)), recursion];
}
