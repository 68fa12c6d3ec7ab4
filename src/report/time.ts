import { two } from '../format.ts';

/** A moment: milliseconds since 1970 (UTC), or an ISO 8601 string. A string without an offset is read as UTC. */
export type Time = string | number;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Milliseconds since 1970, or NaN when `value` is no time; the zone of the host never plays a part. */
export function toMilliseconds(value: Time): number {
  if (typeof value === 'number') return Math.abs(value) <= 8.64e15 ? value : Number.NaN;
  const iso = value.trim().replace(' ', 'T');
  const hasOffset = /T.*(Z|[+-]\d{2}(:?\d{2})?)$/i.test(iso);
  return Date.parse(/T/.test(iso) && !hasOffset ? `${iso}Z` : iso);
}

export interface DateParts {
  year: number;
  month: string;
  day: number;
  weekday: string;
  clock: string;
}

/** The parts of a moment in UTC, as the labels of charts and tables use them. */
export function dateParts(milliseconds: number): DateParts {
  const date = new Date(milliseconds);
  const seconds = date.getUTCSeconds();
  return {
    year: date.getUTCFullYear(),
    month: MONTHS[date.getUTCMonth()]!,
    day: date.getUTCDate(),
    weekday: DAYS[date.getUTCDay()]!,
    clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${seconds === 0 ? '' : `:${two(seconds)}`}`,
  };
}

/**
 * Labels for the steps of a forecast: `Fri 1 Jan 2016`, all of them with the clock as soon as one is not at midnight
 * (`Fri 1 Jan 2016 06:00`). The year is left out on request.
 */
export function stepLabels(moments: readonly number[], year = true): string[] {
  const clocked = moments.some((moment) => Number.isFinite(moment) && dateParts(moment).clock !== '00:00');
  return moments.map((moment) => {
    if (!Number.isFinite(moment)) return 'n/a';
    const parts = dateParts(moment);
    const date = `${parts.weekday} ${parts.day} ${parts.month}${year ? ` ${parts.year}` : ''}`;
    return clocked ? `${date} ${parts.clock}` : date;
  });
}
