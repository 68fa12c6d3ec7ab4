import { expect, test } from 'vitest';
import { DAY, HOUR } from '../civil.ts';
import { calendarFeatures, calendarNames } from './calendar.ts';
import { parseStep } from './step.ts';
import { zoneOf } from './zone.ts';

const at = (column: string, times: number[], step: string, zone = 'UTC'): number[] => {
  const { names, columns } = calendarFeatures(times, parseStep(step), zoneOf(zone));
  return Array.from(columns[names.indexOf(column)]!);
};

test('the columns follow the step', () => {
  const cycles = (step: string): string[] => [
    ...new Set(calendarNames(parseStep(step)).map((name) => name.split('_')[0]!)),
  ];
  expect(cycles('1min')).toEqual(['year', 'week', 'day', 'hour']);
  expect(cycles('1h')).toEqual(['year', 'week', 'day']);
  expect(cycles('1d')).toEqual(['year', 'week']);
  expect(cycles('1w')).toEqual(['year']);
  expect(cycles('1mo')).toEqual(['month']);
  expect(cycles('1y')).toEqual([]);
  expect(calendarNames(parseStep('1w'))).toEqual(['year_sin_1', 'year_cos_1', 'year_sin_2', 'year_cos_2']);
});

test('seasons, weekdays and hours stand where they should, within 1e-15', () => {
  const january = Date.UTC(2015, 0, 1);
  expect(at('year_cos_1', [january], '1d')).toEqual([1]);
  expect(at('year_sin_1', [january], '1d')).toEqual([0]);
  const monday = Date.UTC(2015, 0, 5);
  expect(at('week_cos_1', [monday, monday + 7 * DAY], '1d')).toEqual([1, 1]);
  expect(at('week_sin_1', [monday + 2 * DAY], '1d')[0]).toBeCloseTo(Math.sin((2 * Math.PI * 2) / 7), 15);
  expect(at('day_sin_1', [january + 6 * HOUR], '1h')).toEqual([1]);
  expect(at('month_sin_1', [Date.UTC(2015, 3, 1)], '1mo')).toEqual([1]);
  expect(at('year_cos_2', [Date.UTC(2016, 6, 2)], '1d')[0]).toBeCloseTo(1, 15);
});

test('the clock is that of the zone', () => {
  expect(at('day_cos_1', [Date.UTC(2015, 5, 30, 22)], '1h', 'Europe/Rome')).toEqual([1]);
  expect(at('day_cos_1', [Date.UTC(2015, 0, 30, 23)], '1h', 'Europe/Rome')).toEqual([1]);
});

test('every value lies between -1 and 1 over ten years of hours', () => {
  const times = Float64Array.from({ length: 87_600 }, (_, k) => Date.UTC(2012, 0, 1) + k * HOUR);
  for (const column of calendarFeatures(times, parseStep('1h')).columns) {
    expect(column.every((value) => value >= -1 && value <= 1)).toBe(true);
  }
});

test('a cycle that the data do not hold twice is left out', () => {
  const cycles = (step: string, days: number): string[] => [
    ...new Set(calendarNames(parseStep(step), days * DAY).map((name) => name.split('_')[0]!)),
  ];
  expect(cycles('1d', 730)).toEqual(['year', 'week']);
  expect(cycles('1d', 729)).toEqual(['week']);
  expect(cycles('1h', 13)).toEqual(['day']);
  expect(cycles('1mo', 365)).toEqual([]);
  expect(cycles('1mo', 730)).toEqual(['month']);
});
