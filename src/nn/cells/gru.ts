import {
  add,
  affine,
  gruLast,
  gruSequence,
  linear,
  multiply,
  sigmoid,
  type Tensor,
  tanh,
} from '../../autograd/index.ts';
import type { Cell } from './cell.ts';
import { gateOf } from './gates.ts';
import { affineParts, bound, type CellSize, cellParameters } from './weights.ts';

export interface GruOptions extends CellSize {
  /**
   * Where the reset gate acts: `after` the recurrent product (PyTorch, Keras 3, cuDNN; default) or `before` it
   * (Cho et al. 2014, Keras `reset_after=False`, TensorFlow.js).
   */
  reset?: 'after' | 'before';
}

/**
 * Gated recurrent unit: `r,z = σ(…)`, `n = tanh(W_in x + b_in + r⊙(W_hn h' + b_hn))`, `h = (1−z)⊙n + z⊙h'`;
 * with reset before, `n = tanh(W_in x + b_in + W_hn(r⊙h') + b_hn)`. Cho et al. 2014; names, gate order and start as PyTorch's `nn.GRUCell`.
 */
export function gruCell({ input, hidden, reset = 'after' }: GruOptions): Cell {
  const parameters = cellParameters('gru', { input, hidden });
  return {
    kind: 'gru',
    input,
    hidden,
    options: { reset },
    parameters: { ...parameters },
    stateNames: ['h'],
    step(x, { h }) {
      const { fromInput, fromHidden } = affineParts(parameters, x, h);
      const r = sigmoid(add(gateOf('gru', 'r', fromInput), gateOf('gru', 'r', fromHidden)));
      const z = sigmoid(add(gateOf('gru', 'z', fromInput), gateOf('gru', 'z', fromHidden)));
      const recurrent = reset === 'after' ? multiply(r, gateOf('gru', 'n', fromHidden)) : resetBefore(multiply(r, h));
      const n = tanh(add(gateOf('gru', 'n', fromInput), recurrent));
      return { h: add(multiply(affine(z, -1, 1), n), multiply(z, h)) };
    },
    sequence(x, { h }, lengths, _, options) {
      const { outputs, last } = gruSequence(x, h, bound(parameters), reset, lengths, options);
      return { outputs, last: { h: last } };
    },
    last(x, { h }, lengths, _, options) {
      return { h: gruLast(x, h, bound(parameters), reset, lengths, options) };
    },
  };

  /** `W_hn(r⊙h') + b_hn`: the candidate's rows of the recurrent weights. */
  function resetBefore(resetHidden: Tensor): Tensor {
    const { wHh, bHh } = bound(parameters);
    return gateOf('gru', 'n', linear(resetHidden, wHh, bHh));
  }
}
