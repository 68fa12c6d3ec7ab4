import type { Tensor } from '../../tensor.ts';
import type { Lengths } from '../sequence.ts';
import type { FusedCell, RecurrentResult, RecurrentWeights, SequenceOptions } from './contract.ts';
import { fusedLast, fusedSequence } from './sequence.ts';
import { addRecurrentGradients, packed, skipOf } from './weights.ts';

/** LSTM, gates in PyTorch's order i f g o. x[T, B, D] time-major, h0 and c0 [B, H]. */
export function lstmSequence(
  x: Tensor,
  h0: Tensor,
  c0: Tensor,
  weights: RecurrentWeights,
  lengths?: Lengths,
  options?: SequenceOptions,
): RecurrentResult & { lastCell: Tensor } {
  return fusedSequence(LSTM, x, [h0, c0], weights, lengths, options);
}

/** The last states [B, H] of {@link lstmSequence} alone: memory grows with √T, beside x. */
export function lstmLast(
  x: Tensor,
  h0: Tensor,
  c0: Tensor,
  weights: RecurrentWeights,
  lengths?: Lengths,
  options?: SequenceOptions,
): { last: Tensor; lastCell: Tensor } {
  return fusedLast(LSTM, x, [h0, c0], weights, lengths, options);
}

const LSTM: FusedCell = {
  name: 'lstm',
  gates: 4,
  biased: 4,
  activations: [
    { name: 'i', range: 'sigmoid' },
    { name: 'f', range: 'sigmoid' },
    { name: 'g', range: 'tanh' },
    { name: 'o', range: 'sigmoid' },
  ],
  cells: true,
  candidate: false,
  masks: true,
  pack: (at, transposed) => ({ w: packed(at, 0, 4 * at.H, transposed) }),
  forward: (at, window, { w }) => at.tape.engine.lstmForward({ ...window, w, skip: skipOf(at, false) }),
  backward: (at, window, { w }) => at.tape.engine.lstmBackward({ ...window, w, skip: skipOf(at, true) }),
  recurrentGradients: (at, dw, db, { T, hidden, dgates }) => addRecurrentGradients(at, dw, db, T, hidden, dgates),
};
