import { civilFromDays, DAY, daysFromCivil, daysInMonth, HOUR, MINUTE } from '../civil.ts';
import { RecurveError } from '../errors.ts';
import { expectText, expectWhole, kindOf } from '../options.ts';
import { expectZone, UTC, type Zone } from './zone.ts';

/**
 * The distance between two rows of a series.
 *
 * `ms` counts milliseconds and never knows a calendar (an hour is 3,600,000). `day` and `month` count on the clock of the
 * series' zone, so that a day may last 23 or 25 hours and a month 28 to 31 days; a week is 7 days, a quarter 3 months, a
 * year 12. `dayOfMonth` is the day a month step aims at: 31 is the last day of every month.
 */
export interface Step {
  unit: 'ms' | 'day' | 'month';
  count: number;
  dayOfMonth?: number;
}

/** Reads a step such as `15min`, `1h`, `1d`, `1w`, `1mo`, `1q`, `1y`. */
export function parseStep(text: string): Step {
  expectText('data', 'a step', text, 'write it as 15min, 1h, 1d or 1mo');
  const match = /^\s*(\d+)?\s*([a-z]+)\s*$/i.exec(text);
  const count = Number(match?.[1] ?? 1);
  const unit = match?.[2]?.toLowerCase() ?? '';
  const scales: [RegExp, Step['unit'], number][] = [
    [/^(ms|milliseconds?)$/, 'ms', 1],
    [/^(s|secs?|seconds?)$/, 'ms', 1000],
    [/^(min|minutes?|t)$/, 'ms', MINUTE],
    [/^(h|hours?)$/, 'ms', HOUR],
    [/^(d|days?)$/, 'day', 1],
    [/^(w|weeks?)$/, 'day', 7],
    [/^(mo|months?)$/, 'month', 1],
    [/^(q|quarters?)$/, 'month', 3],
    [/^(y|years?)$/, 'month', 12],
  ];
  const scale = scales.find(([pattern]) => pattern.test(unit));
  if (scale && count > 0 && Number.isSafeInteger(count * scale[2])) return { unit: scale[1], count: count * scale[2] };
  throw new RecurveError(
    'usage',
    `data: expected a step such as 15min, 1h, 1d, 1w, 1mo, 1q or 1y, got "${text}"; write it so`,
  );
}

/** Refuses what is no step: the text of one, say. */
export function expectStep(given: Step): void {
  if (['ms', 'day', 'month'].includes(given?.unit) && given.count > 0 && given.count < Infinity) return;
  throw new RecurveError('usage', `data: expected a step, got ${kindOf(given)}; make it with parseStep('1h')`);
}

/** Writes a step for people: `1 day`, `15 minutes`, `3 months`. */
export function formatStep(step: Step): string {
  expectStep(step);
  const units: [number, string][] =
    step.unit === 'ms'
      ? [
          [HOUR, 'hour'],
          [MINUTE, 'minute'],
          [1000, 'second'],
          [1, 'millisecond'],
        ]
      : step.unit === 'day'
        ? [
            [7, 'week'],
            [1, 'day'],
          ]
        : [
            [12, 'year'],
            [3, 'quarter'],
            [1, 'month'],
          ];
  // Of numbers as times the step may be a part of a millisecond.
  const [size, name] = units.find(([size]) => step.count % size === 0) ?? units.at(-1)!;
  const count = step.count / size;
  return count === 1 ? `1 ${name}` : `${count} ${name}s`;
}

/**
 * Returns how many steps lie between `origin` and `time` (instants), as a whole number where `time` is on the grid of
 * `origin` and with a fraction where it is not.
 */
export function stepsBetween(origin: number, time: number, step: Step, zone: Zone = UTC): number {
  if (step.unit === 'ms') return (time - origin) / step.count;
  const from = origin + zone.offsetAt(origin);
  const to = time + zone.offsetAt(time);
  if (step.unit === 'day') return (to - from) / (DAY * step.count);
  const months = (ms: number): number => {
    const { year, month, day } = civilFromDays(Math.floor(ms / DAY));
    const length = daysInMonth(year, month);
    // The days from the aim, as a part of the month: 0 for a stamp on the aim.
    const aim = Math.min(step.dayOfMonth ?? 1, length);
    return year * 12 + month + (day - aim) / length;
  };
  const clock = (ms: number): number => (ms - Math.floor(ms / DAY) * DAY) / DAY;
  return (months(to) - months(from) + (clock(to) - clock(from)) / 31) / step.count;
}

/** Returns the instant `n` steps after `origin`: the inverse of `stepsBetween` for whole `n`. */
export function stepAfter(origin: number, n: number, step: Step, zone: Zone = UTC): number {
  expectTime(origin);
  if (step.unit === 'ms') return expectTime(origin + n * step.count);
  const from = origin + zone.offsetAt(origin);
  if (step.unit === 'day') return toInstant(expectTime(from + n * step.count * DAY), zone);
  const days = Math.floor(from / DAY);
  const { year, month, day } = civilFromDays(days);
  const index = year * 12 + (month - 1) + n * step.count;
  const toYear = Math.floor(index / 12);
  const toMonth = index - toYear * 12 + 1;
  // On the aim the whole way (31 January, 28 February, 31 March); a day past the aim keeps its distance from it.
  const aim = step.dayOfMonth ?? day;
  const late = day - Math.min(aim, daysInMonth(year, month));
  const toDay = Math.min(aim, daysInMonth(toYear, toMonth)) + late;
  const reading = daysFromCivil(toYear, toMonth, 1) * DAY + (toDay - 1) * DAY + (from - days * DAY);
  return toInstant(expectTime(reading), zone);
}

