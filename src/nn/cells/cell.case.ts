import { expectGradient, unequal } from '../../autograd/gradient-check.case.ts';
import { add, multiply, replay, sum, type Tensor } from '../../autograd/index.ts';
import type { DropoutKey, Engine } from '../../engine/engine.ts';
import { expectSameBits } from '../close.case.ts';
import { type RecurrentLayer, recurrent } from '../layers/recurrent.ts';
import { createNetwork, type Network } from '../network.ts';
import { type Cell, outputSize, type State, stateSize } from './cell.ts';
import type { NaiveNoise, NaiveState, NaiveWeights, Vector } from './naive.case.ts';

/** One thing a cell draws in training, in the order of drawing: for the whole sequence, or anew `each` step. */
export interface NaiveDraw {
  name: string;
  p: number;
  width: number;
  each: boolean;
}

/** One kind of cell: how to build a stack of it, and one step of one row, gate by gate, in plain arithmetic. */
export interface CellCase {
  name: string;
  stateNames: readonly string[];
  make(size: { input: number; hidden: number }): Cell;
  naive(weights: NaiveWeights, x: Vector, state: NaiveState, noise?: NaiveNoise): NaiveState;
  /** The test weights lie within ±spread/√(H+1); default 1.4. */
  spread?: number;
  /** What it draws in training; absent: nothing. */
  draws?(size: { input: number; hidden: number }): readonly NaiveDraw[];
}

/** Sizes of a test problem; B ≠ T ≠ D ≠ H wherever a test does not ask for something else. */
export interface Size {
  B: number;
  T: number;
  D: number;
  H: number;
  layers: number;
  lengths?: readonly number[] | undefined;
  /** Whether dropout is on; default no. */
  training?: boolean;
}

/** Numbers of a test problem: inputs, first states, weights by name; no two equal. */
export interface Problem extends Size {
  x: readonly number[];
  initial: readonly Record<string, readonly number[]>[];
  weights: Readonly<Record<string, { shape: readonly number[]; data: readonly number[] }>>;
}

/** What comes out: flat arrays, row-major; `last[k]` are the states of cell k after each row's end. */
export interface Solution {
  outputs: number[];
  last: Record<string, number[]>[];
  loss: number;
  /** By `x`, `h0`, `c1`, … (state and layer), or parameter name. */
  gradients: Record<string, number[]>;
}

/** Lengths of three rows, unequal, one of them zero. */
export const RAGGED = [5, 0, 3] as const;

export function stackOf(cell: CellCase, size: Size): RecurrentLayer {
  return recurrent(cellsOf(cell, size));
}

/** The same stack without fused sequences. */
export function unrolledOf(cell: CellCase, size: Size): RecurrentLayer {
  return recurrent(cellsOf(cell, size).map(({ sequence: _fused, last: _last, uniform: _repeated, ...plain }) => plain));
}

function cellsOf(cell: CellCase, { D, H, layers }: Size): Cell[] {
  const cells: Cell[] = [];
  for (let k = 0; k < layers; k++) {
    cells.push(cell.make({ input: k === 0 ? D : outputSize(cells[k - 1]), hidden: H }));
  }
  return cells;
}

/** Features of the outputs of a problem: H without projection. */
export function outputWidth({ initial, B }: Problem): number {
  return (initial.at(-1)?.h.length ?? 0) / B;
}

/** Numbers that f32 holds exactly, so that every engine starts from the same ones. */
const rounded = (values: readonly number[]): number[] => values.map(Math.fround);

/** Row b of the inputs depends on b, t and d only: another T or B changes none of them. */
export function problem(cell: CellCase, size: Size): Problem {
  const { B, T, D, H } = size;
  const x = rounded(
    Array.from({ length: B * T * D }, (_, i) => {
      const [b, t, d] = [Math.floor(i / (T * D)), Math.floor(i / D) % T, i % D];
      return Math.cos(0.4 + 1.7 * b + 0.9 * t + 2.1 * d + 0.11 * t * d);
    }),
  );
  const stack = stackOf(cell, size);
  const initial = stack.cells.map((one, k) =>
    Object.fromEntries(
      cell.stateNames.map((name, s) => [name, rounded(unequal(B * stateSize(one, name), salt(k, s), 0.8))]),
    ),
  );
  const weights = Object.fromEntries(
    Object.entries(stack.parameters).map(([name, { shape }], i) => {
      const n = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: rounded(unequal(n, 10 + i, (cell.spread ?? 1.4) / Math.sqrt(H + 1))) }];
    }),
  );
  return { ...size, x, initial, weights };
}

/** States of all layers differ; the first three of a layer count as in `test/parity/make_fixtures.py`. */
const salt = (layer: number, state: number): number => 3 * layer + state + (state < 3 ? 0 : 100);

