// The time loops: one call per sequence, all arrays time-major. Each step walks the runs of adjacent rows that have not ended:
// a product over the run, then the gates row by row. Rows b0 ≤ b < b1 only, so batches can be split without synchronisation.
// With a skip (ws, d), hidden and dhidden have d − 1 rows of states in front of their first one: the row t + 1 − d may be negative.
import { gemmPacked } from './gemm';
import {
  gruCandidateRow, gruCandidateRowBackward, gruResetRow, gruResetRowBackward, gruRow, gruRowBackward,
  leakyRow, leakyRowBackward, lstmRow, lstmRowBackward, rnnRow, rnnRowBackward,
} from './gates';
import { lengthOf } from './ragged';
import { mapSigmoid } from './squash';
import { bytes, copyRow, fillRow, NONE } from './vector';

/** C[M,N] += A · W, W in panels; nothing without W. */
@inline
function addPacked(c: usize, cs: usize, a: usize, as: usize, w: usize, M: i32, N: i32, K: i32, scratch: usize): void {
  if (w != NONE) gemmPacked(c, cs, c, cs, a, as, w, M, N, K, scratch);
}

/** First row at or behind b that has not ended at step t, or b1. */
function nextRunning(lengths: usize, t: i32, b: i32, b1: i32): i32 {
  while (b < b1 && t >= lengthOf(lengths, b, t + 1)) b++;
  return b;
}

/** First row at or behind b that has ended at step t, or b1. */
function nextEnded(lengths: usize, t: i32, b: i32, b1: i32): i32 {
  if (lengths == NONE) return b1;
  while (b < b1 && t < lengthOf(lengths, b, t + 1)) b++;
  return b;
}

/** y[rows b0 … b1, width] = 0 at step t. */
@inline
function zeroRows(y: usize, t: i32, B: i32, b0: i32, b1: i32, width: i32): void {
  fillRow(rowAt(y, t, B, b0, width), 0, (b1 - b0) * width);
}

/** Row b of step t of y[·,B,width]. */
@inline
function rowAt(y: usize, t: i32, B: i32, b: i32, width: i32): usize {
  return y + (<usize>t * <usize>B + <usize>b) * bytes(width);
}

/** h = f(gates + W h'), f = tanh or relu; gates[T,B,H], hidden[T+1,B,H]. With leak[H], h = α⊙h' + (1−α)⊙f(…), and gates keeps f(…). */
export function rnnForward(gates: usize, hidden: usize, w: usize, lengths: usize, T: i32, B: i32, H: i32, b0: i32, b1: i32, relu: bool, leak: usize, ws: usize, d: i32, scratch: usize): void {
  const hs = bytes(H);
  for (let t = 0; t < T; t++) {
    for (let b = b0; b < b1; ) {
      const from = nextRunning(lengths, t, b, b1);
      const to = nextEnded(lengths, t, from, b1);
      zeroRows(hidden, t + 1, B, b, from, H);
      const a = rowAt(gates, t, B, from, H);
      const before = rowAt(hidden, t, B, from, H);
      const after = rowAt(hidden, t + 1, B, from, H);
      addPacked(a, hs, before, hs, w, to - from, H, H, scratch);
      if (ws != NONE) addPacked(a, hs, rowAt(hidden, t + 1 - d, B, from, H), hs, ws, to - from, H, H, scratch);
      if (leak == NONE) {
        rnnRow(after, a, (to - from) * H, relu);
      } else {
        zeroRows(gates, t, B, b, from, H);
        rnnRow(a, a, (to - from) * H, relu);
        for (let r = 0; r < to - from; r++) {
          const o = <usize>r * hs;
          leakyRow(after + o, a + o, before + o, leak, H);
        }
      }
      b = to;
    }
  }
}

