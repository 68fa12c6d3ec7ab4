import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { softmaxRows } from '../probabilities.ts';
import { blended, fitBlend } from './blend.ts';

/** Classes of N examples, and what a network and naive Bayes say of them, [N, K]: more for the right class, with noise. */
function noisyAnswers(random: Random, N: number, K: number) {
  const truth = Int32Array.from({ length: N }, () => random.integer(K));
  const noisy = (right: number) =>
    Float64Array.from(
      { length: N * K },
      (_, i) => 2 * random.normal() + (truth[Math.floor(i / K)] === i % K ? right : 0),
    );
  return { truth, logits: noisy(2), scores: noisy(1.5) };
}

test('softmax in place and probabilities into a list given are those of new lists, to the bit', () => {
  const random = new Random(2);
  const [N, K] = [20, 7];
  const logits = Float64Array.from({ length: N * K }, () => 9 * random.normal());
  const scores = logits.map((z) => 30 * z - 4);
  const out = new Float64Array(K);
  for (let i = 0; i < N; i++) {
    const blend = { network: 0.7, bayes: 0.1 };
    const own = blended(logits, scores, i, K, blend);
    expect(blended(logits, scores, i, K, blend, out)).toBe(out);
    expect(out).toEqual(own);
    const sum = Float64Array.from({ length: K }, (_, k) => 0.7 * logits[i * K + k] + 0.1 * scores[i * K + k]);
    expect(softmaxRows(sum, K)).toEqual(own);
    expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
});

test('the blend has a cost no higher than those around it, in both factors', () => {
  const [N, K] = [300, 3];
  const { truth, logits, scores } = noisyAnswers(new Random(4), N, K);
  const cost = (network: number, bayes: number): number => {
    let sum = ((network - 1) / 0.5) ** 2 / 2 + (bayes / 0.5) ** 2 / 2;
    truth.forEach((k, i) => {
      sum -= Math.log(blended(logits, scores, i, K, { network, bayes })[k]);
    });
    return sum;
  };
  const { network, bayes } = fitBlend(logits, scores, truth, K);
  expect(bayes).toBeGreaterThan(0.1);
  for (const [a, b] of [
    [0.01, 0],
    [-0.01, 0],
    [0, 0.01],
    [0, -0.01],
  ]) {
    expect(cost(network, bayes)).toBeLessThan(cost(network + a, bayes + b));
  }
});

test('the blend is found in at most 10 passes over 2,000 examples, and its gradient is 0 to 1e-8', () => {
  const [N, K] = [2000, 4];
  const { truth, logits, scores } = noisyAnswers(new Random(3), N, K);
  let passes = 0;
  const read = new Proxy(truth, {
    get(all, key) {
      if (key === '0') passes++;
      return Reflect.get(all, key);
    },
  });
  const { network, bayes } = fitBlend(logits, scores, read, K);
  expect(passes).toBeLessThanOrEqual(10);
  // The gradient of the cost, by the two factors.
  const p = Array.from(truth, (_, i) => blended(logits, scores, i, K, { network, bayes }));
  const slope = (of: Float64Array, start: number): number =>
    p.reduce((sum, own, i) => own.reduce((s, q, k) => s + (q - Number(k === truth[i])) * of[i * K + k], sum), start);
  expect(Math.abs(slope(logits, (network - 1) / 0.25))).toBeLessThan(1e-8);
  expect(Math.abs(slope(scores, bayes / 0.25))).toBeLessThan(1e-8);
});
