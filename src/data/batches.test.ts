import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Random } from '../random.ts';
import { batchesToRead, bucketBatches, paddingShare } from './batches.ts';

describe('bucketBatches', () => {
  it('holds every sequence once, in as many batches as without bucketing, all full but one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(),
        (lengths, batchSize, pool, seed) => {
          const batches = bucketBatches(lengths, { batchSize, pool }, new Random(seed));
          expect(batches.length).toBe(Math.ceil(lengths.length / batchSize));
          expect(batches.filter((batch) => batch.length !== batchSize).length).toBeLessThanOrEqual(1);
          expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
          expect(bucketBatches(lengths, { batchSize, pool }, new Random(seed))).toEqual(batches);
          const spread = (batch: Int32Array) => [...batch].map((i) => lengths[i]);
          if (pool >= batches.length) {
            // In one pool, batches do not overlap in length.
            const ranges = batches
              .map(spread)
              .sort((a, b) => Math.max(...a) - Math.max(...b) || Math.min(...a) - Math.min(...b));
            for (let k = 1; k < ranges.length; k++)
              expect(Math.min(...ranges[k])).toBeGreaterThanOrEqual(Math.max(...ranges[k - 1]));
          }
        },
      ),
      { seed: 5 },
    );
  });

  it('pads at most a fifth of what random batches pad, on 2,000 lengths from 1 to 100', () => {
    const random = new Random(3);
    const lengths = Array.from({ length: 2000 }, () => 1 + Math.floor(random.uniformIn(0, 100)));
    const share = (pool: number) =>
      paddingShare(lengths, bucketBatches(lengths, { batchSize: 16, pool }, new Random(1)));
    expect(share(1)).toBeGreaterThan(0.4);
    expect(share(50)).toBeLessThan(share(1) / 5);
  });

  it('gives other batches in another order with another seed', () => {
    const lengths = Array.from({ length: 40 }, (_, i) => i % 7);
    const of = (seed: number) => bucketBatches(lengths, { batchSize: 4 }, new Random(seed));
    expect(of(1)).not.toEqual(of(2));
    const means = of(1).map((batch) => batch.reduce((sum, i) => sum + lengths[i], 0));
    expect(means).not.toEqual([...means].sort((a, b) => a - b));
  });

  it('refuses sizes and lengths that are none', () => {
    const of = (lengths: number[], options: { batchSize: number; pool?: number }) => () =>
      bucketBatches(lengths, options, new Random(0));
    expect(of([1], { batchSize: 0 })).toThrow(/bucketing: expected batchSize .* got 0/);
    expect(of([1], { batchSize: 1, pool: 0.5 })).toThrow(/bucketing: expected pool .* got 0.5/);
    expect(of([1, -1], { batchSize: 1 })).toThrow(/bucketing: expected lengths .* got -1 at 1/);
  });
});

describe('paddingShare', () => {
  it('counts the steps beyond each row’s length up to the longest row of its batch', () => {
    expect(
      paddingShare(
        [1, 4, 2, 2],
        [
          [0, 1],
          [2, 3],
        ],
      ),
    ).toBe(1 - 9 / 12);
    expect(paddingShare([3, 3], [[0, 1]])).toBe(0);
    expect(paddingShare([0, 0], [[0, 1]])).toBe(0);
  });
});

test('batches to read hold every sequence once, ordered by length, and no more steps than said but for one alone', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 40 }), { maxLength: 600 }),
      fc.integer({ min: 1, max: 900 }),
      (lengths, steps) => {
        const batches = batchesToRead(lengths, steps);
        const order = batches.flat();
        expect([...order].sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
        for (let k = 1; k < order.length; k++) expect(lengths[order[k]]).toBeGreaterThanOrEqual(lengths[order[k - 1]]);
        for (const batch of batches) {
          const padded = batch.length * Math.max(...batch.map((i) => lengths[i]));
          expect(batch.length === 1 || (batch.length <= 256 && padded <= steps)).toBe(true);
        }
        // As few as that allows: one more would have been too many.
        batches.slice(1).forEach(([first], k) => {
          const size = batches[k].length + 1;
          expect(size > 256 || size * lengths[first] > steps).toBe(true);
        });
      },
    ),
    { seed: 6 },
  );
});
