import { expect } from 'vitest';
import { columns, concat, reshape } from '../../autograd/index.ts';
import type { Engine } from '../../engine/engine.ts';
import { expectClose, expectSameBits } from '../close.case.ts';
import { layerFromConfig } from '../from-config.ts';
import { type RecurrentLayer, recurrent } from '../layers/recurrent.ts';
import { createNetwork } from '../network.ts';
import {
  type CellCase,
  expectSameSolution,
  outputWidth,
  type Problem,
  type Solution,
  solve,
  stackOf,
  trainable,
  unrolledOf,
} from './cell.case.ts';
import type { State } from './cell.ts';
import { solveNaively } from './naive.case.ts';

/** Outputs and last states equal the naive forward pass within `bound`. */
export function checkNaive(engine: Engine, cell: CellCase, given: Problem, bound: number): void {
  const wanted = solveNaively(cell, given);
  const got = solve(engine, stackOf(cell, given), given, {}, false);
  expectClose('outputs', got.outputs, wanted.outputs, bound);
  expectLastClose(got, wanted, bound);
}

/** The fused sequence equals its steps one by one within `bound`, gradients too. */
export function checkFused(engine: Engine, cell: CellCase, given: Problem, bound: number): void {
  const fused = solve(engine, stackOf(cell, given), given);
  const unrolled = solve(engine, unrolledOf(cell, given), given);
  expectSolutionClose(fused, unrolled, bound, bound);
}

/** Chunks of `cuts` steps (the last one repeated), through the carry, give the bits of the whole. */
export function checkChunks(engine: Engine, cell: CellCase, given: Problem, cuts: readonly number[]): void {
  const { B, T, D } = given;
  const P = outputWidth(given);
  using network = trainable(engine, stackOf(cell, given));
  network.load(given.weights);
  const carry = new Map([[network.root, given.initial.map((state) => ({ ...state }))]]);
  const rows: number[][] = Array.from({ length: B }, () => []);
  for (let from = 0, i = 0; from < T; i++) {
    const steps = Math.min(cuts[Math.min(i, cuts.length - 1)], T - from);
    const x = rows.flatMap((_, b) => given.x.slice((b * T + from) * D, (b * T + from + steps) * D));
    const lengths = given.lengths?.map((n) => Math.min(Math.max(n - from, 0), steps));
    const y = network.predict(x, [B, steps, D], { carry, ...(lengths && { lengths }) });
    rows.forEach((row, b) => {
      row.push(...y.values.slice(b * steps * P, (b + 1) * steps * P));
    });
    from += steps;
  }
  const whole = solve(engine, stackOf(cell, given), given, {}, false);
  expectSameBits('outputs', rows.flat(), whole.outputs);
  const states = carry.get(network.root) ?? [];
  expect(states.length).toBe(given.layers);
  states.forEach((state, k) => {
    for (const [name, values] of Object.entries(state)) expectSameBits(name, values, whole.last[k][name]);
  });
}

/** The same rows in a batch of `longer` steps, NaN and huge numbers past each row's end, give the same bits and gradients. */
export function checkPadding(engine: Engine, cell: CellCase, given: Problem, longer: number): void {
  const { B, T, D } = given;
  const P = outputWidth(given);
  const lengths = given.lengths ?? Array<number>(B).fill(T);
  const garbage = [Number.NaN, Number.POSITIVE_INFINITY, 1e30, -7];
  const x = Array.from({ length: B * longer * D }, (_, i) => {
    const [b, t, d] = [Math.floor(i / (longer * D)), Math.floor(i / D) % longer, i % D];
    return t < lengths[b] ? given.x[(b * T + t) * D + d] : garbage[i % garbage.length];
  });
  const wanted = solve(engine, stackOf(cell, given), given);
  const got = solve(engine, stackOf(cell, given), { ...given, lengths, T: longer, x });
  const beyond = (values: number[], width: number): number[] =>
    values.filter((_, i) => Math.floor(i / width) % longer >= lengths[Math.floor(i / (longer * width))]);
  expect(
    beyond(got.outputs, P).every((v) => v === 0),
    'outputs past the end are 0',
  ).toBe(true);
  expect(
    beyond(got.gradients.x, D).every((v) => v === 0),
    'dx past the end is 0',
  ).toBe(true);
  const crop = (values: number[], width: number): number[] =>
    values.filter((_, i) => Math.floor(i / width) % longer < T);
  got.outputs = crop(got.outputs, P);
  got.gradients.x = crop(got.gradients.x, D);
  expectSameSolution(got, wanted);
  expect(Number.isFinite(got.loss)).toBe(true);
}

