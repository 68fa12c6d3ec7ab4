import { DAY, HOUR, MINUTE } from '../../civil.ts';
import { dateParts } from '../time.ts';

/** A tick of an axis; `context` is the second line (a year, a date): charts show it where it changes. */
export interface Tick {
  value: number;
  label: string;
  context?: string;
}

/** One direction of a chart: what it spans and the ticks that fit into a length in pixels. */
export interface Axis {
  domain: readonly [number, number];
  ticks(length: number): Tick[];
  /** Ticks carry a second line of text. */
  context?: boolean;
  /** Labels name rows or bars rather than positions: no gridlines. */
  categorical?: boolean;
}

/** Values beyond this are treated as missing: the difference of two of them would overflow. */
const LARGEST = 1e300;

export function isPlottable(value: number): boolean {
  return Math.abs(value) <= LARGEST;
}

/** The smallest and largest plottable value of several arrays, or `undefined` when there is none. */
export function extent(...arrays: readonly ArrayLike<number>[]): [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const array of arrays) {
    for (let i = 0; i < array.length; i++) {
      const value = array[i]!;
      if (!isPlottable(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}

export interface NumberAxisOptions {
  /** Widen the domain to whole ticks. Default true. */
  nice?: boolean;
  /** Make zero part of the domain. Default false. */
  zero?: boolean;
  /** Pixels a tick needs: about 38 upright, 60 to 80 along the bottom. Default 38. */
  spacing?: number;
  /** Only whole numbers get a tick: epochs, steps, lags. Default false. */
  integers?: boolean;
}

/** A range narrower than this part of its values counts as one value. */
const NARROWEST = 1e-9;
/** Numbers smaller than this count as zero: a fifth of them may be no number above zero. */
const SMALLEST = 1e-290;

/** Whether a range is too narrow to be divided: its steps would vanish in the last bits of its values. */
export function isOneValue(low: number, high: number): boolean {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return high - low <= size * NARROWEST || size < SMALLEST;
}

/** An axis of numbers over `range`; a range of one value is widened so that the value sits in the middle. */
export function numberAxis(range: readonly [number, number], options: NumberAxisOptions = {}): Axis {
  let [low, high] = range;
  if (options.zero) {
    low = Math.min(low, 0);
    high = Math.max(high, 0);
  }
  if (isOneValue(low, high)) {
    const size = Math.max(Math.abs(low), Math.abs(high));
    const half = size < SMALLEST || options.integers ? 1 : size * 0.1;
    low -= half;
    high += half;
  }
  if (options.nice !== false) {
    const step = niceStep((high - low) / 5);
    low = Math.floor(low / step + 1e-9) * step;
    high = Math.ceil(high / step - 1e-9) * step;
  }
  return {
    domain: [low, high],
    ticks(length) {
      const count = Math.max(2, Math.floor(length / (options.spacing ?? 38)));
      let step = niceStep((high - low) / count);
      if (options.integers) step = Math.max(1, Math.round(step));
      const ticks: Tick[] = [];
      const largest = Math.max(Math.abs(low), Math.abs(high));
      const first = Math.ceil(low / step - 1e-9);
      for (let i = first; i * step <= high + step * 1e-9; i++) {
        ticks.push({ value: i * step, label: tickLabel(i * step, step, largest) });
      }
      return ticks;
    },
  };
}

/** The nearest to `rough` (by ratio) of 1, 2, 5 times a power of ten. */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor >= Math.sqrt(50) ? 10 : factor >= Math.sqrt(10) ? 5 : factor >= Math.SQRT2 ? 2 : 1);
}

/**
 * A tick with just the decimals its step needs. `largest` is the greatest size on the axis: from ten thousand on all ticks
 * count in `k`, `M` or `G`; at the far ends they are written with exponents.
 */
export function tickLabel(value: number, step: number, largest: number): string {
  if (Math.abs(value) < step * 1e-6) return '0';
  if (step < 1e-6 || largest >= 1e13) return minus(String(Number(value.toPrecision(3)).toExponential()));
  const [limit, suffix] =
    largest >= 1e9 ? [1e9, 'G'] : largest >= 1e6 ? [1e6, 'M'] : largest >= 1e4 ? [1e3, 'k'] : [1, ''];
  return minus(fixedFor(value / limit, step / limit)) + suffix;
}

function fixedFor(value: number, step: number): string {
  return value.toFixed(Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))));
}

/** Digits with a true minus sign, as wide as a plus. */
export function minus(digits: string): string {
  return digits.replace('-', '\u2212');
}

/** An axis with one labelled place per category; value `i` is the middle of category `i`. */
export function categoryAxis(labels: readonly string[]): Axis {
  return {
    domain: [-0.5, Math.max(labels.length, 1) - 0.5],
    categorical: true,
    ticks: () => labels.map((label, value) => ({ value, label })),
  };
}

/** Tick distances in calendar months (from 1 up) and in milliseconds (below). */
const SPANS: readonly number[] = [
  ...[1, 2, 5, 15, 30].map((n) => n * 1000),
  ...[1, 2, 5, 15, 30].map((n) => n * MINUTE),
  ...[1, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14].map((n) => n * DAY),
];
const MONTH_SPANS: readonly number[] = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000];

/** Pixels between two ticks of moments, at the least. */
const MOMENT_SPACING = 76;

/** An axis of moments (milliseconds since 1970) with ticks on round seconds, hours, days, Mondays, months or years, in UTC. */
export function timeAxis(range: readonly [number, number]): Axis {
  let [low, high] = range;
  if (low === high) {
    low -= DAY / 2;
    high += DAY / 2;
  }
  return {
    domain: [low, high],
    context: true,
    ticks(length) {
      const rough = (high - low) / Math.max(2, Math.floor(length / MOMENT_SPACING));
      const span = SPANS.find((candidate) => candidate >= rough);
      return span === undefined ? monthTicks(low, high, rough) : evenTicks(low, high, span);
    },
  };
}

function evenTicks(low: number, high: number, span: number): Tick[] {
  const anchor = span >= 7 * DAY ? 4 * DAY : 0; // 5 January 1970 was a Monday
  const ticks: Tick[] = [];
  for (let value = Math.ceil((low - anchor) / span) * span + anchor; value <= high; value += span) {
    const { year, month, day, clock } = dateParts(value);
    const here = span >= DAY ? String(year) : `${day} ${month} ${year}`;
    ticks.push({ value, label: span >= DAY ? `${day} ${month}` : clock, context: here });
  }
  return ticks;
}

function monthTicks(low: number, high: number, rough: number): Tick[] {
  const span = MONTH_SPANS.find((months) => months * 30.44 * DAY >= rough) ?? MONTH_SPANS.at(-1)!;
  const start = new Date(low);
  const ticks: Tick[] = [];
  let index = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / span) * span;
  for (; ; index += span) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(index / 12), index - Math.floor(index / 12) * 12, 1);
    const value = date.getTime();
    if (!(value <= high)) return ticks;
    if (value < low) continue;
    const { year, month } = dateParts(value);
    if (span >= 12) ticks.push({ value, label: String(year) });
    else ticks.push({ value, label: month, context: String(year) });
  }
}
