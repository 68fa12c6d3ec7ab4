import { exp } from '../../exact.ts';
import { visitor } from '../../train/event-loop.ts';
import { cholesky, choleskySolve } from '../baselines/cholesky.ts';
import { visiting } from '../baselines/pieces.ts';

/** Rows of inputs with their classes. */
export interface LogisticData {
  /** Inputs per row. */
  D: number;
  N: number;
  row(i: number): Float64Array;
  label(i: number): number;
}

/** A fitted regression. */
export interface LogisticModel {
  /** Probabilities [K] of a row of inputs. */
  say(row: Float64Array): Float64Array;
}

/** Most inputs for which the normal equations are solved. */
const MOST_INPUTS = 600;
const MOST_STEPS = 50;

/**
 * Logistic regression on scaled inputs by Newton's method (iteratively reweighted least squares), one class against the rest; of two
 * classes one regression. Undefined where there are too many inputs, or no solution was found.
 */
export async function fitLogistic(data: LogisticData, K: number, ridge: number): Promise<LogisticModel | undefined> {
  const { D, N } = data;
  if (D > MOST_INPUTS || N === 0) return undefined;
  const rows = Array.from({ length: N }, (_, i) => data.row(i));
  const mean = new Float64Array(D);
  for (const row of rows) for (let d = 0; d < D; d++) mean[d] += row[d] / N;
  const spread = new Float64Array(D);
  for (const row of rows) for (let d = 0; d < D; d++) spread[d] += (row[d] - mean[d]) ** 2 / N;
  const scale = spread.map((square) => (square > 0 ? Math.sqrt(square) : 1));
  const scaled = (row: Float64Array): Float64Array => row.map((x, d) => (x - mean[d]) / scale[d]);
  const X = rows.map(scaled);
  const visit = visitor();
  const weights: Float64Array[] = [];
  for (let k = K === 2 ? 1 : 0; k < K; k++) {
    const w = await newton(
      X,
      Float64Array.from(X, (_, i) => Number(data.label(i) === k)),
      D,
      ridge,
      visit,
    );
    if (!w) return undefined;
    weights.push(w);
  }
  return {
    say(row) {
      const x = scaled(row);
      const said = weights.map((w) => probability(w, x, D));
      if (K === 2) return Float64Array.of(1 - said[0], said[0]);
      const sum = said.reduce((a, b) => a + b, 0);
      return Float64Array.from(said, (p) => p / sum);
    },
  };
}

function probability(w: Float64Array, x: Float64Array, D: number): number {
  let z = w[D];
  for (let d = 0; d < D; d++) z += w[d] * x[d];
  return 1 / (1 + exp(-Math.max(-40, Math.min(40, z))));
}

/** Weights [D], then the bias, which no ridge holds. */
async function newton(
  X: readonly Float64Array[],
  y: Float64Array,
  D: number,
  ridge: number,
  visit: () => Promise<void>,
): Promise<Float64Array | undefined> {
  const n = D + 1;
  const w = new Float64Array(n);
  for (let step = 0; step < MOST_STEPS; step++) {
    const hessian = new Float64Array(n * n);
    const gradient = new Float64Array(n);
    for (let i = 0; i < X.length; i++) {
      const x = X[i];
      const p = probability(w, x, D);
      const weight = p * (1 - p);
      for (let a = 0; a < n; a++) {
        const xa = a < D ? x[a] : 1;
        gradient[a] += (p - y[i]) * xa;
        const factor = weight * xa;
        for (let b = 0; b <= a; b++) hessian[a * n + b] += factor * (b < D ? x[b] : 1);
      }
      await visit();
    }
    for (let d = 0; d < D; d++) {
      hessian[d * n + d] += ridge;
      gradient[d] += ridge * w[d];
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