/** Weights taken out of one network and loaded into another give the same bits. */
export function checkSaved(engine: Engine, cell: CellCase, given: Problem): void {
  const { B, T, D } = given;
  using first = createNetwork(engine, stackOf(cell, given), { seed: 3 });
  using second = createNetwork(engine, stackOf(cell, given), { seed: 4 });
  const before = second.predict(given.x, [B, T, D]);
  second.load(structuredClone(first.state()));
  const wanted = first.predict(given.x, [B, T, D]);
  expect(wanted.values).not.toEqual(before.values);
  expect(second.predict(given.x, [B, T, D])).toEqual(wanted);
  expect(second.state()).toEqual(first.state());
}

/** A layer rebuilt from the JSON of its configuration has the same configuration, names, first values and predictions. */
export function checkRebuilt(engine: Engine, cell: CellCase): void {
  const build = (): RecurrentLayer => recurrent([cell.make({ input: 3, hidden: 4 })]);
  const rebuilt = layerFromConfig(JSON.parse(JSON.stringify(build().config)));
  expect(rebuilt.config).toEqual(build().config);
  using network = createNetwork(engine, build(), { seed: 5 });
  using copy = createNetwork(engine, rebuilt, { seed: 5 });
  expect(copy.state()).toEqual(network.state());
  copy.load(network.state());
  const x = Array.from({ length: 2 * 7 * 3 }, (_, i) => Math.cos(i));
  expect(copy.predict(x, [2, 7, 3])).toEqual(network.predict(x, [2, 7, 3]));
}

/** A layer that does its work in chunks of `steps`, each starting from the last states of the one before, gradients flowing. */
export function chained(layer: RecurrentLayer, steps: number): RecurrentLayer {
  return {
    ...layer,
    run(x, pass, initial) {
      const { tape } = x;
      const [rows, whole, width] = x.shape;
      let states = initial as State[];
      const pieces = [];
      for (let from = 0; from < whole; from += steps) {
        const n = Math.min(steps, whole - from);
        const flat = reshape(x, [rows, whole * width]);
        const chunk = reshape(columns(flat, from * width, (from + n) * width), [rows, n, width]);
        const lengths = pass.lengths && Array.from(pass.lengths, (length) => Math.min(Math.max(length - from, 0), n));
        const { lengths: _all, ...rest } = pass;
        const result = layer.run(chunk, { ...rest, ...(lengths && { lengths }) }, states);
        states = result.states;
        pieces.push(reshape(result.outputs, [rows, n * result.outputs.shape[2]]));
      }
      const outputs = concat(pieces);
      return { outputs: tape.view(outputs, [rows, whole, outputs.shape[1] / whole]), states };
    },
  };
}

/** Outputs and states within `bound`, gradients within `gradientBound` · max(1, largest gradient of the same tensor). */
export function expectSolutionClose(got: Solution, wanted: Solution, bound: number, gradientBound: number): void {
  expectClose('outputs', got.outputs, wanted.outputs, bound);
  expectLastClose(got, wanted, bound);
  expect(Object.keys(got.gradients)).toEqual(Object.keys(wanted.gradients));
  for (const [name, gradient] of Object.entries(wanted.gradients)) {
    const scale = gradient.reduce((m, g) => Math.max(m, Math.abs(g)), 1);
    expectClose(`gradient of ${name}`, got.gradients[name], gradient, gradientBound * scale);
  }
}

function expectLastClose(got: Pick<Solution, 'last'>, wanted: Pick<Solution, 'last'>, bound: number): void {
  wanted.last.forEach((state, k) => {
    for (const name of Object.keys(state)) expectClose(`${name} of layer ${k}`, got.last[k][name], state[name], bound);
  });
}