/** dgates = dh · f'; dh' += dgates W. With leak, dgates = dh⊙(1−α) · f', dh' += dh⊙α first, and dleak[T,B,H] = dh⊙(h' − f(…)) unless NONE. */
export function rnnBackward(
  dgates: usize, dhidden: usize, hidden: usize, w: usize, lengths: usize, T: i32, B: i32, H: i32, b0: i32, b1: i32,
  relu: bool, leak: usize, gates: usize, dleak: usize, ws: usize, d: i32, scratch: usize,
): void {
  const hs = bytes(H);
  for (let t = T - 1; t >= 0; t--) {
    for (let b = b0; b < b1; ) {
      const from = nextRunning(lengths, t, b, b1);
      const to = nextEnded(lengths, t, from, b1);
      zeroRows(dgates, t, B, b, from, H);
      const da = rowAt(dgates, t, B, from, H);
      const dh = rowAt(dhidden, t + 1, B, from, H);
      const carried = rowAt(dhidden, t, B, from, H);
      if (leak == NONE) {
        rnnRowBackward(da, dh, rowAt(hidden, t + 1, B, from, H), (to - from) * H, relu);
      } else {
        if (dleak != NONE) zeroRows(dleak, t, B, b, from, H);
        for (let r = from; r < to; r++) {
          const o = <usize>(r - from) * hs;
          const kept = dleak == NONE ? NONE : rowAt(dleak, t, B, r, H);
          leakyRowBackward(da + o, carried + o, kept, dh + o, rowAt(gates, t, B, r, H), rowAt(hidden, t, B, r, H), leak, H, relu);
        }
      }
      addPacked(carried, hs, da, hs, w, to - from, H, H, scratch);
      if (ws != NONE) addPacked(rowAt(dhidden, t + 1 - d, B, from, H), hs, da, hs, ws, to - from, H, H, scratch);
      b = to;
    }
  }
}

/** gates[T,B,4H] = i f g o; cells and hidden [T+1,B,H]. */
export function lstmForward(
  gates: usize, hidden: usize, cells: usize, w: usize, lengths: usize, T: i32, B: i32, H: i32, b0: i32, b1: i32, ws: usize, d: i32, scratch: usize,
): void {
  const G = 4 * H;
  for (let t = 0; t < T; t++) {
    for (let b = b0; b < b1; ) {
      const from = nextRunning(lengths, t, b, b1);
      const to = nextEnded(lengths, t, from, b1);
      zeroRows(gates, t, B, b, from, G);
      zeroRows(cells, t + 1, B, b, from, H);
      zeroRows(hidden, t + 1, B, b, from, H);
      addPacked(rowAt(gates, t, B, from, G), bytes(G), rowAt(hidden, t, B, from, H), bytes(H), w, to - from, G, H, scratch);
      if (ws != NONE) {
        addPacked(rowAt(gates, t, B, from, G), bytes(G), rowAt(hidden, t + 1 - d, B, from, H), bytes(H), ws, to - from, G, H, scratch);
      }
      for (let r = from; r < to; r++) {
        lstmRow(rowAt(gates, t, B, r, G), rowAt(hidden, t + 1, B, r, H), rowAt(cells, t + 1, B, r, H), rowAt(cells, t, B, r, H), H);
      }
      b = to;
    }
  }
}

/** dgates[T,B,4H]; dcell[B,H] carries ∂L/∂c. */
export function lstmBackward(
  dgates: usize, dhidden: usize, dcell: usize, gates: usize, cells: usize, w: usize, lengths: usize,
  T: i32, B: i32, H: i32, b0: i32, b1: i32, ws: usize, d: i32, scratch: usize,
): void {
  const G = 4 * H;
  for (let t = T - 1; t >= 0; t--) {
    for (let b = b0; b < b1; ) {
      const from = nextRunning(lengths, t, b, b1);
      const to = nextEnded(lengths, t, from, b1);
      zeroRows(dgates, t, B, b, from, G);
      for (let r = from; r < to; r++) {
        lstmRowBackward(
          rowAt(dgates, t, B, r, G), rowAt(dhidden, t + 1, B, r, H), dcell + <usize>r * bytes(H),
          rowAt(gates, t, B, r, G), rowAt(cells, t + 1, B, r, H), rowAt(cells, t, B, r, H), H,
        );
      }
      addPacked(rowAt(dhidden, t, B, from, H), bytes(H), rowAt(dgates, t, B, from, G), bytes(G), w, to - from, H, G, scratch);
      if (ws != NONE) {
        addPacked(rowAt(dhidden, t + 1 - d, B, from, H), bytes(H), rowAt(dgates, t, B, from, G), bytes(G), ws, to - from, H, G, scratch);
      }
      b = to;
    }
  }
}

