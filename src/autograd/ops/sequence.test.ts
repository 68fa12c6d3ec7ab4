import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../engine/reference.ts';
import { checkGradients, given } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import { add, reshape, selectRunning, square, stack, takeLast, toBatchFirst, toTimeMajor } from './index.ts';

const B = 3;
const T = 4;
const D = 2;
const LENGTHS = [2, 0, 4];
const FILLS = [undefined, LENGTHS];

const evaluate = <R>(body: (tape: Tape) => R): R => {
  const tape = new Tape(new ReferenceEngine());
  return tape.evaluate(() => body(tape));
};

describe('toTimeMajor and toBatchFirst', () => {
  it('swap batch and time, zero past the end of each row', () => {
    const numbers = Array.from({ length: B * T * D }, (_, i) => i + 1);
    const timeMajor = evaluate((tape) => [...toTimeMajor(tape.constant(numbers, [B, T, D]), LENGTHS).values()]);
    for (let t = 0; t < T; t++) {
      for (let b = 0; b < B; b++) {
        for (let d = 0; d < D; d++) {
          expect(timeMajor[(t * B + b) * D + d]).toBe(t < LENGTHS[b] ? numbers[(b * T + t) * D + d] : 0);
        }
      }
    }
    const back = evaluate((tape) => [...toBatchFirst(tape.constant(timeMajor, [T, B, D]), LENGTHS).values()]);
    expect(back).toEqual(numbers.map((v, i) => (Math.floor(i / D) % T < LENGTHS[Math.floor(i / (T * D))] ? v : 0)));
  });

  it.each(FILLS)('have the gradients of finite differences within 1e-7, lengths %j', (lengths) => {
    checkGradients(([x]) => toTimeMajor(x, lengths), [given([B, T, D], 1)]);
    checkGradients(([x]) => toBatchFirst(x, lengths), [given([T, B, D], 2)]);
  });

  it.each([
    [1, T],
    [B, 1],
  ])('share the memory of x where one order is the other, B = %i and T = %i, but not its gradient', (B, T) => {
    const x = given([B, T, D], 3);
    checkGradients(([x]) => add(toTimeMajor(square(x)), reshape(x, [T, B, D])), [x]);
    checkGradients(([x]) => add(toBatchFirst(square(x)), reshape(x, [T, B, D])), [x]);
    evaluate((tape) => {
      const y = tape.constant(x.values, [B, T, D]);
      expect(toTimeMajor(y).address).toBe(y.address);
      expect(toBatchFirst(y).address).toBe(y.address);
      expect(toTimeMajor(y, Array(B).fill(0)).values()).toEqual(new Float64Array(B * T * D));
      expect([...y.values()]).toEqual([...x.values]);
    });
  });

  it('drop NaN past the end of a row', () => {
    const x = Array.from({ length: B * T * D }, (_, i) =>
      Math.floor(i / D) % T < LENGTHS[Math.floor(i / (T * D))] ? i : Number.NaN,
    );
    expect(evaluate((tape) => toTimeMajor(tape.constant(x, [B, T, D]), LENGTHS).values()).every(Number.isFinite)).toBe(
      true,
    );
  });

  it.each([
    [[2, 0], 'lengths: expected one length per row, 3 in all, got 2; give a length for every row of the batch'],
    [[2, 0, 5], 'lengths: expected whole numbers from 0 to 4, got 5 for row 2; a row cannot be longer than the batch'],
    [
      [2, -1, 4],
      'lengths: expected whole numbers from 0 to 4, got -1 for row 1; a row cannot be longer than the batch',
    ],
    [
      [2, 0, 1.5],
      'lengths: expected whole numbers from 0 to 4, got 1.5 for row 2; a row cannot be longer than the batch',
    ],
    [
      [Number.NaN, 0, 4],
      'lengths: expected whole numbers from 0 to 4, got NaN for row 0; a row cannot be longer than the batch',
    ],
  ])('refuse lengths %j', (lengths, message) => {
    expect(() => evaluate((tape) => toTimeMajor(tape.zeros([B, T, D]), lengths))).toThrow(message);
  });

  it('refuse a matrix', () => {
    expect(() => evaluate((tape) => toTimeMajor(tape.zeros([B, T])))).toThrow(
      'sequence: expected x of shape [B, T, D], got [3, 4]; sequences have three axes: batch, time, features',
    );
  });
});

describe('takeLast', () => {
  it.each(FILLS)('has the gradient of finite differences within 1e-7, lengths %j', (lengths) => {
    checkGradients(([states]) => takeLast(states, lengths), [given([T + 1, B, D], 1)]);
  });

  it('takes the state after the last valid step, the first state of an empty row', () => {
    const states = Array.from({ length: (T + 1) * B }, (_, i) => i);
    const y = evaluate((tape) => [...takeLast(tape.constant(states, [T + 1, B, 1]), LENGTHS).values()]);
    expect(y).toEqual([2 * B, 1, 4 * B + 2]);
  });

  it('refuses states that are no sequence', () => {
    expect(() => evaluate((tape) => takeLast(tape.zeros([B, D])))).toThrow(
      'takeLast: expected states of shape [T+1, B, H], got [3, 2]; the first state stands before the first step',
    );
  });
});

describe('selectRunning', () => {
  it('takes running rows from the first and ended rows from the second', () => {
    const y = evaluate((tape) => [
      ...selectRunning(tape.constant([1, 2, 3], [3, 1]), tape.constant([10, 20, 30], [3, 1]), LENGTHS, 2).values(),
    ]);
    expect(y).toEqual([10, 20, 3]);
  });

  it.each([0, 1, 2, 3])('has the gradients of finite differences within 1e-7 at step %i', (t) => {
    checkGradients(([next, ended]) => selectRunning(next, ended, LENGTHS, t), [given([B, D], 1), given([B, D], 2)]);
  });

  it('passes the first on without lengths', () => {
    evaluate((tape) => {
      const next = tape.zeros([B, D]);
      expect(selectRunning(next, tape.zeros([B, D]), undefined, 0)).toBe(next);
    });
  });

  it('refuses unlike shapes', () => {
    expect(() => evaluate((tape) => selectRunning(tape.zeros([3, 2]), tape.zeros([3, 4]), LENGTHS, 0))).toThrow(
      'selectRunning: expected both tensors of shape [3, 2], got [3, 4]; the other has shape [3, 2]',
    );
  });
});

describe('stack', () => {
  it('joins steps and has the gradients of finite differences within 1e-7, one step used twice', () => {
    checkGradients(([a, b]) => stack([a, b, a]), [given([B, D], 1), given([B, D], 2)]);
    expect(
      evaluate((tape) => [...stack([tape.constant([1, 2], [1, 2]), tape.constant([3, 4], [1, 2])]).values()]),
    ).toEqual([1, 2, 3, 4]);
  });

  it('refuses no steps and unlike steps', () => {
    expect(() => stack([])).toThrow('stack: expected at least one tensor, got none; give the steps to join');
    expect(() => evaluate((tape) => stack([tape.zeros([2, 3]), tape.zeros([2, 4])]))).toThrow(
      'stack: expected steps of shape [2, 3], got [2, 4]; all steps have one shape',
    );
  });
});
