import { describe, expect, it } from 'vitest';
import { checkGradients, type Given, given, unequal } from '../autograd/gradient-check.case.ts';
import { Tape, type Tensor } from '../autograd/index.ts';
import { ENGINES } from '../engine/engines.case.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import {
  binaryCrossEntropy,
  crossEntropy,
  gaussianNll,
  huber,
  type LossOptions,
  mae,
  mse,
  quantile,
} from './losses.ts';

const SHAPE = [2, 3, 2];
const SIZE = 12;
const TARGET = unequal(SIZE, 50, 1.5);
const SHARES = TARGET.map((t) => Math.abs(t) / 2);
const QUANTILES = [0.1, 0.9];

interface Case {
  name: string;
  /** Tensors the loss reads. */
  inputs: Given[];
  target: number[];
  loss(inputs: Tensor[], target: number[], options?: LossOptions): Tensor;
  /** One element by the formula. */
  element(values: number[], target: number, i: number): number;
}

const CASES: Case[] = [
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
const OPTIONS: [string, LossOptions, (b: number, t: number, i: number) => number][] = [
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

function resultOf(one: Case, target: number[], options: LossOptions = {}): { loss: number; gradients: number[][] } {
  const tape = new Tape(new ReferenceEngine());
  return tape.run(() => {
    const inputs = one.inputs.map(({ values, shape }) => tape.variable(values, shape));
    const loss = one.loss(inputs, target, options);
    tape.backward(loss);
    return { loss: loss.item(), gradients: inputs.map((t) => [...t.gradient()]) };
  });
}

/** Row and step of element i of SHAPE. */
const place = (i: number): [number, number] => [Math.floor(i / 6), Math.floor(i / 2) % 3];

describe.each(CASES)('$name', (one) => {
  it.each(OPTIONS)('is Σ weight·element / Σ weight within 1e-14 with %s', (_, options, weight) => {
    const weights = one.target.map((_t, i) => weight(...place(i), i));
    const total = one.target.reduce((sum, t, i) => {
      const values = one.inputs.map(({ values }) => values[i]);
      return sum + weights[i] * one.element(values, t, i);
    }, 0);
    const wanted = total / weights.reduce((a, b) => a + b);
    expect(Math.abs(resultOf(one, one.target, options).loss - wanted)).toBeLessThanOrEqual(1e-14);
  });

  it.each(OPTIONS)('has the gradients of finite differences within 1e-7 with %s', (_, options) => {
    checkGradients((inputs) => one.loss(inputs, one.target, options), one.inputs);
  });

  it('ignores a target of NaN where the weight is 0: the same bits as with any number there', () => {
    const options = { weights: [1, 2, 0, 4, 0, 6] };
    const broken = one.target.map((t, i) => (options.weights[Math.floor(i / 2)] === 0 ? Number.NaN : t));
    expect(resultOf(one, broken, options)).toEqual(resultOf(one, one.target, options));
  });

  it('ignores a target of NaN past the end of a row', () => {
    const options = { lengths: [2, 0] };
    const broken = one.target.map((t, i) => (i < 4 ? t : Number.NaN));
    expect(resultOf(one, broken, options)).toEqual(resultOf(one, one.target, options));
  });

  it('is 0 with gradient 0 when all weights are 0', () => {
    const { loss, gradients } = resultOf(one, Array(SIZE).fill(Number.NaN), { lengths: [0, 0] });
    expect(loss).toBe(0);
    expect(gradients.flat().every((g) => g === 0)).toBe(true);
  });

  it('refuses a target of NaN or Infinity that counts', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => resultOf(one, one.target.with(2, bad))).toThrow(
        `loss: expected finite targets, got ${bad} at position 2; give missing targets weight 0`,
      );
    }
  });

  it('refuses weights that are no leading part of the prediction', () => {
    for (const n of [0, 3, 4, 24]) {
      expect(() => resultOf(one, one.target, { weights: Array(n).fill(1) })).toThrow(
        `loss: expected weights for the leading axes of [2, 3, 2], got ${n}; give one per element, per row or per row and step`,
      );
    }
  });

  it('refuses negative and non-finite weights', () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => resultOf(one, one.target, { weights: [1, bad] })).toThrow(
        'loss: expected weights of at least 0, got a negative or non-finite one; weights are shares',
      );
    }
  });

  it('refuses lengths for another number of rows', () => {
    expect(() => resultOf(one, one.target, { lengths: [1, 2, 3] })).toThrow(
      'loss: expected a prediction [B, T, ...] with 3 rows for its lengths, got [2, 3, 2]; give one length per row',
    );
  });
});

