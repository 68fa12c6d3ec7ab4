import { type Address, NONE } from '../../../engine/engine.ts';
import { type Lengths, placeLengths } from '../sequence.ts';
import type { Layout, Window } from './contract.ts';

/**
 * Rows, steps times batch, that a thread goes through at once. Few, so that what a window computes is still in the caches when it is
 * read again and little memory is taken; but the more the larger the matrices are that every window reads (w_ih) or adds to (the gradients).
 */
const FEWEST_ROWS = 512;

/** Steps of a window in a prediction, which keeps no gates. */
export function forwardSteps(at: Layout): number {
  return stepsOf(at, Math.max(FEWEST_ROWS, 2 * at.H));
}

/** Steps of a window in backward. */
export function backwardSteps(at: Layout): number {
  return stepsOf(at, Math.max(FEWEST_ROWS, 4 * at.H));
}

function stepsOf({ tape, T, B }: Layout, rows: number): number {
  return Math.max(1, Math.min(T, Math.ceil((rows * tape.engine.threads.count) / Math.max(1, B))));
}

/** `steps` steps of a window, from step `from` on, with the lengths that its rows have there. */
export function partOf<W extends Window>(
  { B, H, G }: Layout,
  window: W,
  from: number,
  steps: number,
  lengths: Address,
): W {
  const next = (address: Address, by: number): Address => (address === NONE ? NONE : address + by);
  return {
    ...window,
    T: steps,
    lengths,
    gates: window.gates + from * B * G,
    hidden: window.hidden + from * B * H,
    cells: next(window.cells, from * B * H),
    candidate: next(window.candidate, from * B * H),
  };
}

/** Places the lengths of rows in a window: what is left of each at its first step. */
export function placeLengthsFrom({ tape, B, lengths }: Layout, from: number, steps: number): Window['lengths'] {
  if (!lengths) return NONE;
  const left: Lengths = Array.from(lengths, (end) => Math.min(Math.max(end - from, 0), steps));
  return placeLengths(tape, left, B, steps);
}
