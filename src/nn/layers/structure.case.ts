import { expect } from 'vitest';
import { expectGradient, unequal } from '../../autograd/gradient-check.case.ts';
import { add, multiply, sum, type Tensor } from '../../autograd/index.ts';
import type { Engine } from '../../engine/engine.ts';
import { expectSameBits, RAGGED, type Solution } from '../cells/cell.case.ts';
import { type State, stateSize } from '../cells/cell.ts';
import { gruCell } from '../cells/gru.ts';
import { leakyCell } from '../cells/leaky.ts';
import { rnnCell } from '../cells/rnn.ts';
import { createNetwork, type Network, noDropout } from '../network.ts';
import type { Merge } from './merge.ts';
import { type RecurrentLayer, recurrent } from './recurrent.ts';
import { gru, leaky, lstm, rnn } from './stacks.ts';

/** A structure of recurrent layers under test, and the width of what it reads. */
export interface Structure {
  name: string;
  input: number;
  make(): RecurrentLayer;
  /** Has cells that no config describes. */
  own?: true;
}

/** Numbers of a test problem: inputs, first states in PyTorch's order, weights by name; no two equal. */
export interface StructureProblem {
  B: number;
  T: number;
  x: readonly number[];
  initial: readonly Record<string, readonly number[]>[];
  weights: Readonly<Record<string, { shape: readonly number[]; data: readonly number[] }>>;
  lengths?: readonly number[] | undefined;
}

/** Structures that read forwards: they can be cut into chunks. */
export const FORWARD: readonly Structure[] = [
  { name: 'LSTM of widths 4 and 3', input: 2, make: () => lstm({ input: 2, hidden: [4, 3] }) },
  {
    name: 'GRU of 3 layers, residual above the first',
    input: 2,
    make: () => gru({ input: 2, hidden: 3, layers: 3, residual: true }),
  },
  {
    name: 'RNN, residual in the first layer, learned start',
    input: 3,
    make: () => rnn({ input: 3, hidden: 3, layers: 2, residual: [0], initial: 'learned' }),
  },
  {
    name: 'RNN under GRU of another width, one of them step by step',
    input: 2,
    own: true,
    make: () => {
      const { sequence: _fused, ...plain } = rnnCell({ input: 2, hidden: 4 });
      return recurrent([plain, gruCell({ input: 4, hidden: 3 })]);
    },
  },
  {
    name: 'LSTM of widths 4 and 3, projected to 2, learned start',
    input: 2,
    make: () => lstm({ input: 2, hidden: [4, 3], projection: 2, initial: 'learned' }),
  },
  {
    name: 'leaky units, dilated by 1 and 2, under a GRU that resets before, with a skip of 2',
    input: 2,
    make: () =>
      recurrent([
        leakyCell({ input: 2, hidden: 3, alpha: 'learned' }),
        leakyCell({ input: 3, hidden: 3, alpha: 0.25, dilation: 2 }),
        gruCell({ input: 3, hidden: 4, skip: 2, reset: 'before' }),
      ]),
  },
];

/** Structures that need the whole sequence. */
export const WHOLE: readonly Structure[] = [
  ...(['concat', 'sum', 'mean', 'product', 'none'] as const).map((merge) => ({
    name: `bidirectional GRU of 2 layers, ${merge}`,
    input: 2,
    make: () => gru({ input: 2, hidden: 3, layers: 2, bidirectional: true, merge }),
  })),
  {
    name: 'bidirectional LSTM of widths 3 and 4, learned start',
    input: 2,
    make: () => lstm({ input: 2, hidden: [3, 4], bidirectional: true, initial: 'learned' }),
  },
  {
    name: 'bidirectional RNN, residual sums',
    input: 3,
    make: () => rnn({ input: 3, hidden: 3, layers: 2, bidirectional: true, merge: 'sum', residual: [0, 1] }),
  },
  {
    name: 'bidirectional LSTM with peepholes, projected, of 2 layers',
    input: 2,
    make: () => lstm({ input: 2, hidden: 4, layers: 2, projection: 2, peephole: true, bidirectional: true }),
  },
  {
    name: 'bidirectional leaky units with a skip of 2, product, learned start',
    input: 2,
    make: () =>
      leaky({ input: 2, hidden: 3, alpha: 0.5, skip: 2, bidirectional: true, merge: 'product', initial: 'learned' }),
  },
  { name: 'LSTM in reverse', input: 2, make: () => lstm({ input: 2, hidden: 3, layers: 2, reverse: true }) },
  {
    name: 'GRU there, RNN of another width back',
    input: 2,
    make: () =>
      recurrent([gruCell({ input: 2, hidden: 3 })], { backward: [rnnCell({ input: 2, hidden: 4 })], merge: 'concat' }),
  },
];

