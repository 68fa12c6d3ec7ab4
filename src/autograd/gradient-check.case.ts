import { expect } from 'vitest';
import { ReferenceEngine } from '../engine/reference.ts';
import { add, multiply, sum } from './ops/index.ts';
import { Tape } from './tape.ts';
import type { Shape, Tensor } from './tensor.ts';

/** Numbers for a tensor. */
export interface Given {
  values: readonly number[];
  shape: Shape;
}

/** `n` unequal numbers in (−scale, scale), none near 0; `salt` gives another series. */
export function unequal(n: number, salt = 0, scale = 1): number[] {
  return Array.from({ length: n }, (_, i) => {
    const value = Math.cos(1 + 2.3 * i + 0.013 * i * i + 5.1 * salt);
    return scale * (value + (value < 0 ? -0.07 : 0.07)) * 0.93;
  });
}

/** A tensor's worth of unequal numbers. */
export function given(shape: Shape, salt = 0, scale = 1): Given {
  return { shape, values: unequal(sizeOf(shape), salt, scale) };
}

/** The same made positive, at least 0.07·scale. */
export function positive(shape: Shape, salt = 0, scale = 1): Given {
  return { shape, values: given(shape, salt, scale).values.map(Math.abs) };
}

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/**
 * Compares `gradient` with central differences of `lossAt` at `at`, |difference| ≤ bound·max(1, |gradient|).
 * With `sample`, only about that many elements are moved one by one, and all of them together along one direction.
 */
export function expectGradient(
  what: string,
  gradient: ArrayLike<number>,
  at: readonly number[],
  lossAt: (values: number[]) => number,
  { bound = 1e-7, sample = Number.POSITIVE_INFINITY }: { bound?: number; sample?: number } = {},
): void {
  expect(gradient.length, `${what}: elements`).toBe(at.length);
  const difference = (direction: (i: number) => number): number => {
    const h = 1e-5;
    const moved = (sign: number): number => lossAt(at.map((v, i) => v + sign * h * direction(i)));
    return (moved(1) - moved(-1)) / (2 * h);
  };
  const agrees = (name: string, expected: number, got: number): void => {
    const error = Math.abs(expected - got) / Math.max(1, Math.abs(got));
    expect(error, `${name}: ${got} by the tape, ${expected} by differences`).toBeLessThanOrEqual(bound);
  };
  const stride = Math.max(1, Math.ceil(at.length / sample));
  for (let i = 0; i < at.length; i += stride) {
    agrees(
      `${what}[${i}]`,
      difference((j) => (j === i ? 1 : 0)),
      gradient[i],
    );
  }
  if (stride > 1) {
    const direction = unequal(at.length, 9);
    const along = direction.reduce((total, d, i) => total + d * gradient[i], 0);
    agrees(
      `${what} along a direction`,
      difference((i) => direction[i]),
      along,
    );
  }
}

/**
 * Checks the gradients of `f` in f64 against central differences, bound 1e-7: with every input tracked, and again with each input
 * tracked alone. `f` is applied twice and both results are weighted unequally, so that a gradient that overwrites instead of
 * adding shows.
 */
export function checkGradients(
  f: (inputs: Tensor[], tape: Tape) => Tensor,
  inputs: readonly Given[],
  options: { bound?: number; skip?: readonly number[] } = {},
): void {
  const tape = new Tape(new ReferenceEngine());
  const run = (values: readonly (readonly number[])[], tracked: (i: number) => boolean, wantGradients: boolean) => {
    return tape.run(() => {
      const tensors = inputs.map(({ shape }, i) =>
        tracked(i) ? tape.variable(values[i], shape) : tape.constant(values[i], shape),
      );
      const weighted = (salt: number): Tensor => {
        const y = f(tensors, tape);
        return sum(multiply(y, tape.constant(unequal(y.size, salt, 2), y.shape)));
      };
      const loss = add(weighted(21), weighted(22));
      if (wantGradients) tape.backward(loss);
      return { loss: loss.item(), gradients: tensors.map((t) => (wantGradients ? t.gradient() : undefined)) };
    });
  };
  const at = inputs.map(({ values }) => values);
  const checked = inputs.map((_, i) => i).filter((i) => !options.skip?.includes(i));
  for (const only of [undefined, ...(inputs.length > 1 ? checked : [])]) {
    const { gradients } = run(at, (i) => only === undefined || only === i, true);
    for (const i of only === undefined ? checked : [only]) {
      expectGradient(
        `input ${i}${only === undefined ? '' : ' alone'}`,
        gradients[i] ?? [],
        at[i],
        (moved) => run(at.with(i, moved), () => true, false).loss,
        options,
      );
    }
  }
}
