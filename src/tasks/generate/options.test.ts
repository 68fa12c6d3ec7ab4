import { expect, test } from 'vitest';
import { generateSettings } from './options.ts';

test.each([
  [1_000_000, 32, 8],
  [300_000, 32, 14],
  [150_000, 16, 14],
  [54_000, 8, 19],
  [3_000, 8, 40],
])('a text of %i tokens is read in %i places, %i times', (tokens, batchSize, epochs) => {
  expect(generateSettings({}, tokens)).toMatchObject({ batchSize, epochs });
});

test('what is said holds, and the defaults that are left follow it', () => {
  expect(generateSettings({ batchSize: 4, epochs: 3 }, 54_000)).toMatchObject({ batchSize: 4, epochs: 3 });
  expect(generateSettings({ batchSize: 4 }, 54_000)).toMatchObject({ batchSize: 4, epochs: 10 });
  expect(generateSettings({ window: 32 }, 54_000)).toMatchObject({ batchSize: 32, epochs: 19 });
  expect(generateSettings({})).toMatchObject({ batchSize: 32, epochs: 8 });
});
