import { formatCount } from '../../../format.ts';
import { type Visit, visitor } from '../../../train/event-loop.ts';
import { fitSeasonalMean } from '../../baselines/climatology.ts';
import { softmaxRows } from '../../probabilities.ts';
import { dayOfYearPhases, seasonOf } from '../../season.ts';
import { classShares } from '../class-shares.ts';
import { fitLogistic, type LogisticData, logisticLogits, logisticStride } from '../regression/logistic.ts';
import { featureCount, regressionPlan, rowWriter, type TablePlan } from './features.ts';
import type { TaggedSpans } from './spans.ts';
import type { TagSeries, TagTable } from './tag-table.ts';

/** Steps predicted between two visits to the event loop. */
const PIECE = 1024;

/**
 * What simple rules say of the test steps, [N, K] each, all fitted on the training steps.
 *
 * - `constant`: the share of each class;
 * - `climatology`: its share at the same time of the season, where the step suggests one;
 * - `markov`: its share after the class last known (a Markov chain of order 1), where labels are known before they are told;
 * - `logistic`: logistic regression on seven rows of all columns and the calendar, as the one beside the network reads them; of more
 *   than two classes, each against the rest. Where all steps are too many it learns from some, evenly spread, and a note says so.
 */
export async function tableBaselines(
  { series, classes }: TagTable,
  { train, test }: TaggedSpans,
  plan: TablePlan,
  visit: Visit = visitor(),
): Promise<{ baselines: Record<string, Float64Array>; notes: Record<string, string> }> {
  const K = classes.length;
  const { ahead } = plan;
  const baselines: Record<string, Float64Array> = {};
  const notes: Record<string, string> = {};
  const labelOf = (k: number, t: number): number => series[k].labels[t + ahead];
  const trained = series.flatMap((_, k) => train[k].map((t) => labelOf(k, t)));
  const constant = classShares(trained, K);
  const N = test.reduce((n, steps) => n + steps.length, 0);
  const fill = async (name: string, probabilitiesAt: (k: number, t: number) => ArrayLike<number>): Promise<void> => {
    const out = new Float64Array(N * K);
    let i = 0;
    for (const [k, steps] of test.entries()) {
      for (const t of steps) {
        if (i % PIECE === 0) await visit();
        out.set(probabilitiesAt(k, t), K * i++);
      }
    }
    baselines[name] = out;
  };
  await fill('constant', () => constant);

  const season = seasonOf(series[0].series.step);
  if (season !== undefined && season > 2) {
    // A series without a step to learn from says what all say.
    const means: ((t: number) => Float64Array)[] = [];
    for (const [k, one] of series.entries()) {
      means.push(train[k].length > 0 ? await seasonalShares(one, train[k], K, plan, season, visit) : () => constant);
    }
    await fill('climatology', (k, t) => means[k](t + ahead));
  }
  if (ahead > 0) {
    const after = Array.from({ length: K }, (_, from) =>
      classShares(
        series.flatMap(({ labels }, k) => train[k].flatMap((t) => (labels[t] === from ? [labelOf(k, t)] : []))),
        K,
        constant,
      ),
    );
    await fill('markov', (k, t) => after[Math.max(0, series[k].filled[t])]);
  }
  const reading = regressionPlan(plan);
  const steps = train.flatMap((own, k) => own.map((t) => [k, t] as const));
  const D = featureCount(reading, K);
  const stride = logisticStride({ D, N: steps.length }, K);
  if (stride === undefined) {
    notes.logistic = `left out: too large, ${D} inputs`;
    return { baselines, notes };
  }
  const chosen = stride === 1 ? steps : steps.filter((_, i) => i % stride === 0);
  const write = series.map((one) => rowWriter(reading, K, one));
  const row = new Float64Array(D);
  const at = (k: number, t: number): Float64Array => {
    write[k](t, row, 0);
    return row;
  };
  const data: LogisticData = { D, N: chosen.length, row: (i) => at(...chosen[i]), label: (i) => labelOf(...chosen[i]) };
  const logistic = await fitLogistic(data, K, visit);
  if (logistic) await fill('logistic', (k, t) => softmaxRows(logisticLogits(logistic, at(k, t), K), K));
  else notes.logistic = 'left out: no finite solution';
  if (logistic && stride > 1) {
    const [some, all] = [chosen, steps].map(({ length }) => formatCount(length));
    notes.logistic = `learned from ${some} of ${all} steps, evenly spread`;
  }
  return { baselines, notes };
}

async function seasonalShares(
  { series, labels }: TagSeries,
  train: readonly number[],
  K: number,
  { ahead }: TablePlan,
  season: number,
  visit: Visit,
): Promise<(t: number) => Float64Array> {
  // A baseline looks one step ahead at least.
  const horizon = Math.max(1, ahead);
  const phases = dayOfYearPhases(series, season, horizon);
  const learned = new Set(train.map((t) => t + ahead));
  const trainEnd = train.reduce((last, t) => Math.max(last, t + ahead), 0) + 1;
  const means: ReturnType<typeof fitSeasonalMean>[] = [];
  for (let k = 0; k < K; k++) {
    await visit();
    const values = Float64Array.from(labels.subarray(0, series.history), (label, t) =>
      label < 0 || !learned.has(t) ? Number.NaN : Number(label === k),
    );
    means.push(fitSeasonalMean('climatology', { values, trainEnd, horizon }, { season, ...(phases && { phases }) }));
  }
  return (t) => {
    const shares = Float64Array.from(means, ({ at }) => Math.min(Math.max(at(t), 1e-3), 1));
    const sum = shares.reduce((a, b) => a + b, 0);
    return shares.map((share) => share / sum);
  };
}
