import { log } from '../../exact.ts';
import { type Visit, visitor } from '../../train/event-loop.ts';
import { softmaxRows } from '../probabilities.ts';
import type { Bayes } from './bayes.ts';
import type { NumberExamples } from './examples.ts';
import type { Encoded } from './inputs.ts';
import { bayesScores } from './predictor.ts';
import { type ClassifyFigures, figuresOf, scoreClasses } from './scores.ts';

/** Rules to stand beside: the most frequent class, and naive Bayes. */
export type ClassifyBaselines = Record<'majority' | 'bayes', ClassifyFigures>;

/** Scores of always answering the training shares, whose largest class is the answer. */
export function majorityFigures(
  shares: readonly number[],
  truth: ArrayLike<number>,
  names: readonly string[],
): ClassifyFigures {
  const same = new Float64Array(truth.length * shares.length);
  for (let at = 0; at < same.length; at += shares.length) same.set(shares, at);
  return figuresOf(scoreClasses(same, truth, names));
}

/** Scores of naive Bayes of words and pairs alone. */
export async function wordBayesFigures(
  bayes: Bayes,
  encoded: Encoded,
  truth: ArrayLike<number>,
  names: readonly string[],
  visit: Visit = visitor(),
): Promise<ClassifyFigures> {
  const scores = await bayesScores(bayes, encoded, names.length, visit);
  return figuresOf(scoreClasses(softmaxRows(scores, names.length), truth, names));
}

/**
 * Scores of a Gaussian naive Bayes on four numbers of each feature over a sequence: mean, deviation, least and largest.
 *
 * @param train examples to fit on, with their classes
 */
export async function numberBayesFigures(
  train: { examples: NumberExamples; truth: ArrayLike<number> },
  test: { examples: NumberExamples; truth: ArrayLike<number> },
  names: readonly string[],
  visit: Visit = visitor(),
): Promise<ClassifyFigures> {
  const K = names.length;
  const rows: number[][] = [];
  for (const sequence of train.examples.sequences) {
    rows.push(summary(sequence, train.examples.features.length));
    await visit();
  }
  const all = moments(rows);
  const perClass = names.map((_, k) => moments(rows.filter((_, i) => train.truth[i] === k)));
  const scores = new Float64Array(test.truth.length * K);
  for (const [i, sequence] of test.examples.sequences.entries()) {
    await visit();
    const row = summary(sequence, test.examples.features.length);
    perClass.forEach(({ mean, variance, count }, k) => {
      let score = log(count / rows.length);
      row.forEach((value, f) => {
        // scikit-learn's smoothing, so that a feature that never changes in a class decides nothing alone.
        const spread = variance[f] + 1e-3 * all.variance[f] + 1e-12;
        score -= (log(spread) + (value - mean[f]) ** 2 / spread) / 2;
      });
      scores[i * K + k] = score;
    });
  }
  return figuresOf(scoreClasses(softmaxRows(scores, K), test.truth, names));
}

function summary(sequence: Float32Array, D: number): number[] {
  const T = sequence.length / D;
  return Array.from({ length: D }, (_, d) => {
    const column = Array.from({ length: T }, (_, t) => sequence[t * D + d]);
    if (T === 0) return [0, 0, 0, 0];
    const mean = column.reduce((a, b) => a + b, 0) / T;
    const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / T;
    const [least, most] = column.reduce(
      ([low, high], v) => [Math.min(low, v), Math.max(high, v)],
      [column[0], column[0]],
    );
    return [mean, Math.sqrt(variance), least, most];
  }).flat();
}

function moments(rows: readonly number[][]): { mean: number[]; variance: number[]; count: number } {
  const mean = rows[0].map((_, f) => rows.reduce((sum, row) => sum + row[f], 0) / rows.length);
  const variance = mean.map((m, f) => rows.reduce((sum, row) => sum + (row[f] - m) ** 2, 0) / rows.length);
  return { mean, variance, count: rows.length };
}
