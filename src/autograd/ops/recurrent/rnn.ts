import type { Tensor } from '../../tensor.ts';
import type { Lengths } from '../sequence.ts';
import type { FusedCell, RecurrentResult, RecurrentWeights, SequenceOptions } from './contract.ts';
import { fusedLast, fusedSequence, hiddenOnly } from './sequence.ts';
import { addRecurrentGradients, packed, skipOf } from './weights.ts';

/** Elman RNN, `h = f(W_ih x + b_ih + W_hh h' + b_hh)`. x[T, B, D] time-major, h0[B, H]. */
export function rnnSequence(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  activation: 'tanh' | 'relu',
  lengths?: Lengths,
  options?: SequenceOptions,
): RecurrentResult {
  return hiddenOnly(fusedSequence(RNN[activation], x, [h0], weights, lengths, options));
}

/** The last state [B, H] of {@link rnnSequence} alone: memory grows with √T, beside x. */
export function rnnLast(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  activation: 'tanh' | 'relu',
  lengths?: Lengths,
  options?: SequenceOptions,
): Tensor {
  return fusedLast(RNN[activation], x, [h0], weights, lengths, options).last;
}

const rnn = (activation: 'tanh' | 'relu'): FusedCell => ({
  name: 'rnn',
  gates: 1,
  biased: 1,
  activations: [],
  cells: false,
  candidate: false,
  masks: true,
  pack: (at, transposed) => ({ w: packed(at, 0, at.H, transposed) }),
  forward: (at, window, { w }) => at.tape.engine.rnnForward({ ...window, activation, w, skip: skipOf(at, false) }),
  backward: (at, window, { w }) => at.tape.engine.rnnBackward({ ...window, activation, w, skip: skipOf(at, true) }),
  recurrentGradients: (at, dw, db, { T, hidden, dgates }) => addRecurrentGradients(at, dw, db, T, hidden, dgates),
});
/** For a leaky unit too, which is one with a share of the old state. */
export const RNN = { tanh: rnn('tanh'), relu: rnn('relu') };
