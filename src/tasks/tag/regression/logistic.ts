import { exp, log, softplus } from '../../../exact.ts';
import { type Visit, visitor } from '../../../train/event-loop.ts';
import { cholesky, choleskySolve } from '../../baselines/cholesky.ts';
import { visiting } from '../../baselines/pieces.ts';

/** Rows of inputs with their classes. */
export interface LogisticData {
  /** Inputs per row. */
  D: number;
  N: number;
  row(i: number): ArrayLike<number>;
  label(i: number): number;
  /** How much a row counts; default 1. */
  weight?(i: number): number;
}

/** A logistic regression: of two classes one, for the second; of more, each class against the rest, R of them. */
export interface Logistic {
  /** [R, D] */
  weight: Float64Array;
  /** [R] */
  bias: Float64Array;
}

/** On scaled inputs; of 1, 10, 30, 100 and 300 the one that blocks of Seattle's 2012 to 2014 prefer. */
const RIDGE = 10;
/** Most inputs for which the normal equations are solved, most numbers held, and most products of one step of Newton's method. */
const MOST_INPUTS = 600;
const MOST_NUMBERS = 2 ** 25;
const MOST_PRODUCTS = 4e9;
const MOST_STEPS = 50;
/** Rows, evenly spread, to learn from where all are too many: neighbours are alike. Fewer than the second would say little. */
const MOST_SPREAD = 32_768;
const FEWEST_SPREAD = 4096;
/** Rows between two looks at the clock: of the most inputs some milliseconds. */
const ROWS = 32;
/** Log-odds are kept within ± this. */
const CERTAIN = 40;

/** How many regressions tell K classes apart. */
export function regressionsOf(K: number): number {
  return K === 2 ? 1 : K;
}

/** Whether a regression of this size is solved in seconds. */
export function logisticFits({ D, N }: { D: number; N: number }, K: number): boolean {
  return D >= 1 && D <= MOST_INPUTS && N * D <= MOST_NUMBERS && regressionsOf(K) * N * D * D <= MOST_PRODUCTS;
}

/**
 * Every how many-th row to learn from, where all are too many; 1 where they are not, undefined where too few would remain, or the inputs
 * themselves are too many.
 */
export function logisticStride({ D, N }: { D: number; N: number }, K: number): number | undefined {
  if (logisticFits({ D, N }, K)) return 1;
  if (D < 1 || D > MOST_INPUTS) return undefined;
  const most = Math.min(MOST_SPREAD, Math.floor(MOST_PRODUCTS / (regressionsOf(K) * D * D)));
  return most < FEWEST_SPREAD ? undefined : Math.ceil(N / most);
}

/**
 * Logistic regression with a ridge on scaled inputs by Newton's method (iteratively reweighted least squares). Undefined where it would be
 * too large, or no finite solution was found.
 */
export async function fitLogistic(
  data: LogisticData,
  K: number,
  visit: Visit = visitor(),
): Promise<Logistic | undefined> {
  const { D, N } = data;
  if (N === 0 || !logisticFits(data, K)) return undefined;
  const X = new Float64Array(N * D);
  for (let i = 0; i < N; i++) {
    X.set(data.row(i), i * D);
    if (i % ROWS === 0) await visit();
  }
  const share = Float64Array.from({ length: N }, (_, i) => data.weight?.(i) ?? 1);
  const { mean, scale } = await standardize(X, D, share, visit);
  const R = regressionsOf(K);
  const weight = new Float64Array(R * D);
  const bias = new Float64Array(R);
  for (let r = 0; r < R; r++) {
    const y = Float64Array.from({ length: N }, (_, i) => Number(data.label(i) === (K === 2 ? 1 : r)));
    const w = await newton(X, y, share, D, visit);
    if (!w) return undefined;
    // In terms of the inputs as they came.
    bias[r] = w[D];
    for (let d = 0; d < D; d++) {
      weight[r * D + d] = w[d] / scale[d];
      bias[r] -= (w[d] / scale[d]) * mean[d];
    }
  }
  return { weight, bias };
}

