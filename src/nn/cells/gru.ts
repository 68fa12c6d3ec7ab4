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
import { RecurveError } from '../../errors.ts';
import { expectOptions, type OptionNames } from '../../options.ts';
import type { Cell, Noise } from './cell.ts';
import { dilate } from './delay.ts';
import { gateOf } from './gates.ts';
import { type CandidateDropout, droppedAt, masked, rateOf } from './noise.ts';
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

/** Options of a GRU beside those of every cell. */
export interface GruOptions extends CellOptions, CandidateDropout {
  /**
   * Where the reset gate acts: `after` the recurrent product (PyTorch, Keras 3, cuDNN; default) or `before` it
   * (Cho et al. 2014, Keras `reset_after=False`, TensorFlow.js).
   */
  reset?: 'after' | 'before';
}

export const GRU_OPTIONS: OptionNames<GruOptions> = {
  ...CELL_OPTIONS,
  recurrentDropout: 'number',
  reset: true,
};

/** Chrono: an open z keeps the past. */
const MEMORY = { z: 1 } as const;

/**
 * Gated recurrent unit: `r,z = σ(…)`, `n = tanh(W_in x + b_in + r⊙(W_hn h' + b_hn))`, `h = (1−z)⊙n + z⊙h'`;
 * with reset before, `n = tanh(W_in x + b_in + W_hn(r⊙h') + b_hn)`. Cho et al. 2014; names, gate order and start as PyTorch's `nn.GRUCell`.
 * The reset gate acts on a skip connection as it does on h'.
 */
export function gruCell(options: GruOptions): Cell {
  expectOptions('gru', options, GRU_OPTIONS);
  const { input, hidden, init, dilation = 1, reset = 'after' } = options;
  if (reset !== 'after' && reset !== 'before') {
    throw new RecurveError(
      'usage',
      `gru: expected reset to be after or before, got ${String(reset)}; PyTorch has after`,
    );
  }
  const candidate = rateOf('gru', 'recurrentDropout', options.recurrentDropout);
  const { skip, plain, steady, begin, ...recurrence } = recurrenceOf('gru', options, {
    states: ['h'],
    output: hidden,
    recurrent: () => parameters.weight_hh,
    draws: [{ name: 'candidate', p: candidate }],
  });
  const parameters = cellParameters('gru', { input, hidden, init }, { skip: skip > 0, memory: MEMORY });
  const cell: Cell = {
    kind: 'gru',
    input,
    hidden,
    options: { reset, ...givenOptions(options, ['recurrentDropout', ...COMMON_OPTIONS]) },
    parameters: { ...parameters },
    uniform: true,
    stateNames: recurrence.stateNames,
    stateSizes: recurrence.stateSizes,
    ...(begin && { begin }),
    step(x, state, noise, t = 0) {
      const read = recurrence.reads(x, state, noise);
      const { fromInput, fromHidden } = affineParts(parameters, read.x, read.h, read.delayed, noise);
      const r = sigmoid(add(gateOf('gru', 'r', fromInput), gateOf('gru', 'r', fromHidden)));
      const z = sigmoid(add(gateOf('gru', 'z', fromInput), gateOf('gru', 'z', fromHidden)));
      const recurrent =
        reset === 'after' ? multiply(r, gateOf('gru', 'n', fromHidden)) : resetBefore(r, read.h, read.delayed, noise);
      const n = droppedAt(tanh(add(gateOf('gru', 'n', fromInput), recurrent)), candidate, noise, t);
      return recurrence.after({ h: add(multiply(affine(z, -1, 1), n), multiply(z, state.h)) }, state, noise, t);
    },
    ...((plain || (steady && reset === 'after')) && {
      sequence(x, state, lengths, noise, options) {
        const all = { ...options, skip: skipFrom(parameters, state) };
        const { outputs, last, past } = gruSequence(
          masked(x, noise, 'x'),
          state.h,
          bound(parameters, noise),
          reset,
          lengths,
          all,
        );
        return { outputs, last: { h: last, ...(past && { past }) } };
      },
    }),
    ...(plain && {
      last(x, { h }, lengths, noise, options) {
        return { h: gruLast(masked(x, noise, 'x'), h, bound(parameters, noise), reset, lengths, options) };
      },
    }),
  };
  return dilate(cell, dilation);

  /** `W_hn(r⊙h') + b_hn`: the candidate's rows of the recurrent weights. */
  function resetBefore(r: Tensor, h: Tensor, delayed: Tensor | undefined, noise: Noise | undefined): Tensor {
    const { wHh, bHh } = bound(parameters, noise);
    const recurrent = gateOf('gru', 'n', linear(multiply(r, h), wHh, bHh));
    if (!delayed || !parameters.weight_sk) return recurrent;
    return add(recurrent, gateOf('gru', 'n', linear(multiply(r, delayed), parameters.weight_sk.tensor)));
  }
}
