import { DAY, daysFromCivil, daysInMonth, MINUTE } from '../civil.ts';

/** How the date of one stamp is written; `either` is a date such as 05/06/2015. */
export type StampOrder = 'year-first' | 'day-first' | 'month-first' | 'either';

/** What `parseStamp` read. One object is reused, so copy what you keep. */
export interface Stamp {
  /** Milliseconds since 1970-01-01: an instant where `zoned`, else the clock reading as if the clock stood in UTC. */
  ms: number;
  zoned: boolean;
  /** An `either` date is read day first; `swapDayAndMonth` gives the other reading. */
  order: StampOrder;
}

const stamp: Stamp = { ms: 0, zoned: false, order: 'year-first' };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

let text = '';
let at = 0;

/**
 * Reads a time stamp, or returns `null` for any other text.
 *
 * Dates: `2015-01-31`, `2015/1/31`, `2015.01.31`, `20150131T…`, `2015-01`, `2015-Q1`, `31.01.2015`, `31/01/2015`, `01/31/2015`,
 * `31 Jan 2015`, `Jan 31, 2015`. A dotted date is day first. After a `T`, a space or a comma a time may follow: `HH:MM`, `HH:MM:SS`,
 * a fraction after a point or comma (kept to the millisecond), `HHMM`, `HHMMSS`, `AM` or `PM`; then a zone: `Z`, `UTC`, `+02:00`, `+0200`,
 * `+02`. Years of two digits are refused, since nobody can tell which century they mean.
 */
export function parseStamp(source: string): Stamp | null {
  text = source;
  at = 0;
  skipSpaces();
  const code = text.charCodeAt(at);
  const days = isDigit(code) ? parseNumericDate() : parseMonthFirstName();
  if (days === null) return null;
  stamp.ms = days * DAY;
  stamp.zoned = false;
  if (at === text.length) return stamp;
  const separator = text.charCodeAt(at);
  if (separator === 84 || separator === 116) at++;
  else if (separator === 32 || separator === 44) {
    if (separator === 44) at++;
    skipSpaces();
    if (at === text.length) return stamp;
  } else return null;
  const time = parseTime();
  if (time === null) return null;
  const offset = parseZone();
  if (offset === null || at !== text.length) return null;
  stamp.ms += time;
  if (!Number.isNaN(offset)) {
    stamp.ms -= offset;
    stamp.zoned = true;
  }
  return stamp;
}

/** Turns the day-first reading of a date that reads both ways into the month-first one; other dates come back unchanged. */
export function swapDayAndMonth(ms: number, civil: { year: number; month: number; day: number }): number {
  if (civil.day > 12) return ms;
  const wrong = daysFromCivil(civil.year, civil.month, civil.day);
  return ms + (daysFromCivil(civil.year, civil.day, civil.month) - wrong) * DAY;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function skipSpaces(): void {
  while (text.charCodeAt(at) === 32) at++;
}

/** Reads up to `most` digits; returns -1 where there are none. */
function digits(most: number): number {
  const start = at;
  let value = 0;
  while (at - start < most) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) break;
    value = value * 10 + (code - 48);
    at++;
  }
  return at === start ? -1 : value;
}

/** Reads a date that starts with a digit; returns days since 1970-01-01. */
function parseNumericDate(): number | null {
  const start = at;
  const first = digits(8);
  const width = at - start;
  if (width === 8) {
    stamp.order = 'year-first';
    // Eight digits alone are a number for the table; only with a time after them are they surely a date.
    if (text.charCodeAt(at) !== 84 && text.charCodeAt(at) !== 32) return null;
    return dayNumber(Math.floor(first / 10_000), Math.floor(first / 100) % 100, first % 100);
  }
  const separator = text.charCodeAt(at);
  if (width === 4) {
    stamp.order = 'year-first';
    return parseAfterYear(first, separator);
  }
  if (width > 2) return null;
  if (separator === 32 || (separator === 45 && !isDigit(text.charCodeAt(at + 1)))) return parseDayMonthName(first);
  if (separator !== 47 && separator !== 45 && separator !== 46) return null;
  at++;
  const second = digits(2);
  if (second < 0 || text.charCodeAt(at) !== separator) return null;
  at++;
  const yearStart = at;
  const year = digits(4);
  if (at - yearStart !== 4) return null;
  if (separator === 46) stamp.order = 'day-first';
  else if (second > 12) stamp.order = 'month-first';
  else stamp.order = first > 12 ? 'day-first' : 'either';
  return stamp.order === 'month-first' ? dayNumber(year, first, second) : dayNumber(year, second, first);
}

