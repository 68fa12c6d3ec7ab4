import { RecurveError } from '../errors.ts';
import { exp, log, pow } from '../exact.ts';
import { expectList, expectOptions, expectWhole, kindOf, type OptionNames } from '../options.ts';
import { largest } from './largest.ts';

/** A model as beam search sees it: B hypotheses side by side. */
export interface BeamModel {
  /**
   * Row b goes on from the row `parents[b]` of the call before, with token `tokens[b]`; gives the logits of what follows, [B][K]. There are
   * at most `width` rows. The first call gets parents of the start, 0.
   */
  advance(parents: readonly number[], tokens: readonly number[]): ArrayLike<number>[];
}

/** What a beam search begins with, and where it ends. */
export interface BeamOptions {
  /** Logits of the first token, [K]. */
  first: ArrayLike<number>;
  /** Hypotheses kept, 1 to 100,000; 1 is greedy search. */
  width: number;
  /** Most tokens of a hypothesis, 1 to 100,000. */
  length: number;
  /** The token that ends a hypothesis; default: none does, all become `length` long. */
  end?: number;
  /**
   * Scores are divided by `((5 + tokens)/6)^lengthPenalty`, at least 0: 0 (default) favours short hypotheses, 0.6 to 1 evens that out.
   * Wu et al. 2016.
   */
  lengthPenalty?: number;
  /** Tokens that may be said, [K], after a hypothesis; default: all. */
  allowed?(tokens: readonly number[]): ArrayLike<number> | undefined;
}

const OPTIONS: OptionNames<BeamOptions> = {
  first: true,
  width: 'number',
  length: 'number',
  end: 'number',
  lengthPenalty: 'number',
  allowed: 'function',
};

/** A sequence that the search found. */
export interface Hypothesis {
  /** Without the end token. */
  tokens: number[];
  /** Sum of the logarithms of the tokens' probabilities, the end's included; in nats. */
  logProbability: number;
  /** What hypotheses are ordered by: `logProbability` by length penalty. */
  score: number;
  ended: boolean;
}

/** Hypotheses are held with all their tokens. */
const MOST_HYPOTHESES = 1e5;
const MOST_TOKENS = 1e5;

/**
 * Beam search: keeps the `width` likeliest beginnings, step by step, and gives the best complete hypotheses, best first. Search ends when no
 * running hypothesis can beat the worst of `width` complete ones.
 */
export function beamSearch(model: BeamModel, options: BeamOptions): Hypothesis[] {
  expectOptions('beam', options, OPTIONS);
  const { first, width, length, end, lengthPenalty = 0, allowed } = options;
  if (typeof model?.advance !== 'function') {
    throw new RecurveError(
      'usage',
      `beam: expected a model with a function advance, got ${kindOf(model)}; give { advance: (parents, tokens) => logits }`,
    );
  }
  expectWhole('beam', 'width', width, { most: MOST_HYPOTHESES, next: 'try 4' });
  expectWhole('beam', 'length', length, { most: MOST_TOKENS, next: 'try 100' });
  if (!(lengthPenalty >= 0 && lengthPenalty < Infinity))
    throw new RecurveError('usage', `beam: expected lengthPenalty of at least 0, got ${lengthPenalty}; try 0.6`);
  const scored = (logProbability: number, tokens: number): number =>
    logProbability / pow((5 + tokens) / 6, lengthPenalty);

  const complete: Hypothesis[] = [];
  let running: { tokens: number[]; logProbability: number }[] = [{ tokens: [], logProbability: 0 }];
  let logits: ArrayLike<number>[] = [first];
  for (let t = 0; t < length && running.length > 0; t++) {
    const next = candidates(running, logits, width, allowed, end);
    running = [];
    const parents: number[] = [];
    for (const { row, token, logProbability, from } of next) {
      if (token === end) {
        const score = scored(logProbability, from.length + 1);
        complete.push({ tokens: [...from], logProbability, score, ended: true });
      } else if (running.length < width) {
        running.push({ tokens: [...from, token], logProbability });
        parents.push(row);
      }
    }
    if (t === length - 1 || running.length === 0) break;
    const worst = complete.sort(byScore)[width - 1]?.score;
    // A hypothesis only loses probability, and its best divisor is that of the full length.
    if (worst !== undefined && running.every(({ logProbability }) => scored(logProbability, length) <= worst)) {
      running = [];
      break;
    }
    logits = model.advance(
      parents,
      running.map(({ tokens }) => tokens[tokens.length - 1]),
    );
  }
  for (const { tokens, logProbability } of running)
    complete.push({ tokens, logProbability, score: scored(logProbability, tokens.length), ended: false });
  return complete.sort(byScore).slice(0, width);
}

const byScore = (a: Hypothesis, b: Hypothesis): number => b.score - a.score;

interface Candidate {
  row: number;
  token: number;
  logProbability: number;
  from: readonly number[];
}

/** The best continuations, best first: enough of them that `width` remain when those that end are taken out. */
function candidates(
  running: readonly { tokens: number[]; logProbability: number }[],
  logits: readonly ArrayLike<number>[],
  width: number,
  allowed: BeamOptions['allowed'],
  end: number | undefined,
): Candidate[] {
  const found: Candidate[] = [];
  running.forEach(({ tokens, logProbability }, row) => {
    const scores = logSoftmax(logits[row]);
    const mask = allowed?.(tokens);
    if (mask) for (let k = 0; k < scores.length; k++) if (!mask[k]) scores[k] = -Infinity;
    const heap = largest(scores, new Int32Array(scores.length));
    for (let n = 0; n < Math.min(width + (end === undefined ? 0 : 1), scores.length); n++) {
      const token = heap.pop();
      if (scores[token] === -Infinity) break;
      found.push({ row, token, logProbability: logProbability + scores[token], from: tokens });
    }
  });
  // The sort is stable: among equals the row that came first, then the likelier and lower token.
  found.sort((a, b) => b.logProbability - a.logProbability);
  return found.slice(0, end === undefined ? width : 2 * width);
}

/** `x − log Σ exp x`, in f64. Throws (code `numeric`) for logits that are not finite. */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  expectList('logits', 'numbers', logits, 'give the logits [K] of one step');
  const scores = Float64Array.from(logits);
  let highest = -Infinity;
  for (let k = 0; k < scores.length; k++) {
    if (!Number.isFinite(scores[k])) {
      throw new RecurveError(
        'numeric',
        `logits: expected finite numbers, got ${scores[k]} for token ${k}; the model is damaged or its training diverged`,
      );
    }
    if (scores[k] > highest) highest = scores[k];
  }
  let total = 0;
  for (let k = 0; k < scores.length; k++) total += exp(scores[k] - highest);
  const norm = highest + log(total);
  for (let k = 0; k < scores.length; k++) scores[k] -= norm;
  return scores;
}
