import type { TagInputs } from '../inputs.ts';

/** A sequence to learn from. */
export interface Example extends TagInputs {
  /** T */
  length: number;
  /** Class per step, −1 for none. */
  labels: Int32Array;
  /** Which steps count, and how much; 0 for those that only warm the memory up. */
  weights: Float64Array;
}

/** Only the steps that `keeps` says count; examples without any are left out. */
export function onlySteps(examples: readonly Example[], keeps: (example: number, t: number) => boolean): Example[] {
  return examples
    .map((one, i) => ({ ...one, weights: one.weights.map((weight, t) => (keeps(i, t) ? weight : 0)) }))
    .filter(({ weights }) => weights.some((weight) => weight > 0));
}

/** Multiplies the weights of steps by those of their classes. */
export function classWeighted(examples: readonly Example[], classWeights: ArrayLike<number>): Example[] {
  return examples.map((one) => ({
    ...one,
    weights: one.weights.map((weight, t) => (one.labels[t] < 0 ? 0 : weight * classWeights[one.labels[t]])),
  }));
}

/** Classes of the steps that count, in the order of `onLogits`. */
export function countedLabels(all: readonly Example[]): Int32Array {
  return Int32Array.from(all.flatMap(({ labels, weights }) => Array.from(labels).filter((_, t) => weights[t] > 0)));
}
