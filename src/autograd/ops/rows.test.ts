import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../engine/reference.ts';
import { checkGradients, type Given, given, unequal } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import { crossEntropyRows, gather, layerNorm, softmax, sum } from './index.ts';

/** Values of `f`, and ∂(Σ y)/∂x. */
function apply(f: (x: Tensor, tape: Tape) => Tensor, { values, shape }: Given): { y: number[]; dx: number[] } {
  const tape = new Tape(new ReferenceEngine());
  return tape.run(() => {
    const x = tape.variable(values, shape);
    const y = f(x, tape);
    tape.backward(sum(y));
    return { y: [...y.values()], dx: [...x.gradient()] };
  });
}

describe('gather', () => {
  const repeated = { values: [2, 0, 2, 3, 2, 0], shape: [2, 3] };

  it('looks rows up', () => {
    const table = { values: [1, 2, 3, 4, 5, 6], shape: [3, 2] };
    expect(apply((t) => gather(t, { values: [2, 0, 2], shape: [3] }), table)).toEqual({
      y: [5, 6, 1, 2, 5, 6],
      dx: [1, 1, 0, 0, 2, 2],
    });
  });

  it('has the gradient of finite differences within 1e-7, indices repeated', () => {
    checkGradients(([table]) => gather(table, repeated), [given([4, 3], 1)]);
  });

  it.each([-1, 4, 1.5, Number.NaN])('refuses index %s of a table of 4 rows', (index) => {
    expect(() => apply((t) => gather(t, { values: [0, index], shape: [2] }), given([4, 3]))).toThrow(
      `gather: expected indices from 0 to 3, got ${index} at position 1; check the vocabulary or the number of classes`,
    );
  });

  it('refuses a table that is no matrix, and indices that do not fill their shape', () => {
    expect(() => apply((t) => gather(t, { values: [0], shape: [1] }), given([4, 3, 2]))).toThrow(
      'gather: expected table of shape [K, D], got [4, 3, 2]; one row per index',
    );
    expect(() => apply((t) => gather(t, { values: [0], shape: [2] }), given([4, 3]))).toThrow(
      'gather: expected 2 indices for shape [2], got 1; give one per row',
    );
  });
});

describe('softmax', () => {
  it('is exp over the sum of exps, within 1e-15', () => {
    const x = unequal(6, 1, 3);
    const { y } = apply((t) => softmax(t), { values: x, shape: [2, 3] });
    for (const r of [0, 3]) {
      const total = Math.exp(x[r]) + Math.exp(x[r + 1]) + Math.exp(x[r + 2]);
      for (const k of [0, 1, 2]) expect(Math.abs(y[r + k] - Math.exp(x[r + k]) / total)).toBeLessThanOrEqual(1e-15);
    }
  });

  it('has the gradient of finite differences within 1e-7', () => {
    checkGradients(([x]) => softmax(x), [given([3, 4], 1, 2)]);
    checkGradients(([x]) => softmax(x), [given([2, 3, 1], 2)]);
  });

  it('stays finite at logits of ±1e4', () => {
    expect(apply((t) => softmax(t), { values: [1e4, -1e4], shape: [1, 2] })).toEqual({ y: [1, 0], dx: [0, 0] });
  });
});

describe('crossEntropyRows', () => {
  const targets = { values: [2, -1, 0, 1], shape: [2, 2] };

  it('is −log softmax at the target, within 1e-15, and 0 without a gradient where the target is −1', () => {
    const x = given([2, 2, 3], 1, 2);
    const { y, dx } = apply((t) => crossEntropyRows(t, targets), x);
    targets.values.forEach((target, r) => {
      const row = x.values.slice(3 * r, 3 * r + 3);
      const wanted = target < 0 ? 0 : Math.log(row.reduce((total, v) => total + Math.exp(v), 0)) - row[target];
      expect(Math.abs(y[r] - wanted)).toBeLessThanOrEqual(1e-15);
    });
    expect(dx.slice(3, 6)).toEqual([0, 0, 0]);
  });

  it('has the gradient of finite differences within 1e-7', () => {
    checkGradients(([x]) => crossEntropyRows(x, targets), [given([2, 2, 3], 1, 2)]);
  });

  it('stays finite at logits of ±1e4', () => {
    const far = { values: [1e4, -1e4, 1e4, -1e4], shape: [2, 2] };
    const { y, dx } = apply((t) => crossEntropyRows(t, { values: [0, 1], shape: [2] }), far);
    expect(y).toEqual([0, 2e4]);
    expect(dx).toEqual([0, 0, 1, -1]);
  });

  it('ignores NaN in rows without a target', () => {
    const broken = { values: [Number.NaN, 1, 0.3, 0.4], shape: [2, 2] };
    const { y, dx } = apply((t) => crossEntropyRows(t, { values: [-1, 1], shape: [2] }), broken);
    expect(y[0]).toBe(0);
    expect(dx.slice(0, 2)).toEqual([0, 0]);
  });

  it('refuses a class that does not exist, and logits without a target', () => {
    expect(() => apply((t) => crossEntropyRows(t, { values: [0, 3], shape: [2] }), given([2, 3]))).toThrow(
      'crossEntropy: expected indices from -1 to 2, got 3 at position 1; check the vocabulary or the number of classes',
    );
    expect(() => apply((t) => crossEntropyRows(t, { values: [0, 1], shape: [2] }), given([3, 3]))).toThrow(
      'crossEntropy: expected logits of shape [2, 3], got [3, 3]; give one target per row of logits',
    );
  });
});

describe('layerNorm', () => {
  it('has mean 0 and variance 1 per row within 1e-4 (ε = 1e-5) where gain is 1 and bias 0', () => {
    const { y } = apply(
      (x, tape) => layerNorm(x, tape.constant([1, 1, 1, 1], [4]), tape.zeros([4])),
      given([2, 4], 1, 5),
    );
    for (const r of [0, 4]) {
      const row = y.slice(r, r + 4);
      expect(Math.abs(row.reduce((a, b) => a + b) / 4)).toBeLessThanOrEqual(1e-12);
      expect(Math.abs(row.reduce((a, b) => a + b * b, 0) / 4 - 1)).toBeLessThanOrEqual(1e-4);
    }
  });

  it('has the gradients of finite differences within 1e-7 for x, gain and bias', () => {
    checkGradients(
      ([x, gain, bias]) => layerNorm(x, gain, bias),
      [given([2, 3, 5], 1, 2), given([5], 2), given([5], 3)],
    );
    checkGradients(
      ([x, gain, bias]) => layerNorm(x, gain, bias, 0.1),
      [given([3, 2], 4), given([2], 5), given([2], 6)],
    );
  });

  it('refuses a gain of another length', () => {
    expect(() => apply((x, tape) => layerNorm(x, tape.zeros([3]), tape.zeros([4])), given([2, 4]))).toThrow(
      'layerNorm: expected gain of shape [4], got [3]; gain and bias have one number per feature',
    );
  });
});
