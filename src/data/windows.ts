import { RecurveError } from '../errors.ts';
import { expectOptions, expectWhole, type OptionNames } from '../options.ts';
import { type Scaler, scaleFor } from './scaler.ts';
import { expectSeries, type Series } from './series.ts';
import type { Span } from './split.ts';

/** Lengths and distances of windows, in steps. */
export interface WindowOptions {
  /** Steps read before each forecast; at least 1. */
  context: number;
  /** Steps forecast; at least 1. */
  horizon: number;
  /** Steps between the starts of neighbouring windows; at least 1, default 1. */
  stride?: number;
  /**
   * Per series, the steps in which all of a window's horizon must lie; its context may reach back before them.
   * Default: the whole history.
   */
  spans?: Span[];
  /** Allow none at all (a part that is too short). Default false: an error. */
  allowNone?: boolean;
}

const OPTIONS: OptionNames<WindowOptions> = {
  context: 'number',
  horizon: 'number',
  stride: 'number',
  spans: true,
  allowNone: 'boolean',
};

/** An index of windows over series: nothing is copied. Window `k` of `count` begins at step `start[k]` of `series[seriesOf[k]]`. */
export interface Windows {
  series: Series[];
  context: number;
  horizon: number;
  count: number;
  seriesOf: Int32Array;
  start: Int32Array;
}

/** Returns how many windows fit into `length` steps: `floor((length - context - horizon) / stride) + 1`, or 0. */
export function windowCount(length: number, context: number, horizon: number, stride = 1): number {
  for (const [name, value] of Object.entries({ context, horizon, stride })) expectWhole('windows', name, value);
  return Math.max(0, Math.floor((length - context - horizon) / stride) + 1);
}

/** Lists the windows of series, in the order of series and time. */
export function windows(series: Series[], options: WindowOptions): Windows {
  expectSeries('windows', series);
  expectOptions('windows', options, OPTIONS);
  const { context, horizon, stride = 1 } = options;
  for (const [name, value] of Object.entries({ context, horizon, stride })) expectWhole('windows', name, value);
  // The first window whose horizon begins inside the span, as far as there are steps to read before it.
  const ranges = series.map((one, k) => {
    const span = options.spans?.[k] ?? { from: 0, to: one.history };
    const first = Math.max(0, span.from - context);
    return { first, count: windowCount(Math.min(span.to, one.history) - first, context, horizon, stride) };
  });
  const count = ranges.reduce((sum, range) => sum + range.count, 0);
  if (count === 0 && !options.allowNone) {
    const rows = series.reduce((most, one) => Math.max(most, one.history), 0);
    throw new RecurveError(
      'data',
      `windows: expected at least ${context + horizon} steps (context ${context} + horizon ${horizon}), got ${rows}${options.spans ? ' or a part too short' : ''}; lower context or horizon, or give more data`,
    );
  }
  const seriesOf = new Int32Array(count);
  const start = new Int32Array(count);
  let at = 0;
  for (const [k, range] of ranges.entries()) {
    for (let n = 0; n < range.count; n++, at++) {
      seriesOf[at] = k;
      start[at] = range.first + n * stride;
    }
  }
  return { series, context, horizon, count, seriesOf, start };
}

/** What to copy of each window, and to where. */
export interface GatherOptions {
  /** Which steps of a window: `context`, `horizon`, or `all` (context then horizon). */
  part: 'context' | 'horizon' | 'all';
  /** Positions in `Series.names` of the columns to take, in this order. Default: all. */
  columns?: ArrayLike<number>;
  /** Applied to every value. Default: values in their own unit. */
  scaler?: Scaler;
  /** Length of one step in `into`, so that other features may stand beside. Default: the number of columns. */
  width?: number;
  /** Position of the first column within a step of `into`. Default 0. */
  offset?: number;
}

/**
 * Copies windows into a batch, scaled.
 *
 * @param batch numbers of windows, length B
 * @param into [B, T, width], T by `part`; only the columns' places are written
 * @throws `data` where a scaled value does not fit f32
 */
export function gather(index: Windows, batch: ArrayLike<number>, into: Float32Array, options: GatherOptions): void {
  copyWindows(index, batch, into, options, (series, column) => {
    const values = series.values[column]!;
    if (!options.scaler) return (row) => values[row]!;
    const { center, scale } = scaleFor(options.scaler, series.id, series.names[column]!);
    return (row) => (values[row]! - center) / scale;
  });
}

/** Copies, in the layout of `gather`, 1 where a value was in the data and 0 where it was filled in: the weights of a loss. */
export function gatherObserved(
  index: Windows,
  batch: ArrayLike<number>,
  into: Float32Array,
  options: GatherOptions,
): void {
  copyWindows(index, batch, into, options, (series, column) => {
    const observed = series.observed[column]!;
    return (row) => observed[row]!;
  });
}

function copyWindows(
  index: Windows,
  batch: ArrayLike<number>,
  into: Float32Array,
  options: GatherOptions,
  readerOf: (series: Series, column: number) => (row: number) => number,
): void {
  const { context, horizon, series } = index;
  const from = options.part === 'horizon' ? context : 0;
  const steps = options.part === 'context' ? context : options.part === 'horizon' ? horizon : context + horizon;
  const columns = options.columns ?? series[0]!.names.map((_, k) => k);
  const width = options.width ?? columns.length;
  const offset = options.offset ?? 0;
  const need = batch.length * steps * width;
  if (into.length < need || offset + columns.length > width) {
    throw new RecurveError(
      'shape',
      `windows: expected room for [${batch.length}, ${steps}, ${width}] with ${columns.length} columns from ${offset} on, got ${into.length} elements; allocate ${need}`,
    );
  }
  const among = (count: number) => ({ least: 0, most: count - 1, next: 'check its number' });
  const [ofColumns, ofWindows] = [among(series[0]!.names.length), among(index.count)];
  for (let c = 0; c < columns.length; c++) expectWhole('windows', 'column', columns[c]!, ofColumns);
  for (let b = 0; b < batch.length; b++) expectWhole('windows', 'window', batch[b]!, ofWindows);
  for (let c = 0; c < columns.length; c++) {
    let reader: (row: number) => number = () => 0;
    let current = -1;
    for (let b = 0; b < batch.length; b++) {
      const window = batch[b]!;
      const which = index.seriesOf[window]!;
      if (which !== current) {
        current = which;
        reader = readerOf(series[which]!, columns[c]!);
      }
      const first = index.start[window]! + from;
      let at = b * steps * width + offset + c;
      for (let t = 0; t < steps; t++, at += width) {
        into[at] = reader(first + t);
        // The difference of an f32 infinity or NaN with itself is NaN.
        if (into[at]! - into[at]! !== 0) throw tooLarge(series[which]!, columns[c]!, first + t);
      }
    }
  }
}

function tooLarge(series: Series, column: number, row: number): RecurveError {
  return new RecurveError(
    'data',
    `windows: expected values that fit 32-bit floats after scaling, got ${series.values[column]![row]} in column "${series.names[column]}" at step ${row}; repair the value, or scale the column`,
  );
}
