import { civilFromDays, DAY, daysFromCivil, HOUR, isLeap } from '../civil.ts';
import { cos, sin } from '../exact.ts';
import { expectList } from '../options.ts';
import { expectStep, type Step } from './step.ts';
import { expectZone, UTC, type Zone } from './zone.ts';

/** Columns made of the calendar, values between -1 and 1. */
export interface CalendarFeatures {
  names: string[];
  /** Per name, one value per time. */
  columns: Float64Array[];
}

/** One cycle of the calendar: `phase` runs from 0 to 1 over it. */
interface Cycle {
  name: string;
  /** In ms; of a year the shortest. */
  length: number;
  harmonics: number;
  phase(clock: ClockTime): number;
}

interface ClockTime {
  /** Days since 1970-01-01. */
  days: number;
  /** Milliseconds since midnight. */
  rest: number;
  year: number;
  month: number;
}

const DAY_OF_YEAR: Cycle = {
  name: 'year',
  length: 365 * DAY,
  harmonics: 2,
  phase: ({ days, rest, year }) => (days - daysFromCivil(year, 1, 1) + rest / DAY) / (isLeap(year) ? 366 : 365),
};

const MONTH_OF_YEAR: Cycle = { name: 'month', length: 365 * DAY, harmonics: 2, phase: ({ month }) => (month - 1) / 12 };

const DAY_OF_WEEK: Cycle = {
  name: 'week',
  length: 7 * DAY,
  harmonics: 2,
  // 1970-01-01 was a Thursday; the week begins on Monday.
  phase: ({ days, rest }) => (((((days + 3) % 7) + 7) % 7) + rest / DAY) / 7,
};

const TIME_OF_DAY: Cycle = { name: 'day', length: DAY, harmonics: 2, phase: ({ rest }) => rest / DAY };

const MINUTE_OF_HOUR: Cycle = { name: 'hour', length: HOUR, harmonics: 1, phase: ({ rest }) => (rest % HOUR) / HOUR };

/** The cycles a step can tell apart: those longer than two steps and, above an hour, down from the year. */
function cyclesOf(step: Step): Cycle[] {
  if (step.unit === 'month') return step.count < 12 ? [MONTH_OF_YEAR] : [];
  const length = step.unit === 'day' ? step.count * DAY : step.count;
  const cycles: Cycle[] = [];
  if (length <= 92 * DAY) cycles.push(DAY_OF_YEAR);
  if (length <= 3 * DAY) cycles.push(DAY_OF_WEEK);
  if (length < DAY / 2) cycles.push(TIME_OF_DAY);
  if (length < HOUR / 2) cycles.push(MINUTE_OF_HOUR);
  return cycles;
}

/**
 * Returns the names of the calendar's columns for a step, such as `year_sin_1`.
 *
 * @param span ms of data there are to learn from: a cycle that they do not hold twice is left out. Default: all of them
 */
export function calendarNames(step: Step, span = Number.POSITIVE_INFINITY): string[] {
  expectStep(step);
  return cyclesOf(step)
    .filter(({ length }) => span >= 2 * length)
    .flatMap(({ name, harmonics }) =>
      Array.from({ length: harmonics }, (_, k) => [`${name}_sin_${k + 1}`, `${name}_cos_${k + 1}`]).flat(),
    );
}

/**
 * Returns sine and cosine of the season, the week and the day on the clock of `zone`, for past and future times alike.
 *
 * A daily series gets the year and the week, an hourly one also the day, a monthly one the month; two harmonics each.
 *
 * @param times instants in ms since 1970-01-01 UTC
 */
export function calendarFeatures(times: ArrayLike<number>, step: Step, zone: Zone = UTC): CalendarFeatures {
  expectStep(step);
  expectZone(zone);
  expectList('calendar', 'times', times, 'give instants in ms since 1970');
  const cycles = cyclesOf(step);
  const names = calendarNames(step);
  const columns = names.map(() => new Float64Array(times.length));
  for (let k = 0; k < times.length; k++) {
    const clock = times[k]! + zone.offsetAt(times[k]!);
    const days = Math.floor(clock / DAY);
    const { year, month } = civilFromDays(days);
    const time: ClockTime = { days, rest: clock - days * DAY, year, month };
    let column = 0;
    for (const { harmonics, phase } of cycles) {
      const angle = 2 * Math.PI * phase(time);
      for (let harmonic = 1; harmonic <= harmonics; harmonic++) {
        columns[column++]![k] = sin(angle * harmonic);
        columns[column++]![k] = cos(angle * harmonic);
      }
    }
  }
  return { names, columns };
}
