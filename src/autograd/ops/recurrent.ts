import type { Address, GruSkip, Skip } from '../../engine/engine.ts';
import { NONE } from '../../engine/engine.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import {
  type FusedCell,
  type FusedResult,
  fusedLast,
  fusedSequence,
  type Layout,
  type RecurrentWeights,
  type SequenceOptions,
} from './recurrent-sequence.ts';
import type { Lengths } from './sequence.ts';

/**
 * Whole recurrent layers as single tape nodes. The input's products are one GEMM before the time loop, the weight gradients
 * one GEMM after it; the loop itself runs in the engine.
 *
 * Kept for backward, in slots, x included: LSTM `TB(D + 4H) + 2(T+1)BH`, GRU `TB(D + 4H) + (T+1)BH`, RNN `TB(D + H) + (T+1)BH`.
 * Backward adds LSTM `4TBH + (T+1)BH`, GRU `4TBH + (T+1)BH`, RNN `TBH + (T+1)BH`, and `TBD` where
 * x needs a gradient. With `recompute` everything but `TBD` and, in `…Sequence`, `(T+1)BH` twice (outputs and their gradient) counts
 * for one segment only, and border states are added. docs/memory.md measures it.
 */

/** Outputs of every step [T, B, H] (zeros past a row's length) and the last state [B, H]. */
export interface RecurrentResult {
  outputs: Tensor;
  last: Tensor;
  /** With a skip: the states before the last one, [B, (d−1)·H], oldest first. */
  past?: Tensor;
}

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

/** GRU, gates in PyTorch's order r z n, reset after (PyTorch, Keras 3) or before (Cho et al. 2014) the recurrent product. */
export function gruSequence(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  reset: 'after' | 'before',
  lengths?: Lengths,
  options?: SequenceOptions,
): RecurrentResult {
  return hiddenOnly(fusedSequence(GRU[reset], x, [h0], weights, lengths, options));
}

/** The last state [B, H] of {@link gruSequence} alone: memory grows with √T, beside x. */
export function gruLast(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  reset: 'after' | 'before',
  lengths?: Lengths,
  options?: SequenceOptions,
): Tensor {
  return fusedLast(GRU[reset], x, [h0], weights, lengths, options).last;
}

function hiddenOnly({ outputs, last, past }: FusedResult): RecurrentResult {
  return { outputs, last, ...(past && { past }) };
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
  backward: (at, window, gradients, { w }) =>
    at.tape.engine.rnnBackward({ ...window, ...gradients, activation, w, skip: skipOf(at, true) }),
  recurrentGradients: (at, dw, db, { T, hidden }, { dgates }) => fromGates(at, dw, db, T, hidden, dgates),
});
const RNN = { tanh: rnn('tanh'), relu: rnn('relu') };

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
    backward(at, window, gradients, { w }) {
      const { engine } = at.tape;
      const { T, B, H } = window;
      const share = shareOf(at);
      const da = at.tape.gradientOf(given);
      const dleak = da === NONE ? NONE : engine.arena.take(T * B * H);
      engine.rnnBackward({ ...window, ...gradients, activation, w, leak: share, dleak, skip: skipOf(at, true) });
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
  backward: (at, window, gradients, { w }) =>
    at.tape.engine.lstmBackward({ ...window, ...gradients, w, skip: skipOf(at, true) }),
  recurrentGradients: (at, dw, db, { T, hidden }, { dgates }) => fromGates(at, dw, db, T, hidden, dgates),
};

