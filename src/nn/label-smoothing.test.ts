import { describe, expect, it } from 'vitest';
import { checkGradients, given } from '../autograd/gradient-check.case.ts';
import { Tape } from '../autograd/index.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import { crossEntropy, type LossOptions } from './losses.ts';

const logits = given([2, 3, 4], 3, 2);
const targets = { values: [2, 0, -1, 3, -1, 1], shape: [2, 3] };
const tape = new Tape(new ReferenceEngine());
const lossOf = (labelSmoothing: number, options: LossOptions = {}): number =>
  tape.evaluate(() =>
    crossEntropy(tape.constant(logits.values, logits.shape), targets, { ...options, labelSmoothing }).item(),
  );

/** −Σ q log p of one row, q = (1 − ε)·target + ε/K. */
function element(row: number, epsilon: number): number {
  const x = logits.values.slice(4 * row, 4 * row + 4);
  const total = x.reduce((sum, v) => sum + Math.exp(v), 0);
  return -x.reduce((sum, v, k) => {
    const q = (k === targets.values[row] ? 1 - epsilon : 0) + epsilon / 4;
    return sum + q * Math.log(Math.exp(v) / total);
  }, 0);
}

describe('crossEntropy with label smoothing', () => {
  it.each([0, 0.1, 0.5, 1])('of %s is the cross-entropy with the mixed target, within 1e-14', (epsilon) => {
    const rows = [0, 1, 3, 5].map((row) => element(row, epsilon));
    expect(Math.abs(lossOf(epsilon) - rows.reduce((a, b) => a + b) / 4)).toBeLessThanOrEqual(1e-14);
    const weighted = (2 * rows[0] + 3 * rows[1] + 5 * rows[2]) / 10;
    const options = { weights: [2, 3, 9, 5, 9, 7], lengths: [3, 1] };
    expect(Math.abs(lossOf(epsilon, options) - weighted)).toBeLessThanOrEqual(1e-14);
  });

  it('has the gradients of finite differences within 1e-7', () => {
    checkGradients(([x]) => crossEntropy(x, targets, { labelSmoothing: 0.2, weights: [1, 2, 3, 4, 5, 6] }), [logits]);
  });

  it('of 0 gives the bits of the plain loss', () => {
    expect(lossOf(0)).toBe(
      tape.evaluate(() => crossEntropy(tape.constant(logits.values, logits.shape), targets).item()),
    );
  });

  it('refuses a share outside [0, 1]', () => {
    for (const epsilon of [-0.1, 1.1, Number.NaN])
      expect(() => lossOf(epsilon)).toThrow(/crossEntropy: expected labelSmoothing from 0 to 1/);
  });
});
