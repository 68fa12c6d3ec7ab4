import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../engine/reference.ts';
import { checkGradients, given } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import { linear, matmul } from './index.ts';

const evaluate = <R>(body: (tape: Tape) => R): R => {
  const tape = new Tape(new ReferenceEngine());
  return tape.evaluate(() => body(tape));
};

describe('matmul', () => {
  it('multiplies rows by columns', () => {
    const y = evaluate((tape) => [
      ...matmul(tape.constant([1, 2, 3, 4, 5, 6], [2, 3]), tape.constant([1, 10, 2, 20, 3, 30], [3, 2])).values(),
    ]);
    expect(y).toEqual([14, 140, 32, 320]);
  });

  it.each([
    [
      [2, 3],
      [3, 4],
    ],
    [
      [2, 5, 3],
      [3, 1],
    ],
    [
      [1, 1],
      [1, 1],
    ],
    [[3], [3, 2]],
  ])('has the gradients of finite differences within 1e-7 for %j times %j', (left, right) => {
    checkGradients(([a, b]) => matmul(a, b), [given(left, 1), given(right, 2)]);
  });

  it('refuses factors that do not fit', () => {
    expect(() => evaluate((tape) => matmul(tape.zeros([2, 3]), tape.zeros([2, 3])))).toThrow(
      'matmul: expected the right factor of shape [3, N], got [2, 3]; its rows must be as many as the left factor has columns',
    );
  });
});

describe('linear', () => {
  it('is x·wᵀ + bias', () => {
    const y = evaluate((tape) => [
      ...linear(
        tape.constant([1, 2, 3, 4], [2, 2]),
        tape.constant([1, 10, 2, 20, 3, 30], [3, 2]),
        tape.constant([0.5, 0.25, 0.125], [3]),
      ).values(),
    ]);
    expect(y).toEqual([21.5, 42.25, 63.125, 43.5, 86.25, 129.125]);
  });

  it.each([
    [[4, 3], 2],
    [[2, 4, 3], 5],
    [[3], 2],
  ])(
    'has the gradients of finite differences within 1e-7 for x %j and %i outputs, with a bias and without',
    (shape, N) => {
      const D = shape[shape.length - 1];
      checkGradients(([x, w, b]) => linear(x, w, b), [given(shape, 1), given([N, D], 2), given([N], 3)]);
      checkGradients(([x, w]) => linear(x, w), [given(shape, 1), given([N, D], 2)]);
    },
  );

  it('refuses x of another width, and a bias of another length', () => {
    expect(() => evaluate((tape) => linear(tape.zeros([4, 5]), tape.zeros([2, 3])))).toThrow(
      'linear: expected x of shape [..., 3] for weights [2, 3], got [4, 5]; build the layer with input: 5',
    );
    expect(() => evaluate((tape) => linear(tape.zeros([4, 3]), tape.zeros([2, 3]), tape.zeros([3])))).toThrow(
      'linear: expected bias of shape [2], got [3]; one number per output',
    );
  });
});
