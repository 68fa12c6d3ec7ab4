import { RecurveError } from '../errors.ts';
import { expectOptions, kindOf } from '../options.ts';

/** When a row of a stream was, and whose it is. */
export interface RowPlace {
  time?: number;
  id?: string;
}

/** What dates reach, in ms on either side of 1970. */
const LATEST = 8.64e15;

/** Refuses a row and its place that no stream can take. */
export function expectRow(row: unknown, at: RowPlace): void {
  const { time, id }: { time?: unknown; id?: unknown } = at ?? {};
  expectOptions<{ time?: unknown; id?: unknown }>('stream', at, { time: null, id: null });
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new RecurveError(
      'usage',
      `stream: expected a row as { column: number }, got ${kindOf(row)}; name the columns`,
    );
  }
  if (id !== undefined && typeof id !== 'string')
    throw new RecurveError(
      'usage',
      `stream: expected the id of a series as a string, got ${kindOf(id)}; give '' for none`,
    );
  if (time !== undefined && !(typeof time === 'number' && Math.abs(time) <= LATEST)) {
    throw new RecurveError(
      'data',
      `stream: expected a time in ms since 1970-01-01 UTC, got ${kindOf(time)}; give a number, such as Date.parse makes`,
    );
  }
}
