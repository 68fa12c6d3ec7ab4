import { describe, expect, test } from 'vitest';
import { geometricMean, median } from './statistics.ts';

describe('median', () => {
  test('is the middle value of an odd number, in any order, and leaves its input alone', () => {
    const values = [9, 1, 5];
    expect(median(values)).toBe(5);
    expect(values).toEqual([9, 1, 5]);
  });

  test('is the mean of the two middle values of an even number', () => {
    expect(median([4, 1, 100, 2])).toBe(3);
  });
});

test('geometricMean lets a ratio and its inverse cancel, which the arithmetic mean would not', () => {
  expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
  expect(geometricMean([1, 8])).toBeCloseTo(Math.sqrt(8), 12);
  expect(geometricMean([])).toBeNaN();
});
