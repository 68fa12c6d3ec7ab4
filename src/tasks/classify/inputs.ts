import { type Vocabulary, type WordRules, type WordTokenizer, wordTokenizer } from '../../data/index.ts';
import { listNames } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { firstNotFinite } from '../../finite.ts';
import { checkExamples, countOf, type Examples, type NumberExamples } from './examples.ts';

/** What turns words into numbers. */
export interface WordPlan {
  kind: 'words';
  rules: Required<WordRules>;
  /** The most frequent first; id 0 is the unknown word. */
  vocabulary: Vocabulary;
  /** The network knows ids below; the rarer ones are unknown to it, and known to naive Bayes alone. */
  known: number;
}

/** What turns measurements into numbers of about the size of 1. */
export interface NumberPlan {
  kind: 'numbers';
  features: readonly string[];
  /** Mean and deviation of each feature over all steps of the training examples. */
  center: readonly number[];
  scale: readonly number[];
}

export type InputPlan = WordPlan | NumberPlan;

/** Examples as numbers: ids of words [T], or scaled steps [T·D] each. */
export interface Encoded {
  readonly sequences: readonly (Int32Array | Float32Array)[];
  /** Steps T of each example. */
  readonly lengths: Int32Array;
}

/** The id of all words that are not known. */
export const UNKNOWN = 0;

/** Encodes examples. Throws `data` for examples of another kind than the plan's, or with other features. */
export function encodeExamples(plan: InputPlan, examples: Examples): Encoded {
  expectKind(plan, examples);
  if (plan.kind === 'words') {
    const tokenizer = wordTokenizer(plan.rules);
    return encoded(
      (examples as { texts: readonly string[] }).texts.map((text) => idsOf(plan, tokenizer, text)),
      1,
    );
  }
  const { sequences } = examples as NumberExamples;
  return encoded(
    sequences.map((sequence) => scaled(plan, sequence)),
    plan.features.length,
  );
}

function encoded(sequences: readonly (Int32Array | Float32Array)[], width: number): Encoded {
  return { sequences, lengths: Int32Array.from(sequences, ({ length }) => length / width) };
}

/** Ids of a text's words. */
function idsOf({ vocabulary }: WordPlan, tokenizer: WordTokenizer, text: string): Int32Array {
  return vocabulary.encode(tokenizer.words(text));
}

/** Mean and deviation of each feature; a feature that never changes is only centred. */
export function fitNumbers({ features, sequences }: NumberExamples): NumberPlan {
  const D = features.length;
  const count = sequences.reduce((n, { length }) => n + length / D, 0);
  const moment = (of: (value: number, d: number) => number): number[] => {
    const sums = Array<number>(D).fill(0);
    for (const sequence of sequences) for (let i = 0; i < sequence.length; i++) sums[i % D] += of(sequence[i], i % D);
    return sums.map((total) => (count > 0 ? total / count : 0));
  };
  const center = moment((value) => value);
  const variance = moment((value, d) => (value - center[d]) ** 2);
  return { kind: 'numbers', features, center, scale: variance.map((v) => (v > 0 ? Math.sqrt(v) : 1)) };
}

function scaled({ features, center, scale }: NumberPlan, sequence: Float32Array): Float32Array {
  const D = features.length;
  return sequence.map((value, i) => (value - center[i % D]) / scale[i % D]);
}

/** Some encoded examples side by side, as long as the longest and at least one step: values [B, T] or [B, T, D]. */
export function batchOf(plan: InputPlan, { sequences, lengths }: Encoded, which: ArrayLike<number>) {
  const B = which.length;
  const own = Array.from(which, (i) => lengths[i]);
  const T = Math.max(1, ...own);
  const D = plan.kind === 'words' ? 1 : plan.features.length;
  const values = new Float32Array(B * T * D);
  const limit = plan.kind === 'words' ? plan.known : Number.POSITIVE_INFINITY;
  for (let b = 0; b < B; b++) {
    const sequence = sequences[which[b]];
    // The network's unknown words are those of the vocabulary and the rare ones.
    for (let i = 0; i < sequence.length; i++) values[b * T * D + i] = sequence[i] < limit ? sequence[i] : UNKNOWN;
  }
  return { values, shape: plan.kind === 'words' ? [B, T] : [B, T, D], lengths: own };
}

function expectKind(plan: InputPlan, examples: Examples): void {
  checkExamples(examples);
  const about = (kind: InputPlan['kind']): string => (kind === 'words' ? 'texts' : 'sequences of numbers');
  if (plan.kind !== examples.kind) {
    throw new RecurveError(
      'data',
      `${examples.source}: expected ${about(plan.kind)}, got ${about(examples.kind)}; give data as the model was trained on`,
    );
  }
  if (plan.kind === 'words' || examples.kind === 'words') return;
  if (plan.features.join('\n') !== examples.features.join('\n')) {
    throw new RecurveError(
      'data',
      `${examples.source}: expected the ${plan.features.length} columns ${listNames(plan.features)}, got ${examples.features.length}: ${listNames(examples.features)}; name those of the training, in its order`,
    );
  }
  const D = plan.features.length;
  examples.sequences.forEach((sequence, i) => {
    const wrong = sequence.length % D === 0 ? firstNotFinite(sequence) : sequence.length;
    if (wrong < 0) return;
    throw new RecurveError(
      'data',
      `${examples.source}: expected ${D} finite numbers per step, got ${wrong < sequence.length ? sequence[wrong] : `${sequence.length} numbers`} in sequence ${i + 1} of ${countOf(examples)}; repair it`,
    );
  });
}
