import type { Address } from '../../engine/engine.ts';
import { NONE } from '../../engine/engine.ts';
import type { Tape } from '../tape.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { type Lengths, placeLengths, takeLast } from './sequence.ts';

/**
 * Whole recurrent layers as single tape nodes. The input's products are one GEMM before the time loop, the weight gradients
 * one GEMM after it; the loop itself runs in the engine.
 *
 * Kept for backward, in slots, x included: LSTM `TB(D + 4H) + 2(T+1)BH`, GRU `TB(D + 4H) + (T+1)BH`, RNN `TB(D + H) + (T+1)BH`.
 * Backward adds LSTM `4TBH + (T+1)BH`, GRU `7TBH + (T+1)BH` (reset before: `4TBH + (T+1)BH`), RNN `TBH + (T+1)BH`, and `TBD` where
 * x needs a gradient. docs/memory.md measures it.
 */

/** PyTorch's parameters of one layer and direction: w_ih[G, D], w_hh[G, H], b_ih[G], b_hh[G]. */
export interface RecurrentWeights {
  wIh: Tensor;
  wHh: Tensor;
  bIh: Tensor;
  bHh: Tensor;
}

/** Outputs of every step [T, B, H] (zeros past a row's length) and the last state [B, H]. */
export interface RecurrentResult {
  outputs: Tensor;
  last: Tensor;
}

interface Layout {
  tape: Tape;
  T: number;
  B: number;
  D: number;
  H: number;
  G: number;
  lengths: Address;
}

/** Elman RNN, `h = f(W_ih x + b_ih + W_hh h' + b_hh)`. x[T, B, D] time-major, h0[B, H]. */
export function rnnSequence(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  activation: 'tanh' | 'relu',
  lengths?: Lengths,
): RecurrentResult {
  const at = layout('rnn', x, [h0], weights, 1, lengths);
  const { tape, T, B, H } = at;
  const { engine } = tape;
  const gates = inputProducts(at, x, weights, at.G);
  const hidden = states(at, h0, [x, h0, ...Object.values(weights)]);
  engine.arena.scope(() => {
    const w = packed(at, weights.wHh.address, H, H, false);
    engine.rnnForward({ T, B, H, lengths: at.lengths, hidden: hidden.address, activation, gates, w });
  });
  tape.record([hidden], () => {
    const dgates = engine.arena.take(T * B * H);
    const dhidden = tape.gradientOf(hidden);
    engine.arena.scope(() => {
      const w = packed(at, weights.wHh.address, H, H, true);
      engine.rnnBackward({ T, B, H, lengths: at.lengths, hidden: hidden.address, activation, dgates, dhidden, w });
    });
    addTo(tape, h0, dhidden);
    inputGradients(at, x, weights, dgates);
    weightGradient(at, weights.wHh, dgates, hidden.address);
    biasGradient(at, weights.bHh, dgates);
  });
  return finish(at, hidden, lengths);
}

/** LSTM, gates in PyTorch's order i f g o. x[T, B, D] time-major, h0 and c0 [B, H]. */
export function lstmSequence(
  x: Tensor,
  h0: Tensor,
  c0: Tensor,
  weights: RecurrentWeights,
  lengths?: Lengths,
): RecurrentResult & { lastCell: Tensor } {
  const at = layout('lstm', x, [h0, c0], weights, 4, lengths);
  const { tape, T, B, H } = at;
  const { engine } = tape;
  const inputs = [x, h0, c0, ...Object.values(weights)];
  const gates = inputProducts(at, x, weights, at.G);
  const hidden = states(at, h0, inputs);
  const cells = states(at, c0, inputs);
  engine.arena.scope(() => {
    const w = packed(at, weights.wHh.address, 4 * H, H, false);
    engine.lstmForward({ T, B, H, lengths: at.lengths, hidden: hidden.address, cells: cells.address, gates, w });
  });
  const lastCell = tape.output([B, H], inputs);
  engine.takeLast(lastCell.address, cells.address, at.lengths, B, T, H);
  tape.record([hidden, lastCell], () => {
    const dgates = engine.arena.take(T * B * 4 * H);
    const dhidden = tape.gradientOf(hidden);
    const dcell = engine.arena.take(B * H);
    engine.copy(dcell, tape.gradientOf(lastCell), B * H);
    engine.arena.scope(() => {
      const w = packed(at, weights.wHh.address, H, 4 * H, true);
      engine.lstmBackward({
        T,
        B,
        H,
        lengths: at.lengths,
        hidden: hidden.address,
        cells: cells.address,
        gates,
        dgates,
        dhidden,
        dcell,
        w,
      });
    });
    addTo(tape, h0, dhidden);
    addTo(tape, c0, dcell);
    inputGradients(at, x, weights, dgates);
    weightGradient(at, weights.wHh, dgates, hidden.address);
    biasGradient(at, weights.bHh, dgates);
  });
  return { ...finish(at, hidden, lengths), lastCell };
}

