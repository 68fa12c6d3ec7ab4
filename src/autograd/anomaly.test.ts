import { describe, expect, it } from 'vitest';
import { ENGINES } from '../engine/engines.case.ts';
import { RecurveError } from '../errors.ts';
import { add, detectAnomaly, exp, linear, log, mean, multiply, sqrt, square, sum, tanh } from './index.ts';
import { Tape } from './tape.ts';
import type { Tensor } from './tensor.ts';

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof RecurveError && error.code === 'numeric') return error.message;
    throw error;
  }
  return 'no anomaly';
}

describe.each(ENGINES)('detecting anomalies on $name', async ({ open }) => {
  const tape = new Tape(await open());
  const detect = (build: (x: Tensor, w: Tensor) => Tensor, values = [1, 0, 2], names = ['weight']) =>
    messageOf(() =>
      detectAnomaly(
        tape,
        () =>
          tape.run(() => {
            const x = tape.constant(values, [1, 3]);
            const w = tape.variable([1, 2, 3], [1, 3]);
            named = w;
            tape.backward(build(x, w));
          }),
        (tensor) => (tensor === named ? names[0] : undefined),
      ),
    );
  let named: Tensor | undefined;

  it('names the first operation whose result is not finite, its place, and the parameter read last', () => {
    expect(detect((x, w) => sum(tanh(log(multiply(x, w)))))).toMatch(
      /^anomaly: expected log to give finite numbers, got -Infinity at 1 in its result \[1, 3\] \(parameter read last: weight\); its inputs were finite/,
    );
    // Everything after it is infinite or NaN as well: the first is named.
    expect(detect((x, w) => sum(sqrt(linear(exp(multiply(w, exp(multiply(x, x)))), w)), 0), [9, 9, 9])).toMatch(
      /^anomaly: expected exp to give/,
    );
  });

  it('says where the numbers given were not finite already', () => {
    expect(detect((x, w) => sum(multiply(x, w)), [1, Number.NaN, 2])).toMatch(
      /multiply .* got NaN at 1 .*its input a tensor \[1, 3\] was not finite already/,
    );
  });

  it('names the operation whose backward makes the first gradient that is not finite', () => {
    // √(w·x)² at 0: the value is finite, the slope of the root is not.
    expect(detect((x, w) => sum(sqrt(square(multiply(w, x)))))).toMatch(
      /^anomaly: expected backward of sqrt to give finite gradients, got (Infinity|NaN) at 1 in that of a tensor \[1, 3\]/,
    );
  });

  it('lets a sound computation through with the same bits, and is off again afterwards', () => {
    const gradient = () =>
      tape.run(() => {
        const w = tape.variable([1, 2, 3], [1, 3]);
        tape.backward(mean(square(add(w, tanh(w)))));
        return [...w.gradient()];
      });
    expect(detectAnomaly(tape, gradient)).toEqual(gradient());
    expect(messageOf(() => detectAnomaly(tape, () => tape.run(() => log(tape.variable([-1], [1])))))).toMatch('log');
    expect(tape.run(() => log(tape.variable([-1], [1])).item())).toBeNaN();
  });
});
