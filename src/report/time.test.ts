import { expect, test } from 'vitest';
import { stepLabels, toMilliseconds } from './time.ts';

test('a time without an offset is UTC whatever the zone of the host', () => {
  expect(toMilliseconds('2015-07-01')).toBe(Date.UTC(2015, 6, 1));
  expect(toMilliseconds('2015-07-01 12:30')).toBe(Date.UTC(2015, 6, 1, 12, 30));
  expect(toMilliseconds('2015-07-01T12:30:05')).toBe(Date.UTC(2015, 6, 1, 12, 30, 5));
});

test('an offset is honoured', () => {
  expect(toMilliseconds('2015-07-01T12:30:00+02:00')).toBe(Date.UTC(2015, 6, 1, 10, 30));
  expect(toMilliseconds('2015-07-01T12:30:00Z')).toBe(Date.UTC(2015, 6, 1, 12, 30));
});

test('what is no time gives NaN', () => {
  for (const value of ['', 'yesterday', Number.NaN, 1e20]) expect(toMilliseconds(value)).toBeNaN();
});

test('steps have a clock all or none', () => {
  const days = [Date.UTC(2016, 0, 1), Date.UTC(2016, 0, 2), Number.NaN];
  expect(stepLabels(days)).toEqual(['Fri 1 Jan 2016', 'Sat 2 Jan 2016', 'n/a']);
  expect(stepLabels([days[0]!, days[0]! + 3_600_000], false)).toEqual(['Fri 1 Jan 00:00', 'Fri 1 Jan 01:00']);
});
