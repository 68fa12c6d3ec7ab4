import { calendarFeatures, type Span, type Step, zoneOf } from '../../../data/index.ts';
import { RecurveError } from '../../../errors.ts';
import { log1p } from '../../../exact.ts';
import type { TagInputs } from '../inputs.ts';
import type { TagSettings } from '../options.ts';
import { followedCycles } from './calendar-cycles.ts';
import { type TagSeries, type TagTable, targetTimes } from './tag-table.ts';
import { labelsRead, type TagTarget } from './target.ts';

/** How rows of a table become inputs; plain data, kept in the model file. */
export interface TablePlan {
  kind: 'table';
  target: TagTarget;
  /** Columns read, in this order. */
  columns: string[];
  /** Whether the label of each step read is an input too: of next steps, where it is computed from numbers. */
  labels: boolean;
  /** Per column: log(1 + x) first; then (x − center) / scale. */
  logs: boolean[];
  center: number[];
  scale: number[];
  /** Rows that each step sees beside the network's memory. */
  lags: number;
  calendar: string[];
  /** What the logistic regression beside the network reads otherwise. */
  regression: { lags: number; labels: boolean };
  ahead: number;
  step: Step | null;
  zone: string;
}

/** Rows that the regression reads: a week of days. */
const REGRESSION_ROWS = 7;
/**
 * Steps from which it also reads labels that are computed from a column it reads. Of about 1,000 days of rain they make it worse, of
 * 6,000 hours better.
 */
const MANY_STEPS = 4096;

/** Skewness from which a column counts as reaching far to the right. */
const SKEWED = 2;

/** Fits everything between raw columns and the models on the training spans. */
export function fitTablePlan(
  { series, classes, target }: TagTable,
  spans: readonly Span[],
  settings: TagSettings,
): TablePlan {
  const [first] = series;
  const { step, zone } = first.series;
  const { ahead, lags } = settings;
  const labels = labelsRead(target, ahead);
  const shown = target.kind === 'comparison' && first.names.includes(target.column);
  const many = spans.reduce((steps, { from, to }) => steps + Math.max(0, to - from), 0) >= MANY_STEPS;
  const cycles = settings.calendar ? followedCycles(series, spans, classes.length) : [];
  const statistics = first.names.map((_, c) => {
    const values = series.flatMap(({ columns }, k) => Array.from(columns[c].subarray(spans[k].from, spans[k].to)));
    const log = settings.logs && values.every((value) => value >= 0) && skewness(values) > SKEWED;
    const { mean, deviation } = moments(log ? values.map(log1p) : values);
    if (!Number.isFinite(deviation)) {
      throw new RecurveError(
        'data',
        `tag: expected numbers in "${first.names[c]}" whose squares can be added, got some about ${values.reduce((most, value) => Math.max(most, Math.abs(value)), 0).toExponential(0)}; repair the column, or leave it out`,
      );
    }
    return { log, mean, deviation };
  });
  return {
    kind: 'table',
    target,
    columns: [...first.names],
    labels,
    logs: statistics.map(({ log }) => log),
    center: statistics.map(({ mean }) => mean),
    scale: statistics.map(({ deviation }) => (deviation > 0 ? deviation : 1)),
    lags,
    calendar: cycles,
    regression: { lags: REGRESSION_ROWS, labels: labels && (!shown || many) },
    ahead,
    step,
    zone,
  };
}

/** The plan as the regression reads it. */
export function regressionPlan(plan: TablePlan): TablePlan {
  return { ...plan, ...plan.regression };
}

/** Numbers per step, D. */
export function featureCount({ columns, labels, lags, calendar }: TablePlan, classes: number): number {
  return lags * (columns.length + (labels ? classes - 1 : 0)) + calendar.length;
}

/** How many of them are of the step's own row and of the calendar: the first ones. */
export function ownCount(plan: TablePlan, classes: number): number {
  return featureCount({ ...plan, lags: 1 }, classes);
}

/**
 * Writes what one step is read as: its row, the calendar, then the rows before.
 *
 * @param row raw columns and class of the row k steps ago; before the first row it is that one
 * @param calendar features of the step told, in the order of the plan
 */
export function writeFeatures(
  plan: TablePlan,
  classes: number,
  row: (k: number) => { values: ArrayLike<number>; label: number },
  calendar: ArrayLike<number>,
  out: Float64Array,
  at: number,
): void {
  let to = at;
  for (let k = 0; k < plan.lags; k++) {
    const { values, label } = row(k);
    for (let c = 0; c < plan.columns.length; c++) {
      // A negative value of a column that had none in training is as far from 0 on the other side.
      const x = values[c];
      const seen = plan.logs[c] ? (x < 0 ? -log1p(-x) : log1p(x)) : x;
      out[to++] = (seen - plan.center[c]) / plan.scale[c];
    }
    if (plan.labels) for (let c = 1; c < classes; c++) out[to++] = label === c ? 1 : 0;
    if (k === 0) for (let c = 0; c < plan.calendar.length; c++) out[to++] = calendar[c];
  }
}

/** The inputs of all steps of a series, [T, D]. */
function tableRows(plan: TablePlan, classes: number, one: TagSeries): Float64Array {
  const T = one.series.length;
  const D = featureCount(plan, classes);
  const out = new Float64Array(T * D);
  const write = rowWriter(plan, classes, one);
  for (let t = 0; t < T; t++) write(t, out, t * D);
  return out;
}

/** What writes the inputs of step t of a series to `out` from `at` on: of a long one those of all steps are many. */
export function rowWriter(
  plan: TablePlan,
  classes: number,
  one: TagSeries,
): (t: number, out: Float64Array, at: number) => void {
  const columns = plan.columns.map((name) => {
    const at = one.names.indexOf(name);
    if (at >= 0) return one.columns[at];
    throw new RecurveError(
      'data',
      `tag: expected a column named "${name}", got none; give the columns of the training`,
    );
  });
  const calendar = calendarOf(plan, targetTimes(one.series, plan.ahead));
  return (t, out, at) => {
    const row = (k: number) => {
      const s = Math.max(0, t - k);
      return { values: columns.map((values) => values[s]), label: one.filled[s] };
    };
    writeFeatures(
      plan,
      classes,
      row,
      calendar.map((values) => values[t]),
      out,
      at,
    );
  };
}

/** The inputs of all steps of a series, for a network with or without a regression beside it. */
export function tableInputs(plan: TablePlan, classes: number, one: TagSeries, regression: boolean): TagInputs {
  const rows = tableRows(plan, classes, one);
  return regression ? { rows, regressionRows: tableRows(regressionPlan(plan), classes, one) } : { rows };
}

/** The plan's calendar at some times. */
export function calendarOf({ calendar, step, zone }: TablePlan, times: ArrayLike<number> | null): Float64Array[] {
  if (calendar.length === 0) return [];
  if (!step || !times)
    throw new RecurveError('data', 'tag: expected time stamps as in training, got none; name the time column');
  const { names, columns } = calendarFeatures(times, step, zoneOf(zone));
  return calendar.map((name) => columns[names.indexOf(name)]);
}

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}

function skewness(values: readonly number[]): number {
  const { mean, deviation } = moments(values);
  if (deviation === 0) return 0;
  return values.reduce((sum, value) => sum + ((value - mean) / deviation) ** 3, 0) / values.length;
}
