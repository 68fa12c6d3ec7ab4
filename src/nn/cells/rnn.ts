import { add, relu, rnnLast, rnnSequence, tanh } from '../../autograd/index.ts';
import type { Cell } from './cell.ts';
import { affineParts, bound, type CellSize, cellParameters } from './weights.ts';

export interface RnnOptions extends CellSize {
  /** Default tanh. relu needs clipping or a careful start. */
  activation?: 'tanh' | 'relu';
}

/** Elman's unit: `h = f(W_ih x + b_ih + W_hh h' + b_hh)`. Elman 1990; names and start as PyTorch's `nn.RNNCell`. */
export function rnnCell({ input, hidden, activation = 'tanh' }: RnnOptions): Cell {
  const parameters = cellParameters('rnn', { input, hidden });
  const f = { tanh, relu }[activation];
  return {
    kind: 'rnn',
    input,
    hidden,
    options: { activation },
    parameters: { ...parameters },
    stateNames: ['h'],
    step(x, { h }) {
      const { fromInput, fromHidden } = affineParts(parameters, x, h);
      return { h: f(add(fromInput, fromHidden)) };
    },
    sequence(x, { h }, lengths, _, options) {
      const { outputs, last } = rnnSequence(x, h, bound(parameters), activation, lengths, options);
      return { outputs, last: { h: last } };
    },
    last(x, { h }, lengths, _, options) {
      return { h: rnnLast(x, h, bound(parameters), activation, lengths, options) };
    },
  };
}