describe('conventions at kinks', () => {
  const slopeAt = (loss: (y: Tensor) => Tensor, value: number): number => {
    const tape = new Tape(new ReferenceEngine());
    return tape.run(() => {
      const y = tape.variable([value], [1]);
      tape.backward(loss(y));
      return y.gradient()[0];
    });
  };

  it('mae and quantile have slope 0 where prediction and target are equal', () => {
    expect(slopeAt((y) => mae(y, [0.5]), 0.5)).toBe(0);
    expect(slopeAt((y) => quantile(y, [0.5], [0.3]), 0.5) + 0).toBe(0);
  });

  it('huber has slope ±delta at an error of delta, from both sides', () => {
    expect(slopeAt((y) => huber(y, [0], { delta: 0.5 }), 0.5)).toBe(0.5);
    expect(slopeAt((y) => huber(y, [0], { delta: 0.5 }), -0.5)).toBe(-0.5);
    expect(slopeAt((y) => huber(y, [0], { delta: 0.5 }), 3)).toBe(0.5);
  });
});

describe('shapes of the losses', () => {
  const tape = new Tape(new ReferenceEngine());

  it('are named when they do not fit', () => {
    expect(() => tape.evaluate(() => mse(tape.zeros([2, 3]), [1, 2]))).toThrow(
      'loss: expected 6 targets for a prediction of shape [2, 3], got 2; give one target per predicted number',
    );
    expect(() => tape.evaluate(() => gaussianNll(tape.zeros([2, 3]), tape.zeros([3, 2]), TARGET.slice(0, 6)))).toThrow(
      'gaussianNll: expected log variance of shape [2, 3], got [3, 2]; give one per mean',
    );
    expect(() => tape.evaluate(() => quantile(tape.zeros([2, 3]), [1, 2], QUANTILES))).toThrow(
      'quantile: expected prediction of shape [..., 2] and one target per row, got [2, 3] and 2 targets; the last axis holds the quantiles',
    );
  });

  it('and options are named when they make no sense', () => {
    expect(() => tape.evaluate(() => quantile(tape.zeros([2, 1]), [1, 2], [1]))).toThrow(
      'quantile: expected quantiles between 0 and 1, got 1; give e.g. 0.1, 0.5, 0.9',
    );
    expect(() => tape.evaluate(() => huber(tape.zeros([1]), [1], { delta: 0 }))).toThrow(
      'huber: expected delta above 0, got 0; it is the error at which the loss turns linear',
    );
  });
});

