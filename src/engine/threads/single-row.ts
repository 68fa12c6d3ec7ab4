// Time loops of a batch of one. Its only row cannot be split, so the threads share the gate rows of every step: each multiplies the state
// with its part of the weights, which then stay in its own cache from step to step. The gates themselves are a few thousand numbers that
// the calling thread goes through: forward in the operations of kernels/gates.ts and their order, backward in the time loop of one step without weights.
import { BINARY_OPS, UNARY_OPS } from '../engine.ts';
import type { Kernels } from '../kernels.ts';
import type { Pool } from './pool.ts';
import { behind, COLUMNS, NO_ARRAY } from './splitter.ts';

const [TANH, SIGMOID, RELU] = (['tanh', 'sigmoid', 'relu'] as const).map((op) => UNARY_OPS.indexOf(op));
const [ADD, MULTIPLY] = (['add', 'multiply'] as const).map((op) => BINARY_OPS.indexOf(op));

/** A product of the state with packed weights: `c[N] = from[N] + W · state`. */
interface Product {
  c: number;
  from: number;
  packed: number;
  N: number;
}

/** What the time loops need: plain kernels for the gates, a pool for the products, memory for a row of temporary numbers. */
export interface SingleRow {
  kernels: Kernels;
  pool: Pool;
  threads: number;
  scratch: number;
}

/** One job: all products of a step, each cut into a part per thread. */
function multiply({ pool, threads, scratch }: SingleRow, state: number, K: number, products: readonly Product[]): void {
  for (let thread = 0; thread < threads; thread++) {
    for (const { c, from, packed, N } of products) {
      const size = Math.ceil(N / threads / COLUMNS) * COLUMNS;
      const n = thread * size;
      const columns = Math.min(size, N - n);
      if (columns > 0) {
        pool.job.gemmPacked(
          c + 4 * n,
          4 * N,
          behind(from, n),
          0,
          state,
          4 * K,
          packed + 4 * n * K,
          1,
          columns,
          K,
          scratch,
        );
      }
    }
  }
  pool.run();
}

/** `rnnForward` of one whole row, without leak and skip. */
export function rnnRowForward(
  row: SingleRow,
  gates: number,
  hidden: number,
  w: number,
  T: number,
  H: number,
  relu: boolean,
): void {
  for (let t = 0; t < T; t++) {
    const a = gates + 4 * t * H;
    const before = hidden + 4 * t * H;
    multiply(row, before, H, [{ c: a, from: a, packed: w, N: H }]);
    row.kernels.unary(relu ? RELU : TANH, before + 4 * H, a, H);
  }
}

/** `lstmForward` of one whole row, without skip. */
export function lstmRowForward(
  row: SingleRow,
  gates: number,
  hidden: number,
  cells: number,
  w: number,
  T: number,
  H: number,
): void {
  const { kernels, scratch } = row;
  const size = 4 * H;
  for (let t = 0; t < T; t++) {
    const i = gates + t * 4 * size;
    const [f, g, o] = [i + size, i + 2 * size, i + 3 * size];
    const [before, c] = [cells + t * size, cells + (t + 1) * size];
    const [state, h] = [hidden + t * size, hidden + (t + 1) * size];
    multiply(row, state, H, [{ c: i, from: i, packed: w, N: 4 * H }]);
    kernels.unary(SIGMOID, i, i, 2 * H);
    kernels.unary(TANH, g, g, H);
    kernels.unary(SIGMOID, o, o, H);
    // c = f⊙c' + i⊙g, h = o⊙tanh(c)
    kernels.binary(MULTIPLY, c, f, before, H);
    kernels.binary(MULTIPLY, scratch, i, g, H);
    kernels.binary(ADD, c, c, scratch, H);
    kernels.unary(TANH, h, c, H);
    kernels.binary(MULTIPLY, h, o, h, H);
  }
}

