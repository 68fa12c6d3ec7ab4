import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../engine/reference.ts';
import { checkGradients, type Given, given, positive } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import * as ops from './index.ts';

const UNARY: [string, (x: Tensor) => Tensor, (x: number) => number, Given][] = [
  ['exp', ops.exp, Math.exp, given([2, 3], 1, 2)],
  ['log', ops.log, Math.log, positive([2, 3], 2, 3)],
  ['log1p', ops.log1p, Math.log1p, given([2, 3], 3, 0.9)],
  ['tanh', ops.tanh, Math.tanh, given([2, 3], 4, 2)],
  ['sigmoid', ops.sigmoid, (x) => 1 / (1 + Math.exp(-x)), given([2, 3], 5, 3)],
  ['softplus', ops.softplus, (x) => Math.log(1 + Math.exp(x)), given([2, 3], 6, 3)],
  ['relu', ops.relu, (x) => (x > 0 ? x : 0), given([2, 3], 7)],
  ['abs', ops.abs, (x) => (x > 0 ? x : -x), given([2, 3], 8)],
  ['square', ops.square, (x) => x * x, given([2, 3], 9)],
  ['sqrt', ops.sqrt, (x) => Math.sqrt(x), positive([2, 3], 10, 2)],
  ['negate', ops.negate, (x) => -x, given([2, 3], 11)],
  ['affine', (x) => ops.affine(x, -1.7, 0.4), (x) => -1.7 * x + 0.4, given([2, 3], 12)],
];

type Binary = (a: Tensor, b: Tensor) => Tensor;
const BINARY: [string, Binary, (a: number, b: number) => number][] = [
  ['add', ops.add, (a, b) => a + b],
  ['subtract', ops.subtract, (a, b) => a - b],
  ['multiply', ops.multiply, (a, b) => a * b],
  ['divide', ops.divide, (a, b) => a / b],
  ['minimum', ops.minimum, (a, b) => (a < b ? a : b)],
  ['maximum', ops.maximum, (a, b) => (a > b ? a : b)],
];

/** Values and gradients of one application, ∂(Σ y)/∂inputs. */
function apply(f: (inputs: Tensor[]) => Tensor, ...inputs: Given[]): { y: number[]; d: number[][] } {
  const tape = new Tape(new ReferenceEngine());
  return tape.run(() => {
    const tensors = inputs.map(({ values, shape }) => tape.variable(values, shape));
    const y = f(tensors);
    tape.backward(ops.sum(y));
    return { y: [...y.values()], d: tensors.map((t) => [...t.gradient()]) };
  });
}

describe('functions of one variable', () => {
  it.each(UNARY)('%s has its formula’s values within 1e-14', (_, f, formula, input) => {
    const { y } = apply(([x]) => f(x), input);
    input.values.forEach((x, i) => {
      expect(Math.abs(y[i] - formula(x))).toBeLessThanOrEqual(1e-14);
    });
  });

  it.each(UNARY)('%s has the gradient of finite differences within 1e-7', (_, f, _formula, input) => {
    checkGradients(([x]) => f(x), [input]);
  });

  it('gives relu and abs slope 0 at their kink', () => {
    const kink = { values: [0], shape: [1] };
    expect(apply(([x]) => ops.relu(x), kink)).toEqual({ y: [0], d: [[0]] });
    expect(apply(([x]) => ops.abs(x), kink)).toEqual({ y: [0], d: [[0]] });
  });

  it('keeps softplus and sigmoid finite at ±1e4', () => {
    const far = { values: [-1e4, 1e4], shape: [2] };
    expect(apply(([x]) => ops.softplus(x), far)).toEqual({ y: [0, 1e4], d: [[0, 1]] });
    expect(apply(([x]) => ops.sigmoid(x), far)).toEqual({ y: [0, 1], d: [[0, 0]] });
  });

  it('passes NaN on instead of hiding it', () => {
    for (const [name, f] of UNARY) {
      expect(apply(([x]) => f(x), { values: [Number.NaN], shape: [1] }).y, name).toEqual([Number.NaN]);
    }
  });
});

describe('functions of two variables', () => {
  it.each(BINARY)('%s has its formula’s values within 1e-15', (_, f, formula) => {
    const [a, b] = [given([2, 3], 1), given([2, 3], 2)];
    const { y } = apply(([x, z]) => f(x, z), a, b);
    a.values.forEach((x, i) => {
      expect(Math.abs(y[i] - formula(x, b.values[i]))).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(y[i])));
    });
  });

  describe.each([
    ['equal shapes', [2, 3], [2, 3]],
    ['a row repeated', [4, 3], [3]],
    ['a column repeated', [2, 3], [2, 1]],
    ['both repeated', [2, 1, 3], [4, 1]],
    ['a number', [2, 3], []],
    ['the left side repeated', [3], [2, 4, 3]],
    ['a middle axis repeated', [2, 3, 2], [2, 1, 2]],
  ])('with %s', (_, left, right) => {
    it.each(BINARY)('%s has the gradients of finite differences within 1e-7', (_name, f) => {
      checkGradients(([a, b]) => f(a, b), [given(left, 3, 1.5), given(right, 4, 1.3)]);
    });
  });

  it.each(BINARY)('%s of a tensor with itself has the gradient of finite differences within 1e-7', (name, f) => {
    if (name === 'minimum' || name === 'maximum') return;
    checkGradients(([a]) => f(a, a), [given([2, 3], 5)]);
  });

  it('gives the gradient of a tie in minimum and maximum to the left side', () => {
    const tie = { values: [2], shape: [1] };
    expect(apply(([a, b]) => ops.minimum(a, b), tie, tie).d).toEqual([[1], [0]]);
    expect(apply(([a, b]) => ops.maximum(a, b), tie, tie).d).toEqual([[1], [0]]);
  });

  it('broadcasts as NumPy does', () => {
    const { y } = apply(
      ([a, b]) => ops.subtract(a, b),
      { values: [1, 2, 3, 4, 5, 6], shape: [2, 1, 3] },
      { values: [10, 20], shape: [2, 1] },
    );
    expect(y).toEqual([-9, -8, -7, -19, -18, -17, -6, -5, -4, -16, -15, -14]);
  });

  it('refuses shapes that do not broadcast', () => {
    expect(() => apply(([a, b]) => ops.add(a, b), given([2, 3]), given([2]))).toThrow(
      'add: expected shapes that broadcast, got [2, 3] and [2]; make the last axes equal or 1',
    );
  });
});