/** GRU, gates in PyTorch's order r z n, reset after (PyTorch, Keras 3) or before (Cho et al. 2014) the recurrent product. */
export function gruSequence(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  reset: 'after' | 'before',
  lengths?: Lengths,
): RecurrentResult {
  const at = layout('gru', x, [h0], weights, 3, lengths);
  const { tape, T, B, H } = at;
  const { engine } = tape;
  const { wHh, bHh } = weights;
  const gates = inputProducts(at, x, weights, reset === 'after' ? 2 * H : 3 * H);
  const hidden = states(at, h0, [x, h0, ...Object.values(weights)]);
  const candidate = engine.arena.take(T * B * H);
  const bias = bHh.address + 2 * H;
  const wn = wHh.address + 2 * H * H;
  const common = { T, B, H, reset, lengths: at.lengths, hidden: hidden.address, gates, candidate };
  engine.arena.scope(() => {
    const parts = { wrz: packed(at, wHh.address, 2 * H, H, false), wn: packed(at, wn, H, H, false) };
    engine.gruForward({ ...common, bias, ...parts });
  });
  tape.record([hidden], () => {
    const dgates = engine.arena.take(T * B * 3 * H);
    const dcandidate = engine.arena.take(T * B * H);
    const dhidden = tape.gradientOf(hidden);
    engine.arena.scope(() => {
      const parts = { wrz: packed(at, wHh.address, H, 2 * H, true), wn: packed(at, wn, H, H, true) };
      engine.gruBackward({ ...common, dgates, dcandidate, dhidden, ...parts });
    });
    addTo(tape, h0, dhidden);
    inputGradients(at, x, weights, dgates);
    if (reset === 'after') {
      // The recurrent side sees dn⊙r where the input side sees dn.
      const recurrent = engine.arena.take(T * B * 3 * H);
      engine.copyBlock(recurrent, 3 * H, dgates, 3 * H, T * B, 2 * H);
      engine.copyBlock(recurrent + 2 * H, 3 * H, dcandidate, H, T * B, H);
      weightGradient(at, wHh, recurrent, hidden.address);
      biasGradient(at, bHh, recurrent);
    } else {
      const dw = tape.gradientOf(wHh);
      if (dw !== NONE) {
        engine.gemmTn(dw, dgates, hidden.address, 2 * H, H, T * B, { lda: 3 * H });
        engine.gemmTn(dw + 2 * H * H, dgates + 2 * H, candidate, H, H, T * B, { lda: 3 * H });
      }
      biasGradient(at, bHh, dgates);
    }
  });
  return finish(at, hidden, lengths);
}

