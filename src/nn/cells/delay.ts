import { columns, concat, type Tensor } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectWhole } from '../../options.ts';
import { expectCells } from '../check.ts';
import { type Cell, type State, stateSize } from './cell.ts';
import { dilatedForms } from './dilated.ts';

/** Options of cells that read further back than one step. */
export interface Delays {
  /**
   * Skip connection through time: every gate also reads h_{t−d} through `weight_sk` [G, width of h], d ≥ 2 steps; the states before the
   * first step are zero. A gradient reaches T steps back over T/d links. Not together with `dilation`.
   */
  skip?: number;
  /**
   * Reads all states of d ≥ 2 steps before instead of those of one step before: d interleaved sequences with shared weights, the layer of
   * a dilated RNN (Chang et al. 2017); stack cells of dilation 1, 2, 4, …. Not together with `skip`.
   */
  dilation?: number;
}

/** Checks both; the skip's d or 0. */
export function skipOf(who: string, { skip, dilation }: Delays): number {
  const next = 'leave it out to read one step back';
  if (skip !== undefined) expectWhole(who, 'skip', skip, { least: 2, next });
  if (dilation !== undefined) expectWhole(who, 'dilation', dilation, { next });
  if (skip !== undefined && (dilation ?? 1) > 1) {
    throw new RecurveError(
      'usage',
      `${who}: expected skip or dilation, got both; a dilated cell has no state of one step before to skip from, so leave one out`,
    );
  }
  return skip ?? 0;
}

/** A delay line past[B, (d−1)·W], oldest first, holds the states d … 2 steps before: the oldest of them. */
export function oldest(past: Tensor, width: number): Tensor {
  return past.shape[1] === width ? past : columns(past, 0, width);
}

/** The line one step later: the oldest state leaves, `newest` enters. */
export function pushed(past: Tensor, newest: Tensor): Tensor {
  const width = newest.shape[1];
  return past.shape[1] === width ? newest : concat([columns(past, width, past.shape[1]), newest]);
}

/** Name of the delay line of a state. */
const lineOf = (name: string): string => (name === 'h' ? 'past' : `past_${name}`);

/** Any cell, reading its state of `d` steps before: see {@link Delays.dilation}. The line of state s is state `past` (of h) or `past_s`. */
export function dilate(cell: Cell, d: number): Cell {
  expectCells('dilate', [cell]);
  skipOf('dilate', { dilation: d });
  if (d === 1) return cell;
  const { sequence: _whole, last: _last, ...plain } = cell;
  const lines = cell.stateNames.map((name) => [name, lineOf(name), stateSize(cell, name)] as const);
  return {
    ...plain,
    ...dilatedForms(cell, d, lines),
    options: { ...cell.options, dilation: d },
    stateNames: [...cell.stateNames, ...lines.map(([, line]) => line)],
    stateSizes: { ...cell.stateSizes, ...Object.fromEntries(lines.map(([, line, width]) => [line, (d - 1) * width])) },
    step(x, state, noise, t) {
      const before = Object.fromEntries(
        lines.map(([name, line, width]) => [name, oldest(state[line], width)]),
      ) as State;
      const next = cell.step(x, before, noise, t);
      for (const [name, line] of lines) next[line] = pushed(state[line], state[name]);
      return next;
    },
  };
}
