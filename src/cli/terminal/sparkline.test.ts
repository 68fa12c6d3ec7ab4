import { expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

test('the lowest value is the lowest block, the highest the highest', () => {
  expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8])).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([8, 1])).toBe('█▁');
  expect(sparkline([0, 5, 10], { unicode: false })).toBe('_=#');
});

test('a missing value is a space, equal values are flat, nothing is nothing', () => {
  expect(sparkline([0, Number.NaN, 1])).toBe('▁ █');
  expect(sparkline([3, 3, 3])).toBe('▁▁▁');
  expect(sparkline([])).toBe('');
  expect(sparkline([Number.NaN])).toBe(' ');
});

test('a long series is averaged down to the width', () => {
  const line = sparkline(
    Array.from({ length: 1000 }, (_, index) => index),
    { width: 8 },
  );
  expect(line).toBe('▁▂▃▄▅▆▇█');
});
