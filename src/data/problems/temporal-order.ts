import { expectOptions, expectWhole } from '../../options.ts';
import { expectRandom, type Random } from '../../random.ts';
import { expectRoom, pad, type SymbolProblem } from './sequences.ts';

/** What to make: `temporalOrder({ count: 32 }, new Random(7))`. */
export interface TemporalOrderOptions {
  /** Sequences B, at least 1. */
  count: number;
  /** Shortest sequence, at least 10; the longest is a tenth longer. Default 100, as in the paper. */
  steps?: number;
}

/** Symbols with the class of each sequence, [B]: 0 XX, 1 XY, 2 YX, 3 YY. */
export interface TemporalOrder extends SymbolProblem {
  targets: Int32Array;
}

/** Letters of the symbols by number: start E, end B, the two that count, four that distract. */
export const TEMPORAL_ORDER_SYMBOLS = ['E', 'B', 'X', 'Y', 'a', 'b', 'c', 'd'] as const;

/**
 * The temporal order problem with two relevant symbols: each X or Y, one between 10 % and 20 % and one between 50 % and 60 % of
 * `steps`, among distractors; the class says which came in which order. Hochreiter & Schmidhuber 1997, experiment 6a.
 *
 * @throws `usage` for counts that are too small
 */
export function temporalOrder(options: TemporalOrderOptions, random: Random): TemporalOrder {
  expectOptions('temporalOrder', options, { count: 'number', steps: 'number' });
  expectRandom('temporalOrder', random);
  const { count, steps = 100 } = options;
  expectWhole('temporalOrder', 'count', count);
  expectWhole('temporalOrder', 'steps', steps, { least: 10 });
  expectRoom('temporalOrder', count, steps);
  const tenth = Math.floor(steps / 10);
  const targets = new Int32Array(count);
  const rows = Array.from({ length: count }, (_, b) => {
    const row = Array.from({ length: steps + random.integer(tenth + 1) }, () => 4 + random.integer(4));
    row[0] = 0;
    row[row.length - 1] = 1;
    for (const first of [tenth, 5 * tenth]) {
      const late = random.integer(2);
      row[first + random.integer(tenth + 1)] = 2 + late;
      targets[b] = 2 * targets[b] + late;
    }
    return row;
  });
  return { ...pad(rows), targets };
}