function parseAfterYear(year: number, separator: number): number | null {
  const quarterAt = separator === 45 || separator === 32 ? at + 1 : at;
  if ((text.charCodeAt(quarterAt) | 32) === 113) {
    at = quarterAt + 1;
    const quarter = digits(1);
    return quarter >= 1 && quarter <= 4 ? dayNumber(year, quarter * 3 - 2, 1) : null;
  }
  if (separator !== 45 && separator !== 47 && separator !== 46) return null;
  at++;
  const month = digits(2);
  if (month < 0) return separator === 45 ? parseNamedMonthThenDay(year) : null;
  if (text.charCodeAt(at) !== separator)
    return at === text.length && separator !== 46 ? dayNumber(year, month, 1) : null;
  at++;
  const day = digits(2);
  return day < 0 ? null : dayNumber(year, month, day);
}

/** `2015-Jan-31` */
function parseNamedMonthThenDay(year: number): number | null {
  const month = monthName();
  if (month === 0 || text.charCodeAt(at) !== 45) return null;
  at++;
  const day = digits(2);
  return day < 0 ? null : dayNumber(year, month, day);
}

/** `31 Jan 2015`, `31-Jan-2015` */
function parseDayMonthName(day: number): number | null {
  stamp.order = 'year-first';
  const separator = text.charCodeAt(at);
  at++;
  const month = monthName();
  if (month === 0) return null;
  if (text.charCodeAt(at) === 44) at++;
  if (text.charCodeAt(at) !== separator) return null;
  at++;
  return yearThen(month, day);
}

/** `Jan 31, 2015` */
function parseMonthFirstName(): number | null {
  stamp.order = 'year-first';
  const month = monthName();
  if (month === 0 || text.charCodeAt(at) !== 32) return null;
  skipSpaces();
  const day = digits(2);
  if (text.charCodeAt(at) === 44) at++;
  if (day < 0 || text.charCodeAt(at) !== 32) return null;
  skipSpaces();
  return yearThen(month, day);
}

function yearThen(month: number, day: number): number | null {
  const start = at;
  const year = digits(4);
  return at - start === 4 ? dayNumber(year, month, day) : null;
}

function monthName(): number {
  const start = at;
  while (at < text.length && (text.charCodeAt(at) | 32) >= 97 && (text.charCodeAt(at) | 32) <= 122) at++;
  if (at - start < 3) return 0;
  const month = MONTHS.indexOf(text.slice(start, start + 3).toLowerCase()) + 1;
  if (text.charCodeAt(at) === 46) at++;
  return month;
}

function dayNumber(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return daysFromCivil(year, month, day);
}

/** Reads a time of day; returns milliseconds since midnight. 24:00 is the next midnight, second 60 the next minute. */
function parseTime(): number | null {
  let start = at;
  let hour = digits(2);
  if (hour < 0) return null;
  if (at - start === 1 && text.charCodeAt(at) !== 58) return null;
  const colon = text.charCodeAt(at) === 58;
  if (colon) at++;
  start = at;
  const minute = digits(2);
  if (at - start !== 2 || minute > 59) return null;
  let second = 0;
  let thousandths = 0;
  const more = colon ? text.charCodeAt(at) === 58 : isDigit(text.charCodeAt(at));
  if (more) {
    if (colon) at++;
    start = at;
    second = digits(2);
    if (at - start !== 2 || second > 60) return null;
    const point = text.charCodeAt(at);
    if ((point === 46 || point === 44) && isDigit(text.charCodeAt(at + 1))) {
      at++;
      start = at;
      thousandths = digits(3);
      for (let width = at - start; width < 3; width++) thousandths *= 10;
      while (isDigit(text.charCodeAt(at))) at++;
    }
  }
  const half = halfOfDay();
  if (half >= 0) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + half;
  }
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0 || thousandths > 0))) return null;
  return ((hour * 60 + minute) * 60 + second) * 1000 + thousandths;
}

/** Reads AM (0) or PM (12); -1 where neither stands there. */
function halfOfDay(): number {
  let peek = at;
  while (text.charCodeAt(peek) === 32) peek++;
  const letter = text.charCodeAt(peek) | 32;
  if ((letter !== 97 && letter !== 112) || (text.charCodeAt(peek + 1) | 32) !== 109) return -1;
  at = peek + 2;
  return letter === 112 ? 12 : 0;
}

/** Reads what follows the time: nothing (`NaN`), or an offset from UTC in milliseconds; `null` for anything else. */
function parseZone(): number | null {
  skipSpaces();
  if (at === text.length) return Number.NaN;
  const code = text.charCodeAt(at);
  if (code === 90 || code === 122) {
    at++;
    return 0;
  }
  if (code === 85 || code === 71) {
    const word = text.slice(at, at + 3);
    if (word !== 'UTC' && word !== 'GMT') return null;
    at += 3;
    return at === text.length ? 0 : parseZone();
  }
  if (code !== 43 && code !== 45 && code !== 0x2212) return null;
  at++;
  const start = at;
  const hours = digits(2);
  if (at - start !== 2 || hours > 18) return null;
  if (text.charCodeAt(at) === 58) at++;
  const minutes = at < text.length ? digits(2) : 0;
  if (minutes < 0 || minutes > 59) return null;
  const offset = (hours * 60 + minutes) * MINUTE;
  return code === 43 ? offset : -offset;
}