/** Logits [T, K] of rows [T, D]: of two classes 0 and the log-odds, of more each regression's log-probability. */
export function logisticLogits({ weight, bias }: Logistic, rows: Float64Array, K: number): Float64Array {
  const R = bias.length;
  const D = weight.length / R;
  const T = rows.length / D;
  const logits = new Float64Array(T * K);
  for (let t = 0; t < T; t++) {
    for (let r = 0; r < R; r++) {
      let z = bias[r];
      for (let d = 0; d < D; d++) z += weight[r * D + d] * rows[t * D + d];
      if (K === 2) logits[2 * t + 1] = certain(z);
      else logits[t * K + r] = -softplus(-certain(z));
    }
  }
  return logits;
}

function certain(z: number): number {
  return Math.max(-CERTAIN, Math.min(CERTAIN, z));
}

/** Takes mean and deviation, in which rows count by their share, off the columns of X [N, D], in place. */
async function standardize(
  X: Float64Array,
  D: number,
  share: Float64Array,
  visit: Visit,
): Promise<{ mean: Float64Array; scale: Float64Array }> {
  const total = share.reduce((sum, part) => sum + part, 0);
  const mean = new Float64Array(D);
  const square = new Float64Array(D);
  const each = async (take: (i: number, d: number, part: number) => void): Promise<void> => {
    for (let n = 0; n < share.length; n++) {
      for (let d = 0; d < D; d++) take(n * D + d, d, share[n] / total);
      if (n % ROWS === 0) await visit();
    }
  };
  await each((i, d, part) => {
    mean[d] += part * X[i];
  });
  await each((i, d, part) => {
    square[d] += part * (X[i] - mean[d]) ** 2;
  });
  const scale = square.map((s) => (s > 0 ? Math.sqrt(s) : 1));
  await each((i, d) => {
    X[i] = (X[i] - mean[d]) / scale[d];
  });
  return { mean, scale };
}

/** Weights [D], then the bias, which no ridge holds. */
async function newton(
  X: Float64Array,
  y: Float64Array,
  share: Float64Array,
  D: number,
  visit: Visit,
): Promise<Float64Array | undefined> {
  const n = D + 1;
  const w = new Float64Array(n);
  const x = new Float64Array(n).fill(1);
  const positive = y.reduce((sum, one) => sum + one, 0);
  if (positive === 0 || positive === y.length) {
    // Of one class only the bias would grow for ever; one more row of each kind, so that nothing is held to be impossible (Laplace).
    w[D] = log((positive + 1) / (y.length - positive + 1));
    return w;
  }
  for (let step = 0; step < MOST_STEPS; step++) {
    const hessian = new Float64Array(n * n);
    const gradient = new Float64Array(n);
    for (let i = 0; i < y.length; i++) {
      x.set(X.subarray(i * D, (i + 1) * D));
      let z = 0;
      for (let a = 0; a < n; a++) z += w[a] * x[a];
      const p = 1 / (1 + exp(-certain(z)));
      const curvature = share[i] * p * (1 - p);
      const slope = share[i] * (p - y[i]);
      for (let a = 0; a < n; a++) {
        gradient[a] += slope * x[a];
        const factor = curvature * x[a];
        for (let b = 0; b <= a; b++) hessian[a * n + b] += factor * x[b];
      }
      if (i % ROWS === 0) await visit();
    }
    for (let d = 0; d < D; d++) {
      hessian[d * n + d] += RIDGE;
      gradient[d] += RIDGE * w[d];
    }
    hessian[D * n + D] += 1e-9;
    if (!(await visiting(cholesky(hessian, n), visit))) return undefined;
    choleskySolve(hessian, n, gradient);
    let largest = 0;
    for (let a = 0; a < n; a++) {
      w[a] -= gradient[a];
      largest = Math.max(largest, Math.abs(gradient[a]));
    }
    if (!Number.isFinite(largest)) return undefined;
    if (largest < 1e-8) return w;
  }
  return undefined;
}
