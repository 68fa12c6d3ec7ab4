import { log } from '../../exact.ts';
import { type Visit, visitor } from '../../train/event-loop.ts';

/** Counts behind a naive Bayes of words and pairs of neighbouring words; plain numbers that go into the model file. */
export interface BayesCounts {
  /** Training texts of each class, [K]. */
  texts: Float32Array;
  /** Texts of each class that hold a word, [V, K]. */
  words: Float32Array;
  /** Ids of a pair's words, [P, 2]; V stands for the border of a text. */
  pairs: Int32Array;
  /** Texts of each class that hold a pair, [P, K]. */
  pairTexts: Float32Array;
}

/** Tells which class the words of a text speak for. */
export interface Bayes {
  readonly counts: BayesCounts;
  /** `log P(class) + Σ log P(feature | class)` over a text's different words and pairs, [K]. */
  score(ids: Int32Array): Float64Array;
}

/** Pairs that are kept, the most frequent; the rest would fill the model file with pairs seen once. */
const MOST_PAIRS = 300_000;
/** Counts of pairs that are kept, one for each class: of more than 100 classes fewer pairs, or 1,000 would need gigabytes. */
const MOST_PAIR_COUNTS = 30_000_000;

/**
 * Counts, over training texts, which words and pairs each class's texts hold (presence, not frequency: Wang & Manning 2012).
 *
 * @param truth class of each text
 * @param size ids of the vocabulary V; id 0, the unknown word, counts for nothing
 */
export async function countBayes(
  texts: readonly Int32Array[],
  truth: ArrayLike<number>,
  size: number,
  K: number,
  visit: Visit = visitor(),
): Promise<BayesCounts> {
  const words = new Float32Array(size * K);
  const perClass = new Float32Array(K);
  const totals = new Map<number, number>();
  for (const [i, ids] of texts.entries()) {
    const k = truth[i];
    perClass[k]++;
    const found = featuresOf(ids, size);
    for (const id of found.words) words[id * K + k]++;
    for (const pair of found.pairs) totals.set(pair, (totals.get(pair) ?? 0) + 1);
    await visit();
  }
  const kept = frequentPairs(totals, Math.min(MOST_PAIRS, Math.floor(MOST_PAIR_COUNTS / K)));
  const pairTexts = new Float32Array(kept.length * K);
  const ids = new Int32Array(kept.length * 2);
  const place = new Map<number, number>();
  kept.forEach((pair, p) => {
    place.set(pair, p);
    ids[2 * p] = Math.floor(pair / (size + 1));
    ids[2 * p + 1] = pair % (size + 1);
  });
  // Counted by class in a second pass, when the pairs to keep are known: a count per class of every pair seen fills the memory.
  for (const [i, text] of texts.entries()) {
    for (const pair of featuresOf(text, size).pairs) {
      const p = place.get(pair);
      if (p !== undefined) pairTexts[p * K + truth[i]]++;
    }
    await visit();
  }
  return { texts: perClass, words, pairs: ids, pairTexts };
}

/** The pairs with the highest totals, of equal ones the least, in that order: sorted by total as groups, for millions are equal. */
function frequentPairs(totals: ReadonlyMap<number, number>, most: number): number[] {
  const groups = new Map<number, number[]>();
  for (const [pair, total] of totals) {
    const group = groups.get(total);
    if (group) group.push(pair);
    else groups.set(total, [pair]);
  }
  const kept: number[] = [];
  for (const [, group] of [...groups].sort(([m], [n]) => n - m)) {
    if (kept.length >= most) break;
    for (const pair of Float64Array.from(group).sort()) kept.push(pair);
  }
  return kept.slice(0, most);
}

/** A multinomial naive Bayes with Laplace's rule (one count for every feature and class). */
export function bayesOf(counts: BayesCounts): Bayes {
  const { texts, words, pairs, pairTexts } = counts;
  const K = texts.length;
  const size = words.length / K;
  const P = pairs.length / 2;
  const all = texts.reduce((a, b) => a + b, 0);
  const seen = Array<number>(K).fill(0);
  for (const table of [words, pairTexts]) for (let i = 0; i < table.length; i++) seen[i % K] += table[i];
  // Features that no training text holds, the unknown word among them, say nothing.
  const distinct = Array.from({ length: size }, (_, id) => id).filter((id) => present(words, id, K)).length + P;
  // Of many classes nearly all counts are 0.
  const ofNone = seen.map((count) => log(1 / (count + distinct)));
  const evidence = (table: Float32Array): Float64Array => {
    const logs = new Float64Array(table.length);
    for (let i = 0; i < table.length; i++) {
      logs[i] = table[i] === 0 ? ofNone[i % K] : log((table[i] + 1) / (seen[i % K] + distinct));
    }
    return logs;
  };
  const ofWord = evidence(words);
  const ofPair = evidence(pairTexts);
  const place = new Map<number, number>();
  for (let p = 0; p < P; p++) place.set(pairs[2 * p] * (size + 1) + pairs[2 * p + 1], p);
  const prior = Array.from(texts, (count) => log(count / all));
  return {
    counts,
    score(ids) {
      const scores = Float64Array.from(prior);
      const found = featuresOf(ids, size);
      for (const id of found.words) {
        if (present(words, id, K)) for (let k = 0; k < K; k++) scores[k] += ofWord[id * K + k];
      }
      for (const pair of found.pairs) {
        const p = place.get(pair);
        if (p !== undefined) for (let k = 0; k < K; k++) scores[k] += ofPair[p * K + k];
      }
      return scores;
    },
  };
}

function present(words: Float32Array, id: number, K: number): boolean {
  for (let k = 0; k < K; k++) if (words[id * K + k] > 0) return true;
  return false;
}

/** The different words of a text and its different pairs of neighbours, of which neither is unknown. */
function featuresOf(ids: Int32Array, size: number): { words: Set<number>; pairs: Set<number> } {
  const words = new Set<number>();
  const pairs = new Set<number>();
  let before = size;
  for (const id of ids) {
    if (id !== 0) words.add(id);
    if (id !== 0 && before !== 0) pairs.add(before * (size + 1) + id);
    before = id;
  }
  if (before !== 0 && ids.length > 0) pairs.add(before * (size + 1) + size);
  return { words, pairs };
}
