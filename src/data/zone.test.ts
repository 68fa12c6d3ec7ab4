import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../civil.ts';
import { parseStamp } from './time.ts';
import { clockToInstants, zoneOf } from './zone.ts';

const rome = zoneOf('Europe/Rome');
const clock = (...texts: string[]): Float64Array => Float64Array.from(texts, (text) => parseStamp(text)!.ms);
const iso = (instants: Float64Array): string[] => Array.from(instants, (ms) => new Date(ms).toISOString().slice(0, 16));

test('offsets agree with Intl at any minute from 1970 to 2037, in zones with odd offsets and odd dates', () => {
  const zones = [
    'Europe/Rome',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'America/Sao_Paulo',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 35_000_000 }), (name, minutes) => {
      const instant = minutes * MINUTE;
      const shown = new Intl.DateTimeFormat('sv-SE', {
        timeZone: name,
        dateStyle: 'short',
        timeStyle: 'medium',
      }).format(instant);
      expect(instant + zoneOf(name).offsetAt(instant)).toBe(parseStamp(shown)!.ms);
    }),
    { numRuns: 500 },
  );
});

test('clock readings become instants and back, wherever the clock shows them once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (hours) => {
      const instant = hours * HOUR;
      const reading = instant + rome.offsetAt(instant);
      const back = Float64Array.of(reading);
      const { overlaps } = clockToInstants(back, rome);
      if (overlaps === 0) expect(back[0]).toBe(instant);
      else expect([instant, instant - HOUR]).toContain(back[0]);
    }),
    { numRuns: 1000 },
  );
});

test('a reading skipped in spring moves forward and is counted', () => {
  const times = clock('2015-03-29 01:30', '2015-03-29 02:30', '2015-03-29 03:30');
  expect(clockToInstants(times, rome)).toEqual({ gaps: 1, firstGap: 1, overlaps: 0 });
  expect(iso(times)).toEqual(['2015-03-29T00:30', '2015-03-29T01:30', '2015-03-29T01:30']);
});

test('an hour repeated in autumn keeps the order of the column, ascending and descending', () => {
  const texts = [
    '2015-10-25 01:00',
    '2015-10-25 02:00',
    '2015-10-25 02:30',
    '2015-10-25 02:00',
    '2015-10-25 02:30',
    '2015-10-25 03:00',
  ];
  const instants = [
    '2015-10-24T23:00',
    '2015-10-25T00:00',
    '2015-10-25T00:30',
    '2015-10-25T01:00',
    '2015-10-25T01:30',
    '2015-10-25T02:00',
  ];
  const up = clock(...texts);
  expect(clockToInstants(up, rome)).toEqual({ gaps: 0, overlaps: 4, firstOverlap: 1 });
  expect(iso(up)).toEqual(instants);
  const down = clock(...texts.toReversed());
  clockToInstants(down, rome);
  expect(iso(down)).toEqual(instants.toReversed());
  const once = clock('2015-10-25 02:00', '2015-10-25 03:00');
  clockToInstants(once, rome);
  expect(iso(once)).toEqual(['2015-10-25T00:00', '2015-10-25T02:00']);
});

test('an unknown zone is refused by name', () => {
  expect(() => zoneOf('Europe/Nowhere')).toThrow(
    'data: expected a time zone such as Europe/Rome or UTC, got "Europe/Nowhere"',
  );
});
