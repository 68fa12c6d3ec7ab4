import { RecurveError } from '../errors.ts';

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
