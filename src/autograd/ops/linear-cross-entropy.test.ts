import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { ENGINES } from '../../engine/engines.case.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import { checkGradients, type Given, given, unequal } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import { crossEntropyRows, linear, linearCrossEntropyRows, multiply, sum } from './index.ts';

type Losses = (x: Tensor, w: Tensor, bias: Tensor | undefined) => Tensor;

/** Seven rows, one of them without a target, of 5 classes; pieces of 3 rows leave one over. */
const targets = { values: [1, 4, -1, 0, 2, 2, 3], shape: [1, 7] };
const inputs = { x: given([1, 7, 3], 1), w: given([5, 3], 2), bias: given([5], 3) };

const inPieces: Losses = (x, w, bias) => linearCrossEntropyRows(x, w, bias, targets, { rowsAtOnce: 3 });
const atOnce: Losses = (x, w, bias) => crossEntropyRows(linear(x, w, bias), targets);

/** Losses, and gradients of their sum with unequal weights. */
function apply(engine: Engine, losses: Losses, withBias: boolean): number[][] {
  const tape = new Tape(engine);
  const variable = ({ values, shape }: Given) => tape.variable(values, shape);
  return tape.run(() => {
    const [x, w, bias] = [inputs.x, inputs.w, inputs.bias].map(variable);
    const rows = losses(x, w, withBias ? bias : undefined);
    tape.backward(sum(multiply(rows, tape.constant(unequal(7, 1, 5), [1, 7]))));
    return [rows.values(), x.gradient(), w.gradient(), ...(withBias ? [bias.gradient()] : [])].map((a) => [...a]);
  });
}

describe.each(ENGINES)('linearCrossEntropyRows on the engine $name', ({ open }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  });

  it.each([true, false])('has the bits of linear and crossEntropyRows, bias: %s', (bias) => {
    expect(apply(engine, inPieces, bias)).toEqual(apply(engine, atOnce, bias));
  });

  it('holds the logits of some rows only', () => {
    const [rows, K, D] = [512, 4096, 2];
    const peakOf = (losses: (x: Tensor, w: Tensor, of: { values: Int32Array; shape: number[] }) => Tensor): number => {
      engine.arena.resetPeak();
      const tape = new Tape(engine);
      tape.run(() => {
        const x = tape.variable(unequal(rows * D, 1, 7), [rows, D]);
        const w = tape.variable(unequal(K * D, 2, 7), [K, D]);
        tape.backward(sum(losses(x, w, { values: Int32Array.from({ length: rows }, (_, i) => i), shape: [rows] })));
      });
      return engine.arena.usage().peak;
    };
    const whole = peakOf((x, w, of) => crossEntropyRows(linear(x, w), of));
    const pieces = peakOf((x, w, of) => linearCrossEntropyRows(x, w, undefined, of, { rowsAtOnce: 128 }));
    expect(pieces).toBeLessThan(whole / 2);
  });
});

describe('linearCrossEntropyRows', () => {
  it('has the gradient of finite differences within 1e-7', () => {
    checkGradients(([x, w, bias]) => inPieces(x, w, bias), [inputs.x, inputs.w, inputs.bias]);
  });

  it('refuses factors and targets that do not fit together, in one piece or in many', () => {
    const run = (shape: number[], of: { values: number[]; shape: number[] }, rowsAtOnce: number) => () => {
      const tape = new Tape(new ReferenceEngine());
      tape.run(() => {
        const [x, w] = [tape.constant(unequal(14), shape), tape.constant(unequal(8), [4, 2])];
        linearCrossEntropyRows(x, w, undefined, of, { rowsAtOnce });
      });
    };
    const seven = { values: [0, 1, 2, 3, 0, 1, 2], shape: [7] };
    for (const rowsAtOnce of [2, 100]) {
      expect(run([2, 7], seven, rowsAtOnce)).toThrow('linear: expected x of shape [..., 2]');
      expect(run([7, 2], { ...seven, values: [0, 1, 2, 3, 0, 1, 4] }, rowsAtOnce)).toThrow(
        'crossEntropy: expected indices from -1 to 3, got 4 at position 6',
      );
      expect(run([7, 2], { values: [0, 1], shape: [2] }, rowsAtOnce)).toThrow(
        'crossEntropy: expected logits of shape [2, 4], got [7, 4]',
      );
    }
  });
});
