import { log } from '../../exact.ts';
import { type Visit, visitor } from '../../train/event-loop.ts';
import { softmaxRows } from '../probabilities.ts';
import { fitTemperature } from './calibration.ts';
import type { Example } from './examples.ts';
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
  const D = besideOf(examples[0]).length / examples[0].length;
  const row = (i: number): Float64Array => {
    const [e, t] = steps[i];
    return besideOf(examples[e]).subarray(t * D, (t + 1) * D);
  };
  return fitLogistic({ D, N: steps.length, row, label, weight: (i) => classWeights[label(i)] }, K, visit);
}

/** Its logits of the steps that count, [N, K], in the order of `countedLabels`. */
export function regressionLogits(regression: Logistic, examples: readonly Example[], K: number): Float64Array {
  const all = examples.map((one) => logisticLogits(regression, besideOf(one), K));
  return Float64Array.from(countedSteps(examples).flatMap(([e, t]) => Array.from(all[e].subarray(t * K, (t + 1) * K))));
}

/**
 * Network and regression as one: the mean of their log-odds. Equal weights, because weights estimated on few held-out steps tend to do
 * worse (Bates & Granger 1969; Stock & Watson 2004, the forecast combination puzzle). A constant per row, in which logits differ from
 * log-probabilities, changes nothing under the softmax.
 */
export function blendLogits(network: Float64Array, regression: Float64Array): Float64Array {
  return network.map((z, i) => (z + regression[i]) / 2);
}

/**
 * Whether held-out steps say that the network does better alone, both calibrated: a log loss lower by more than two standard errors of
 * the mean difference. Less is chance, in which the plainer model is kept (the rule of Breiman et al. 1984, twice as strict).
 */
export async function betterAlone(
  network: Float64Array,
  blend: Float64Array,
  labels: ArrayLike<number>,
  K: number,
  visit: Visit = visitor(),
): Promise<boolean> {
  const said = async (logits: Float64Array): Promise<Float64Array> => {
    await visit();
    return softmaxRows(logits, K, fitTemperature(logits, labels, K));
  };
  const [alone, both] = [await said(network), await said(blend)];
  const N = labels.length;
  const gains = Float64Array.from(labels, (label, i) => log(alone[i * K + label] / both[i * K + label]));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / N;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, N - 1);
  return mean > 2 * Math.sqrt(variance / N);
}

function countedSteps(examples: readonly Example[]): [example: number, t: number][] {
  return examples.flatMap(({ weights }, e) =>
    Array.from(weights).flatMap((weight, t): [number, number][] => (weight > 0 ? [[e, t]] : [])),
  );
}

function besideOf({ beside }: Example): Float64Array {
  if (beside) return beside;
  throw new Error('tag: examples without inputs of the regression');
}