/** Weights of the loss, by row, step and unit: another T or B changes none of them. */
function outputWeights({ B, T }: Size, H: number): number[] {
  return Array.from({ length: B * T * H }, (_, i) => {
    const [b, t, j] = [Math.floor(i / (T * H)), Math.floor(i / H) % T, i % H];
    return Math.cos(0.2 + 0.7 * b + 1.3 * t + 0.6 * j);
  });
}

/** Which parts of the result the loss reads; both by default. */
export interface Reading {
  outputs?: boolean;
  last?: boolean;
}

/**
 * Runs a problem: loss = Σ weight·output + Σ weight·last state, all weights unequal, those of padded outputs included.
 */
export function solve(
  engine: Engine,
  layer: RecurrentLayer,
  given: Problem,
  reading: Reading = {},
  backward = true,
): Solution {
  using network = trainable(engine, layer);
  network.load(given.weights);
  return solveOn(network, given, reading, backward);
}

/** The n-th key asked for in a pass: the same in every pass. */
export const keyOf = (n: number): DropoutKey => ({ key0: 7, key1: 11 + n, counter: 3 });

function fixedKeys(): () => DropoutKey {
  let asked = 0;
  return () => keyOf(asked++);
}

function solveOn(network: Network, given: Problem, reading: Reading, backward: boolean): Solution {
  const { B, T, D, lengths, training = false } = given;
  const { outputs: readOutputs = true, last: readLast = true } = reading;
  const { tape } = network;
  const layer = network.root as RecurrentLayer;
  network.zeroGradients();
  return tape.run(() => {
    const x = tape.variable(given.x, [B, T, D]);
    const initial = given.initial.map(
      (state) =>
        Object.fromEntries(Object.entries(state).map(([n, v]) => [n, tape.variable(v, [B, v.length / B])])) as State,
    );
    const result = layer.run(x, { training, dropoutKey: fixedKeys(), ...(lengths && { lengths }) }, initial);
    const weighted = (y: Tensor, weights: number[]): Tensor => sum(multiply(y, tape.constant(weights, y.shape)));
    const parts: Tensor[] = [];
    if (readOutputs) parts.push(weighted(result.outputs, outputWeights(given, layer.width)));
    if (readLast) {
      result.states.forEach((state, k) => {
        Object.values(state).forEach((tensor, s) => {
          parts.push(weighted(tensor, unequal(tensor.size, 40 + salt(k, s))));
        });
      });
    }
    const loss = parts.reduce(add);
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
              initial.flatMap((state, k) => Object.entries(state).map(([n, t]) => [`${n}${k}`, [...t.gradient()]])),
            ),
            ...Object.fromEntries(
              network.entries.map(({ name, parameter }) => [name, [...parameter.tensor.gradient()]]),
            ),
          }
        : {},
    };
  });
}

/** A network as an optimiser leaves it: uniform cells are recorded and repeated. */
export function trainable(engine: Engine, layer: RecurrentLayer): Network {
  const network = createNetwork(engine, layer);
  network.tape.repeat = replay;
  return network;
}

/** Finite differences of x, every first state and every parameter, bound 1e-7; `sample` as in {@link expectGradient}. */
export function checkCellGradients(engine: Engine, cell: CellCase, given: Problem, sample?: number): void {
  using network = trainable(engine, stackOf(cell, given));
  network.load(given.weights);
  const { gradients } = solveOn(network, given, {}, true);
  const options = sample === undefined ? {} : { sample };
  const lossOf = (moved: Partial<Problem>): number => {
    if (moved.weights) network.load(moved.weights);
    const { loss } = solveOn(network, { ...given, ...moved }, {}, false);
    if (moved.weights) network.load(given.weights);
    return loss;
  };
  expectGradient('x', gradients.x, given.x, (x) => lossOf({ x }), options);
  given.initial.forEach((state, k) => {
    for (const [name, at] of Object.entries(state)) {
      expectGradient(
        `${name} of layer ${k}`,
        gradients[`${name}${k}`],
        at,
        (moved) => lossOf({ initial: given.initial.with(k, { ...state, [name]: moved }) }),
        options,
      );
    }
  });
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

/** Every part of a solution that both have, to the bit. */
export function expectSameSolution(got: Solution, wanted: Solution): void {
  expectSameBits('outputs', got.outputs, wanted.outputs);
  wanted.last.forEach((state, k) => {
    for (const name of Object.keys(state)) expectSameBits(`${name} of layer ${k}`, got.last[k][name], state[name]);
  });
  for (const name of Object.keys(wanted.gradients)) {
    expectSameBits(`gradient of ${name}`, got.gradients[name], wanted.gradients[name]);
  }
}
