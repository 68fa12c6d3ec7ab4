import { expect, test } from 'vitest';
import { firstNotFinite } from './finite.ts';

test.each([
  [[], -1],
  [[1, -2, 0], -1],
  [[1, Number.NaN, Number.POSITIVE_INFINITY], 1],
  [Float32Array.of(0, 1e30, Number.NEGATIVE_INFINITY), 2],
])('in %o the first that is not finite is at %i', (values, at) => {
  expect(firstNotFinite(values)).toBe(at);
});
