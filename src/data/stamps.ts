import { civilFromDays, DAY, daysFromCivil, daysInMonth } from '../civil.ts';
import { RecurveError } from '../errors.ts';
import {
  type Cell,
  type Column,
  type NumberColumn,
  rowNumber,
  shorten,
  type Table,
  type TextColumn,
  type TimeColumn,
} from './table.ts';
import { parseStamp, swapDayAndMonth } from './time.ts';

/**
 * How the time column is written: `day-first` is 31/12/2015, `month-first` 12/31/2015, `yyyymmdd` the number 20151231, `year` the
 * number 2015, `epoch-s` to `epoch-ns` count from 1970-01-01 UTC. `auto` tells all of these apart except where every date reads
 * both day first and month first, which it refuses.
 */
export type TimeFormat =
  | 'auto'
  | 'day-first'
  | 'month-first'
  | 'yyyymmdd'
  | 'year'
  | 'epoch-s'
  | 'epoch-ms'
  | 'epoch-us'
  | 'epoch-ns';

/** The stamps of a column in a copy of their own: instants where `zoned`, else clock readings; `NaN` is missing. */
export interface Stamps {
  values: Float64Array;
  zoned: boolean;
  /** The format they were read by; `auto` for dates that begin with the year. Stating it reads the next table the same way. */
  format: TimeFormat;
}

const EPOCHS: Record<string, number> = { 'epoch-s': 1e-3, 'epoch-ms': 1, 'epoch-us': 1e3, 'epoch-ns': 1e6 };

/** Reads a column as time stamps, or throws `data` naming the first cell that is none. */
export function stampsOf(table: Table, column: Column, format: TimeFormat): Stamps {
  if (column.kind === 'time') return datesOf(table, column, format);
  if (column.kind === 'number') return numbersOf(table, column, format);
  const cell = column.breaks ?? firstNonStamp(column);
  throw new RecurveError(
    'data',
    `data: expected time stamps in column "${column.name}" of ${table.source}, got "${shorten(cell.text)}" in row ${rowNumber(table, cell.row)}; repair the cell (write every stamp in one form, such as 2015-12-31 18:00)`,
  );
}

/** Returns the column that holds the times: by type, then by name; `null` where nothing looks like one. */
export function findTimeColumn(table: Table, taken: ReadonlySet<string>, many: boolean): Column | null {
  const free = table.columns.filter((column) => !taken.has(column.name));
  const named = (column: Column): boolean =>
    /^(date|time|datetime|timestamp|date_?time|ts|ds|time_?stamp)$/i.test(column.name.trim());
  const times = free.filter((column) => column.kind === 'time');
  const best = times.find(named) ?? times[0];
  if (best) return best;
  const numbers = free.filter((column): column is NumberColumn => column.kind === 'number' && column.missing === 0);
  const epoch = numbers.find(
    (column) =>
      (named(column) || /epoch|unix/i.test(column.name)) && /^epoch|^yyyymmdd/.test(numberFormat(column) ?? ''),
  );
  if (epoch) return epoch;
  const year = numbers.find((column) => /^year$/i.test(column.name) && numberFormat(column) === 'year');
  if (year && (many || isStrictlyMonotone(year.values))) return year;
  return null;
}

