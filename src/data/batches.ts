import { RecurveError } from '../errors.ts';
import { expectList, expectOptions, expectWhole } from '../options.ts';
import { expectRandom, type Random } from '../random.ts';

/** Sequences of like lengths are put into one batch, so that less is padded. */
export interface BucketOptions {
  /** Sequences per batch, at least 1. */
  batchSize: number;
  /**
   * Batches that are sorted together, at least 1; default 50. Larger pools pad less and mix less: with 1 nothing is sorted across
   * batches, and with all batches in one pool an epoch always joins the same lengths.
   */
  pool?: number;
}

/**
 * The numbers 0 … N−1 in random batches of like lengths: all are shuffled, each pool of `pool · batchSize` is sorted by length,
 * cut into batches, and the batches are shuffled. A function of `random` alone, so an interrupted training finds the same ones.
 */
export function bucketBatches(lengths: ArrayLike<number>, options: BucketOptions, random: Random): Int32Array[] {
  expectList('bucketing', 'lengths', lengths, 'give the steps of each sequence');
  expectOptions('bucketing', options, { batchSize: 'number', pool: 'number' });
  expectRandom('bucketing', random);
  const { batchSize, pool = 50 } = options;
  for (const [name, value] of Object.entries({ batchSize, pool })) expectWhole('bucketing', name, value);
  for (let i = 0; i < lengths.length; i++) {
    if (!(Number.isSafeInteger(lengths[i]) && lengths[i] >= 0)) {
      throw new RecurveError(
        'data',
        `bucketing: expected lengths of whole numbers of at least 0, got ${lengths[i]} at ${i}; count the steps of each sequence`,
      );
    }
  }
  const order = random.fork('order').permutation(lengths.length);
  const batches: Int32Array[] = [];
  for (let start = 0; start < order.length; start += pool * batchSize) {
    // Ties stay in shuffled order: sorting is stable.
    const sorted = Array.from(order.subarray(start, start + pool * batchSize)).sort((a, b) => lengths[a] - lengths[b]);
    for (let k = 0; k < sorted.length; k += batchSize) batches.push(Int32Array.from(sorted.slice(k, k + batchSize)));
  }
  return Array.from(random.fork('batches').permutation(batches.length), (k) => batches[k]);
}

/** Sequences in a batch that is read without learning. */
const READ_ROWS = 256;

/**
 * The numbers 0 … N−1 in batches of like lengths, the shortest first: for reading without learning, where any order will do.
 *
 * @param steps in a batch at most, padding included, but for a sequence that is longer alone: bounds the memory
 */
export function batchesToRead(lengths: ArrayLike<number>, steps: number): number[][] {
  const order = Array.from(lengths, (_, i) => i).sort((a, b) => lengths[a] - lengths[b]);
  const batches: number[][] = [];
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && to - from < READ_ROWS && (to + 1 - from) * lengths[order[to]] <= steps) to++;
    batches.push(order.slice(from, to));
    from = to;
  }
  return batches;
}

/** Share of the steps that are padding when each batch is as long as its longest sequence, 0 to 1. */
export function paddingShare(lengths: ArrayLike<number>, batches: readonly ArrayLike<number>[]): number {
  expectList('padding', 'lengths', lengths, 'give the steps of each sequence');
  expectList('padding', 'batches', batches, 'give what bucketBatches returned');
  let real = 0;
  let padded = 0;
  for (const batch of batches) {
    const inBatch = Array.from(batch, (i) => lengths[i]);
    real += inBatch.reduce((a, b) => a + b, 0);
    padded += inBatch.length * inBatch.reduce((a, b) => Math.max(a, b), 0);
  }
  return padded === 0 ? 0 : 1 - real / padded;
}
