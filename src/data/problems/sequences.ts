import { RecurveError } from '../../errors.ts';

/** Real-valued sequences of one length with one target each. */
export interface NumberProblem {
  /** x[B, T, D], row-major. */
  x: Float64Array;
  shape: readonly [B: number, T: number, D: number];
  /** One per sequence, [B]. */
  targets: Float64Array;
}

/** Sequences of symbols, padded to one length with symbol 0. */
export interface SymbolProblem {
  /** Symbol numbers, [B, T]. */
  symbols: Int32Array;
  shape: readonly [B: number, T: number];
  /** Valid steps of each sequence, [B]. */
  lengths: Int32Array;
}

/** Steps of all sequences of a problem together. */
const MOST_STEPS = 1e8;

/** Refuses more sequences, or longer ones, than have room. */
export function expectRoom(who: string, count: number, steps: number): void {
  if (count * steps <= MOST_STEPS) return;
  throw new RecurveError(
    'usage',
    `${who}: expected at most ${MOST_STEPS} steps in all, got ${count} × ${steps}; make them batch by batch`,
  );
}

/** Pads sequences of symbols to the longest. */
export function pad(rows: readonly (readonly number[])[]): SymbolProblem {
  const T = rows.reduce((longest, row) => Math.max(longest, row.length), 0);
  const symbols = new Int32Array(rows.length * T);
  rows.forEach((row, b) => {
    symbols.set(row, b * T);
  });
  return { symbols, shape: [rows.length, T], lengths: Int32Array.from(rows, (row) => row.length) };
}
