import { expect } from 'vitest';
import { checkGradients, type Given, given, unequal } from '../autograd/gradient-check.case.ts';
import { Tape, type Tensor } from '../autograd/index.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import { binaryCrossEntropy, gaussianNll, huber, type LossOptions, mae, mse, quantile } from './losses.ts';

const SHAPE = [2, 3, 2];
export const SIZE = 12;
export const TARGET = unequal(SIZE, 50, 1.5);
const SHARES = TARGET.map((t) => Math.abs(t) / 2);
export const QUANTILES = [0.1, 0.9];

/** A loss of [B, T, 2] = [2, 3, 2] predictions and its formula for one element. */
export interface LossCase {
  name: string;
  /** Tensors the loss reads. */
  inputs: Given[];
  target: number[];
  loss(inputs: Tensor[], target: number[], options?: LossOptions): Tensor;
  /** One element by the formula. */
  element(values: number[], target: number, i: number): number;
}

export const LOSSES: readonly LossCase[] = [
  {
    name: 'mse',
    inputs: [given(SHAPE, 1)],
    target: TARGET,
    loss: ([y], target, options) => mse(y, target, options),
    element: ([y], t) => (y - t) * (y - t),
  },
  {
    name: 'mae',
    inputs: [given(SHAPE, 2)],
    target: TARGET,
    loss: ([y], target, options) => mae(y, target, options),
    element: ([y], t) => Math.abs(y - t),
  },
  {
    name: 'huber',
    inputs: [given(SHAPE, 3)],
    target: TARGET,
    loss: ([y], target, options) => huber(y, target, { ...options, delta: 0.8 }),
    element: ([y], t) => {
      const e = Math.abs(y - t);
      return e < 0.8 ? (e * e) / 2 : 0.8 * (e - 0.4);
    },
  },
  {
    name: 'gaussianNll',
    inputs: [given(SHAPE, 4), given(SHAPE, 5)],
    target: TARGET,
    loss: ([mean, s], target, options) => gaussianNll(mean, s, target, options),
    element: ([mean, s], t) => 0.5 * (s + (t - mean) ** 2 / Math.exp(s)),
  },
  {
    name: 'binaryCrossEntropy',
    inputs: [given(SHAPE, 6, 3)],
    target: SHARES,
    loss: ([x], target, options) => binaryCrossEntropy(x, target, options),
    element: ([x], t) => {
      const p = 1 / (1 + Math.exp(-x));
      return -t * Math.log(p) - (1 - t) * Math.log(1 - p);
    },
  },
  {
    // Two quantiles share a target: given here per element, as the other losses have it.
    name: 'quantile',
    inputs: [given(SHAPE, 7)],
    target: TARGET.map((_, i) => TARGET[i - (i % 2)]),
    loss: ([y], target, options) => quantile(y, everySecond(target), QUANTILES, options),
    element: ([y], t, i) => Math.max(QUANTILES[i % 2] * (t - y), (QUANTILES[i % 2] - 1) * (t - y)),
  },
];

/** Weights per element, per row and step, per row, and lengths; as a list of one weight per element each. */
export const WEIGHTINGS: readonly [string, LossOptions, (b: number, t: number) => number][] = [
  ['no options', {}, () => 1],
  ['a weight per row', { weights: [2, 0.5] }, (b) => [2, 0.5][b]],
  ['a weight per row and step', { weights: [1, 2, 0, 4, 5, 6] }, (b, t) => [1, 2, 0, 4, 5, 6][3 * b + t]],
  ['lengths 3 and 1', { lengths: [3, 1] }, (b, t) => (t < [3, 1][b] ? 1 : 0)],
  [
    'lengths 0 and 2 and weights',
    { lengths: [0, 2], weights: [7, 2, 3, 1, 2, 9] },
    (b, t) => (b === 1 && t < 2 ? t + 1 : 0),
  ],
];

const everySecond = (values: number[]): number[] => values.filter((_, i) => i % 2 === 0);

/** The loss and its gradients by the tape. */
export function resultOf(
  one: LossCase,
  target: number[],
  options: LossOptions = {},
): { loss: number; gradients: number[][] } {
  const tape = new Tape(new ReferenceEngine());
  return tape.run(() => {
    const inputs = one.inputs.map(({ values, shape }) => tape.variable(values, shape));
    const loss = one.loss(inputs, target, options);
    tape.backward(loss);
    return { loss: loss.item(), gradients: inputs.map((t) => [...t.gradient()]) };
  });
}

/** Σ weight·element / Σ weight by the formula, within 1e-14. */
export function checkLossValue(one: LossCase, [, options, weight]: (typeof WEIGHTINGS)[number]): void {
  const weights = one.target.map((_, i) => weight(Math.floor(i / 6), Math.floor(i / 2) % 3));
  const total = one.target.reduce((sum, t, i) => {
    const values = one.inputs.map(({ values }) => values[i]);
    return sum + weights[i] * one.element(values, t, i);
  }, 0);
  const wanted = total / weights.reduce((a, b) => a + b);
  expect(Math.abs(resultOf(one, one.target, options).loss - wanted)).toBeLessThanOrEqual(1e-14);
}

/** Gradients of every input against differences, within 1e-7. */
export function checkLossGradients(one: LossCase, [, options]: (typeof WEIGHTINGS)[number]): void {
  checkGradients((inputs) => one.loss(inputs, one.target, options), one.inputs);
}

/** NaN where the weight is 0 gives the bits of any number there. */
export function checkMissingTargets(one: LossCase): void {
  const options = { weights: [1, 2, 0, 4, 0, 6] };
  const broken = one.target.map((t, i) => (options.weights[Math.floor(i / 2)] === 0 ? Number.NaN : t));
  expect(resultOf(one, broken, options)).toEqual(resultOf(one, one.target, options));
}
