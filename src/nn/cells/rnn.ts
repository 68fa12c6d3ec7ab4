import { add, type Lengths, rnnLast, rnnSequence, type SequenceOptions, type Tensor } from '../../autograd/index.ts';
import { expectOptions, type OptionNames } from '../../options.ts';
import { activationOf, type CellActivation } from './activations.ts';
import type { Cell, Noise, State } from './cell.ts';
import { dilate } from './delay.ts';
import { masked } from './noise.ts';
import { recurrenceOf } from './recurrence.ts';
import {
  affineParts,
  bound,
  CELL_OPTIONS,
  type CellOptions,
  COMMON_OPTIONS,
  cellParameters,
  givenOptions,
  skipFrom,
} from './weights.ts';

/** Options of Elman's unit beside those of every cell. */
export interface RnnOptions extends CellOptions {
  /** Default tanh. relu, softplus and identity have no upper bound: they need clipping or a careful start. */
  activation?: CellActivation;
}

export const RNN_OPTIONS: OptionNames<RnnOptions> = {
  ...CELL_OPTIONS,
  activation: true,
};

/** Elman's unit: `h = f(W_ih x + b_ih + W_hh h' + b_hh)`. Elman 1990; names and start as PyTorch's `nn.RNNCell`. */
export function rnnCell(options: RnnOptions): Cell {
  expectOptions('rnn', options, RNN_OPTIONS);
  const { input, hidden, init, dilation = 1, activation = 'tanh' } = options;
  const f = activationOf('rnn', activation);
  const { skip, plain, steady, begin, ...recurrence } = recurrenceOf('rnn', options, {
    states: ['h'],
    output: hidden,
    recurrent: () => parameters.weight_hh,
    maskable: true,
  });
  const parameters = cellParameters('rnn', { input, hidden, init }, { skip: skip > 0 });
  const cell: Cell = {
    kind: 'rnn',
    input,
    hidden,
    options: { activation, ...givenOptions(options, COMMON_OPTIONS) },
    parameters: { ...parameters },
    uniform: true,
    stateNames: recurrence.stateNames,
    stateSizes: recurrence.stateSizes,
    ...(begin && { begin }),
    step(x, state, noise, t = 0) {
      const read = recurrence.reads(x, state, noise);
      const { fromInput, fromHidden } = affineParts(parameters, read.x, read.h, read.delayed, noise);
      return recurrence.after({ h: f(add(fromInput, fromHidden)) }, state, noise, t);
    },
    ...(steady &&
      (activation === 'tanh' || activation === 'relu') && {
        sequence(x, state, lengths, noise, options) {
          const all = { ...options, skip: skipFrom(parameters, state), mask: noise?.masks.h };
          const { outputs, last, past } = rnnSequence(
            masked(x, noise, 'x'),
            state.h,
            bound(parameters, noise),
            activation,
            lengths,
            all,
          );
          return { outputs, last: { h: last, ...(past && { past }) } };
        },
        ...(plain && {
          last(
            x: Tensor,
            { h }: State,
            lengths: Lengths,
            noise: Noise | undefined,
            options: SequenceOptions | undefined,
          ) {
            const all = { ...options, mask: noise?.masks.h };
            return { h: rnnLast(masked(x, noise, 'x'), h, bound(parameters, noise), activation, lengths, all) };
          },
        }),
      }),
  };
  return dilate(cell, dilation);
}
