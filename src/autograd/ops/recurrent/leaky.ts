import { type Address, NONE } from '../../../engine/engine.ts';
import { expectShape, type Tensor } from '../../tensor.ts';
import type { Lengths } from '../sequence.ts';
import type { FusedCell, Layout, RecurrentResult, RecurrentWeights, SequenceOptions } from './contract.ts';
import { RNN } from './rnn.ts';
import { fusedLast, fusedSequence, hiddenOnly } from './sequence.ts';
import { skipOf } from './weights.ts';

/** Share α[H] of the old state that stays, between 0 and 1: itself, or as σ⁻¹(α). A gradient reaches either. */
export type Leak = { share: Tensor } | { logit: Tensor };

/**
 * Leaky unit, `h = α⊙h' + (1−α)⊙f(W_ih x + b_ih + W_hh h' + b_hh)`. x[T, B, D] time-major, h0[B, H].
 * Jaeger et al. 2007.
 */
export function leakySequence(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  leak: Leak,
  activation: 'tanh' | 'relu',
  lengths?: Lengths,
  options?: SequenceOptions,
): RecurrentResult {
  return hiddenOnly(fusedSequence(leaky(leak, activation), x, [h0], weights, lengths, options));
}

/** The last state [B, H] of {@link leakySequence} alone: memory grows with √T, beside x. */
export function leakyLast(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  leak: Leak,
  activation: 'tanh' | 'relu',
  lengths?: Lengths,
  options?: SequenceOptions,
): Tensor {
  return fusedLast(leaky(leak, activation), x, [h0], weights, lengths, options).last;
}

function leaky(leak: Leak, activation: 'tanh' | 'relu'): FusedCell {
  const given = 'share' in leak ? leak.share : leak.logit;
  const shareOf = ({ tape: { engine }, H }: Layout): Address => {
    if ('share' in leak) return leak.share.address;
    const share = engine.arena.take(H);
    engine.unary('sigmoid', share, leak.logit.address, H);
    return share;
  };
  return {
    ...RNN[activation],
    name: 'leaky',
    masks: false,
    extra: [given],
    activations: activation === 'tanh' ? [{ name: 'n', range: 'tanh' }] : [],
    forward(at, window, { w }) {
      expectShape('leaky', 'leak', given.shape, [at.H], 'one number per unit');
      at.tape.engine.rnnForward({ ...window, activation, w, leak: shareOf(at), skip: skipOf(at, false) });
    },
    backward(at, window, { w }) {
      const { engine } = at.tape;
      const { T, B, H } = window;
      const share = shareOf(at);
      const da = at.tape.gradientOf(given);
      const dleak = da === NONE ? NONE : engine.arena.take(T * B * H);
      engine.rnnBackward({ ...window, activation, w, leak: share, dleak, skip: skipOf(at, true) });
      if (da === NONE) return;
      if ('logit' in leak) {
        // σ' before the sum, not after: then windows one by one add up to the bits of the whole.
        const slope = engine.arena.take(H);
        const slopes = engine.arena.take(T * B * H);
        engine.binary('multiply', slope, share, share, H);
        engine.binary('subtract', slope, share, slope, H);
        engine.expand(slopes, slope, 1, T * B, H);
        engine.binary('multiply', dleak, dleak, slopes, T * B * H);
      }
      engine.reduce(da, dleak, 1, T * B, H, true);
    },
  };
}
