import { RecurveError } from '../errors.ts';
import { expectChoice, expectOptions, type OptionNames } from '../options.ts';
import { expectSeries, type Series } from './series.ts';
import type { Span } from './split.ts';
import { listNames } from './table.ts';

/** The ways to scale, by name. */
export const SCALER_KINDS = ['standard', 'robust', 'min-max', 'none'] as const;

/**
 * How columns are brought to one size: `standard` (mean 0, standard deviation 1), `robust` (median 0, interquartile range 1; for
 * outliers), `min-max` (0 to 1), `none`.
 */
export type ScalerKind = (typeof SCALER_KINDS)[number];

/** A fitted scaler, plain data for JSON: scaled = (value - center) / scale. */
export interface Scaler {
  kind: ScalerKind;
  /** Column names. */
  names: string[];
  /** Series ids where every series has its own scale, or `null` where all share one. */
  ids: string[] | null;
  /** Per series (one entry where shared), per column. */
  center: number[][];
  /** As `center`; never 0. */
  scale: number[][];
}

/** What a scaler is fitted on, and how. */
export interface ScalerOptions {
  /** Default `standard`. */
  kind?: ScalerKind;
  /** Per series, the steps to fit on: the training span. Default: all of the history. */
  spans?: Span[];
  /** A scale for each series: where levels differ and only shapes are alike. Default false. */
  perSeries?: boolean;
}

const SCALER_OPTIONS: OptionNames<ScalerOptions> = { kind: true, spans: true, perSeries: 'boolean' };

/**
 * Fits a scaler on the observed values of the given spans.
 *
 * A column that is constant there gets scale 1; a `robust` one whose quartiles are (nearly) equal gets its standard deviation. Statistics are
 * taken in f64 relative to the largest magnitude, so that no value can overflow them.
 */
export function fitScaler(series: Series[], options: ScalerOptions = {}): Scaler {
  expectSeries('scaler', series);
  expectOptions('scaler', options, SCALER_OPTIONS);
  const { kind = 'standard', perSeries = false } = options;
  expectChoice('scaler', 'kind', kind, SCALER_KINDS);
  const names = series[0]!.names;
  const spanOf = (k: number): Span => options.spans?.[k] ?? { from: 0, to: series[k]!.history };
  const groups = perSeries ? series.map((_, k) => [k]) : [series.map((_, k) => k)];
  const fits = groups.map((group) =>
    names.map((name, column) => {
      const values = observedValues(group.map((k) => ({ series: series[k]!, span: spanOf(k), column })));
      if (values.length === 0 && kind !== 'none') {
        const about = perSeries ? ` of series "${series[group[0]!]!.id}"` : '';
        throw new RecurveError(
          'data',
          `scaler: expected observed values of column "${name}"${about} in the training span, got none; move the border of the training span`,
        );
      }
      return fitColumn(values, kind);
    }),
  );
  return {
    kind,
    names: [...names],
    ids: perSeries ? series.map(({ id }) => id) : null,
    center: fits.map((columns) => columns.map(({ center }) => center)),
    scale: fits.map((columns) => columns.map(({ scale }) => scale)),
  };
}

/** Where each series and column of a scaler stands, so that 100,000 of them are not searched one by one. */
const places = new WeakMap<Scaler, { ids: Map<string, number>; names: Map<string, number> }>();

function positionsOf(names: string[]): Map<string, number> {
  return new Map(names.map((name, k) => [name, k]));
}

/** Returns center and scale of one column of one series; `data` where the scaler has not seen them. */
export function scaleFor(scaler: Scaler, id: string, name: string): { center: number; scale: number } {
  let place = places.get(scaler);
  if (!place) {
    place = { ids: positionsOf(scaler.ids ?? []), names: positionsOf(scaler.names) };
    places.set(scaler, place);
  }
  const row = scaler.ids ? place.ids.get(id) : 0;
  const column = place.names.get(name);
  if (row !== undefined && column !== undefined)
    return { center: scaler.center[row]![column]!, scale: scaler.scale[row]![column]! };
  const got = column === undefined ? `column "${name}"` : `series "${id}"`;
  throw new RecurveError(
    'data',
    `scaler: expected a series and column it was fitted on (${column === undefined ? listNames(scaler.names) : listNames(scaler.ids ?? [])}), got ${got}; fit a scaler on it, or train with one scale for all series`,
  );
}

/** Scales values: `(value - center) / scale`. */
export function scaleValues(
  values: ArrayLike<number>,
  { center, scale }: { center: number; scale: number },
): Float64Array {
  return Float64Array.from(values, (value) => (value - center) / scale);
}

/** Undoes `scaleValues`: `value * scale + center`. */
export function unscaleValues(
  values: ArrayLike<number>,
  { center, scale }: { center: number; scale: number },
): Float64Array {
  return Float64Array.from(values, (value) => value * scale + center);
}

function observedValues(parts: { series: Series; span: Span; column: number }[]): Float64Array {
  const size = parts.reduce((sum, { span }) => sum + Math.max(0, span.to - span.from), 0);
  const values = new Float64Array(size);
  let at = 0;
  for (const { series, span, column } of parts) {
    for (let k = span.from; k < span.to; k++) {
      if (series.observed[column]![k] === 1) values[at++] = series.values[column]![k]!;
    }
  }
  return values.subarray(0, at);
}

function fitColumn(values: Float64Array, kind: ScalerKind): { center: number; scale: number } {
  if (kind === 'none') return { center: 0, scale: 1 };
  let low = values[0]!;
  let high = values[0]!;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) return { center: low, scale: 1 };
  // All within -1 and 1 from here on, so that neither sums nor squares can overflow or vanish.
  const unit = powerAbove(Math.max(Math.abs(low), Math.abs(high)));
  const small = values.map((value) => value / unit);
  const { center, scale } =
    kind === 'min-max'
      ? { center: low / unit, scale: high / unit - low / unit }
      : kind === 'robust'
        ? robust(small)
        : standard(small);
  return { center: center * unit, scale: safeScale(scale * unit) };
}

function standard(values: Float64Array): { center: number; scale: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const center = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - center) * (value - center);
  return { center, scale: Math.sqrt(squares / values.length) };
}

function robust(values: Float64Array): { center: number; scale: number } {
  const sorted = values.slice().sort();
  const quantile = (p: number): number => {
    const position = p * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
  };
  const range = quantile(0.75) - quantile(0.25);
  const { scale } = standard(values);
  return { center: quantile(0.5), scale: range > scale * 1e-6 ? range : scale };
}

/** The smallest power of two not below `size`: dividing by it is exact. */
function powerAbove(size: number): number {
  let power = 1;
  while (power < size && power < 2 ** 1023) power *= 2;
  while (power / 2 >= size) power /= 2;
  return power;
}

/** Keeps a scale away from 0 and infinity, where dividing by it would lose the value. */
function safeScale(scale: number): number {
  return Math.min(Math.max(scale, 1e-300), Number.MAX_VALUE);
}
