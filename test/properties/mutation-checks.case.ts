import { expect } from 'vitest';
import { checkGradients, given, positive, unequal } from '../../src/autograd/gradient-check.case.ts';
import * as ops from '../../src/autograd/index.ts';
import { checkSequenceGradients, SEQUENCES } from '../../src/autograd/ops/recurrent/sequence.case.ts';
import { ReferenceEngine } from '../../src/engine/reference.ts';
import { type CellCase, checkCellGradients, type Problem, problem, RAGGED } from '../../src/nn/cells/cell.case.ts';
import {
  checkChunks,
  checkFused,
  checkNaive,
  checkPadding,
  checkRebuilt,
} from '../../src/nn/cells/cell-invariants.case.ts';
import { CELLS } from '../../src/nn/cells/cells.case.ts';
import { NOISY, OPTIONS } from '../../src/nn/cells/options.case.ts';
import { STARTS } from '../../src/nn/cells/start.case.ts';
import {
  createNetwork,
  crossEntropy,
  linear,
  lstm,
  recurrent,
  rnnCell,
  sequential,
  unroll,
  zeroState,
} from '../../src/nn/index.ts';
import {
  checkLossGradients,
  checkLossValue,
  checkMissingTargets,
  LOSSES,
  resultOf,
  WEIGHTINGS,
} from '../../src/nn/losses.case.ts';
import { LAYER_CHECKS } from './layer-checks.case.ts';

/**
 * The suite's checks at small sizes, cheap enough to run once per mutant. `mutation.test.ts` imports this file from a copy of the
 * sources in which one fault was planted.
 */
export interface Check {
  name: string;
  run(): void;
}

const engine = new ReferenceEngine();

const small = (cell: CellCase, layers: number): Problem =>
  problem(cell, { B: RAGGED.length, T: 5, D: 2, H: 4, layers, lengths: RAGGED });

const pastTheEnd: Check = {
  name: 'outputs past the end are zero',
  run() {
    const cell = rnnCell({ input: 2, hidden: 3 });
    using network = createNetwork(engine, recurrent([cell]), { seed: 1 });
    network.tape.evaluate(() => {
      const x = network.tape.constant(unequal(12), [3, 2, 2]);
      for (const sequence of [cell.sequence, unroll(cell)]) {
        const { outputs } = sequence!(x, zeroState(cell, network.tape, 2), [1, 3]);
        expect([...outputs.values()].map((v) => v === 0)).toEqual(
          Array.from({ length: 18 }, (_, i) => i >= 6 && i % 6 < 3),
        );
      }
    });
  },
};

const cellChecks = Object.values(CELLS).flatMap((cell): Check[] => [
  { name: `${cell.name}: naive forward`, run: () => checkNaive(engine, cell, small(cell, 2), 1e-12) },
  { name: `${cell.name}: fused = steps`, run: () => checkFused(engine, cell, small(cell, 2), 1e-12) },
  { name: `${cell.name}: differences`, run: () => checkCellGradients(engine, cell, small(cell, 2), 3) },
  { name: `${cell.name}: chunks`, run: () => checkChunks(engine, cell, small(cell, 2), [2, 1, 2]) },
  { name: `${cell.name}: padding`, run: () => checkPadding(engine, cell, small(cell, 2), 7) },
]);

const optionChecks = [...OPTIONS, ...NOISY].flatMap((cell): Check[] => [
  { name: `${cell.name}: naive forward`, run: () => checkNaive(engine, cell, small(cell, 2), 1e-12) },
  { name: `${cell.name}: fused = steps`, run: () => checkFused(engine, cell, small(cell, 2), 1e-12) },
  { name: `${cell.name}: comes back`, run: () => checkRebuilt(engine, cell) },
]);

const noiseChecks = NOISY.flatMap((cell): Check[] => {
  const training = (): Problem => ({ ...small(cell, 2), training: true });
  return [
    { name: `${cell.name}: naive forward in training`, run: () => checkNaive(engine, cell, training(), 1e-12) },
    { name: `${cell.name}: differences in training`, run: () => checkCellGradients(engine, cell, training(), 1) },
  ];
});

const lossChecks = LOSSES.flatMap((one): Check[] => [
  { name: `${one.name}: value`, run: () => void WEIGHTINGS.map((weighting) => checkLossValue(one, weighting)) },
  { name: `${one.name}: gradient`, run: () => checkLossGradients(one, WEIGHTINGS[2]) },
  { name: `${one.name}: missing targets`, run: () => checkMissingTargets(one) },
]);

const logits = given([2, 2, 3], 1, 2);
const targets = { values: [2, -1, 0, 1], shape: [2, 2] };

const classChecks: Check[] = [
  {
    name: 'cross-entropy',
    run() {
      const tape = new ops.Tape(engine);
      const element = (row: number): number => {
        const x = logits.values.slice(3 * row, 3 * row + 3);
        return Math.log(x.reduce((total, v) => total + Math.exp(v), 0)) - x[targets.values[row]];
      };
      const loss = tape.evaluate(() =>
        crossEntropy(tape.constant(logits.values, logits.shape), targets, { lengths: [2, 1] }).item(),
      );
      expect(Math.abs(loss - (element(0) + element(2)) / 2)).toBeLessThanOrEqual(1e-14);
    },
  },
  {
    name: 'all weights zero',
    run: () => expect(resultOf(LOSSES[0], LOSSES[0].target, { lengths: [0, 0] }).loss).toBe(0),
  },
];