/** The last day that clocks know, 100,000,000 days from 1970, and a day to spare for zones. */
const LAST_TIME = 1e8 * DAY - DAY;

function expectTime(ms: number): number {
  if (Math.abs(ms) <= LAST_TIME) return ms;
  throw new RecurveError(
    'usage',
    `data: expected a time before the year 275760, got ${ms} ms from 1970; check the time, the step and how many there are`,
  );
}

/** Most times made at once: 80 MB. */
const MOST_TIMES = 1e7;

/** Returns the `n` times that follow `last`, one step apart (instants); at most 10,000,000. */
export function nextTimes(last: number, step: Step, n: number, zone: Zone = UTC): Float64Array {
  expectStep(step);
  expectZone(zone);
  expectWhole('data', 'the number of times', n, { least: 0, most: MOST_TIMES, next: 'say how many follow' });
  return Float64Array.from({ length: n }, (_, k) => stepAfter(last, k + 1, step, zone));
}

/** Clock reading to instant, skipped hours moved forward and repeated ones taken first. */
function toInstant(reading: number, zone: Zone): number {
  const early = zone.offsetAt(reading - DAY);
  const late = zone.offsetAt(reading + DAY);
  if (early === late || zone.offsetAt(reading - early) === early) return reading - early;
  const second = reading - late;
  return zone.offsetAt(second) === late ? second : reading - early;
}

/**
 * Finds the step of ascending instants by their most frequent spacing, or `null` where there are fewer than two times.
 *
 * Whole days on the clock of `zone` become days or weeks, and 28 to 31, 89 to 92, 365 to 366 days become months, quarters
 * and years where the days of the month agree.
 */
export function inferStep(runs: Float64Array[], zone: Zone): Step | null {
  const spacing = new Map<number, number>();
  const clockSpacing = new Map<number, number>();
  const days: number[] = [];
  for (const times of runs) {
    for (let k = 0; k < times.length; k++) {
      const clock = times[k]! + zone.offsetAt(times[k]!);
      if (days.length < 10_000) days.push(Math.floor(clock / DAY));
      // Jittered stamps have as many spacings as rows; these many tell the step.
      if (k === 0 || spacing.size > 100_000) continue;
      const gap = times[k]! - times[k - 1]!;
      if (!(gap > 0)) continue;
      spacing.set(gap, (spacing.get(gap) ?? 0) + 1);
      const clockGap = clock - times[k - 1]! - zone.offsetAt(times[k - 1]!);
      clockSpacing.set(clockGap, (clockSpacing.get(clockGap) ?? 0) + 1);
    }
  }
  const clock = mostFrequent(clockSpacing);
  if (clock === null) return null;
  if (clock % DAY !== 0) return { unit: 'ms', count: centreOf(spacing) };
  const apart = clock / DAY;
  const months = apart >= 365 ? 12 : apart >= 89 && apart <= 92 ? 3 : apart >= 28 && apart <= 31 ? 1 : 0;
  const years = Math.round(apart / 365.25);
  const count = months === 12 ? 12 * years : months;
  // 28 days is also four weeks: a month only where spacings differ or the days of the month agree.
  if (count > 0 && Math.abs(apart - count * 30.4375) < 4) {
    const dayOfMonth = dayOfMonthOf(days);
    if (dayOfMonth) return { unit: 'month', count, dayOfMonth };
  }
  return { unit: 'day', count: apart };
}

/** The day of the month all dates (days since 1970-01-01) aim at, 31 for always the last, or 0 where they do not agree. */
export function dayOfMonthOf(days: number[]): number {
  const dates = days.map(civilFromDays);
  const aim = dates.reduce((most, { day }) => Math.max(most, day), 0);
  const agree = dates.filter(({ year, month, day }) => day === Math.min(aim, daysInMonth(year, month)));
  if (agree.length < dates.length * 0.9) return 0;
  const allLast = dates.every(({ year, month, day }) => day === daysInMonth(year, month));
  return allLast ? 31 : aim;
}

/** The spacing seen most often (the smaller of equals), or `null` where there is none. */
function mostFrequent(spacing: Map<number, number>): number | null {
  let best: number | null = null;
  let most = 0;
  for (const [gap, count] of spacing) {
    if (count > most || (count === most && best !== null && gap < best)) {
      best = gap;
      most = count;
    }
  }
  return best;
}

/** The most frequent spacing where it is a round one or nearly the only one, else the median made round: what jittered stamps are around. */
function centreOf(spacing: Map<number, number>): number {
  const gaps = [...spacing].sort(([a], [b]) => a - b);
  const total = gaps.reduce((sum, [, count]) => sum + count, 0);
  const best = mostFrequent(spacing)!;
  if (best % 1000 === 0 || spacing.get(best)! >= total * 0.9) return best;
  let seen = 0;
  const median = gaps.find(([, count]) => {
    seen += count;
    return seen * 2 >= total;
  });
  return roundedSpacing(median![0]);
}

/** Takes 59.8 s for a minute: the nearest whole second, minute or hour within 2 %. */
function roundedSpacing(gap: number): number {
  for (const unit of [HOUR, MINUTE, 1000]) {
    const whole = Math.round(gap / unit) * unit;
    if (whole > 0 && Math.abs(whole - gap) <= gap * 0.02) return whole;
  }
  return gap;
}
