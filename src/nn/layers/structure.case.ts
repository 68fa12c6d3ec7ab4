import { expectGradient, unequal } from '../../autograd/gradient-check.case.ts';
import { add, multiply, sum, type Tensor } from '../../autograd/index.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Solution } from '../cells/cell.case.ts';
import { type State, stateSize } from '../cells/cell.ts';
import { createNetwork, type Network, noDropout } from '../network.ts';
import type { RecurrentLayer } from './recurrent.ts';
import type { Structure } from './structures.case.ts';

/** Numbers of a test problem: inputs, first states in PyTorch's order, weights by name; no two equal. */
export interface StructureProblem {
  B: number;
  T: number;
  x: readonly number[];
  initial: readonly Record<string, readonly number[]>[];
  weights: Readonly<Record<string, { shape: readonly number[]; data: readonly number[] }>>;
  lengths?: readonly number[] | undefined;
}

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
