import { wordTokenizer } from '../../data/index.ts';
import { log } from '../../exact.ts';
import type { Encoded, WordPlan } from './inputs.ts';
import { type Answerer, choices, probabilitiesOf } from './predictor.ts';

/** What a part of an example speaks for. */
export interface Contribution {
  /**
   * By how many nats the answer's log-odds fall when the part is left out (occlusion, Zeiler & Fergus 2014; by erasure, Li et al. 2016): above 0
   * the part speaks for the answer, below against it.
   */
  weight: number;
}

/** A word of a text, as it stands there (UTF-16 units, end exclusive). */
export interface WordContribution extends Contribution {
  word: string;
  start: number;
  end: number;
  /** Whether it, or one of the pairs it is in, was seen in training. */
  known: boolean;
}

/** A stretch of steps [from, to) of a sequence. */
export interface StepContribution extends Contribution {
  from: number;
  to: number;
}

/** Stretches that a sequence is cut into at most: each costs a pass over all of it. */
const MOST_STRETCHES = 64;

/** The words of a text with what each speaks for: the text is read once more without each of them. */
export async function explainText(
  answerer: Answerer & { plan: WordPlan },
  text: string,
  about?: number,
): Promise<{ class: number; words: WordContribution[] }> {
  const { plan, shares } = answerer;
  const places = wordTokenizer(plan.rules).locate(text);
  const ids = plan.vocabulary.encode(places.map(({ word }) => word));
  const without = places.map((_, i) => Int32Array.from([...ids.subarray(0, i), ...ids.subarray(i + 1)]));
  const { chosen, weights } = await occlude(answerer, [ids, ...without], shares.length, about);
  return {
    class: chosen,
    words: places.map(({ word, start, end }, i) => ({ word, start, end, known: ids[i] !== 0, weight: weights[i] })),
  };
}

/** Stretches of a sequence with what each speaks for: read once more with each held at the training's mean. */
export async function explainSequence(
  answerer: Answerer,
  sequence: Float32Array,
  D: number,
  about?: number,
): Promise<{ class: number; steps: StepContribution[] }> {
  const T = sequence.length / D;
  const count = Math.min(T, MOST_STRETCHES);
  const stretches = Array.from({ length: count }, (_, i) => ({
    from: Math.floor((i * T) / count),
    to: Math.floor(((i + 1) * T) / count),
  }));
  const without = stretches.map(({ from, to }) => Float32Array.from(sequence).fill(0, from * D, to * D));
  const { chosen, weights } = await occlude(answerer, [sequence, ...without], answerer.shares.length, about, D);
  return { class: chosen, steps: stretches.map((stretch, i) => ({ ...stretch, weight: weights[i] })) };
}

/** Log-odds of the chosen class of the first sequence less those of each other. */
async function occlude(
  answerer: Answerer,
  sequences: Encoded['sequences'],
  K: number,
  about: number | undefined,
  D = 1,
): Promise<{ chosen: number; weights: number[] }> {
  const lengths = Int32Array.from(sequences, ({ length }) => length / D);
  const probabilities = await probabilitiesOf(answerer, { sequences, lengths });
  const chosen = about ?? choices(probabilities.subarray(0, K), K)[0];
  const odds = sequences.map((_, i) => {
    const p = Math.min(Math.max(probabilities[i * K + chosen], 1e-15), 1 - 1e-15);
    return log(p / (1 - p));
  });
  return { chosen, weights: odds.slice(1).map((one) => odds[0] - one) };
}
