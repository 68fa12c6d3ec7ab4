// Moving rows between batch-first and time-major order, and picking rows by length.
import { addRow, bytes, copyRow, fillRow, NONE } from './vector';

/** Length of row b, or `all` without lengths. */
@inline
export function lengthOf(lengths: usize, b: i32, all: i32): i32 {
  return lengths == NONE ? all : load<i32>(lengths + bytes(b));
}

@inline
function transport(y: usize, x: usize, lengths: usize, B: i32, T: i32, D: i32, b0: i32, b1: i32, accumulate: bool, batchFirst: bool): void {
  const row = bytes(D);
  for (let b = b0; b < b1; b++) {
    const length = lengthOf(lengths, b, T);
    const outside = <usize>b * <usize>T * row;
    const inside = <usize>b * row;
    for (let t = 0; t < T; t++) {
      const byBatch = outside + <usize>t * row;
      const byTime = inside + <usize>t * <usize>B * row;
      const target = y + (batchFirst ? byBatch : byTime);
      const source = x + (batchFirst ? byTime : byBatch);
      if (t < length) {
        if (accumulate) addRow(target, source, D);
        else copyRow(target, source, D);
      } else if (!accumulate) {
        fillRow(target, 0, D);
      }
    }
  }
}

/** y[t,b,:] = x[b,t,:] where t < lengths[b], else 0, for b0 ≤ b < b1. */
export function toTimeMajor(y: usize, x: usize, lengths: usize, B: i32, T: i32, D: i32, b0: i32, b1: i32, accumulate: bool): void {
  transport(y, x, lengths, B, T, D, b0, b1, accumulate, false);
}

/** y[b,t,:] = x[t,b,:] where t < lengths[b], else 0, for b0 ≤ b < b1. */
export function toBatchFirst(y: usize, x: usize, lengths: usize, B: i32, T: i32, D: i32, b0: i32, b1: i32, accumulate: bool): void {
  transport(y, x, lengths, B, T, D, b0, b1, accumulate, true);
}

/** y[b,:] = states[lengths[b],b,:]. */
export function takeLast(y: usize, states: usize, lengths: usize, B: i32, T: i32, H: i32): void {
  const row = bytes(H);
  for (let b = 0; b < B; b++) copyRow(y + <usize>b * row, states + (<usize>lengthOf(lengths, b, T) * <usize>B + <usize>b) * row, H);
}

/** dstates[lengths[b],b,:] += dy[b,:]. */
export function takeLastBackward(dstates: usize, dy: usize, lengths: usize, B: i32, T: i32, H: i32): void {
  const row = bytes(H);
  for (let b = 0; b < B; b++) addRow(dstates + (<usize>lengthOf(lengths, b, T) * <usize>B + <usize>b) * row, dy + <usize>b * row, H);
}

/** y[b,:] = t < lengths[b] ? a[b,:] : c[b,:]. */
export function selectRows(y: usize, a: usize, c: usize, lengths: usize, t: i32, B: i32, H: i32): void {
  for (let b = 0; b < B; b++) {
    const offset = <usize>b * bytes(H);
    copyRow(y + offset, (t < lengthOf(lengths, b, t + 1) ? a : c) + offset, H);
  }
}

/** da[b,:] += dy[b,:] in running rows, dc[b,:] += dy[b,:] in ended ones; either may be NONE. */
export function selectRowsBackward(da: usize, dc: usize, dy: usize, lengths: usize, t: i32, B: i32, H: i32): void {
  for (let b = 0; b < B; b++) {
    const offset = <usize>b * bytes(H);
    const target = t < lengthOf(lengths, b, t + 1) ? da : dc;
    if (target != NONE) addRow(target + offset, dy + offset, H);
  }
}
