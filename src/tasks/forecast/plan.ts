import {
  calendarNames,
  type DataReport,
  fitScaler,
  type Series,
  type SeriesOptions,
  type Span,
} from '../../data/index.ts';
import { listNames } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import type { ForecastArchitecture } from './architecture.ts';
import { type FeaturePlan, featureCount, fitScales, futureCount, type PreparedSeries, prepare } from './features.ts';
import type { ForecastSettings } from './options.ts';
import { trainingWindows } from './windows.ts';

/** Fits everything between raw columns and the network on the training spans. */
export function fitPlan(
  series: Series[],
  spans: Span[],
  settings: ForecastSettings,
): { plan: FeaturePlan; prepared: PreparedSeries[] } {
  const [first] = series;
  expectSquares(series);
  const repeated = repeatedCycles(series, spans);
  const base = {
    columns: [...first.names],
    known: first.roles.filter((role) => role === 'known').length,
    context: settings.context,
    horizon: settings.horizon,
    calendar: settings.calendar ? repeated : [],
    levels:
      settings.anchor === 'last' &&
      (settings.inputs === 'both' || (settings.inputs === 'auto' && levelsReturn(first, repeated))),
    step: first.step,
    zone: first.zone,
    scaler: fitScaler(series, {
      kind: settings.scaler,
      spans,
      perSeries: settings.scalePerSeries && series.length > 1,
    }),
    anchor: settings.anchor,
  };
  if (first.roles.filter((role) => role === 'target').length !== 1) {
    throw new RecurveError(
      'usage',
      `forecast: expected one target, got ${listNames(first.names.filter((_, c) => first.roles[c] === 'target'))}; train one model per target`,
    );
  }
  const prepared = series.map((one) => prepare(base, one));
  return { plan: { ...base, ...fitScales(base, trainingWindows(prepared, spans, settings)) }, prepared };
}

/** Largest magnitude of which squares can still be added, as errors, deviations and regressions do. */
const LARGEST = 1e150;

function expectSquares(series: readonly Series[]): void {
  for (const { names, values } of series) {
    for (const [c, column] of values.entries()) {
      for (const value of column) {
        if (Math.abs(value) <= LARGEST) continue;
        throw new RecurveError(
          'data',
          `forecast: expected numbers in "${names[c]}" whose squares can be added, got ${value}; repair the column, or leave it out`,
        );
      }
    }
  }
}

export function architectureOf(plan: FeaturePlan, settings: ForecastSettings, outputs: number): ForecastArchitecture {
  const { cell, hidden, layers, dropout, context, horizon } = settings;
  return {
    cell,
    hidden,
    layers,
    dropout,
    context,
    horizon,
    features: featureCount(plan),
    future: futureCount(plan),
    outputs,
  };
}

/** How the next table must be read so that the model finds the columns it knows, with what was found out about this one. */
export function readingOf(plan: FeaturePlan, options: SeriesOptions, { time }: DataReport): SeriesOptions {
  const [target, ...rest] = plan.columns;
  return {
    ...options,
    target,
    covariates: rest.slice(0, rest.length - plan.known),
    known: rest.slice(rest.length - plan.known),
    time: time?.column ?? null,
    ...(time && { timeFormat: time.format }),
    zone: plan.zone,
    constantTarget: true,
    keepConstant: true,
  };
}

/**
 * Whether the levels of the training span will be met again: it holds the longest cycle of the calendar twice. A level seen once only
 * is a date in disguise, and the next year's lie elsewhere.
 */
function levelsReturn({ step }: Series, repeated: readonly string[]): boolean {
  return step !== null && repeated.length > 0 && repeated.length === calendarNames(step).length;
}

/**
 * Calendar features of the cycles that the training span holds at least twice: one summer says nothing about summers, and a network
 * that has seen each day of the year once learns them by heart.
 */
function repeatedCycles(series: readonly Series[], spans: readonly Span[]): string[] {
  const [{ step }] = series;
  if (!step || series.some(({ time }) => !time)) return [];
  const longest = series.reduce((most, { time }, k) => {
    const { from, to } = spans[k];
    return time && to > from ? Math.max(most, time[to - 1] - time[from]) : most;
  }, 0);
  return calendarNames(step, longest);
}
