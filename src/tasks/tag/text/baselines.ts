import type { TaggedText } from '../../../data/index.ts';
import { classShares } from '../class-shares.ts';
import { labelsOf } from './labels.ts';

/** The share of each class, and its share among the word's own occurrences: what most taggers have to beat. */
export function textBaselines(
  training: TaggedText['sentences'],
  tested: TaggedText['sentences'],
  classes: readonly string[],
): Record<string, Float64Array> {
  const K = classes.length;
  const wordCounts = new Map<string, Float64Array>();
  const all: number[] = [];
  for (const sentence of training) {
    labelsOf(sentence, classes, '').forEach((label, t) => {
      const word = sentence.tokens[t];
      const counts = wordCounts.get(word) ?? new Float64Array(K);
      counts[label]++;
      wordCounts.set(word, counts);
      all.push(label);
    });
  }
  const constant = classShares(all, K);
  const words = tested.flatMap(({ tokens }) => tokens);
  const byWords = (probabilities: (word: string) => ArrayLike<number>): Float64Array => {
    const out = new Float64Array(words.length * K);
    words.forEach((word, i) => {
      out.set(probabilities(word), i * K);
    });
    return out;
  };
  return {
    constant: byWords(() => constant),
    word: byWords((word) => {
      const counts = wordCounts.get(word);
      if (!counts) return constant;
      const total = counts.reduce((a, b) => a + b, 0);
      return counts.map((count, k) => (count + constant[k]) / (total + 1));
    }),
  };
}
