import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Tape, type Tensor } from '../../src/autograd/index.ts';
import { ENGINES } from '../../src/engine/engines.case.ts';
import { expectClose } from '../../src/nn/close.case.ts';
import {
  binaryCrossEntropy,
  crossEntropy,
  gaussianNll,
  huber,
  type LossOptions,
  mae,
  mse,
} from '../../src/nn/losses.ts';

interface Fixture {
  name: string;
  inputs: { shape: number[]; values: number[]; gradient: number[] }[];
  target: number[];
  weights?: number[];
  delta?: number;
  labelSmoothing?: number;
  loss: number;
}

const { torch, cases } = JSON.parse(readFileSync(new URL('./fixtures/losses.json', import.meta.url), 'utf8')) as {
  torch: string;
  cases: Fixture[];
};

const LOSSES: Record<string, (inputs: Tensor[], fixture: Fixture, options: LossOptions) => Tensor> = {
  mse: ([y], { target }, options) => mse(y, target, options),
  mae: ([y], { target }, options) => mae(y, target, options),
  huber: ([y], { target, delta = 1 }, options) => huber(y, target, { ...options, delta }),
  gaussianNll: ([mean, s], { target }, options) => gaussianNll(mean, s, target, options),
  binaryCrossEntropy: ([x], { target }, options) => binaryCrossEntropy(x, target, options),
  crossEntropy: ([x], { target, labelSmoothing = 0 }, options) =>
    crossEntropy(x, { values: target, shape: x.shape.slice(0, -1) }, { ...options, labelSmoothing }),
};

describe.each(ENGINES)(`PyTorch ${torch} on $name`, async ({ open, precision }) => {
  const tape = new Tape(await open());

  it.each(cases)('$name: value and gradients within 1e-10 in f64 and 1e-6 in f32', (fixture) => {
    const bound = precision === 'f64' ? 1e-10 : 1e-6;
    tape.run(() => {
      const inputs = fixture.inputs.map(({ values, shape }) => tape.variable(values, shape));
      const loss = LOSSES[fixture.name.split(',')[0]](
        inputs,
        fixture,
        fixture.weights ? { weights: fixture.weights } : {},
      );
      tape.backward(loss);
      expect(Math.abs(loss.item() - fixture.loss)).toBeLessThanOrEqual(bound);
      inputs.forEach((input, i) => {
        expectClose(`gradient ${i}`, input.gradient(), fixture.inputs[i].gradient, bound);
      });
    });
  });
});
