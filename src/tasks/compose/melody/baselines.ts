import { log } from '../../../exact.ts';

/**
 * Two models of tokens, fitted by counting with one imagined token of each kind (Laplace): `static` knows how often each occurs,
 * `markov` how often it does after the one before. Means over the test tokens from the place `from` of each row on.
 */
export function* chainBaselines(
  train: readonly ArrayLike<number>[],
  test: readonly ArrayLike<number>[],
  size: number,
  from: number,
): Generator<void, { static: number; markov: number }> {
  const alone = new Float64Array(size);
  const pairs = new Float64Array(size * size);
  const firsts = new Float64Array(size);
  let total = 0;
  for (const row of train) {
    for (let t = from; t < row.length; t++) {
      total++;
      alone[row[t]]++;
      firsts[row[t - 1]]++;
      pairs[row[t - 1] * size + row[t]]++;
    }
    yield;
  }
  let [flat, chained, count] = [0, 0, 0];
  for (const row of test) {
    for (let t = from; t < row.length; t++) {
      count++;
      flat -= log((alone[row[t]] + 1) / (total + size));
      chained -= log((pairs[row[t - 1] * size + row[t]] + 1) / (firsts[row[t - 1]] + size));
    }
    yield;
  }
  return { static: flat / count, markov: chained / count };
}
