import { two } from './format.ts';

/** Milliseconds in a day of 24 hours. */
export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const MINUTE = 60_000;

/** A date of the proleptic Gregorian calendar; month 1 to 12, day 1 to 31. */
export interface CivilDate {
  year: number;
  month: number;
  day: number;
}

/** Returns the days from 1970-01-01 to a date, by integer arithmetic alone (years 0 to 9999). */
export function daysFromCivil(year: number, month: number, day: number): number {
  // Years start in March, so that the leap day is the last of its year; 400 years are 146,097 days.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Returns the date that lies `days` after 1970-01-01: the inverse of `daysFromCivil`. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Writes milliseconds since 1970-01-01 as `2015-01-31`, with the time of day after it where that is not midnight; `n/a` when not finite. */
export function formatClock(ms: number): string {
  if (!Number.isFinite(ms)) return 'n/a';
  const days = Math.floor(ms / DAY);
  const { year, month, day } = civilFromDays(days);
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const rest = ms - days * DAY;
  if (rest === 0) return date;
  const seconds = Math.floor(rest / 1000);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
  const thousandths = Math.floor(rest) % 1000;
  if (thousandths > 0) return `${date} ${clock}:${two(seconds % 60)}.${String(thousandths).padStart(3, '0')}`;
  return seconds % 60 > 0 ? `${date} ${clock}:${two(seconds % 60)}` : `${date} ${clock}`;
}