/** `gruForward` of one whole row, reset after, without skip. */
export function gruRowForward(
  row: SingleRow,
  gates: number,
  hidden: number,
  candidate: number,
  weights: { wrz: number; wn: number; bias: number },
  T: number,
  H: number,
): void {
  const { kernels, scratch } = row;
  const size = 4 * H;
  for (let t = 0; t < T; t++) {
    const r = gates + t * 3 * size;
    const [z, n] = [r + size, r + 2 * size];
    const kept = candidate + t * size;
    const [before, h] = [hidden + t * size, hidden + (t + 1) * size];
    multiply(row, before, H, [
      { c: r, from: r, packed: weights.wrz, N: 2 * H },
      { c: kept, from: weights.bias, packed: weights.wn, N: H },
    ]);
    kernels.unary(SIGMOID, r, r, 2 * H);
    // n = tanh(n + r⊙kept)
    kernels.binary(MULTIPLY, scratch, r, kept, H);
    kernels.binary(ADD, n, n, scratch, H);
    kernels.unary(TANH, n, n, H);
    // h = (1−z)⊙n + z⊙h'
    kernels.affine(scratch, z, H, -1, 1);
    kernels.binary(MULTIPLY, scratch, scratch, n, H);
    kernels.binary(MULTIPLY, h, z, before, H);
    kernels.binary(ADD, h, scratch, h, H);
  }
}

/** One step's way back through the gates: a time loop of one row, whose products are left out. */
const [T, B, B0, B1] = [1, 1, 0, 1];
const NO_LENGTHS = NO_ARRAY;
const NO_WEIGHTS = NO_ARRAY;

/** `rnnBackward` of one whole row, without leak and skip. */
export function rnnRowBackward(
  row: SingleRow,
  dgates: number,
  dhidden: number,
  hidden: number,
  w: number,
  steps: number,
  H: number,
  relu: boolean,
): void {
  const size = 4 * H;
  for (let t = steps - 1; t >= 0; t--) {
    const [da, dh, h] = [dgates + t * size, dhidden + t * size, hidden + t * size];
    row.kernels.rnnBackward(
      ...([da, dh, h, NO_WEIGHTS, NO_LENGTHS, T, B, H, B0, B1] as const),
      ...([relu, NO_ARRAY, NO_ARRAY, NO_ARRAY, NO_ARRAY, 0, row.scratch] as const),
    );
    multiply(row, da, H, [{ c: dh, from: dh, packed: w, N: H }]);
  }
}

/** `lstmBackward` of one whole row, without skip. */
export function lstmRowBackward(
  row: SingleRow,
  dgates: number,
  dhidden: number,
  dcell: number,
  gates: number,
  cells: number,
  w: number,
  steps: number,
  H: number,
): void {
  const size = 4 * H;
  for (let t = steps - 1; t >= 0; t--) {
    const [da, dh] = [dgates + t * 4 * size, dhidden + t * size];
    row.kernels.lstmBackward(
      ...([da, dh, dcell, gates + t * 4 * size, cells + t * size, NO_WEIGHTS, NO_LENGTHS] as const),
      ...([T, B, H, B0, B1, NO_ARRAY, 0, row.scratch] as const),
    );
    multiply(row, da, 4 * H, [{ c: dh, from: dh, packed: w, N: H }]);
  }
}

/** `gruBackward` of one whole row, reset after, without skip. */
export function gruRowBackward(
  row: SingleRow,
  gradients: { dgates: number; dcandidate: number; dhidden: number },
  kept: { gates: number; candidate: number; hidden: number },
  weights: { wrz: number; wn: number },
  steps: number,
  H: number,
): void {
  const size = 4 * H;
  for (let t = steps - 1; t >= 0; t--) {
    const da = gradients.dgates + t * 3 * size;
    const [dn, dh] = [gradients.dcandidate + t * size, gradients.dhidden + t * size];
    row.kernels.gruBackward(
      ...([da, dn, dh, kept.gates + t * 3 * size, kept.candidate + t * size, kept.hidden + t * size] as const),
      ...([NO_WEIGHTS, NO_WEIGHTS, NO_LENGTHS, T, B, H, B0, B1, true, NO_ARRAY, NO_ARRAY, 0, row.scratch] as const),
    );
    // Both add to dh, the second to what the first leaves.
    multiply(row, da, 2 * H, [{ c: dh, from: dh, packed: weights.wrz, N: H }]);
    multiply(row, dn, H, [{ c: dh, from: dh, packed: weights.wn, N: H }]);
  }
}