export function structureProblem(
  { input, make }: Structure,
  { B, T, lengths }: { B: number; T: number; lengths?: readonly number[] | undefined },
): StructureProblem {
  const layer = make();
  const x = Array.from({ length: B * T * input }, (_, i) => {
    const [b, t, d] = [Math.floor(i / (T * input)), Math.floor(i / input) % T, i % input];
    return Math.fround(Math.cos(0.4 + 1.7 * b + 0.9 * t + 2.1 * d + 0.11 * t * d));
  });
  const initial = directionsOf(layer).map((cell, k) =>
    Object.fromEntries(
      cell.stateNames.map((name, s) => [name, unequal(B * stateSize(cell, name), 3 * k + s, 0.8).map(Math.fround)]),
    ),
  );
  const weights = Object.fromEntries(
    Object.entries(layer.parameters).map(([name, { shape }], i) => {
      const n = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: unequal(n, 10 + i, 0.7).map(Math.fround) }];
    }),
  );
  return { B, T, x, initial, weights, lengths };
}

/** Cells in the order of states. */
function directionsOf(layer: RecurrentLayer): RecurrentLayer['cells'][number][] {
  return layer.cells.flatMap((cell, k) => (layer.backward ? [cell, layer.backward[k]] : [cell]));
}

/** Loss = Σ weight·output + Σ weight·last state, all weights unequal, depending on row, step and unit only. */
export function solveStructure(
  engine: Engine,
  structure: Structure,
  given: StructureProblem,
  options: { start?: 'given' | 'own'; backward?: boolean } = {},
): Solution {
  using network = createNetwork(engine, structure.make());
  network.load(given.weights);
  return solveOn(network, structure, given, options);
}

function solveOn(
  network: Network,
  { input }: Structure,
  given: StructureProblem,
  { start = 'given', backward = true }: { start?: 'given' | 'own'; backward?: boolean },
): Solution {
  const { B, T, lengths } = given;
  const { tape } = network;
  const layer = network.root as RecurrentLayer;
  network.zeroGradients();
  return tape.run(() => {
    const x = tape.variable(given.x, [B, T, input]);
    const initial =
      start === 'own'
        ? undefined
        : given.initial.map(
            (state) =>
              Object.fromEntries(
                Object.entries(state).map(([name, values]) => [name, tape.variable(values, [B, values.length / B])]),
              ) as State,
          );
    const result = layer.run(x, { training: true, dropoutKey: noDropout, ...(lengths && { lengths }) }, initial);
    const W = result.outputs.size / (B * T || 1);
    const outputWeights = Array.from({ length: result.outputs.size }, (_, i) => {
      const [b, t, j] = [Math.floor(i / (T * W)), Math.floor(i / W) % T, i % W];
      return Math.cos(0.2 + 0.7 * b + 1.3 * t + 0.6 * j);
    });
    const weighted = (y: Tensor, weights: readonly number[]): Tensor =>
      sum(multiply(y, tape.constant(weights, y.shape)));
    const loss = [
      weighted(result.outputs, outputWeights),
      ...result.states.flatMap((state, k) =>
        Object.values(state).map((tensor, s) => weighted(tensor, unequal(tensor.size, 40 + 3 * k + s))),
      ),
    ].reduce(add);
    if (backward) tape.backward(loss);
    return {
      outputs: [...result.outputs.values()],
      last: result.states.map((state) =>
        Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, [...tensor.values()]])),
      ),
      loss: loss.item(),
      gradients: backward
        ? {
            x: [...x.gradient()],
            ...Object.fromEntries(
              (initial ?? []).flatMap((state, k) =>
                Object.entries(state).map(([name, tensor]) => [`${name}${k}`, [...tensor.gradient()]]),
              ),
            ),
            ...Object.fromEntries(
              network.entries.map(({ name, parameter }) => [name, [...parameter.tensor.gradient()]]),
            ),
          }
        : {},
    };
  });
}

/** Finite differences of x, every first state (given, then learned or zero) and every parameter, bound 1e-7. */
export function checkStructureGradients(
  engine: Engine,
  structure: Structure,
  given: StructureProblem,
  sample?: number,
): void {
  using network = createNetwork(engine, structure.make());
  const options = sample === undefined ? {} : { sample };
  for (const start of ['given', 'own'] as const) {
    network.load(given.weights);
    const { gradients } = solveOn(network, structure, given, { start });
    const lossOf = (moved: Partial<StructureProblem>): number => {
      if (moved.weights) network.load(moved.weights);
      const { loss } = solveOn(network, structure, { ...given, ...moved }, { start, backward: false });
      if (moved.weights) network.load(given.weights);
      return loss;
    };
    expectGradient('x', gradients.x, given.x, (x) => lossOf({ x }), options);
    if (start === 'given') {
      given.initial.forEach((state, k) => {
        for (const [name, at] of Object.entries(state)) {
          expectGradient(
            `${name} of state ${k}`,
            gradients[`${name}${k}`],
            at,
            (moved) => lossOf({ initial: given.initial.with(k, { ...state, [name]: moved }) }),
            options,
          );
        }
      });
    }
    for (const [name, { shape, data }] of Object.entries(given.weights)) {
      expectGradient(
        name,
        gradients[name],
        data,
        (moved) => lossOf({ weights: { ...given.weights, [name]: { shape, data: moved } } }),
        options,
      );
    }
  }
}

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