const opChecks: Check[] = [
  {
    name: 'elementwise gradients',
    run() {
      for (const f of [ops.exp, ops.log, ops.log1p, ops.tanh, ops.sigmoid, ops.softplus, ops.square, ops.sqrt]) {
        checkGradients(([x]) => f(x), [positive([2, 3], 1, 2)]);
      }
      for (const f of [ops.relu, ops.abs]) checkGradients(([x]) => f(x), [given([2, 3], 2)]);
      for (const f of [ops.add, ops.subtract, ops.multiply, ops.divide, ops.minimum, ops.maximum]) {
        checkGradients(([a, b]) => f(a, b), [given([2, 1, 3], 3), given([4, 1], 4)]);
      }
    },
  },
  {
    name: 'products',
    run() {
      checkGradients(([a, b]) => ops.matmul(a, b), [given([2, 5, 3], 1), given([3, 4], 2)]);
      checkGradients(([x, w, b]) => ops.linear(x, w, b), [given([4, 3], 1), given([2, 3], 2), given([2], 3)]);
    },
  },
  {
    name: 'rows',
    run() {
      checkGradients(([t]) => ops.gather(t, { values: [2, 0, 2, 3], shape: [4] }), [given([4, 3], 1)]);
      checkGradients(([x]) => ops.softmax(x), [given([3, 4], 1, 2)]);
      checkGradients(([x]) => ops.crossEntropyRows(x, targets), [logits]);
      checkGradients(([x, g, b]) => ops.layerNorm(x, g, b), [given([3, 5], 1), given([5], 2), given([5], 3)]);
      checkGradients(([x]) => ops.dropout(x, 0.4, { key0: 1, key1: 2, counter: 3 }), [given([3, 5], 1)]);
    },
  },
  {
    name: 'shapes',
    run() {
      checkGradients(([x]) => ops.columns(x, 1, 3), [given([2, 5], 1)]);
      checkGradients(([a, b]) => ops.concat([a, b, a]), [given([2, 3], 1), given([2, 1], 2)]);
      checkGradients(([a, b]) => ops.stack([a, b, a]), [given([2, 3], 1), given([2, 3], 2)]);
      checkGradients(([x]) => ops.mean(x, 1), [given([2, 3, 2], 1)]);
      checkGradients(
        ([x], tape) => ops.multiply(tape.view(x, [2], 1), tape.view(ops.square(x), [2], 3)),
        [given([6], 1)],
      );
      checkGradients(([s]) => ops.takeLast(s, RAGGED), [given([6, 3, 2], 1)]);
      checkGradients(([a, b]) => ops.selectRunning(a, b, RAGGED, 3), [given([3, 2], 1), given([3, 2], 2)]);
    },
  },
];

const networkChecks: Check[] = [
  {
    name: 'first values',
    run() {
      const make = () => sequential(lstm({ input: 3, hidden: 16 }), linear({ input: 16, output: 4 }));
      using network = createNetwork(engine, make(), { seed: 1 });
      using other = createNetwork(engine, make(), { seed: 2 });
      const [state, otherState] = [network.state(), other.state()];
      for (const [name, { data }] of Object.entries(state)) {
        const largest = Math.max(...data.map(Math.abs));
        expect(largest).toBeLessThanOrEqual(1 / 4);
        if (data.length > 16) expect(largest).toBeGreaterThan(0.2);
        expect(data).not.toEqual(otherState[name].data);
      }
      expect(state['0.bias_ih_l0'].data).not.toEqual(state['0.bias_hh_l0'].data);
    },
  },
  {
    name: 'gradients start at zero, names are kept',
    run() {
      using network = createNetwork(engine, linear({ input: 2, output: 2 }));
      network.load({ weight: { shape: [2, 2], data: unequal(4) }, bias: { shape: [2], data: [5, 6] } });
      expect([...network.predict([0, 0], [1, 2]).values]).toEqual([5, 6]);
      const gradient = (): number[] =>
        network.tape.run(() => {
          network.zeroGradients();
          network.tape.backward(ops.sum(network.root.forward(network.tape.constant([1, 2], [1, 2]), {} as never)));
          return [...engine.read(network.gradients, 4)];
        });
      expect(gradient()).toEqual([1, 2, 1, 2]);
      expect(gradient()).toEqual([1, 2, 1, 2]);
    },
  },
];

const sequenceChecks = SEQUENCES.map(
  (sequence): Check => ({ name: sequence.name, run: () => checkSequenceGradients(sequence) }),
);

/** Parts of the sources, and the checks that look at them most directly. */
export const CHECKS: Readonly<
  Record<'ops' | 'losses' | 'cells' | 'options' | 'networks' | 'layers', readonly Check[]>
> = {
  ops: opChecks,
  losses: [...lossChecks, ...classChecks],
  cells: [pastTheEnd, ...cellChecks, ...sequenceChecks],
  options: [...STARTS, ...optionChecks, ...noiseChecks],
  networks: networkChecks,
  layers: LAYER_CHECKS,
};
