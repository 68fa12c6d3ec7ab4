import { expect, test } from 'vitest';
import { counted, decimalsFor, firstOf, formatCount, formatDuration, formatFixed, formatNumber } from './format.ts';

test('formatNumber keeps four significant digits and separates thousands', () => {
  expect([2.58149, 0.71, 1461, 12345.678, 0, -3, 1e-7, 3e12].map((value) => formatNumber(value))).toEqual([
    '2.581',
    '0.7100',
    '1,461',
    '12,346',
    '0',
    '-3',
    '1.000e-7',
    '3.000e+12',
  ]);
});

test('a value that is not there or not finite reads n/a', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, null, undefined]) {
    expect(formatNumber(value)).toBe('n/a');
    expect(formatFixed(value, 2)).toBe('n/a');
  }
});

test('formatFixed never writes a negative zero', () => {
  expect(formatFixed(-0.001, 2)).toBe('0.00');
  expect(formatFixed(-1234.5, 1)).toBe('-1,234.5');
});

test('decimalsFor looks at the largest value and ignores what is not finite', () => {
  expect(decimalsFor([2.5, Number.NaN, 12])).toBe(2);
  expect(decimalsFor([0.71])).toBe(3);
  expect(decimalsFor([])).toBe(3);
  expect(decimalsFor([1e30])).toBe(0);
});

test('durations change their unit at ten seconds, a minute and an hour', () => {
  expect([0.84, 9.94, 9.96, 59.6, 125, 3725].map(formatDuration)).toEqual([
    '0.8 s',
    '9.9 s',
    '10 s',
    '1 min 00 s',
    '2 min 05 s',
    '1 h 02 min',
  ]);
  expect(formatDuration(-1)).toBe('n/a');
  expect(formatDuration(Number.POSITIVE_INFINITY)).toBe('n/a');
});

test('counts have signs between thousands, also those that formatNumber writes with an exponent', () => {
  expect([0, 999, 1000, 1234567, 2_147_483_648].map(formatCount)).toEqual([
    '0',
    '999',
    '1,000',
    '1,234,567',
    '2,147,483,648',
  ]);
  expect([0, 1, 2, 1461].map((count) => counted(count, 'row'))).toEqual(['0 rows', '1 row', '2 rows', '1,461 rows']);
});

test('a list that is too long says how many more there are', () => {
  expect(firstOf(['a', 'b'], 2)).toBe('a, b');
  expect(firstOf(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
  expect(firstOf(Array(1500).fill('a'), 1, '; ')).toBe('a and 1,499 more');
});
