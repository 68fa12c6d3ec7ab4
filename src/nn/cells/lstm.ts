import { add, lstmLast, lstmSequence, multiply, sigmoid, tanh } from '../../autograd/index.ts';
import type { Cell } from './cell.ts';
import { gateOf } from './gates.ts';
import { affineParts, bound, type CellSize, cellParameters } from './weights.ts';

export type LstmOptions = CellSize;

/**
 * Long short-term memory with forget gate: `i,f,o = σ(…)`, `g = tanh(…)`, `c = f⊙c' + i⊙g`, `h = o⊙tanh(c)`.
 * Hochreiter & Schmidhuber 1997, Gers et al. 2000; names, gate order and start as PyTorch's `nn.LSTMCell`.
 */
export function lstmCell({ input, hidden }: LstmOptions): Cell {
  const parameters = cellParameters('lstm', { input, hidden });
  return {
    kind: 'lstm',
    input,
    hidden,
    options: {},
    parameters: { ...parameters },
    stateNames: ['h', 'c'],
    step(x, state) {
      const { fromInput, fromHidden } = affineParts(parameters, x, state.h);
      const gates = add(fromInput, fromHidden);
      const i = sigmoid(gateOf('lstm', 'i', gates));
      const f = sigmoid(gateOf('lstm', 'f', gates));
      const g = tanh(gateOf('lstm', 'g', gates));
      const o = sigmoid(gateOf('lstm', 'o', gates));
      const c = add(multiply(f, state.c), multiply(i, g));
      return { h: multiply(o, tanh(c)), c };
    },
    sequence(x, state, lengths, _, options) {
      const { outputs, last, lastCell } = lstmSequence(x, state.h, state.c, bound(parameters), lengths, options);
      return { outputs, last: { h: last, c: lastCell } };
    },
    last(x, state, lengths, _, options) {
      const { last, lastCell } = lstmLast(x, state.h, state.c, bound(parameters), lengths, options);
      return { h: last, c: lastCell };
    },
  };
}
