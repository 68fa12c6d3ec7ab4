import { expect } from 'vitest';
import { checkGradients, given, unequal } from '../../src/autograd/gradient-check.case.ts';
import { batchedMatmul, batchedMatmulTransposed, reverseSequence, sum, Tape } from '../../src/autograd/index.ts';
import { ReferenceEngine } from '../../src/engine/reference.ts';
import {
  ATTENTIONS,
  checkAttentionFormula,
  checkAttentionGradients,
  checkAttentionPadding,
  LENGTHS,
} from '../../src/nn/attention.case.ts';
import { RAGGED } from '../../src/nn/cells/cell.case.ts';
import {
  checkBridge,
  checkFreeRunning,
  checkHandedOver,
  checkLook,
  checkSelectedRows,
  checkTaughtAsSteps,
  checkTeachGradients,
  checkTeachPadding,
  MODELS,
} from '../../src/nn/encoder-decoder.case.ts';
import {
  type Carry,
  createNetwork,
  gru,
  last,
  linear,
  noDropout,
  pool,
  rnn,
  timeDistributed,
} from '../../src/nn/index.ts';
import { checkStructureGradients, structureProblem } from '../../src/nn/layers/structure.case.ts';
import {
  checkDirections,
  checkMerge,
  checkReversed,
  checkRowsAlone,
  checkStructurePadding,
} from '../../src/nn/layers/structure-invariants.case.ts';
import { FORWARD, WHOLE } from '../../src/nn/layers/structures.case.ts';
import type { Check } from './mutation-checks.case.ts';

const engine = new ReferenceEngine();
const SIZE = { B: RAGGED.length, T: 5, lengths: RAGGED };

const structureChecks = [...FORWARD, ...WHOLE].flatMap((structure): Check[] => [
  {
    name: `${structure.name}: padding`,
    run() {
      checkStructurePadding(engine, structure, structureProblem(structure, SIZE), 7);
      checkStructurePadding(engine, structure, structureProblem(structure, { B: 3, T: 4 }), 6);
    },
  },
  {
    name: `${structure.name}: differences`,
    run: () => checkStructureGradients(engine, structure, structureProblem(structure, SIZE), 1),
  },
  {
    name: `${structure.name}: rows alone`,
    run: () => checkRowsAlone(engine, structure, structureProblem(structure, SIZE)),
  },
]);

/** Values [B, T, W] or [B, W] of a layer in a plain pass over given numbers. */
function valuesOf(
  layer: Parameters<typeof createNetwork>[1],
  x: number[],
  shape: number[],
  lengths: readonly number[],
) {
  using network = createNetwork(engine, layer, { seed: 5 });
  const { values, shape: made } = network.predict(x, shape, { lengths });
  return { values: [...values], shape: made };
}

const returned: Check = {
  name: 'what is returned: last, state, directions apart',
  run() {
    const options = { input: 2, hidden: 2, layers: 2, bidirectional: true } as const;
    const x = unequal(12);
    const lengths = [3, 2];
    const whole = valuesOf(gru(options), x, [2, 3, 2], lengths).values;
    const step = (b: number, t: number): number[] => whole.slice((b * 3 + t) * 4, (b * 3 + t + 1) * 4);
    const end = valuesOf(gru({ ...options, returns: 'last' }), x, [2, 3, 2], lengths);
    expect(end.values).toEqual([...step(0, 2), ...step(1, 1)]);
    const state = valuesOf(gru({ ...options, returns: 'state' }), x, [2, 3, 2], lengths);
    expect(state.values).toEqual([0, 1].flatMap((b) => [...step(b, [2, 1][b]).slice(0, 2), ...step(b, 0).slice(2)]));
    expect(valuesOf(gru({ ...options, merge: 'none' }), x, [2, 3, 2], lengths).shape).toEqual([2, 3, 2, 2]);
    expect(valuesOf(last(), x, [2, 3, 2], [1, 3]).values).toEqual([...x.slice(0, 2), ...x.slice(10)]);
  },
};

const residual: Check = {
  name: 'residual adds a layer’s input',
  run() {
    const make = (layers: number[]) => rnn({ input: 2, hidden: 2, layers: 2, residual: layers });
    using network = createNetwork(engine, make([0]), { seed: 5 });
    const names = Object.entries(network.state()).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map(() => 0) },
    ]);
    network.load(Object.fromEntries(names));
    // With zero weights the first layer hands on its input and the second gives tanh(0).
    expect([...network.predict([1, 2], [1, 1, 2]).values]).toEqual([0, 0]);
    using both = createNetwork(engine, make([0, 1]), { seed: 5 });
    both.load(Object.fromEntries(names));
    expect([...both.predict([1, 2], [1, 1, 2]).values]).toEqual([1, 2]);
  },
};

