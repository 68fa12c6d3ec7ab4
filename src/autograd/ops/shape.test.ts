import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../engine/reference.ts';
import { checkGradients, given } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import { columns, concat, multiply, reshape, square } from './index.ts';

const evaluate = <R>(body: (tape: Tape) => R): R => {
  const tape = new Tape(new ReferenceEngine());
  return tape.evaluate(() => body(tape));
};

describe('reshape', () => {
  it('has the gradient of finite differences within 1e-7, also where both shapes are used', () => {
    checkGradients(([x]) => reshape(x, [3, 2]), [given([2, 3], 1)]);
    checkGradients(([x]) => multiply(reshape(square(x), [6]), reshape(x, [6])), [given([2, 3], 2)]);
  });

  it('refuses another number of elements', () => {
    expect(() => evaluate((tape) => reshape(tape.zeros([2, 3]), [4]))).toThrow(
      'reshape: expected a shape of 6 elements, got [4]; [2, 3] cannot become it',
    );
  });
});

describe('views', () => {
  it('share the gradient of their base: finite differences within 1e-7 for overlapping parts', () => {
    checkGradients(([x], tape) => multiply(tape.view(x, [2, 2], 1), tape.view(x, [2, 2], 2)), [given([6], 1)]);
  });

  it('of views have the gradient of finite differences within 1e-7', () => {
    checkGradients(([x], tape) => square(tape.view(tape.view(x, [4], 2), [2], 1)), [given([6], 2)]);
  });

  it('of results, used beside the result itself, have the gradient of finite differences within 1e-7', () => {
    checkGradients(
      ([x], tape) => {
        const y = square(x);
        return multiply(tape.view(y, [3], 3), tape.view(multiply(y, x), [3], 1));
      },
      [given([6], 3)],
    );
  });

  it.each([
    [[4], 3],
    [[2], -1],
    [[7], 0],
  ])('refuse %j at %i of six elements', (shape, offset) => {
    expect(() => evaluate((tape) => tape.view(tape.zeros([6]), shape, offset))).toThrow(
      `view: expected [${shape}] at ${offset} to lie inside [6], got ${shape[0]} elements; check the shape`,
    );
  });
});

describe('columns', () => {
  it.each([
    [0, 2],
    [1, 4],
    [2, 3],
    [0, 5],
  ])('%i to %i of five have the gradient of finite differences within 1e-7', (from, to) => {
    checkGradients(([x]) => columns(x, from, to), [given([2, 3, 5], 1)]);
  });

  it('are the right ones', () => {
    expect(evaluate((tape) => [...columns(tape.constant([1, 2, 3, 4, 5, 6], [2, 3]), 1, 3).values()])).toEqual([
      2, 3, 5, 6,
    ]);
  });

  it.each([
    [2, 2],
    [-1, 2],
    [3, 6],
    [0.5, 2],
  ])('refuse %s to %s of five', (from, to) => {
    expect(() => evaluate((tape) => columns(tape.zeros([2, 5]), from, to))).toThrow(
      `columns: expected whole numbers 0 ≤ from < to ≤ 5, got ${from} and ${to}; count columns of the last axis`,
    );
  });
});

describe('concat', () => {
  it('has the gradients of finite differences within 1e-7, one part used twice', () => {
    checkGradients(([a, b]) => concat([a, b, a]), [given([2, 2, 3], 1), given([2, 2, 1], 2)]);
    checkGradients(([a, b]) => concat([a, b]), [given([3], 3), given([2], 4)]);
  });

  it('joins along the last axis', () => {
    expect(
      evaluate((tape) => [...concat([tape.constant([1, 2], [2, 1]), tape.constant([3, 4, 5, 6], [2, 2])]).values()]),
    ).toEqual([1, 3, 4, 2, 5, 6]);
  });

  it('refuses no parts and parts of unlike rows', () => {
    expect(() => concat([])).toThrow('concat: expected at least one tensor, got none; give the parts to join');
    expect(() => evaluate((tape) => concat([tape.zeros([2, 3]), tape.zeros([3, 3])]))).toThrow(
      'concat: expected shapes that differ in the last axis only, got [2, 3] and [3, 3]; reshape them first',
    );
  });
});
