import type { Tensor } from '../../autograd/index.ts';
import { expectOptions } from '../../options.ts';
import type { Parameter } from '../parameter.ts';
import type { Cell, Noise, State } from './cell.ts';
import { type Delays, oldest, pushed, skipOf } from './delay.ts';
import { beginOf, type Draw, masked, type Regularisers, rateOf, zoned } from './noise.ts';

/** What the options that all cells share come to. */
export interface Recurrence {
  /** Steps of the skip connection, 0 without. */
  skip: number;
  /** Nothing but masks of the whole sequence that a fused one knows, and no zoneout: it serves. */
  steady: boolean;
  /** Steady and without a skip: then it can be recomputed. */
  plain: boolean;
  begin: Cell['begin'];
  stateNames: readonly string[];
  stateSizes: Readonly<Record<string, number>>;
  /** What the gates read: x, h and, with a skip, h_{t−d}, under the masks of the sequence. */
  reads(x: Tensor, state: State, noise: Noise | undefined): { x: Tensor; h: Tensor; delayed?: Tensor };
  /** The state after the step: zoneout of h, and the delay line one step on. */
  after(next: State, before: State, noise: Noise | undefined, t: number): State;
}

/**
 * Checks the shared options and turns them into the parts of a cell.
 *
 * @param states the cell's own states, h first; `output` is the width of h, `draws` is what the cell draws beside them, `recurrent` gives
 * the recurrent weights once they are made; `maskable`: h' enters the recurrent product alone, so a fused sequence can mask it
 */
export function recurrenceOf(
  who: string,
  options: Delays & Regularisers & { input: number },
  {
    states,
    output,
    recurrent,
    draws = [],
    maskable = false,
  }: { states: readonly string[]; output: number; recurrent(): Parameter; draws?: readonly Draw[]; maskable?: boolean },
): Recurrence {
  const skip = skipOf(who, options);
  const zoneout = rateOf(who, 'zoneout', options.zoneout);
  const { variational = {}, input } = options;
  expectOptions(`${who}: variational`, variational, { input: 'number', recurrent: 'number' });
  const all: Draw[] = [
    { name: 'x', p: rateOf(who, 'variational.input', variational.input), width: input },
    { name: 'h', p: rateOf(who, 'variational.recurrent', variational.recurrent), width: output },
    { name: 'zoneout', p: zoneout },
    ...draws,
  ];
  const fused = ['x', ...(maskable && skip === 0 ? ['h'] : [])];
  const steady = all.every(({ name, p }) => p === 0 || fused.includes(name));
  const weightDrop = { name: 'weight_hh', p: rateOf(who, 'weightDrop', options.weightDrop), weight: recurrent };
  return {
    skip,
    steady,
    plain: steady && skip === 0,
    begin: beginOf([...all, weightDrop]),
    stateNames: skip ? [...states, 'past'] : states,
    stateSizes: { h: output, ...(skip && { past: (skip - 1) * output }) },
    reads(x, state, noise) {
      const parts = { x: masked(x, noise, 'x'), h: masked(state.h, noise, 'h') };
      return skip ? { ...parts, delayed: masked(oldest(state.past, output), noise, 'h') } : parts;
    },
    after(next, before, noise, t) {
      const h = zoned(next.h, before.h, zoneout, noise, 'zoneout', t);
      return { ...next, h, ...(skip && { past: pushed(before.past, before.h) }) };
    },
  };
}
