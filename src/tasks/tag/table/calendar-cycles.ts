import { calendarFeatures, calendarNames, type Span, type Step, zoneOf } from '../../../data/index.ts';
import type { TagSeries } from './tag-table.ts';

/**
 * The cycles of the calendar that labels are told by, as names of columns: those that the training spans hold twice and that the labels
 * follow. Where labels do not follow a cycle (rain the week), a network only learns by heart what happened when.
 *
 * One wave per cycle: a probability that follows the season needs no more, and few examples punish it.
 */
export function followedCycles(series: readonly TagSeries[], spans: readonly Span[], K: number): string[] {
  const [{ series: first }] = series;
  if (!first.step || series.some(({ series: { time } }) => !time)) return [];
  const longest = series.reduce((most, { series: { time } }, k) => {
    const { from, to } = spans[k];
    return time && to > from ? Math.max(most, time[to - 1] - time[from]) : most;
  }, 0);
  const repeated = calendarNames(first.step, longest).filter((name) => name.endsWith('_1'));
  const { step } = first;
  const labelled = series.map(({ series: one, labels }, k) => {
    const { from, to } = spans[k];
    const steps = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).filter((t) => labels[t] >= 0);
    const { names, columns } = calendarFeatures(
      steps.map((t) => (one.time as Float64Array)[t]),
      step,
      zoneOf(one.zone),
    );
    return { labels: steps.map((t) => labels[t]), wave: (name: string) => columns[names.indexOf(name)] };
  });
  const labels = labelled.flatMap((one) => one.labels);
  const evidence = (name: string): number =>
    scoreStatistic(
      labelled.flatMap(({ wave }) => Array.from(wave(name))),
      labels,
      K,
    );
  const season = seasonName(first.step);
  // Two waves a cycle: chi-square of 2 (K − 1) degrees of freedom, of which chance goes three deviations above the mean in 2 % of cases.
  const freedom = 2 * (K - 1);
  return repeated.filter((name, i) => {
    const pair = i - (i % 2);
    const follows = evidence(repeated[pair]) + evidence(repeated[pair + 1]) > freedom + 3 * Math.sqrt(2 * freedom);
    return follows || name.startsWith(season);
  });
}

/** The cycle that measurements follow, and with them what they mean: always read. */
function seasonName({ unit, count }: Step): string {
  if (unit === 'ms') return count < 12 * 3_600_000 ? 'day' : 'year';
  return unit === 'day' ? 'year' : 'month';
}

/** Rao's score test of a multinomial regression of the labels on one wave against constant shares: chi-square of K − 1 degrees of freedom. */
function scoreStatistic(wave: readonly number[], labels: readonly number[], K: number): number {
  const N = labels.length;
  const mean = wave.reduce((sum, x) => sum + x, 0) / N;
  const spread = wave.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const counts = new Float64Array(K);
  const scores = new Float64Array(K);
  labels.forEach((label, i) => {
    counts[label]++;
    scores[label] += wave[i] - mean;
  });
  return spread > 0
    ? scores.reduce((sum, score, k) => sum + (counts[k] > 0 ? (score * score * N) / (counts[k] * spread) : 0), 0)
    : 0;
}
