import { add, rnnLast, rnnSequence } from '../../autograd/index.ts';
import { activationOf, type CellActivation } from './activations.ts';
import type { Cell } from './cell.ts';
import { dilate } from './delay.ts';
import { recurrenceOf } from './recurrence.ts';
import { affineParts, bound, type CellOptions, COMMON_OPTIONS, cellParameters, givenOptions } from './weights.ts';

export interface RnnOptions extends CellOptions {
  /** Default tanh. relu, softplus and identity have no upper bound: they need clipping or a careful start. */
  activation?: CellActivation;
}

/** Elman's unit: `h = f(W_ih x + b_ih + W_hh h' + b_hh)`. Elman 1990; names and start as PyTorch's `nn.RNNCell`. */
export function rnnCell(options: RnnOptions): Cell {
  const { input, hidden, init, dilation = 1, activation = 'tanh' } = options;
  const f = activationOf('rnn', activation);
  const { skip, plain, begin, ...recurrence } = recurrenceOf('rnn', options, { states: ['h'], output: hidden });
  const parameters = cellParameters('rnn', { input, hidden, init }, { skip: skip > 0 });
  const cell: Cell = {
    kind: 'rnn',
    input,
    hidden,
    options: { activation, ...givenOptions(options, COMMON_OPTIONS) },
    parameters: { ...parameters },
    stateNames: recurrence.stateNames,
    stateSizes: recurrence.stateSizes,
    ...(begin && { begin }),
    step(x, state, noise, t = 0) {
      const read = recurrence.reads(x, state, noise);
      const { fromInput, fromHidden } = affineParts(parameters, read.x, read.h, read.delayed);
      return recurrence.after({ h: f(add(fromInput, fromHidden)) }, state, noise, t);
    },
    ...(plain &&
      (activation === 'tanh' || activation === 'relu') && {
        sequence(x, { h }, lengths, _, options) {
          const { outputs, last } = rnnSequence(x, h, bound(parameters), activation, lengths, options);
          return { outputs, last: { h: last } };
        },
        last(x, { h }, lengths, _, options) {
          return { h: rnnLast(x, h, bound(parameters), activation, lengths, options) };
        },
      }),
  };
  return dilate(cell, dilation);
}
