import fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilFromDays, DAY, daysFromCivil, daysInMonth, formatClock } from '../civil.ts';
import { parseStamp, swapDayAndMonth } from './time.ts';

const iso = (text: string): string | null => {
  const stamp = parseStamp(text);
  return stamp && new Date(stamp.ms).toISOString();
};

test('day numbers and dates are each other’s inverse from year 0 to 9999, and agree with Date', () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_528, max: 2_932_896 }), (days) => {
      const { year, month, day } = civilFromDays(days);
      expect(daysFromCivil(year, month, day)).toBe(days);
      const date = new Date(days * DAY);
      expect([year, month, day]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
      expect(day).toBeLessThanOrEqual(daysInMonth(year, month));
    }),
    { numRuns: 2000 },
  );
});

test('every ISO stamp that Date prints is read back as the same instant', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
      const stamp = parseStamp(new Date(ms).toISOString());
      expect(stamp?.ms).toBe(ms);
      expect(stamp?.zoned).toBe(true);
      expect(parseStamp(formatClock(ms))?.ms).toBe(ms);
    }),
    { numRuns: 2000 },
  );
});

test('the common forms of one moment are all read', () => {
  const noon = '2015-01-31T12:30:00.000Z';
  for (const text of [
    '2015-01-31 12:30',
    '2015-01-31T12:30:00',
    '2015/1/31 12:30:00.000',
    '2015.01.31 12:30',
    '20150131T1230',
    '20150131T123000Z',
    '31.01.2015 12:30',
    '31/01/2015 12:30',
    '01/31/2015 12:30 PM',
    '31-01-2015 12:30:00',
    '31 Jan 2015 12:30',
    '31-Jan-2015 12:30',
    '2015-Jan-31 12:30',
    'Jan 31, 2015 12:30',
    'January 31 2015, 12:30',
    '2015-01-31T14:30+02:00',
    '2015-01-31T14:30:00+0200',
    '2015-01-31 07:30:00,000-05',
    '2015-01-31 12:30:00 UTC',
    ' 2015-01-31 12:30:00 +00:00',
  ]) {
    expect(iso(text), text).toBe(noon);
  }
  expect(iso('2015-03')).toBe('2015-03-01T00:00:00.000Z');
  expect(iso('2015-Q3')).toBe('2015-07-01T00:00:00.000Z');
  expect(iso('2015-01-31 24:00')).toBe('2015-02-01T00:00:00.000Z');
  expect(iso('2015-01-31 12:00 AM')).toBe('2015-01-31T00:00:00.000Z');
  expect(iso('2015-01-31 00:00:00.1239')).toBe('2015-01-31T00:00:00.123Z');
});

test('texts that are no stamp, impossible dates and two-digit years are refused', () => {
  for (const text of [
    '',
    'rain',
    'May',
    '2015',
    '20150131',
    '12.5',
    '2015-02-29',
    '2015-13-01',
    '32/01/2015',
    '13/13/2015',
    '31/01/15',
    '2015-01-31 25:00',
    '2015-01-31 12:60',
    '2015-01-31 13:00 PM',
    '2015-01-31T12:30+99:00',
    '2015-01-31T12:30 noon',
    '2015-01-31x',
    '12:30',
    '192.168.2015',
    '1-2-3',
  ]) {
    expect(parseStamp(text), text).toBeNull();
  }
});

test('the order of day and month is proven by a part above 12 and open otherwise', () => {
  expect(parseStamp('13/12/2015')?.order).toBe('day-first');
  expect(parseStamp('12/13/2015')?.order).toBe('month-first');
  expect(parseStamp('05/06/2015')?.order).toBe('either');
  expect(parseStamp('05.06.2015')?.order).toBe('day-first');
  expect(parseStamp('2015-06-05')?.order).toBe('year-first');
  const june = parseStamp('05/06/2015 07:00')!.ms;
  expect(new Date(june).toISOString()).toBe('2015-06-05T07:00:00.000Z');
  const may = swapDayAndMonth(june, civilFromDays(Math.floor(june / DAY)));
  expect(new Date(may).toISOString()).toBe('2015-05-06T07:00:00.000Z');
});
