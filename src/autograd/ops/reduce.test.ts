import { describe, expect, it } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import { checkGradients, given } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import { broadcastTo, mean, sum } from './index.ts';

describe('sum and mean', () => {
  const input = { values: [1, 2, 3, 4, 5, 6], shape: [1, 2, 3] };
  const reduced = (axis?: number): { sum: number[]; mean: number[]; shape: readonly number[] } => {
    const tape = new Tape(new ReferenceEngine());
    return tape.evaluate(() => {
      const x = tape.constant(input.values, input.shape);
      return { sum: [...sum(x, axis).values()], mean: [...mean(x, axis).values()], shape: sum(x, axis).shape };
    });
  };

  it('reduce one axis or all', () => {
    expect(reduced(1)).toEqual({ sum: [5, 7, 9], mean: [2.5, 3.5, 4.5], shape: [1, 3] });
    expect(reduced(2)).toEqual({ sum: [6, 15], mean: [6 / 3, 15 / 3], shape: [1, 2] });
    expect(reduced()).toEqual({ sum: [21], mean: [21 * (1 / 6)], shape: [] });
  });

  it('stay within 2e-5 over a million elements, which one chain of additions in f32 misses by 9e-3', async () => {
    using engine = await createEngine();
    const tape = new Tape(engine);
    const [n, value] = [1_000_003, Math.fround(0.1)];
    tape.evaluate(() => {
      const x = tape.constant(new Float32Array(n).fill(value), [n]);
      expect(Math.abs(sum(x).item() / (n * value) - 1)).toBeLessThan(2e-5);
      expect(Math.abs(mean(x).item() / value - 1)).toBeLessThan(2e-5);
    });
  });

  it.each([16_383, 16_384, 20_001])('add every one of %i elements once', (n) => {
    const tape = new Tape(new ReferenceEngine());
    tape.evaluate(() => {
      const x = tape.constant(
        Float64Array.from({ length: n }, (_, i) => i),
        [n],
      );
      expect(sum(x).item()).toBe((n * (n - 1)) / 2);
    });
  });

  it.each([undefined, 0, 1, 2])('have the gradients of finite differences within 1e-7 over axis %s', (axis) => {
    checkGradients(([x]) => sum(x, axis), [given([2, 3, 4], 1)]);
    checkGradients(([x]) => mean(x, axis), [given([2, 3, 4], 2)]);
  });

  it.each([3, -1, 0.5])('refuse axis %s of three', (axis) => {
    expect(() => reduced(axis)).toThrow(`sum: expected an axis of [1, 2, 3], got ${axis}; axes count from 0`);
  });
});

describe('broadcastTo', () => {
  it.each([
    [[3], [2, 3]],
    [
      [2, 1],
      [2, 3],
    ],
    [[], [2, 2]],
    [
      [1, 3, 1],
      [2, 3, 4],
    ],
    [
      [2, 3],
      [2, 3],
    ],
  ])('from %j to %j has the gradient of finite differences within 1e-7', (from, to) => {
    checkGradients(([x]) => broadcastTo(x, to), [given(from, 1)]);
  });

  it.each([
    [[2, 3], [3]],
    [[3], [1]],
  ])('refuses %j to %j', (from, to) => {
    const tape = new Tape(new ReferenceEngine());
    expect(() => tape.evaluate(() => broadcastTo(tape.zeros(from), to))).toThrow(
      `broadcastTo: expected a shape that [${from.join(', ')}] can be repeated to, got [${to}]; only axes of size 1 repeat`,
    );
  });
});