function layout(
  who: string,
  x: Tensor,
  initial: readonly Tensor[],
  weights: RecurrentWeights,
  gateCount: number,
  lengths: Lengths,
): Layout {
  for (const tensor of [x, ...initial, ...Object.values(weights)]) x.tape.check(tensor);
  expectShape(who, 'time-major x', x.shape, ['T', 'B', 'D'], 'sequences have three axes');
  const [T, B, D] = x.shape;
  const H = weights.wHh.shape[1];
  const G = gateCount * H;
  expectShape(who, 'x', x.shape, ['T', 'B', weights.wIh.shape[1]], `build the layer with input: ${D}`);
  expectShape(who, 'w_ih', weights.wIh.shape, [G, D], 'PyTorch keeps gates × hidden rows');
  expectShape(who, 'w_hh', weights.wHh.shape, [G, H], 'PyTorch keeps gates × hidden rows');
  for (const bias of [weights.bIh, weights.bHh]) expectShape(who, 'bias', bias.shape, [G], 'one number per gate row');
  for (const state of initial)
    expectShape(who, 'initial state', state.shape, [B, H], 'one row per sequence of the batch');
  return { tape: x.tape, T, B, D, H, G, lengths: placeLengths(x.tape, lengths, B, T) };
}

/** `gates[T·B, G] = b_ih (+ b_hh in the first `withHidden` rows) + x·w_ihᵀ`. */
function inputProducts(
  { tape: { engine }, T, B, D, G }: Layout,
  x: Tensor,
  weights: RecurrentWeights,
  withHidden: number,
): Address {
  const gates = engine.arena.take(T * B * G);
  engine.arena.scope(() => {
    const bias = engine.arena.take(G);
    engine.copy(bias, weights.bIh.address, G);
    engine.axpy(bias, weights.bHh.address, withHidden, 1);
    engine.expand(gates, bias, 1, T * B, G);
  });
  engine.gemmNt(gates, x.address, weights.wIh.address, T * B, G, D);
  return gates;
}

/** `[T+1, B, H]` with the initial state in row 0. */
function states({ tape, T, B, H }: Layout, initial: Tensor, inputs: readonly Tensor[]): Tensor {
  const all = tape.output([T + 1, B, H], inputs);
  tape.engine.copy(all.address, initial.address, B * H);
  return all;
}

function packed({ tape: { engine } }: Layout, w: Address, N: number, K: number, transposed: boolean): Address {
  const address = engine.arena.take(engine.packedSize(N, K));
  engine.pack(address, w, N, K, transposed);
  return address;
}

function finish({ tape, T, B, H }: Layout, hidden: Tensor, lengths: Lengths): RecurrentResult {
  return { outputs: tape.view(hidden, [T, B, H], B * H), last: takeLast(hidden, lengths) };
}

function inputGradients(
  { tape, T, B, D, G }: Layout,
  x: Tensor,
  { wIh, bIh }: RecurrentWeights,
  dgates: Address,
): void {
  const dx = tape.gradientOf(x);
  if (dx !== NONE) tape.engine.gemmNn(dx, dgates, wIh.address, T * B, D, G);
  const dw = tape.gradientOf(wIh);
  if (dw !== NONE) tape.engine.gemmTn(dw, dgates, x.address, G, D, T * B);
  const db = tape.gradientOf(bIh);
  if (db !== NONE) tape.engine.reduce(db, dgates, 1, T * B, G, true);
}

/** `dw_hh += dgatesᵀ·h'` over all steps at once; `hidden` starts with the initial state, so row t is h_{t−1}. */
function weightGradient({ tape, T, B, H, G }: Layout, wHh: Tensor, dgates: Address, hidden: Address): void {
  const dw = tape.gradientOf(wHh);
  if (dw !== NONE) tape.engine.gemmTn(dw, dgates, hidden, G, H, T * B);
}

function biasGradient({ tape, T, B, G }: Layout, bHh: Tensor, dgates: Address): void {
  const db = tape.gradientOf(bHh);
  if (db !== NONE) tape.engine.reduce(db, dgates, 1, T * B, G, true);
}

function addTo(tape: Tape, initial: Tensor, gradient: Address): void {
  const d = tape.gradientOf(initial);
  if (d !== NONE) tape.engine.axpy(d, gradient, initial.size, 1);
}
