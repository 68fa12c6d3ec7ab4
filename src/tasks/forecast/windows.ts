import { type Span, splitSeries, windows } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { type FeaturePlan, inputWidth, type PreparedSeries, writeInput, writeTarget } from './features.ts';
import type { ForecastSettings } from './options.ts';

/** One example: the steps from `origin` on are forecast from those before. */
export interface Window {
  prepared: PreparedSeries;
  /** First step forecast. */
  origin: number;
  /** Steps from here on count for nothing: the end of the span the window belongs to. */
  end: number;
}

/** Per series: what is trained on, what is held out of that, and what is tested on. */
export interface Spans {
  /** Everything before the test span. */
  train: Span[];
  /** The end of the training span, for `holdout`. */
  holdout: Span[];
  test: Span[];
}

/** The spans that the settings say. `measureOnly`: nothing is learned, so there is no holdout, and there may be nothing before the test span. */
export function spansOf(
  series: Parameters<typeof splitSeries>[0],
  { test, testUntil, holdout }: ForecastSettings,
  { measureOnly = false } = {},
): Spans {
  const split = splitSeries(series, {
    ...(test !== 'none' && { test, ...(testUntil !== undefined && { testUntil }) }),
    ...(measureOnly ? { measureOnly } : { validation: holdout }),
  });
  return {
    train: split.train.map(({ from }, k) => ({ from, to: split.validation[k].to })),
    holdout: split.validation,
    test: split.test,
  };
}

/** Windows whose whole horizon lies in the spans, in the order of series and time. */
export function trainingWindows(
  prepared: readonly PreparedSeries[],
  spans: Span[],
  settings: ForecastSettings,
): Window[] {
  const { context, horizon, stride } = settings;
  const index = windows(
    prepared.map(({ series }) => series),
    { context, horizon, stride, spans, allowNone: true },
  );
  return Array.from({ length: index.count }, (_, k) => {
    const which = index.seriesOf[k];
    return { prepared: prepared[which], origin: index.start[k] + context, end: spans[which].to };
  });
}

/** Steps forecast, windows times horizon, that are kept at once to score or to calibrate: some forty numbers are made of each. */
export const MOST_FORECASTS = 8_000_000;

/** All windows, or where forecasts of all would fill the memory the last ones of each series, so that neighbours stay neighbours. */
export function keepable(all: readonly Window[], horizon: number, most = MOST_FORECASTS): Window[] {
  const share = most / (all.length * horizon);
  if (!(share < 1)) return [...all];
  const counts = new Map<PreparedSeries, number>();
  for (const { prepared } of all) counts.set(prepared, (counts.get(prepared) ?? 0) + 1);
  const left = new Map([...counts].map(([series, count]) => [series, Math.floor(count * (1 - share))]));
  return all.filter(({ prepared }) => {
    const skipped = left.get(prepared) ?? 0;
    left.set(prepared, skipped - 1);
    return skipped <= 0;
  });
}

/**
 * Windows that begin at every step of the spans, also those whose horizon reaches past the end: each step of the span is then
 * forecast one step ahead. Columns known in advance must reach as far as the horizon.
 */
export function scoringWindows(
  prepared: readonly PreparedSeries[],
  spans: Span[],
  { context, horizon }: Pick<ForecastSettings, 'context' | 'horizon'>,
): Window[] {
  return prepared.flatMap((one, k) => {
    const { roles, length } = one.series;
    const from = Math.max(spans[k].from, context);
    const to = roles.includes('known') ? Math.min(spans[k].to, length - horizon + 1) : spans[k].to;
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => ({
      prepared: one,
      origin: from + i,
      end: spans[k].to,
    }));
  });
}

/** Input rows [windows, width] of some windows. */
export function inputsOf(plan: FeaturePlan, chosen: readonly Window[]): Float64Array {
  const width = inputWidth(plan);
  const inputs = new Float64Array(chosen.length * width);
  chosen.forEach(({ prepared, origin }, i) => {
    writeInput(plan, prepared, origin, inputs, i * width);
  });
  return inputs;
}

/** Targets in the network's scale and their weights, [windows, horizon] each. */
export function targetsOf(
  plan: FeaturePlan,
  chosen: readonly Window[],
): { targets: Float64Array; weights: Float64Array } {
  const targets = new Float64Array(chosen.length * plan.horizon);
  const weights = new Float64Array(targets.length);
  chosen.forEach(({ prepared, origin, end }, i) => {
    writeTarget(plan, prepared, origin, end, targets, weights, i * plan.horizon);
  });
  return { targets, weights };
}

/** Refuses data too short to train on and to calibrate with, saying how much is needed. */
export function expectEnough(
  found: readonly Window[],
  spans: Spans,
  { context, horizon, stride }: ForecastSettings,
): void {
  const needed = Math.max(20, Math.ceil(2.5 * horizon) + 10);
  if (found.length >= needed) return;
  const steps = context + horizon + (needed - 1) * stride;
  const longest = spans.train.reduce((most, { from, to }) => Math.max(most, to - from), 0);
  throw new RecurveError(
    'data',
    `forecast: expected at least ${steps} steps before the test span (${needed} windows of context ${context} and horizon ${horizon}), got ${longest}; lower the context or the horizon, or give more data`,
  );
}
