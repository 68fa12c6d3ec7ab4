/** The sums a least-squares fit is made of, and its solution with a penalty. */
import { cholesky, choleskySolve } from './cholesky.ts';

/** Rows of inputs and targets. */
export interface RidgeData {
  /** Design matrix [N, F], row-major, without a constant column. */
  inputs: Float64Array | Float32Array;
  /** Targets [N, horizon], row-major; all steps share one Cholesky factor. */
  targets: Float64Array | Float32Array;
  /** F, columns of `inputs`, at least 1. Time grows with N F² and F³, memory with F². */
  features: number;
  /** Columns of `targets`, at least 1. */
  horizon: number;
}

/** Sums over some rows: `gram` = Σ z zᵀ (lower triangle), `cross` = Σ z y, and the plain sums. */
export interface Moments {
  rows: number;
  gram: Float64Array;
  cross: Float64Array;
  sumInputs: Float64Array;
  sumTargets: Float64Array;
}

/** Rows taken together: a transposed slab [F, 128] of f64 stays in cache while its products are formed. */
const SLAB = 128;

/**
 * Adds rows [from, to) to fresh moments; inputs are standardised on the way, targets taken from `centre`. Stops after each slab, so
 * that a caller can let others run.
 */
export function* accumulate(
  data: RidgeData,
  from: number,
  to: number,
  mean: Float64Array,
  inverse: Float64Array,
  centre: Float64Array,
): Generator<void, Moments> {
  const { inputs, targets, features: F, horizon } = data;
  const moments: Moments = {
    rows: to - from,
    gram: new Float64Array(F * F),
    cross: new Float64Array(F * horizon),
    sumInputs: new Float64Array(F),
    sumTargets: new Float64Array(horizon),
  };
  const { gram, cross, sumInputs, sumTargets } = moments;
  const slab = new Float64Array(F * SLAB);
  for (let start = from; start < to; start += SLAB) {
    const rows = Math.min(SLAB, to - start);
    if (rows < SLAB) slab.fill(0);
    for (let n = 0; n < rows; n++) {
      const row = (start + n) * F;
      for (let f = 0; f < F; f++) slab[f * SLAB + n] = (inputs[row + f]! - mean[f]!) * inverse[f]!;
      for (let h = 0; h < horizon; h++) sumTargets[h]! += targets[(start + n) * horizon + h]! - centre[h]!;
    }
    for (let f = 0; f < F; f++) {
      const a = f * SLAB;
      for (let g = 0; g <= f; g++) gram[f * F + g]! += dot(slab, a, g * SLAB);
      for (let n = 0; n < rows; n++) {
        const z = slab[a + n]!;
        sumInputs[f]! += z;
        const target = (start + n) * horizon;
        for (let h = 0; h < horizon; h++) cross[f * horizon + h]! += z * (targets[target + h]! - centre[h]!);
      }
    }
    yield;
  }
  return moments;
}

/** Inner product of two rows of a slab. */
function dot(slab: Float64Array, a: number, b: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let n = 0; n < SLAB; n += 4) {
    s0 += slab[a + n]! * slab[b + n]!;
    s1 += slab[a + n + 1]! * slab[b + n + 1]!;
    s2 += slab[a + n + 2]! * slab[b + n + 2]!;
    s3 += slab[a + n + 3]! * slab[b + n + 3]!;
  }
  return s0 + s1 + (s2 + s3);
}

/** Adds `b` to `a`, in place. */
export function merge(a: Moments, b: Moments): Moments {
  for (const key of ['gram', 'cross', 'sumInputs', 'sumTargets'] as const) {
    const into = a[key];
    const from = b[key];
    for (let i = 0; i < into.length; i++) into[i]! += from[i]!;
  }
  a.rows += b.rows;
  return a;
}

/**
 * Minimises `Σ |y - b - zᵀw|² + λ |w|²` with the intercept b free: the moments are centred, then `(G + λ I) w = c`.
 *
 * @returns w [F, horizon] and b [horizon] on the standardised scale, or undefined where the system is singular
 */
export function* solve(
  moments: Moments,
  F: number,
  horizon: number,
  penalty: number,
): Generator<void, { w: Float64Array; b: Float64Array } | undefined> {
  const { rows, gram, cross, sumInputs, sumTargets } = moments;
  const a = new Float64Array(F * F);
  for (let f = 0; f < F; f++) {
    for (let g = 0; g <= f; g++) a[f * F + g] = gram[f * F + g]! - (sumInputs[f]! * sumInputs[g]!) / rows;
    // A constant column is 0 throughout: any positive diagonal gives it the coefficient 0.
    const diagonal = a[f * F + f]! + penalty * rows;
    a[f * F + f] = diagonal > 0 ? diagonal : 1;
  }
  if (!(yield* cholesky(a, F))) return undefined;
  const w = new Float64Array(F * horizon);
  const b = new Float64Array(horizon);
  const column = new Float64Array(F);
  for (let h = 0; h < horizon; h++) {
    for (let f = 0; f < F; f++) column[f] = cross[f * horizon + h]! - (sumInputs[f]! * sumTargets[h]!) / rows;
    choleskySolve(a, F, column);
    let shift = sumTargets[h]!;
    for (let f = 0; f < F; f++) {
      w[f * horizon + h] = column[f]!;
      shift -= column[f]! * sumInputs[f]!;
    }
    b[h] = shift / rows;
  }
  return { w, b };
}
