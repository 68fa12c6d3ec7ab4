import {
  calendarFeatures,
  nextTimes,
  type Scaler,
  type Series,
  type Step,
  scaleFor,
  zoneOf,
} from '../../data/index.ts';
import { listNames, shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';

/**
 * How a window of a series becomes numbers for the network, and the network's numbers become a forecast. Fitted on the training
 * span alone, plain data, kept in the model file.
 */
export interface FeaturePlan {
  /** Numeric channels: the target, then covariates, then columns known in advance. */
  columns: string[];
  /** How many of the last columns are known in advance. */
  known: number;
  context: number;
  horizon: number;
  /** Names of the calendar features; empty without time stamps or when switched off. */
  calendar: string[];
  step: Step | null;
  zone: string;
  scaler: Scaler;
  /** `last`: inputs relative to their window's mean, the target to its last value; `none`: scaled values as they are. */
  anchor: 'last' | 'none';
  /** Whether the columns also stand as they are beside their relative values. */
  levels: boolean;
  /** Per column: deviation of the (relative) inputs over the training windows. */
  inputScale: number[];
  /** Per step ahead: deviation of the (relative) target over the training windows. */
  stepScale: number[];
}

/** A series made ready once: scaled columns and the calendar of all its steps and `horizon` more. */
export interface PreparedSeries {
  series: Series;
  /** Scaled columns in the plan's order. */
  columns: Float64Array[];
  /** [length + horizon, features], empty without a calendar. */
  calendar: Float64Array;
  /** The target's own scale: value = center + scale·scaled. */
  target: { center: number; scale: number };
}

/** Features per step read: D. */
export function featureCount(plan: Pick<FeaturePlan, 'columns' | 'levels' | 'calendar'>): number {
  return plan.columns.length * (plan.levels ? 2 : 1) + plan.calendar.length;
}

/** Features of all steps ahead together. */
export function futureCount(plan: Pick<FeaturePlan, 'known' | 'calendar' | 'horizon'>): number {
  return plan.horizon * (plan.known + plan.calendar.length);
}

/** Length of one input row: `T·D + future`. */
export function inputWidth(plan: FeaturePlan): number {
  return plan.context * featureCount(plan) + futureCount(plan);
}

export function prepare(plan: Omit<FeaturePlan, 'inputScale' | 'stepScale'>, series: Series): PreparedSeries {
  const columns = plan.columns.map((name) => {
    const at = series.names.indexOf(name);
    if (at < 0) {
      throw new RecurveError(
        'data',
        `forecast: expected a column "${shorten(name)}" as in training, got ${listNames(series.names)}; give all columns the model reads`,
      );
    }
    const { center, scale } = scaleFor(plan.scaler, series.id, name);
    return series.values[at].map((x) => (x - center) / scale);
  });
  return {
    series,
    columns,
    calendar: calendarRows(plan, series),
    target: scaleFor(plan.scaler, series.id, plan.columns[0]),
  };
}

/** [length + horizon, features], row by row. */
function calendarRows(
  { calendar, step, zone, horizon }: Pick<FeaturePlan, 'calendar' | 'step' | 'zone' | 'horizon'>,
  series: Series,
): Float64Array {
  const C = calendar.length;
  if (C === 0) return new Float64Array(0);
  if (!series.time || !step) {
    throw new RecurveError(
      'data',
      'forecast: expected time stamps as in training, got a table without; give the time column',
    );
  }
  const times = new Float64Array(series.length + horizon);
  times.set(series.time);
  times.set(nextTimes(series.time[series.length - 1], step, horizon, zoneOf(zone)), series.length);
  const { names, columns: cycles } = calendarFeatures(times, step, zoneOf(zone));
  const columns = calendar.map((name) => cycles[names.indexOf(name)]);
  const rows = new Float64Array(times.length * C);
  columns.forEach((column, c) => {
    for (let t = 0; t < times.length; t++) rows[t * C + c] = column[t];
  });
  return rows;
}

/**
 * Writes one input row: the window before `origin`, then what is known of the steps from `origin` on.
 * `origin` is the first step forecast, from `context` to the series' length.
 */
export function writeInput(
  plan: FeaturePlan,
  { columns, calendar, series }: PreparedSeries,
  origin: number,
  out: Float32Array | Float64Array,
  at: number,
): void {
  const { context: T, horizon, anchor, inputScale, known } = plan;
  const C = plan.calendar.length;
  const D = featureCount(plan);
  const start = origin - T;
  const future = at + T * D;
  columns.forEach((column, c) => {
    let level = 0;
    if (anchor === 'last') {
      for (let t = start; t < origin; t++) level += column[t];
      level /= T;
    }
    const scale = inputScale[c];
    for (let t = 0; t < T; t++) {
      out[at + t * D + c] = (column[start + t] - level) / scale;
      if (plan.levels) out[at + t * D + columns.length + c] = column[start + t];
    }
    const k = c - (columns.length - known);
    if (k < 0) return;
    if (origin + horizon > series.length) {
      throw new RecurveError(
        'data',
        `forecast: expected "${plan.columns[c]}" for ${horizon} steps ahead, got ${series.length - origin}; a column known in advance needs rows for the steps to forecast`,
      );
    }
    for (let h = 0; h < horizon; h++) out[future + h * (known + C) + k] = (column[origin + h] - level) / scale;
  });
  for (let t = 0; t < T; t++) {
    for (let k = 0; k < C; k++) out[at + t * D + (D - C) + k] = calendar[(start + t) * C + k];
  }
  for (let h = 0; h < horizon; h++) {
    for (let k = 0; k < C; k++) out[future + h * (known + C) + known + k] = calendar[(origin + h) * C + k];
  }
}

/**
 * Writes the network's targets of the steps from `origin` on and their weights: 1 where the value was observed and lies before
 * `end`, else 0.
 */
export function writeTarget(
  plan: FeaturePlan,
  { columns, series }: PreparedSeries,
  origin: number,
  end: number,
  targets: Float64Array,
  weights: Float64Array,
  at: number,
): void {
  const observed = series.observed[series.names.indexOf(plan.columns[0])];
  const level = plan.anchor === 'last' ? columns[0][origin - 1] : 0;
  for (let h = 0; h < plan.horizon; h++) {
    const t = origin + h;
    const counts = t < Math.min(end, series.history) && observed[t] === 1;
    weights[at + h] = counts ? 1 : 0;
    targets[at + h] = counts ? (columns[0][t] - level) / plan.stepScale[h] : 0;
  }
}

/** Forecasts [windows, horizon] from the network's scale to the target's unit. */
export function inUnit(
  { horizon, anchor, stepScale }: FeaturePlan,
  windows: readonly { prepared: PreparedSeries; origin: number }[],
  scaled: Float64Array,
): Float64Array {
  const values = new Float64Array(scaled.length);
  windows.forEach(({ prepared: { columns, target }, origin }, n) => {
    const { center, scale } = target;
    const from = center + scale * (anchor === 'last' ? columns[0][origin - 1] : 0);
    for (let h = 0; h < horizon; h++) values[n * horizon + h] = from + scale * stepScale[h] * scaled[n * horizon + h];
  });
  return values;
}

/** Deviations of relative inputs and targets over training windows; at most 4,096 windows, evenly spread, are read. */
export function fitScales(
  plan: Omit<FeaturePlan, 'inputScale' | 'stepScale'>,
  windows: readonly { prepared: PreparedSeries; origin: number }[],
): Pick<FeaturePlan, 'inputScale' | 'stepScale'> {
  const { context: T, horizon, anchor } = plan;
  if (anchor === 'none') {
    return { inputScale: plan.columns.map(() => 1), stepScale: Array<number>(horizon).fill(1) };
  }
  const stride = Math.ceil(windows.length / 4096);
  const chosen = windows.filter((_, i) => i % stride === 0);
  const inputScale = plan.columns.map((_, c) =>
    deviation(
      chosen.flatMap(({ prepared, origin }) => {
        const window = prepared.columns[c].subarray(origin - T, origin);
        const mean = window.reduce((a, b) => a + b, 0) / T;
        return [window.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / T];
      }),
    ),
  );
  const stepScale = Array.from({ length: horizon }, (_, h) =>
    deviation(
      chosen.flatMap(({ prepared: { columns }, origin }) => {
        const step = columns[0][origin + h] - columns[0][origin - 1];
        return Number.isFinite(step) ? [step * step] : [];
      }),
    ),
  );
  return { inputScale, stepScale };
}

/** Root of the mean of squares; 1 where there is no spread to divide by. */
function deviation(squares: readonly number[]): number {
  const mean = squares.reduce((a, b) => a + b, 0) / Math.max(squares.length, 1);
  return mean > 0 ? Math.sqrt(mean) : 1;
}
