import { gruCell } from '../cells/gru.ts';
import { leakyCell } from '../cells/leaky.ts';
import { rnnCell } from '../cells/rnn.ts';
import { type RecurrentLayer, recurrent } from './recurrent.ts';
import { gru, leaky, lstm, rnn } from './stacks.ts';

/** A structure of recurrent layers under test, and the width of what it reads. */
export interface Structure {
  name: string;
  input: number;
  make(): RecurrentLayer;
  /** Has cells that no config describes. */
  own?: true;
}

/** Structures that read forwards: they can be cut into chunks. */
export const FORWARD: readonly Structure[] = [
  { name: 'LSTM of widths 4 and 3', input: 2, make: () => lstm({ input: 2, hidden: [4, 3] }) },
  {
    name: 'GRU of 3 layers, residual above the first',
    input: 2,
    make: () => gru({ input: 2, hidden: 3, layers: 3, residual: true }),
  },
  {
    name: 'RNN, residual in the first layer, learned start',
    input: 3,
    make: () => rnn({ input: 3, hidden: 3, layers: 2, residual: [0], initial: 'learned' }),
  },
  {
    name: 'RNN under GRU of another width, one of them step by step',
    input: 2,
    own: true,
    make: () => {
      const { sequence: _fused, ...plain } = rnnCell({ input: 2, hidden: 4 });
      return recurrent([plain, gruCell({ input: 4, hidden: 3 })]);
    },
  },
  {
    name: 'LSTM of widths 4 and 3, projected to 2, learned start',
    input: 2,
    make: () => lstm({ input: 2, hidden: [4, 3], projection: 2, initial: 'learned' }),
  },
  {
    name: 'leaky units, dilated by 1 and 2, under a GRU that resets before, with a skip of 2',
    input: 2,
    make: () =>
      recurrent([
        leakyCell({ input: 2, hidden: 3, alpha: 'learned' }),
        leakyCell({ input: 3, hidden: 3, alpha: 0.25, dilation: 2 }),
        gruCell({ input: 3, hidden: 4, skip: 2, reset: 'before' }),
      ]),
  },
];

/** Structures that need the whole sequence. */
export const WHOLE: readonly Structure[] = [
  ...(['concat', 'sum', 'mean', 'product', 'none'] as const).map((merge) => ({
    name: `bidirectional GRU of 2 layers, ${merge}`,
    input: 2,
    make: () => gru({ input: 2, hidden: 3, layers: 2, bidirectional: true, merge }),
  })),
  {
    name: 'bidirectional LSTM of widths 3 and 4, learned start',
    input: 2,
    make: () => lstm({ input: 2, hidden: [3, 4], bidirectional: true, initial: 'learned' }),
  },
  {
    name: 'bidirectional RNN, residual sums',
    input: 3,
    make: () => rnn({ input: 3, hidden: 3, layers: 2, bidirectional: true, merge: 'sum', residual: [0, 1] }),
  },
  {
    name: 'bidirectional LSTM with peepholes, projected, of 2 layers',
    input: 2,
    make: () => lstm({ input: 2, hidden: 4, layers: 2, projection: 2, peephole: true, bidirectional: true }),
  },
  {
    name: 'bidirectional leaky units with a skip of 2, product, learned start',
    input: 2,
    make: () =>
      leaky({ input: 2, hidden: 3, alpha: 0.5, skip: 2, bidirectional: true, merge: 'product', initial: 'learned' }),
  },
  { name: 'LSTM in reverse', input: 2, make: () => lstm({ input: 2, hidden: 3, layers: 2, reverse: true }) },
  {
    name: 'GRU there, RNN of another width back',
    input: 2,
    make: () =>
      recurrent([gruCell({ input: 2, hidden: 3 })], { backward: [rnnCell({ input: 2, hidden: 4 })], merge: 'concat' }),
  },
];
