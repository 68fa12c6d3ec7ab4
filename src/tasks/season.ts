import { DAY } from '../civil.ts';
import type { Series, Step } from '../data/index.ts';

/** Steps of a season that the step suggests: a year of days, a day of hours, a year of months. */
export function seasonOf(step: Step | null): number | undefined {
  if (!step) return undefined;
  if (step.unit === 'month') return step.count < 12 ? 12 / step.count : undefined;
  if (step.unit === 'day') return 365.25 / step.count;
  const perDay = DAY / step.count;
  return perDay >= 2 ? perDay : undefined;
}

/**
 * Place of every step in a season of days, by the day of the year, so that leap days do not shift it: those of the series' history and
 * `horizon` more. Undefined for other steps, whose season is counted from the first.
 */
export function dayOfYearPhases(
  { time, step, history, length }: Series,
  season: number,
  horizon: number,
): Float64Array | undefined {
  if (step?.unit !== 'day' || !time) return undefined;
  const year = 365.25 * DAY;
  return Float64Array.from({ length: history + horizon }, (_, t) => {
    const at = time[Math.min(t, length - 1)] + Math.max(0, t - length + 1) * (step.count * DAY);
    const start = Date.UTC(new Date(at).getUTCFullYear(), 0, 1);
    return Math.min(((at - start) / year) * season, season - 1e-9);
  });
}