const begun: Check = {
  name: 'dropout per border, rows that begin anew',
  run() {
    const pass = { training: true, keys: 0, dropoutKey: () => ({ key0: 1, key1: 2, counter: pass.keys++ }) };
    using dropped = createNetwork(engine, rnn({ input: 2, hidden: 3, layers: 4, dropout: [0.5, 0, 0.25] }));
    dropped.tape.evaluate(() => dropped.root.forward(dropped.tape.zeros([1, 2, 2]), pass));
    expect(pass.keys).toBe(2);
    const layer = gru({ input: 2, hidden: 2, initial: 'learned' });
    using network = createNetwork(engine, layer, { seed: 1 });
    network.load({ ...network.state(), h0_l0: { shape: [2], data: [0.5, -0.5] } });
    const run = (carry: Carry, fresh?: number[]): number[] =>
      network.tape.evaluate(() => {
        const x = network.tape.constant(unequal(4), [2, 1, 2]);
        return [
          ...layer.forward(x, { training: false, dropoutKey: noDropout, carry, ...(fresh && { fresh }) }).values(),
        ];
      });
    const carried = (): Carry => new Map([[layer, [{ h: [0.1, 0.2, 0.3, 0.4] }]]]);
    network.tape.evaluate(() => {
      const x = network.tape.constant(unequal(4), [1, 2, 2]);
      const { states } = layer.run(x, { training: false, dropoutKey: noDropout, lengths: [0] });
      expect([...states[0].h.values()]).toEqual([0.5, -0.5]);
    });
    const [first, on, mixed] = [run(new Map()), run(carried()), run(carried(), [0, 1])];
    expect(mixed).toEqual([...on.slice(0, 2), ...first.slice(2)]);
  },
};

const stepChecks: Check = {
  name: 'pool and timeDistributed read rows to their lengths',
  run() {
    const x = [1, -4, 3, -2, Number.NaN, 9, Number.NaN, 7, -1, -3, -3, -2];
    expect(valuesOf(pool({ over: 'mean' }), x, [3, 2, 2], [2, 0, 2]).values.map((v) => v + 0)).toEqual([
      2, -3, 0, 0, -2, -2.5,
    ]);
    expect(valuesOf(pool({ over: 'max' }), x, [3, 2, 2], [2, 0, 2]).values).toEqual([3, -2, 0, 0, -1, -2]);
    expect(valuesOf(pool({ over: 'mean' }), [2, 4, 100], [1, 3, 1], [2]).values).toEqual([3]);
    expect(valuesOf(pool({ over: 'max' }), [2, 4, 100], [1, 3, 1], [2]).values).toEqual([4]);
    const layer = timeDistributed(linear({ input: 2, output: 1 }));
    using network = createNetwork(engine, layer, { seed: 1 });
    network.tape.run(() => {
      const y = layer.forward(network.tape.constant(x, [3, 2, 2]), {
        training: true,
        lengths: [2, 0, 2],
        dropoutKey: noDropout,
      });
      network.tape.backward(sum(y));
      expect([...y.values()].slice(2, 4)).toEqual([0, 0]);
      for (const { parameter } of network.entries) {
        for (const g of parameter.tensor.gradient()) expect(Number.isFinite(g)).toBe(true);
      }
    });
  },
};

const opChecks: Check = {
  name: 'reversing and products per row',
  run() {
    checkGradients(([x]) => reverseSequence(x, [4, 0, 2]), [given([4, 3, 2], 1)]);
    checkGradients(([a, b]) => batchedMatmul(a, b), [given([3, 2, 4], 1), given([3, 4, 5], 2)]);
    checkGradients(([a, b]) => batchedMatmulTransposed(a, b), [given([3, 2, 4], 1), given([3, 5, 4], 2)]);
    const tape = new Tape(engine);
    tape.evaluate(() => {
      const x = tape.constant([0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23], [4, 3, 1]);
      expect([...reverseSequence(x, [4, 0, 2]).values()]).toEqual([3, 10, 21, 2, 11, 20, 1, 12, 22, 0, 13, 23]);
      const product = batchedMatmul(tape.constant([1, 2], [2, 1, 1]), tape.constant([3, 4], [2, 1, 1]));
      expect([...product.values()]).toEqual([3, 8]);
    });
  },
};

const reversed: Check = {
  name: 'reverse of a padded batch, directions, merges',
  run() {
    const make = (reverse: boolean) => gru({ input: 2, hidden: 3, layers: 2, reverse });
    checkReversed(engine, make, structureProblem({ name: '', input: 2, make: () => make(true) }, SIZE));
    checkDirections(engine);
    for (const merge of ['sum', 'mean', 'product', 'none'] as const) checkMerge(engine, merge);
  },
};

const attentionChecks = ATTENTIONS.flatMap((options): Check[] => [
  { name: `${options.kind} attention: formula`, run: () => checkAttentionFormula(engine, options) },
  { name: `${options.kind} attention: padding`, run: () => checkAttentionPadding(engine, options) },
  { name: `${options.kind} attention: differences`, run: () => checkAttentionGradients(engine, options, LENGTHS) },
]);

const modelChecks = MODELS.flatMap(({ name, make }): Check[] => [
  { name: `${name}: taught = steps`, run: () => checkTaughtAsSteps(engine, make) },
  { name: `${name}: padding`, run: () => checkTeachPadding(engine, make) },
  { name: `${name}: free running`, run: () => checkFreeRunning(engine, make) },
  { name: `${name}: chosen rows`, run: () => checkSelectedRows(engine, make) },
  { name: `${name}: differences`, run: () => checkTeachGradients(engine, make, 0) },
]);

export const LAYER_CHECKS: readonly Check[] = [
  opChecks,
  reversed,
  returned,
  residual,
  begun,
  stepChecks,
  ...attentionChecks,
  { name: 'states handed over', run: () => void [checkBridge(engine), checkHandedOver(engine)] },
  { name: 'who asks', run: () => checkLook(engine) },
  ...modelChecks,
  ...structureChecks,
];
