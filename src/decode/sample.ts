import { RecurveError } from '../errors.ts';
import { exp } from '../exact.ts';
import { expectOptions, expectPositive, expectWhole, type OptionNames } from '../options.ts';
import { Random, type RandomState } from '../random.ts';
import { largest } from './largest.ts';

/**
 * How the next token is drawn from a model's logits. What is set works in this order: repetition penalty, temperature, top-k, top-p,
 * min-p; each filter sees what the one before left.
 */
export interface SampleOptions {
  /** Logits are divided by it, at least 0: below 1 safer, above 1 bolder; 0 always takes the likeliest token. Default 1. */
  temperature?: number;
  /** Only the k likeliest tokens, at least 1; default: all. */
  topK?: number;
  /** Only the likeliest tokens that together reach this probability, in (0, 1]: nucleus sampling, Holtzman et al. 2020. Default 1. */
  topP?: number;
  /** Only tokens at least so likely, relative to the likeliest, in [0, 1]. Nguyen et al. 2024. Default 0. */
  minP?: number;
  /**
   * Logits of recent tokens are divided by it where positive and multiplied where negative, above 0; above 1 repeats less. Keskar et al.
   * 2019. For words and subwords: characters must repeat. Default 1.
   */
  repetitionPenalty?: number;
  /** How many of the last tokens count as recent, at least 1; default 64. */
  repetitionWindow?: number;
  /** Same seed, same tokens; default 0. */
  seed?: number;
}

export const SAMPLE_OPTIONS: OptionNames<SampleOptions> = {
  temperature: 'number',
  topK: 'number',
  topP: 'number',
  minP: 'number',
  repetitionPenalty: 'number',
  repetitionWindow: 'number',
  seed: 'number',
};

/** Draws tokens, one after another. */
export interface Sampler {
  /**
   * Draws the next token: `logits` [K], which are read only. Tokens whose entry in `allowed` [K] is 0 are out of question.
   * Throws (code `numeric`) for logits that are not finite, (code `usage`) when nothing is allowed.
   */
  pick(logits: ArrayLike<number>, allowed?: ArrayLike<number>): number;
  /** Counts a token as said, for the repetition penalty; `pick` does so by itself. For the tokens of a prompt. */
  note(token: number): void;
  /** Place in the stream of random numbers, to go on from. */
  readonly state: RandomState;
}

/**
 * Makes a sampler. Its memory is laid out at the first pick; after that a pick allocates nothing.
 *
 * @example
 * const sampler = createSampler({ temperature: 0.8, topP: 0.95, seed: 7 });
 * const token = sampler.pick([2.1, -0.3, 1.7]);
 */
export function createSampler(options: SampleOptions = {}, from?: RandomState): Sampler {
  expectOptions('sampler', options, SAMPLE_OPTIONS);
  checkSampling(options);
  const {
    temperature = 1,
    topK = Infinity,
    topP = 1,
    minP = 0,
    repetitionPenalty = 1,
    repetitionWindow = 64,
  } = options;
  const random = from ? Random.restore(from) : new Random(options.seed ?? 0).fork('sample');
  const recent: number[] = [];
  let weights = new Float64Array(0);
  let order = new Int32Array(0);

  const note = (token: number): void => {
    if (repetitionPenalty === 1) return;
    recent.push(token);
    if (recent.length > repetitionWindow) recent.shift();
  };

  /** Logits after the penalty, −∞ where not allowed, in `weights`; the largest is returned. */
  const prepare = (logits: ArrayLike<number>, allowed: ArrayLike<number> | undefined): number => {
    const K = logits?.length;
    if (!(K >= 1)) throw new RecurveError('usage', 'sampler: expected logits [K], got none; give those of one step');
    if (weights.length !== K) {
      weights = new Float64Array(K);
      order = new Int32Array(K);
    }
    for (let k = 0; k < K; k++) weights[k] = logits[k];
    for (let i = 0; i < recent.length; i++) {
      const k = recent[i];
      if (recent.indexOf(k) !== i || !Number.isFinite(weights[k])) continue;
      const penalized = weights[k] * (weights[k] > 0 ? 1 / repetitionPenalty : repetitionPenalty);
      // An extreme penalty still gives a number.
      weights[k] = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, penalized));
    }
    let highest = -Infinity;
    for (let k = 0; k < K; k++) {
      const value = weights[k];
      if (value - value !== 0) {
        throw new RecurveError(
          'numeric',
          `sampler: expected finite logits, got ${value} for token ${k}; the model is damaged or its training diverged`,
        );
      }
      if (allowed && !allowed[k]) weights[k] = -Infinity;
      else if (value > highest) highest = value;
    }
    if (highest === -Infinity)
      throw new RecurveError(
        'usage',
        `sampler: expected at least one allowed token of ${K}, got none; loosen the rule`,
      );
    return highest;
  };

  /** Weight 0 for all but the `topK` likeliest and the fewest of those that reach `topP`. */
  const keepLikeliest = (): void => {
    let total = 0;
    const K = weights.length;
    const heap = largest(weights, order);
    if (topK < K) {
      for (let n = 0; n < topK; n++) total += weights[heap.pop()];
      heap.refill();
    } else for (let k = 0; k < K; k++) total += weights[k];
    let sum = 0;
    let kept = 0;
    while (kept < topK && heap.size > 0 && (kept === 0 || sum < topP * total)) {
      sum += weights[heap.pop()];
      kept++;
    }
    heap.rest((k) => {
      weights[k] = 0;
    });
  };

  const draw = (logits: ArrayLike<number>, allowed: ArrayLike<number> | undefined): number => {
    const highest = prepare(logits, allowed);
    if (temperature === 0) return weights.indexOf(highest);
    for (let k = 0; k < weights.length; k++) weights[k] = exp((weights[k] - highest) / temperature);
    if (topK < weights.length || topP < 1) keepLikeliest();
    let total = 0;
    for (let k = 0; k < weights.length; k++) {
      // The likeliest token weighs 1.
      if (weights[k] < minP) weights[k] = 0;
      total += weights[k];
    }
    let left = random.uniform() * total;
    let last = 0;
    for (let k = 0; k < weights.length; k++) {
      if (weights[k] === 0) continue;
      last = k;
      left -= weights[k];
      if (left < 0) return k;
    }
    return last;
  };

  return {
    pick(logits, allowed) {
      const token = draw(logits, allowed);
      note(token);
      return token;
    },
    note,
    get state() {
      return random.state;
    },
  };
}

/** Refuses settings that no distribution has, in a sentence. */
export function checkSampling(options: SampleOptions): void {
  const { temperature = 1, topK = 1, topP = 1, minP = 0, repetitionPenalty = 1, repetitionWindow = 64 } = options;
  const expected = (name: string, rule: string, got: number, next: string): RecurveError =>
    new RecurveError('usage', `sampler: expected ${name} ${rule}, got ${got}; ${next}`);
  if (!(temperature >= 0 && temperature < Infinity))
    throw expected('temperature', 'of at least 0', temperature, 'try 0.8');
  expectWhole('sampler', 'topK', topK, { next: 'try 40' });
  if (!(topP > 0 && topP <= 1)) throw expected('topP', 'above 0 and at most 1', topP, 'try 0.95');
  if (!(minP >= 0 && minP <= 1)) throw expected('minP', 'from 0 to 1', minP, 'try 0.05');
  expectPositive('sampler', 'repetitionPenalty', repetitionPenalty, 'try 1.2');
  expectWhole('sampler', 'repetitionWindow', repetitionWindow, { next: 'try 64' });
}
