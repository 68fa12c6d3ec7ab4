import { batchesToRead } from '../../data/batches.ts';
import type { Network } from '../../nn/index.ts';
import { type Visit, visitor } from '../../train/event-loop.ts';
import { mostProbableAt } from '../probabilities.ts';
import type { Bayes } from './bayes.ts';
import { type Blend, blended } from './blend.ts';
import { batchOf, type Encoded, type InputPlan } from './inputs.ts';

/** Steps in a batch of predictions: bounds the memory, whatever the texts' lengths. */
const MOST_STEPS = 16_384;

/**
 * Logits of examples, [N, K]: the mean of the members'. Like lengths go together; which example shares a batch with which changes no
 * bit. The event loop is visited in between.
 */
async function logitsOf(
  network: Network,
  plan: InputPlan,
  encoded: Encoded,
  K: number,
  visit: Visit = visitor(),
): Promise<Float64Array> {
  const logits = new Float64Array(encoded.lengths.length * K);
  for (const which of batchesToRead(encoded.lengths, MOST_STEPS)) {
    const { values, shape, lengths: own } = batchOf(plan, encoded, which);
    const y = network.predict(values, shape, { lengths: own });
    const M = y.shape[1];
    which.forEach((example, b) => {
      for (let m = 0; m < M; m++) for (let k = 0; k < K; k++) logits[example * K + k] += y.values[(b * M + m) * K + k];
      for (let k = 0; k < K; k++) logits[example * K + k] /= M;
    });
    await visit();
  }
  return logits;
}

/** Naive Bayes' log-probabilities of texts, [N, K]. */
export async function bayesScores(
  bayes: Bayes,
  { sequences }: Encoded,
  K: number,
  visit: Visit = visitor(),
): Promise<Float64Array> {
  const scores = new Float64Array(sequences.length * K);
  for (const [i, ids] of sequences.entries()) {
    scores.set(bayes.score(ids as Int32Array), i * K);
    await visit();
  }
  return scores;
}

/** All that answers: network, counts and what weighs them. */
export interface Answerer {
  network: Network;
  plan: InputPlan;
  bayes: Bayes | undefined;
  blend: Blend;
  /** Share of each class in training: the answer to an example without a step. [K] */
  shares: readonly number[];
}

/** What the network, and naive Bayes where there is one, say of examples before they are weighed, [N, K] each. */
export interface Evidence {
  logits: Float64Array;
  scores?: Float64Array | undefined;
}

export async function evidenceOf(
  { network, plan, bayes, shares }: Omit<Answerer, 'blend'>,
  encoded: Encoded,
  visit: Visit = visitor(),
): Promise<Evidence> {
  const K = shares.length;
  const logits = await logitsOf(network, plan, encoded, K, visit);
  return { logits, scores: bayes && (await bayesScores(bayes, encoded, K, visit)) };
}

/** Probabilities of the classes, [N, K]. */
export async function probabilitiesOf(
  answerer: Answerer,
  encoded: Encoded,
  visit: Visit = visitor(),
): Promise<Float64Array> {
  return weighed(await evidenceOf(answerer, encoded, visit), encoded, answerer);
}

/** Evidence as probabilities of the classes, [N, K]. */
export function weighed(
  { logits, scores }: Evidence,
  { lengths }: Encoded,
  { blend, shares }: Pick<Answerer, 'blend' | 'shares'>,
): Float64Array {
  const K = shares.length;
  const probabilities = new Float64Array(logits.length);
  lengths.forEach((length, i) => {
    probabilities.set(length === 0 ? shares : blended(logits, scores, i, K, blend), i * K);
  });
  return probabilities;
}

/** The most probable class of each example; the first of equals. */
export function choices(probabilities: ArrayLike<number>, K: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / K }, (_, i) => mostProbableAt(probabilities, i * K, K));
}
