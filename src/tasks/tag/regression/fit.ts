import type { Visit } from '../../../train/event-loop.ts';
import type { TagLearner } from '../training/ensemble.ts';
import type { Example } from '../training/examples.ts';
import { fitLogistic, type Logistic, logisticLogits } from './logistic.ts';

/** How a note begins that tells why there is none. */
export const REGRESSION_LEFT_OUT = 'the regression beside the network is left out:';

/** Fits the regression that answers beside the network on the steps that count; undefined where there is no finite solution. */
export async function fitRegression(
  examples: readonly Example[],
  K: number,
  classWeights: readonly number[],
  visit?: Visit,
): Promise<Logistic | undefined> {
  const steps = countedSteps(examples);
  if (steps.length === 0) return undefined;
  const label = (i: number): number => examples[steps[i][0]].labels[steps[i][1]];
  const D = regressionRowsOf(examples[0]).length / examples[0].length;
  const row = (i: number): Float64Array => {
    const [e, t] = steps[i];
    return regressionRowsOf(examples[e]).subarray(t * D, (t + 1) * D);
  };
  return fitLogistic({ D, N: steps.length, row, label, weight: (i) => classWeights[label(i)] }, K, visit);
}

/** Its logits of the steps that count, [N, K], in the order of `countedLabels`. */
export function regressionLogits(regression: Logistic, examples: readonly Example[], K: number): Float64Array {
  const all = examples.map((one) => logisticLogits(regression, regressionRowsOf(one), K));
  return Float64Array.from(countedSteps(examples).flatMap(([e, t]) => Array.from(all[e].subarray(t * K, (t + 1) * K))));
}

/** The regression of a training, and what regressions fitted without them say of the steps left out, [N, K]. */
export interface RegressionFit {
  regression: Logistic;
  logits: Float64Array;
}

/**
 * Fits the regression on all examples and, for each part held out, one on the rest. Undefined where none was wished for or one has no
 * finite solution.
 */
export async function fitRegressions(
  { regression: wished, architecture: { classes: K }, classWeights }: TagLearner,
  all: readonly Example[],
  rest: readonly (readonly Example[])[],
  held: readonly (readonly Example[])[],
  visit: Visit,
): Promise<RegressionFit | undefined> {
  if (!wished) return undefined;
  const regression = await fitRegression(all, K, classWeights, visit);
  const logits: number[] = [];
  for (const [k, part] of held.entries()) {
    const own = rest[k] === all ? regression : await fitRegression(rest[k], K, classWeights, visit);
    if (!own || !regression) return undefined;
    for (const z of regressionLogits(own, part, K)) logits.push(z);
  }
  return regression && { regression, logits: Float64Array.from(logits) };
}

function countedSteps(examples: readonly Example[]): [example: number, t: number][] {
  return examples.flatMap(({ weights }, e) =>
    Array.from(weights).flatMap((weight, t): [number, number][] => (weight > 0 ? [[e, t]] : [])),
  );
}

function regressionRowsOf({ regressionRows }: Example): Float64Array {
  if (regressionRows) return regressionRows;
  throw new Error('tag: examples without inputs of the regression');
}
