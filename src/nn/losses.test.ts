import { describe, expect, it } from 'vitest';
import { checkGradients, given } from '../autograd/gradient-check.case.ts';
import { Tape, type Tensor } from '../autograd/index.ts';
import { ENGINES } from '../engine/engines.case.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import { type EmbeddingLayer, embedding } from './layers/embedding.ts';
import { type LinearLayer, linear } from './layers/linear.ts';
import { sequential } from './layers/sequential.ts';
import { tied } from './layers/tied.ts';
import {
  checkLossGradients,
  checkLossValue,
  checkMissingTargets,
  LOSSES,
  QUANTILES,
  resultOf,
  SIZE,
  TARGET,
  WEIGHTINGS,
} from './losses.case.ts';
import {
  binaryCrossEntropy,
  crossEntropy,
  gaussianNll,
  huber,
  type LossOptions,
  linearCrossEntropy,
  mae,
  mse,
  quantile,
} from './losses.ts';
import { createNetwork, noDropout } from './network.ts';

describe.each(LOSSES)('$name', (one) => {
  it.each(WEIGHTINGS)('is Σ weight·element / Σ weight within 1e-14 with %s', (...weighting) => {
    checkLossValue(one, weighting);
  });

  it.each(WEIGHTINGS)('has the gradients of finite differences within 1e-7 with %s', (...weighting) => {
    checkLossGradients(one, weighting);
  });

  it('ignores a target of NaN where the weight is 0: the same bits as with any number there', () => {
    checkMissingTargets(one);
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

describe('linearCrossEntropy', () => {
  it('has the bits of crossEntropy after the layer, with weights, lengths and ignored targets, with a bias or tied weights', () => {
    const engine = new ReferenceEngine();
    const tables = () => embedding({ vocabulary: 4, output: 3 });
    const outputs: ((table: EmbeddingLayer) => LinearLayer)[] = [
      () => linear({ input: 3, output: 4 }),
      () => linear({ input: 3, output: 4, bias: false }),
      (table) => tied(table),
    ];
    const options = { weights: [1, 2, 0, 3, 4, 5], lengths: [3, 2] };
    const targets = { values: [0, 3, 99, 2, -1, 1], shape: [2, 3] };
    for (const make of outputs) {
      const table = tables();
      const output = make(table);
      const network = createNetwork(engine, sequential(table, output), { seed: 3 });
      const run = (loss: (x: Tensor) => Tensor) => {
        network.zeroGradients();
        return network.tape.run(() => {
          const x = network.tape.variable(given([2, 3, 3], 8).values, [2, 3, 3]);
          const value = loss(x);
          network.tape.backward(value);
          return [value.item(), ...x.gradient(), ...engine.read(network.gradients, network.slots)];
        });
      };
      const apart = run((x) =>
        crossEntropy(output.forward(x, { training: true, dropoutKey: noDropout }), targets, options),
      );
      expect(apart[0]).toBeGreaterThan(0);
      expect(run((x) => linearCrossEntropy(x, output, targets, options))).toEqual(apart);
    }
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