const gru = (reset: 'after' | 'before'): FusedCell => ({
  name: 'gru',
  gates: 3,
  biased: reset === 'after' ? 2 : 3,
  activations: [
    { name: 'r', range: 'sigmoid' },
    { name: 'z', range: 'sigmoid' },
    { name: 'n', range: 'tanh' },
  ],
  cells: false,
  candidate: true,
  skips: reset === 'after',
  pack: (at, transposed) => ({
    wrz: packed(at, 0, 2 * at.H, transposed),
    wn: packed(at, 2 * at.H, at.H, transposed),
  }),
  forward(at, window, { wrz, wn }) {
    const bias = at.weights.bHh.address + 2 * at.H;
    at.tape.engine.gruForward({ ...window, reset, bias, wrz, wn, skip: gruSkipOf(at, false) });
  },
  backward: (at, window, gradients, { wrz, wn }) =>
    at.tape.engine.gruBackward({ ...window, ...gradients, reset, wrz, wn, skip: gruSkipOf(at, true) }),
  recurrentGradients(at, dw, db, { T, hidden, candidate }, { dgates, dcandidate }) {
    const { engine } = at.tape;
    const { B, H } = at;
    if (reset === 'after') {
      // The recurrent side sees dn⊙r, which dcandidate holds, where the input side sees dn.
      const { skip, delay } = at;
      const past: [dw: Address, hidden: Address][] = [[dw, hidden]];
      if (skip) past.push([at.tape.gradientOf(skip.weight), hidden - (delay - 1) * B * H]);
      for (const [target, states] of past) {
        if (target === NONE) continue;
        engine.gemmTn(target, dgates, states, 2 * H, H, T * B, { lda: 3 * H });
        engine.gemmTn(target + 2 * H * H, dcandidate, states, H, H, T * B);
      }
      if (db === NONE) return;
      const sums = engine.arena.take(3 * H);
      engine.copy(sums, db, 3 * H);
      engine.reduce(sums, dgates, 1, T * B, 3 * H, true);
      engine.copy(db, sums, 2 * H);
      engine.reduce(db + 2 * H, dcandidate, 1, T * B, H, true);
      return;
    }
    if (dw !== NONE) {
      engine.gemmTn(dw, dgates, hidden, 2 * H, H, T * B, { lda: 3 * H });
      engine.gemmTn(dw + 2 * H * H, dgates + 2 * H, candidate, H, H, T * B, { lda: 3 * H });
    }
    fromGates(at, NONE, db, T, hidden, dgates);
  },
});
const GRU = { after: gru('after'), before: gru('before') };

/** `N` rows of w_hh from row `from` on, packed; transposed for backward. */
function packed(
  { tape: { engine }, H, weights }: Layout,
  from: number,
  N: number,
  transposed: boolean,
  w = weights.wHh,
): Address {
  const [rows, K] = transposed ? [H, N] : [N, H];
  const address = engine.arena.take(engine.packedSize(rows, K));
  engine.pack(address, w.address + from * H, rows, K, transposed);
  return address;
}

function skipOf(at: Layout, transposed: boolean): Skip | undefined {
  return at.skip && { delay: at.delay, w: packed(at, 0, at.G, transposed, at.skip.weight) };
}

function gruSkipOf(at: Layout, transposed: boolean): GruSkip | undefined {
  const { skip, delay, H } = at;
  if (!skip) return;
  const [wrz, wn] = [packed(at, 0, 2 * H, transposed, skip.weight), packed(at, 2 * H, H, transposed, skip.weight)];
  return { delay, wrz, wn };
}

/** `dw_hh += dgatesᵀ·h'`, `dw_sk += dgatesᵀ·h_{t−d}`, `db_hh += Σ dgates`; `hidden` starts with the state before the window, so row t is h_{t−1}. */
function fromGates(
  { tape, B, H, G, skip, delay }: Layout,
  dw: Address,
  db: Address,
  T: number,
  hidden: Address,
  dgates: Address,
): void {
  const { engine } = tape;
  if (dw !== NONE) engine.gemmTn(dw, dgates, hidden, G, H, T * B);
  const dsk = skip ? tape.gradientOf(skip.weight) : NONE;
  if (dsk !== NONE) engine.gemmTn(dsk, dgates, hidden - (delay - 1) * B * H, G, H, T * B);
  if (db !== NONE) engine.reduce(db, dgates, 1, T * B, G, true);
}