describe('crossEntropy', () => {
  const logits = given([2, 3, 4], 8, 2);
  const run = (values: number[], options: LossOptions = {}): { loss: number; gradient: number[] } => {
    const tape = new Tape(new ReferenceEngine());
    return tape.run(() => {
      const x = tape.variable(logits.values, logits.shape);
      const loss = crossEntropy(x, { values, shape: [2, 3] }, options);
      tape.backward(loss);
      return { loss: loss.item(), gradient: [...x.gradient()] };
    });
  };
  const element = (row: number, target: number): number => {
    const x = logits.values.slice(4 * row, 4 * row + 4);
    return Math.log(x.reduce((total, v) => total + Math.exp(v), 0)) - x[target];
  };

  it.each<[string, number[], LossOptions, number[]]>([
    ['no options', [0, 3, 1, 2, 0, 1], {}, [1, 1, 1, 1, 1, 1]],
    ['ignored targets', [0, -1, 1, -1, 0, 1], {}, [1, 0, 1, 0, 1, 1]],
    ['weights per row and step', [0, 3, 1, 2, 0, -1], { weights: [1, 2, 0, 3, 4, 5] }, [1, 2, 0, 3, 4, 0]],
    ['weights per row', [0, 3, 1, 2, 0, 1], { weights: [1, 3] }, [1, 1, 1, 3, 3, 3]],
    ['lengths 1 and 2', [0, 3, 1, 2, 0, 1], { lengths: [1, 2] }, [1, 0, 0, 1, 1, 0]],
  ])(
    'is Σ weight·element / Σ weight within 1e-14 and has the gradient of differences within 1e-7 with %s',
    (_, targets, options, weights) => {
      const total = weights.reduce((sum, w, row) => sum + (w === 0 ? 0 : w * element(row, targets[row])), 0);
      const wanted = total / weights.reduce((a, b) => a + b);
      expect(Math.abs(run(targets, options).loss - wanted)).toBeLessThanOrEqual(1e-14);
      checkGradients(([x]) => crossEntropy(x, { values: targets, shape: [2, 3] }, options), [logits]);
    },
  );

  it('ignores any target of weight 0, also one that is no class', () => {
    const options = { weights: [1, 0, 1, 0, 1, 1] };
    expect(run([0, 99, 1, Number.NaN, 0, 1], options)).toEqual(run([0, 2, 1, 3, 0, 1], options));
    expect(run([0, 2, 99, 1, 99, 99], { lengths: [2, 1] })).toEqual(run([0, 2, 0, 1, 0, 0], { lengths: [2, 1] }));
  });

  it('is 0 with gradient 0 when no target counts', () => {
    const { loss, gradient } = run([-1, -1, -1, -1, -1, -1]);
    expect(loss).toBe(0);
    expect(gradient.every((g) => g === 0)).toBe(true);
  });

  it('refuses a class that does not exist', () => {
    expect(() => run([0, 4, 0, 0, 0, 0])).toThrow(
      'crossEntropy: expected indices from -1 to 3, got 4 at position 1; check the vocabulary or the number of classes',
    );
  });
});

describe.each(ENGINES)('losses at logits of ±1e4 on $name', async ({ open }) => {
  const tape = new Tape(await open());
  const extreme = (loss: (x: Tensor) => Tensor, values: number[], shape: number[]): { loss: number; d: number[] } =>
    tape.run(() => {
      const x = tape.variable(values, shape);
      const result = loss(x);
      tape.backward(result);
      return { loss: result.item(), d: [...x.gradient()] };
    });

  it('cross-entropy is exact: 0 where right, 2e4 where wrong, gradients 0 and ±1', () => {
    const right = extreme((x) => crossEntropy(x, { values: [0], shape: [1] }), [1e4, -1e4], [1, 2]);
    expect(right).toEqual({ loss: 0, d: [0, 0] });
    const wrong = extreme((x) => crossEntropy(x, { values: [1], shape: [1] }), [1e4, -1e4], [1, 2]);
    expect(wrong).toEqual({ loss: 2e4, d: [1, -1] });
  });

  it('binary cross-entropy is exact: 0 where right, 1e4 where wrong, gradients 0 and ±1', () => {
    expect(extreme((x) => binaryCrossEntropy(x, [1]), [1e4], [1])).toEqual({ loss: 0, d: [0] });
    expect(extreme((x) => binaryCrossEntropy(x, [0]), [-1e4], [1])).toEqual({ loss: 0, d: [0] });
    expect(extreme((x) => binaryCrossEntropy(x, [0]), [1e4], [1])).toEqual({ loss: 1e4, d: [1] });
    expect(extreme((x) => binaryCrossEntropy(x, [1]), [-1e4], [1])).toEqual({ loss: 1e4, d: [-1] });
  });
});
