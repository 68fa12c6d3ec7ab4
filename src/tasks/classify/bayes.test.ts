import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { bayesOf, countBayes } from './bayes.ts';

function texts(count: number, size: number): Int32Array[] {
  const random = new Random(5);
  return Array.from({ length: count }, () => Int32Array.from({ length: 6 }, () => random.integer(size)));
}

test('counts which texts of each class hold a word and a pair, and scores by those counts', async () => {
  const [size, K] = [5, 3];
  const all = texts(40, size);
  const truth = all.map((_, i) => i % K);
  const counts = await countBayes(all, truth, size, K);
  const { words, pairs, pairTexts } = counts;
  const holding = (holds: (ids: number[]) => boolean, k: number) =>
    all.filter((ids, i) => truth[i] === k && holds([...ids])).length;
  const holdsPair = (a: number, b: number) => (ids: number[]) =>
    [size, ...ids].some((id, t, own) => id === a && [...own, size][t + 1] === b);
  expect(pairs.length / 2).toBeGreaterThan(15);
  for (let k = 0; k < K; k++) {
    expect(words[k]).toBe(0);
    for (let id = 1; id < size; id++) expect(words[id * K + k]).toBe(holding((ids) => ids.includes(id), k));
    for (let p = 0; p < pairs.length / 2; p++) {
      expect(pairTexts[p * K + k]).toBe(holding(holdsPair(pairs[2 * p], pairs[2 * p + 1]), k));
    }
  }
  const scores = bayesOf(counts).score(Int32Array.of(3));
  const seen = (k: number) =>
    [words, pairTexts].reduce((n, table) => n + table.filter((_, i) => i % K === k).reduce((a, b) => a + b), 0);
  for (let k = 0; k < K; k++) {
    const found = [words[3 * K + k]];
    for (let p = 0; p < pairs.length / 2; p++) {
      if ([`${size},3`, `3,${size}`].includes(`${pairs.subarray(2 * p, 2 * p + 2)}`)) found.push(pairTexts[p * K + k]);
    }
    expect(found).toHaveLength(3);
    const all = size - 1 + pairs.length / 2;
    const sum = found.reduce(
      (sum, n) => sum + Math.log((n + 1) / (seen(k) + all)),
      Math.log(truth.filter((one) => one === k).length / truth.length),
    );
    expect(scores[k]).toBeCloseTo(sum, 10);
  }
});

test('keeps the most frequent pairs of very many classes, as many as memory holds', async () => {
  const [size, K] = [8, 1_000_000];
  const all = texts(300, size);
  const { pairs, pairTexts } = await countBayes(
    all,
    all.map((_, i) => i),
    size,
    K,
  );
  expect(pairs.length / 2).toBe(30);
  const totals = Array.from({ length: 30 }, (_, p) => {
    let sum = 0;
    for (let k = 0; k < all.length; k++) sum += pairTexts[p * K + k];
    return sum;
  });
  expect(totals).toEqual([...totals].sort((a, b) => b - a));
  expect(totals[29]).toBeGreaterThan(1);
});