/** gates[T,B,3H] = r z n; candidate and hidden as the contract says. `bias` may be NONE. */
export function gruForward(
  gates: usize, hidden: usize, candidate: usize, wrz: usize, wn: usize, bias: usize, lengths: usize,
  T: i32, B: i32, H: i32, b0: i32, b1: i32, resetAfter: bool, wsrz: usize, wsn: usize, d: i32, scratch: usize,
): void {
  const G = 3 * H;
  const gs = bytes(G);
  const hs = bytes(H);
  for (let t = 0; t < T; t++) {
    for (let b = b0; b < b1; ) {
      const from = nextRunning(lengths, t, b, b1);
      const to = nextEnded(lengths, t, from, b1);
      const M = to - from;
      zeroRows(gates, t, B, b, from, G);
      zeroRows(candidate, t, B, b, from, H);
      zeroRows(hidden, t + 1, B, b, from, H);
      const z = rowAt(gates, t, B, from, G);
      const kept = rowAt(candidate, t, B, from, H);
      const before = rowAt(hidden, t, B, from, H);
      const after = rowAt(hidden, t + 1, B, from, H);
      const older = rowAt(hidden, t + 1 - d, B, from, H);
      addPacked(z, gs, before, hs, wrz, M, 2 * H, H, scratch);
      if (wsrz != NONE) addPacked(z, gs, older, hs, wsrz, M, 2 * H, H, scratch);
      for (let r = 0; r < M; r++) {
        const row = z + <usize>r * gs;
        mapSigmoid(row, row, 2 * H);
        if (!resetAfter) gruResetRow(kept + <usize>r * hs, row, before + <usize>r * hs, H);
        else if (bias == NONE) fillRow(kept + <usize>r * hs, 0, H);
        else copyRow(kept + <usize>r * hs, bias, H);
      }
      if (resetAfter) {
        addPacked(kept, hs, before, hs, wn, M, H, H, scratch);
        if (wsn != NONE) addPacked(kept, hs, older, hs, wsn, M, H, H, scratch);
      } else addPacked(z + 2 * hs, gs, kept, hs, wn, M, H, H, scratch);
      for (let r = 0; r < M; r++) {
        const row = z + <usize>r * gs;
        if (resetAfter) gruCandidateRow(row + 2 * hs, row, kept + <usize>r * hs, H);
        gruRow(row + hs, row + 2 * hs, after + <usize>r * hs, before + <usize>r * hs, H);
      }
      b = to;
    }
  }
}

/** dgates[T,B,3H], dcandidate[T,B,H]; carried ∂L/∂h' = dh⊙z, then (reset before) dcandidate⊙r, then the products. */
export function gruBackward(
  dgates: usize, dcandidate: usize, dhidden: usize, gates: usize, candidate: usize, hidden: usize, wrz: usize, wn: usize, lengths: usize,
  T: i32, B: i32, H: i32, b0: i32, b1: i32, resetAfter: bool, wsrz: usize, wsn: usize, d: i32, scratch: usize,
): void {
  const G = 3 * H;
  const gs = bytes(G);
  const hs = bytes(H);
  for (let t = T - 1; t >= 0; t--) {
    for (let b = b0; b < b1; ) {
      const from = nextRunning(lengths, t, b, b1);
      const to = nextEnded(lengths, t, from, b1);
      const M = to - from;
      zeroRows(dgates, t, B, b, from, G);
      zeroRows(dcandidate, t, B, b, from, H);
      const z = rowAt(gates, t, B, from, G);
      const dz = rowAt(dgates, t, B, from, G);
      const kept = rowAt(candidate, t, B, from, H);
      const dkept = rowAt(dcandidate, t, B, from, H);
      const before = rowAt(hidden, t, B, from, H);
      const dh = rowAt(dhidden, t + 1, B, from, H);
      const carried = rowAt(dhidden, t, B, from, H);
      for (let r = 0; r < M; r++) {
        const row = z + <usize>r * gs;
        const drow = dz + <usize>r * gs;
        const o = <usize>r * hs;
        gruRowBackward(drow + hs, drow + 2 * hs, carried + o, dh + o, row + hs, row + 2 * hs, before + o, H);
        if (resetAfter) gruCandidateRowBackward(drow, dkept + o, drow + 2 * hs, row, kept + o, H);
      }
      if (!resetAfter) {
        gemmPacked(dkept, hs, NONE, 0, dz + 2 * hs, gs, wn, M, H, H, scratch);
        for (let r = 0; r < M; r++) {
          const o = <usize>r * hs;
          gruResetRowBackward(dz + <usize>r * gs, carried + o, dkept + o, z + <usize>r * gs, before + o, H);
        }
      }
      addPacked(carried, hs, dz, gs, wrz, M, H, 2 * H, scratch);
      if (resetAfter) addPacked(carried, hs, dkept, hs, wn, M, H, H, scratch);
      if (wsrz != NONE) addPacked(rowAt(dhidden, t + 1 - d, B, from, H), hs, dz, gs, wsrz, M, H, 2 * H, scratch);
      if (wsn != NONE) addPacked(rowAt(dhidden, t + 1 - d, B, from, H), hs, dkept, hs, wsn, M, H, H, scratch);
      b = to;
    }
  }
}
