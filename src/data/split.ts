import { RecurveError } from '../errors.ts';
import { expectOptions, expectText, expectWhole, kindOf } from '../options.ts';
import { expectSeries, type Series } from './series.ts';
import { parseStamp } from './time.ts';
import { clockToInstants, formatInstant, zoneOf } from './zone.ts';

/** Steps of one series: `from` (inclusive) to `to` (exclusive). */
export interface Span {
  from: number;
  to: number;
}

/**
 * How much of the end of each series a part takes: a fraction of its history between 0 and 1, a count of steps (whole, at least 1), or
 * everything from a date on, such as `2015-01-01` (read in the zone of the series, or with its own offset).
 */
export type Part = { fraction: number } | { count: number } | { from: string | number };

/** Which parts of a series' steps to keep away from training. */
export interface SplitOptions {
  /** The last part, never trained or scaled on. Default none. */
  test?: Part;
  /** The date before which the test part ends; one past the data ends it with them. Default with the data. */
  testUntil?: string | number;
  /** The part before it, for early stopping. Its `fraction` is of what `test` leaves. Default none. */
  validation?: Part;
  /** The data are measured only: there may be nothing before the test part. */
  measureOnly?: boolean;
}

/** One span per series and part, in the order of time; what nothing else takes is for training. */
export interface Split {
  train: Span[];
  validation: Span[];
  test: Span[];
}

/** Divides the history of every series by time: training first, then validation, then test. */
export function splitSeries(series: Series[], options: SplitOptions): Split {
  expectSeries('split', series);
  expectOptions('split', options, { test: true, testUntil: true, validation: true, measureOnly: 'boolean' });
  const split: Split = { train: [], validation: [], test: [] };
  for (const one of series) {
    const testFrom = startOf(one, 'test', options.test, one.history);
    const validationFrom = startOf(one, 'validation', options.validation, testFrom);
    split.train.push({ from: 0, to: validationFrom });
    split.validation.push({ from: validationFrom, to: testFrom });
    split.test.push({ from: testFrom, to: Math.max(testFrom, endOf(one, options.testUntil)) });
  }
  for (const part of ['test', 'validation'] as const) {
    // Where all is test, it is not the validation part whose border is wrong.
    const none = part === 'validation' && split.test.every(({ from }) => from === 0);
    if (options[part] && !none && split[part].every(({ from, to }) => from === to))
      throw emptyPart(series, part, { ...options[part], ...(part === 'test' && { until: options.testUntil }) });
  }
  if (options.measureOnly) return split;
  if (split.test.every(({ from }) => from === 0)) throw emptyPart(series, 'training', options.test);
  if (split.train.every(({ from, to }) => from === to))
    throw emptyPart(series, 'training', options.validation ?? options.test);
  return split;
}

/** Reads `50%`, `0.2` (a fraction), `365` (a count) or a date. */
export function parsePart(text: string): Part {
  expectText('data', 'a part', text, 'write it as 0.2, 20%, 365 or 2015-01-01');
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?%$/.test(trimmed)) return { fraction: Number(trimmed.slice(0, -1)) / 100 };
  if (/^0?\.\d+$/.test(trimmed)) return { fraction: Number(trimmed) };
  if (/^\d{1,7}$/.test(trimmed) && !/^(19|20)\d\d$/.test(trimmed)) return { count: Number(trimmed) };
  if (/^\d{4}$/.test(trimmed)) return { from: `${trimmed}-01-01` };
  if (parseStamp(trimmed)) return { from: trimmed };
  throw new RecurveError(
    'usage',
    `data: expected a part such as 0.2, 20%, 365 or 2015-01-01, got "${text}"; write it so`,
  );
}

function startOf(series: Series, name: string, part: Part | undefined, end: number): number {
  if (part === undefined) return end;
  if (typeof part !== 'object' || !('fraction' in part || 'count' in part || 'from' in part)) {
    throw new RecurveError(
      'usage',
      `data: expected ${name} as { fraction }, { count } or { from }, got ${kindOf(part)}; make it with parsePart('20%')`,
    );
  }
  if ('fraction' in part) {
    if (!(part.fraction > 0 && part.fraction < 1)) {
      throw new RecurveError(
        'usage',
        `data: expected a ${name} fraction between 0 and 1, got ${part.fraction}; for a number of steps give a count`,
      );
    }
    return end - Math.round(end * part.fraction);
  }
  if ('count' in part) {
    expectWhole('data', `a ${name} count`, part.count, { next: 'for a part of the data give a fraction' });
    return Math.max(0, end - part.count);
  }
  if (!series.time) {
    throw new RecurveError(
      'usage',
      `data: expected a time column to start the ${name} part at ${part.from}, got none; name it, or give a fraction or a count`,
    );
  }
  const instant = instantOf(part.from, series.zone);
  return Math.min(end, lowerBound(series.time, instant));
}

/** Where the test part of a series ends. */
function endOf({ time, zone, history }: Series, until: string | number | undefined): number {
  if (until === undefined) return history;
  if (time) return Math.min(history, lowerBound(time, instantOf(until, zone)));
  throw new RecurveError(
    'usage',
    `data: expected a time column to end the test part before ${until}, got none; name it, or leave the end out`,
  );
}

function instantOf(from: string | number, zone: string): number {
  if (typeof from === 'number') return from;
  const stamp = typeof from === 'string' ? parseStamp(from) : null;
  if (!stamp || stamp.order === 'either') {
    throw new RecurveError(
      'usage',
      `data: expected a date such as 2015-01-01, got ${kindOf(from)}; write year, month, day`,
    );
  }
  if (stamp.zoned) return stamp.ms;
  const reading = Float64Array.of(stamp.ms);
  clockToInstants(reading, zoneOf(zone));
  return reading[0]!;
}

/** The first index whose time is not before `instant`. */
function lowerBound(times: Float64Array, instant: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

function emptyPart(series: Series[], name: string, part: object = {}): RecurveError {
  const borders = Object.entries(part).filter(([, value]) => value !== undefined);
  const wanted = borders.length === 0 ? '' : ` (${borders.map(([kind, value]) => `${kind} ${value}`).join(' ')})`;
  const one = series[0]!;
  const got = one.time
    ? `data from ${formatInstant(one.time[0]!, zoneOf(one.zone))} to ${formatInstant(one.time[Math.max(0, one.history - 1)]!, zoneOf(one.zone))}`
    : `${one.history} steps`;
  return new RecurveError(
    'data',
    `data: expected at least one step in the ${name} part${wanted}, got none of ${got}; move the border`,
  );
}
