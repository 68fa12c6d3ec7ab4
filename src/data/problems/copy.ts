import { log } from '../../exact.ts';
import { expectOptions, expectWhole, type OptionNames } from '../../options.ts';
import { expectRandom, type Random } from '../../random.ts';
import { expectRoom, type SymbolProblem } from './sequences.ts';

/** What to make: `copyProblem({ count: 32, delay: 200 }, new Random(7))`. */
export interface CopyOptions {
  /** Sequences B, at least 1. */
  count: number;
  /** Steps from the end of what is shown to the start of the answer, at least 1; literature's T. */
  delay: number;
  /** Symbols to remember, at least 1; default 10. */
  length?: number;
  /** Kinds of them, at least 2; default 8. */
  kinds?: number;
}

const OPTIONS: OptionNames<CopyOptions> = { count: 'number', delay: 'number', length: 'number', kinds: 'number' };

/** Symbols with the answer wanted at each step, [B, T]. */
export interface CopyProblem extends SymbolProblem {
  targets: Int32Array;
  /** Kinds of symbols in all: blank 0, those to remember 1 … kinds, the signal to answer kinds + 1. */
  symbolKinds: number;
}

/**
 * The copy memory problem: `length` random symbols, blanks, a signal `length` steps before the end, blanks; wanted are blanks
 * and, from the signal on, the symbols. T = delay + 2·length. Hochreiter & Schmidhuber 1997, in the form of Arjovsky et al. 2016.
 *
 * @throws `usage` for counts that are too small
 */
export function copyProblem(options: CopyOptions, random: Random): CopyProblem {
  expectOptions('copyProblem', options, OPTIONS);
  expectRandom('copyProblem', random);
  const { count, delay, length = 10, kinds = 8 } = options;
  check(options);
  const T = delay + 2 * length;
  expectRoom('copyProblem', count, T);
  const symbols = new Int32Array(count * T);
  const targets = new Int32Array(count * T);
  for (let b = 0; b < count; b++) {
    for (let k = 0; k < length; k++) {
      const symbol = 1 + random.integer(kinds);
      symbols[b * T + k] = symbol;
      targets[b * T + T - length + k] = symbol;
    }
    symbols[b * T + length + delay - 1] = kinds + 1;
  }
  return { symbols, shape: [count, T], lengths: new Int32Array(count).fill(T), targets, symbolKinds: kinds + 2 };
}

/** Cross-entropy per step, in nats, of the best answer without a memory: blanks, then each kind alike: `length · ln kinds / T`. */
export function copyMemoryless(options: Omit<CopyOptions, 'count'>): number {
  expectOptions('copyMemoryless', options as CopyOptions, OPTIONS);
  const { delay, length = 10, kinds = 8 } = options;
  check(options);
  return (length * log(kinds)) / (delay + 2 * length);
}

function check({ count = 1, delay, length = 10, kinds = 8 }: Partial<CopyOptions> & { delay: number }): void {
  expectWhole('copyProblem', 'count', count);
  expectWhole('copyProblem', 'delay', delay);
  expectWhole('copyProblem', 'length', length);
  expectWhole('copyProblem', 'kinds', kinds, { least: 2 });
}
