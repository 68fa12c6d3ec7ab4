import { expect } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { RAGGED, type Solution } from '../cells/cell.case.ts';
import { expectSameBits } from '../close.case.ts';
import type { Merge } from './merge.ts';
import type { RecurrentLayer } from './recurrent.ts';
import { gru, lstm } from './stacks.ts';
import { type StructureProblem, solveStructure, structureProblem } from './structure.case.ts';
import type { Structure } from './structures.case.ts';

/** The same rows in a batch of `longer` steps, NaN and huge numbers past each row's end, give the same bits and gradients. */
export function checkStructurePadding(
  engine: Engine,
  structure: Structure,
  given: StructureProblem,
  longer: number,
): void {
  const { B, T } = given;
  const D = structure.input;
  const lengths = given.lengths ?? Array<number>(B).fill(T);
  const garbage = [Number.NaN, Number.POSITIVE_INFINITY, 1e30, -7];
  const x = Array.from({ length: B * longer * D }, (_, i) => {
    const [b, t, d] = [Math.floor(i / (longer * D)), Math.floor(i / D) % longer, i % D];
    return t < lengths[b] ? given.x[(b * T + t) * D + d] : garbage[i % garbage.length];
  });
  const wanted = solveStructure(engine, structure, given);
  const got = solveStructure(engine, structure, { ...given, lengths, T: longer, x });
  const W = wanted.outputs.length / (B * T);
  const [outputs, dx] = [rows(got.outputs, B, longer, W), rows(got.gradients.x, B, longer, D)];
  for (let b = 0; b < B; b++) {
    for (const beyond of [...outputs[b].slice(lengths[b]), ...dx[b].slice(lengths[b])].flat()) {
      expect(beyond, 'outputs and dx past the end').toBe(0);
    }
  }
  const crop = (values: number[][][]): number[] => values.flatMap((row) => row.slice(0, T).flat());
  expectSameBits('outputs', crop(outputs), wanted.outputs);
  wanted.last.forEach((state, k) => {
    for (const name of Object.keys(state)) expectSameBits(`${name} of state ${k}`, got.last[k][name], state[name]);
  });
  for (const [name, gradient] of Object.entries({ ...got.gradients, x: crop(dx) })) {
    expectSameBits(`gradient of ${name}`, gradient, wanted.gradients[name]);
  }
}

/** Each row of the batch with all others empty gives the bits it has among them, its gradient of x included. */
export function checkRowsAlone(engine: Engine, structure: Structure, given: StructureProblem): void {
  const { B, T } = given;
  const batch = solveStructure(engine, structure, given);
  const W = batch.outputs.length / (B * T);
  for (let b = 0; b < B; b++) {
    const lengths = Array.from({ length: B }, (_, row) => (row === b ? (given.lengths?.[b] ?? T) : 0));
    const alone = solveStructure(engine, structure, { ...given, lengths });
    for (const [what, width] of [
      ['outputs', T * W],
      ['dx', T * structure.input],
    ] as const) {
      const of = (solution: Solution): number[] => (what === 'dx' ? solution.gradients.x : solution.outputs);
      const row = (values: readonly number[]): number[] => values.slice(b * width, (b + 1) * width);
      expectSameBits(what, row(of(alone)), row(of(batch)));
    }
  }
}

/** A padded batch read in reverse is each row turned round, read forwards and turned round again, to the bit (check f). */
export function checkReversed(
  engine: Engine,
  make: (reverse: boolean) => RecurrentLayer,
  given: StructureProblem,
): void {
  const { B, T } = given;
  const lengths = given.lengths ?? Array<number>(B).fill(T);
  const D = given.x.length / (B * T);
  const turned = (values: readonly number[], width: number): number[] =>
    rows(values, B, T, width).flatMap((row, b) =>
      [...row.slice(0, lengths[b]).reverse(), ...row.slice(lengths[b])].flat(),
    );
  const solveAs = (reverse: boolean, x: readonly number[]): Solution =>
    solveStructure(engine, { name: '', input: D, make: () => make(reverse) }, { ...given, x }, { backward: false });
  const reversed = solveAs(true, given.x);
  const forward = solveAs(false, turned(given.x, D));
  expectSameBits('outputs', reversed.outputs, turned(forward.outputs, forward.outputs.length / (B * T)));
  expect(reversed.last).toEqual(forward.last);
}

/** The directions of a bidirectional layer are a forward and a reversed layer with their weights, to the bit. */
export function checkDirections(engine: Engine): void {
  const both = { name: '', input: 2, make: () => gru({ input: 2, hidden: 3, bidirectional: true }) };
  const given = structureProblem(both, { B: RAGGED.length, T: 5, lengths: RAGGED });
  const together = solveStructure(engine, both, given, { start: 'own', backward: false });
  const [there, back] = ['', '_reverse'].map((suffix) => {
    const weights = Object.fromEntries(
      ['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'].map((name) => [name, given.weights[name + suffix]]),
    );
    const one = { name: '', input: 2, make: () => gru({ input: 2, hidden: 3, reverse: suffix !== '' }) };
    return solveStructure(engine, one, { ...given, weights }, { start: 'own', backward: false });
  });
  const joined = Array.from({ length: together.outputs.length }, (_, i) => {
    const [step, j] = [Math.floor(i / 6), i % 6];
    return j < 3 ? there.outputs[step * 3 + j] : back.outputs[step * 3 + j - 3];
  });
  expectSameBits('outputs', together.outputs, joined);
  expect(together.last).toEqual([...there.last, ...back.last]);
}

/** Merged outputs follow from those of both directions side by side, to the bit. */
export function checkMerge(engine: Engine, merge: Exclude<Merge, 'concat'>): void {
  const of = (how: 'concat' | typeof merge) => ({
    name: '',
    input: 2,
    make: () => lstm({ input: 2, hidden: 3, bidirectional: true, merge: how }),
  });
  const given = structureProblem(of(merge), { B: RAGGED.length, T: 5, lengths: RAGGED });
  const concat = solveStructure(engine, of('concat'), given, { backward: false }).outputs;
  const pairs = Array.from({ length: concat.length / 6 }, (_, i) => concat.slice(6 * i, 6 * i + 6));
  const round = engine.slotBytes === 8 ? (v: number): number => v : Math.fround;
  const wanted = pairs.flatMap((row) => {
    if (merge === 'none') return row;
    return [0, 1, 2].map((j) => {
      const [a, b] = [row[j], row[j + 3]];
      return round(merge === 'product' ? a * b : merge === 'sum' ? a + b : round(a + b) / 2);
    });
  });
  expectSameBits(merge, solveStructure(engine, of(merge), given, { backward: false }).outputs, wanted);
}

/** Values [B, T, W] as nested rows. */
function rows(values: readonly number[], B: number, T: number, W: number): number[][][] {
  return Array.from({ length: B }, (_, b) =>
    Array.from({ length: T }, (_, t) => values.slice((b * T + t) * W, (b * T + t + 1) * W)),
  );
}