function datesOf(table: Table, column: TimeColumn, format: TimeFormat): Stamps {
  const { zoned } = column;
  if (column.order === 'year-first') return { values: column.values.slice(), zoned, format: 'auto' };
  const asked = format === 'day-first' || format === 'month-first' ? format : undefined;
  const where = (cell: Cell): string => `"${shorten(cell.text)}" in row ${rowNumber(table, cell.row)}`;
  const { dayFirst, monthFirst } = column.evidence;
  const against = asked === 'day-first' ? monthFirst : asked === 'month-first' ? dayFirst : undefined;
  if (column.order === 'conflict' || against) {
    const got =
      dayFirst && monthFirst
        ? `${where(dayFirst)} and ${where(monthFirst)}`
        : where((against ?? dayFirst ?? monthFirst)!);
    throw new RecurveError(
      'data',
      `data: expected one order of day and month in column "${column.name}" of ${table.source}, got ${got}${asked ? ` against ${asked}` : ''}; write the dates as 2015-12-31`,
    );
  }
  if (column.order === 'ambiguous' && !asked) {
    throw new RecurveError(
      'data',
      `data: expected dates that read one way in column "${column.name}" of ${table.source}, got only dates such as 05/06/2015; state the time format, day-first or month-first`,
    );
  }
  const order = asked ?? (column.order === 'month-first' ? 'month-first' : 'day-first');
  const values = column.values.slice();
  if (order === 'month-first') {
    // Dates that read both ways were stored day first.
    for (let k = 0; k < values.length; k++) {
      const ms = values[k]!;
      if (!Number.isNaN(ms)) values[k] = swapDayAndMonth(ms, civilFromDays(Math.floor(ms / DAY)));
    }
  }
  return { values, zoned, format: order };
}

function numbersOf(table: Table, column: NumberColumn, format: TimeFormat): Stamps {
  const found = format === 'auto' || format === 'day-first' || format === 'month-first' ? numberFormat(column) : format;
  if (!found) {
    throw new RecurveError(
      'data',
      `data: expected time stamps in column "${column.name}" of ${table.source}, got numbers that are no date, year or count since 1970; state the time format (such as epoch-s), or use no time column`,
    );
  }
  const perMillisecond = EPOCHS[found];
  const values = new Float64Array(column.values.length);
  for (let k = 0; k < values.length; k++) {
    const number = column.values[k]!;
    if (perMillisecond !== undefined) {
      // A whole millisecond, so that equal stamps are equal; seconds are multiplied, since their inverse is not exact.
      values[k] = Math.round(found === 'epoch-s' ? number * 1000 : number / perMillisecond);
    } else {
      const ms = found === 'year' ? daysFromCivil(number, 1, 1) * DAY : dateOfDigits(number);
      if (Number.isNaN(ms) && !Number.isNaN(number)) {
        throw new RecurveError(
          'data',
          `data: expected dates written ${found} in column "${column.name}" of ${table.source}, got ${number} in row ${rowNumber(table, k)}; repair the cell`,
        );
      }
      values[k] = ms;
    }
  }
  return { values, zoned: perMillisecond !== undefined, format: found };
}

/** Tells years, dates of eight digits and epochs apart by their size; `undefined` for other numbers. */
function numberFormat(column: NumberColumn): TimeFormat | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let whole = true;
  let dates = true;
  for (const value of column.values) {
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (whole && !Number.isInteger(value)) whole = false;
    if (dates && Number.isNaN(dateOfDigits(value))) dates = false;
  }
  if (whole && low >= 1000 && high <= 2999) return 'year';
  if (dates && high > 0) return 'yyyymmdd';
  // 1973 to 5138, in each unit.
  for (const [format, scale] of Object.entries(EPOCHS)) {
    if (low >= 1e11 * scale && high < 1e14 * scale) return format as TimeFormat;
  }
  return undefined;
}

/** 20151231 as milliseconds; `NaN` for a number that is no such date. */
function dateOfDigits(number: number): number {
  if (!(number >= 10_000_101 && number <= 99_991_231) || !Number.isInteger(number)) return Number.NaN;
  const year = Math.floor(number / 10_000);
  const month = Math.floor(number / 100) % 100;
  const day = number % 100;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
  return daysFromCivil(year, month, day) * DAY;
}

function isStrictlyMonotone(values: Float64Array): boolean {
  if (values.length < 2) return false;
  const up = values[1]! > values[0]!;
  for (let k = 1; k < values.length; k++) {
    if (up ? values[k]! <= values[k - 1]! : values[k]! >= values[k - 1]!) return false;
  }
  return true;
}

function firstNonStamp(column: TextColumn): Cell {
  const code = column.dictionary.findIndex((text) => parseStamp(text) === null);
  const at = Math.max(code, 0);
  return { row: column.codes.indexOf(at), text: column.dictionary[at] ?? '' };
}
