import { RecurveError } from '../errors.ts';
import { exp, log } from '../exact.ts';

/** Refuses answers that are no numbers: inputs or weights so large that sums overflow. */
export function expectProbabilities(who: string, probabilities: ArrayLike<number>): void {
  for (let i = 0; i < probabilities.length; i++) {
    if (Number.isFinite(probabilities[i])) continue;
    throw new RecurveError(
      'numeric',
      `${who}: expected finite probabilities, got ${probabilities[i]}; look for extreme values in the data or the model file`,
    );
  }
}

/**
 * Probabilities [N, K] of logits [N, K], which are divided by the temperature first.
 *
 * @param out may be the logits themselves
 */
export function softmaxRows(
  logits: ArrayLike<number>,
  K: number,
  temperature = 1,
  out = new Float64Array(logits.length),
): Float64Array {
  // Plain loops: over a thousand classes this is what fitting a classifier's blend is made of.
  for (let at = 0; at < out.length; at += K) {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K; k++) most = Math.max(most, logits[at + k]);
    let sum = 0;
    for (let k = 0; k < K; k++) {
      out[at + k] = exp((logits[at + k] - most) / temperature);
      sum += out[at + k];
    }
    for (let k = 0; k < K; k++) out[at + k] /= sum;
  }
  return out;
}

/** What was held impossible and happened costs what this probability would, as in scikit-learn of old: the mean stays finite. */
const SMALLEST = 1e-15;

/** Mean of −log p of the true class, in nats, of probabilities [N, K]. */
export function logLossOf(probabilities: ArrayLike<number>, truth: ArrayLike<number>, K: number): number {
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum -= log(Math.max(probabilities[i * K + truth[i]], SMALLEST));
  return sum / truth.length;
}

/** The most probable of K classes from `at` on; the first of equals. */
export function mostProbableAt(probabilities: ArrayLike<number>, at: number, K: number): number {
  let best = 0;
  for (let k = 1; k < K; k++) if (probabilities[at + k] > probabilities[at + best]) best = k;
  return best;
}
