import { DAY, daysFromCivil, formatClock } from '../civil.ts';
import { RecurveError } from '../errors.ts';
import { expectText, kindOf } from '../options.ts';

/** Offsets are looked up by blocks of a week; within one, a zone changes its clock at most once. */
const BLOCK = 7 * DAY;

/** A time zone: how far its clock stands from UTC at an instant. */
export interface Zone {
  name: string;
  /** Milliseconds to add to an instant (ms since 1970-01-01 UTC) to get the clock reading as if the clock stood in UTC. */
  offsetAt(instant: number): number;
}

/** The zone whose clock is UTC. */
export const UTC: Zone = { name: 'UTC', offsetAt: () => 0 };

/** Refuses what is no zone: the name of one, say. */
export function expectZone(given: Zone): void {
  if (typeof given?.offsetAt === 'function') return;
  throw new RecurveError(
    'usage',
    `data: expected a time zone, got ${kindOf(given)}; make it with zoneOf('Europe/Rome')`,
  );
}

/** Writes an instant as the clock of a zone shows it: `2015-01-31 18:00`. */
export function formatInstant(instant: number, zone: Zone): string {
  return formatClock(instant + zone.offsetAt(instant));
}

const zones = new Map<string, Zone>();

/** Returns the zone of an IANA name such as `Europe/Rome`, as the host's `Intl` knows it; `usage` for an unknown name. */
export function zoneOf(name: string): Zone {
  expectText('data', 'the name of a time zone', name, 'name one as the IANA list does, such as Europe/Rome');
  if (/^(utc|gmt|etc\/utc)$/i.test(name)) return UTC;
  let zone = zones.get(name);
  if (!zone) {
    zone = makeZone(name);
    zones.set(name, zone);
  }
  return zone;
}

function makeZone(name: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw new RecurveError(
      'usage',
      `data: expected a time zone such as Europe/Rome or UTC, got "${name}"; see the IANA list`,
      {
        cause: error,
      },
    );
  }
  const ask = (instant: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value);
    const { year, month, day, hour, minute, second } = parts as Record<string, number> & { year: number };
    const clock = daysFromCivil(year, month!, day!) * DAY + ((hour! * 60 + minute!) * 60 + second!) * 1000;
    return clock - Math.floor(instant / 1000) * 1000;
  };
  /** For each week: the offsets at its two ends and the instant at which the second begins. */
  const blocks = new Map<number, { before: number; after: number; change: number }>();
  const blockOf = (index: number) => {
    const start = index * BLOCK;
    const before = ask(start);
    const after = ask(start + BLOCK);
    let low = start;
    let high = start + BLOCK;
    // Bisection to the second at which the clock is set.
    while (before !== after && high - low > 1000) {
      const middle = low + Math.floor((high - low) / 2000) * 1000;
      if (ask(middle) === before) low = middle;
      else high = middle;
    }
    return { before, after, change: high };
  };
  return {
    name,
    offsetAt(instant) {
      const index = Math.floor(instant / BLOCK);
      let block = blocks.get(index);
      if (!block) {
        block = blockOf(index);
        blocks.set(index, block);
      }
      return instant < block.change ? block.before : block.after;
    },
  };
}

/** Stamps a clock never showed (`gaps`) or showed twice (`overlaps`), with the index of the first of each. */
export interface ClockChanges {
  gaps: number;
  firstGap?: number;
  overlaps: number;
  firstOverlap?: number;
}

/**
 * Turns clock readings into instants (ms since 1970-01-01 UTC), in place.
 *
 * A reading the clock skipped in spring is moved forward by what was skipped; one it showed twice in autumn is taken as the
 * first, or as the second where the first is not after the stamp before it: a column that repeats the hour in order
 * keeps its order. (The rule `compatible` of ECMAScript's Temporal, made aware of order.)
 *
 * @param readings `NaN` stays `NaN`; ascending or descending
 */
export function clockToInstants(readings: Float64Array, zone: Zone): ClockChanges {
  const changes: ClockChanges = { gaps: 0, overlaps: 0 };
  if (zone === UTC) return changes;
  const n = readings.length;
  const descending = isDescending(readings);
  let before = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < n; k++) {
    const at = descending ? n - 1 - k : k;
    const reading = readings[at]!;
    if (Number.isNaN(reading)) continue;
    const earlyOffset = zone.offsetAt(reading - DAY);
    const lateOffset = zone.offsetAt(reading + DAY);
    let instant = reading - earlyOffset;
    if (earlyOffset !== lateOffset) {
      const other = reading - lateOffset;
      const firstHolds = zone.offsetAt(instant) === earlyOffset;
      const secondHolds = zone.offsetAt(other) === lateOffset;
      if (firstHolds && secondHolds) {
        changes.overlaps++;
        changes.firstOverlap ??= at;
        if (instant <= before) instant = other;
      } else if (secondHolds) instant = other;
      else if (!firstHolds) {
        changes.gaps++;
        changes.firstGap ??= at;
      }
    }
    readings[at] = instant;
    before = instant;
  }
  return changes;
}

function isDescending(values: Float64Array): boolean {
  let balance = 0;
  for (let k = 1; k < values.length; k++) {
    if (values[k]! < values[k - 1]!) balance--;
    else if (values[k]! > values[k - 1]!) balance++;
  }
  return balance < 0;
}
