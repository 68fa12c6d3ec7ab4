import { expect, test } from 'vitest';
import { formatClock } from './civil.ts';

test('midnight is left out, seconds and their parts only shown where there are any', () => {
  expect(formatClock(Date.UTC(2015, 6, 1))).toBe('2015-07-01');
  expect(formatClock(Date.UTC(2015, 6, 1, 9, 5))).toBe('2015-07-01 09:05');
  expect(formatClock(Date.UTC(2015, 6, 1, 9, 5, 7))).toBe('2015-07-01 09:05:07');
  expect(formatClock(Date.UTC(2015, 6, 1, 9, 5, 0, 40))).toBe('2015-07-01 09:05:00.040');
});

test('what is no time reads n/a', () => {
  expect(formatClock(Number.NaN)).toBe('n/a');
});
