import { describe, expect, it } from 'vitest';
import { unequal } from '../../autograd/gradient-check.case.ts';
import { ENGINES } from '../../engine/engines.case.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import { RAGGED } from '../cells/cell.case.ts';
import { gruCell } from '../cells/gru.ts';
import { rnnCell } from '../cells/rnn.ts';
import { expectClose, expectSameBits } from '../close.case.ts';
import { layerFromConfig } from '../from-config.ts';
import type { Carry, Layer } from '../layer.ts';
import { createNetwork, noDropout } from '../network.ts';
import { type RecurrentLayer, recurrent } from './recurrent.ts';
import { gru, lstm, rnn } from './stacks.ts';
import { checkStructureGradients, solveStructure, structureProblem } from './structure.case.ts';
import {
  checkDirections,
  checkMerge,
  checkReversed,
  checkRowsAlone,
  checkStructurePadding,
} from './structure-invariants.case.ts';
import { FORWARD, WHOLE } from './structures.case.ts';

const STRUCTURES = [...FORWARD, ...WHOLE];
const SIZE = { B: RAGGED.length, T: 5 };
const reference = new ReferenceEngine();

describe.each(STRUCTURES)('$name', (structure) => {
  it('has the gradients of differences within 1e-7 for x, given and own first states and parameters', () => {
    checkStructureGradients(reference, structure, structureProblem(structure, { ...SIZE, lengths: RAGGED }), 4);
    checkStructureGradients(reference, structure, structureProblem(structure, SIZE), 2);
  });
});

describe.each(STRUCTURES.filter(({ own }) => !own))('$name', (structure) => {
  it('is rebuilt from its config with the same names, and with its weights gives the same bits', () => {
    const layer = structure.make();
    const rebuilt = layerFromConfig(JSON.parse(JSON.stringify(layer.config))) as RecurrentLayer;
    expect(rebuilt.config).toEqual(layer.config);
    using first = createNetwork(reference, layer, { seed: 1 });
    using second = createNetwork(reference, rebuilt, { seed: 2 });
    second.load(structuredClone(first.state()));
    expect(second.state()).toEqual(first.state());
    const x = unequal(2 * 3 * structure.input);
    const shape = [2, 3, structure.input];
    expect(second.predict(x, shape, { lengths: [3, 2] })).toEqual(first.predict(x, shape, { lengths: [3, 2] }));
  });
});

describe.each(ENGINES)('on $name', async ({ open, precision }) => {
  const engine = await open();

  describe.each(STRUCTURES)('$name', (structure) => {
    const ragged = structureProblem(structure, { ...SIZE, lengths: RAGGED });

    it('(e) padding, even NaN, changes no bit of outputs, states and gradients', () => {
      checkStructurePadding(engine, structure, ragged, 8);
      checkStructurePadding(engine, structure, structureProblem(structure, SIZE), 7);
    });

    it('gives each row the bits it has alone', () => checkRowsAlone(engine, structure, ragged));

    it('(g) equals the reference within 2e-6, gradients within 4e-6 of their largest', () => {
      const [got, wanted] = [engine, reference].map((one) => solveStructure(one, structure, ragged));
      expectClose('outputs', got.outputs, wanted.outputs, precision === 'f64' ? 0 : 2e-6);
      for (const [name, gradient] of Object.entries(wanted.gradients)) {
        const scale = gradient.reduce((m, g) => Math.max(m, Math.abs(g)), 1);
        expectClose(name, got.gradients[name], gradient, precision === 'f64' ? 0 : 4e-6 * scale);
      }
    });
  });

  it.each(FORWARD)(
    '(c) $name: chunks of 2, 1 and 2 steps and (d) single steps give the bits of the whole',
    (structure) => {
      for (const lengths of [undefined, RAGGED]) {
        for (const cuts of [
          [2, 1, 2],
          [1, 1, 1, 1, 1],
        ]) {
          const { B, T, x, weights } = structureProblem(structure, { ...SIZE, lengths });
          using network = createNetwork(engine, structure.make());
          network.load(weights);
          const whole = network.predict(x, [B, T, structure.input], lengths && { lengths });
          const carry: Carry = new Map();
          const W = whole.shape[2];
          let from = 0;
          for (const steps of cuts) {
            const chunk = Array.from({ length: B }, (_, b) =>
              x.slice((b * T + from) * structure.input, (b * T + from + steps) * structure.input),
            ).flat();
            const y = network.predict(chunk, [B, steps, structure.input], {
              carry,
              ...(lengths && { lengths: lengths.map((n) => Math.min(Math.max(n - from, 0), steps)) }),
            });
            for (let b = 0; b < B; b++) {
              const at = (b * T + from) * W;
              expectSameBits(
                'chunk',
                y.values.slice(b * steps * W, (b + 1) * steps * W),
                whole.values.slice(at, at + steps * W),
              );
            }
            from += steps;
          }
        }
      }
    },
  );

  it.each([1, 2])('(f) a padded batch in reverse = each row turned round, %i layers', (layers) => {
    for (const make of [rnn, lstm, gru]) {
      const layer = (reverse: boolean): RecurrentLayer => make({ input: 2, hidden: 3, layers, reverse });
      for (const lengths of [undefined, RAGGED, [0, 1, 4]]) {
        checkReversed(
          engine,
          layer,
          structureProblem({ name: '', input: 2, make: () => layer(true) }, { ...SIZE, lengths }),
        );
      }
    }
  });

  it('both directions of a bidirectional layer are a forward and a reversed layer with their weights, to the bit', () => {
    checkDirections(engine);
  });

  it.each(['sum', 'mean', 'product', 'none'] as const)(
    'merge %s follows from the outputs of both directions',
    (merge) => {
      checkMerge(engine, merge);
    },
  );
});

/** `forward` in a pass without training. */
function forward(
  layer: Layer,
  lengths?: readonly number[],
  carry?: Carry,
): { shape: readonly number[]; values: number[] } {
  using network = createNetwork(reference, layer, { seed: 5 });
  const { shape, values } = network.predict(unequal(2 * 3 * 2), [2, 3, 2], {
    ...(lengths && { lengths }),
    ...(carry && { carry }),
  });
  return { shape, values: [...values] };
}

describe('what is returned', () => {
  const options = { input: 2, hidden: 2, bidirectional: true } as const;
  const sequence = forward(gru(options), [3, 2]).values;
  const step = (b: number, t: number): number[] => sequence.slice((b * 3 + t) * 4, (b * 3 + t + 1) * 4);

  it('last: outputs at each row’s last step, zeros for an empty row', () => {
    expect(forward(gru({ ...options, returns: 'last' }), [3, 2])).toEqual({
      shape: [2, 4],
      values: [...step(0, 2), ...step(1, 1)],
    });
    expect(forward(gru({ ...options, returns: 'last' }), [3, 0]).values.slice(4)).toEqual([0, 0, 0, 0]);
  });

  it('state: forward direction at the last step, backward direction at the first', () => {
    const wanted = [0, 1].flatMap((b) => [...step(b, [2, 1][b]).slice(0, 2), ...step(b, 0).slice(2)]);
    expect(forward(gru({ ...options, returns: 'state' }), [3, 2])).toEqual({ shape: [2, 4], values: wanted });
    expect(forward(gru({ ...options, returns: 'state', merge: 'none' }), [3, 2])).toEqual({
      shape: [2, 2, 2],
      values: wanted,
    });
  });

  it('none: directions on an axis of their own', () => {
    expect(forward(gru({ ...options, merge: 'none' }), [3, 2])).toEqual({ shape: [2, 3, 2, 2], values: sequence });
  });

  it('a row of length 0 keeps its learned first state', () => {
    using network = createNetwork(reference, lstm({ input: 2, hidden: 2, initial: 'learned', returns: 'state' }));
    network.load({ ...network.state(), h0_l0: { shape: [2], data: [0.25, -3] } });
    expect([...network.predict(unequal(12), [2, 3, 2], { lengths: [0, 1] }).values].slice(0, 2)).toEqual([0.25, -3]);
  });
});

describe('a learned start', () => {
  it('stands under PyTorch-like names and is where a stream begins', () => {
    const layer = lstm({ input: 2, hidden: 2, layers: 2, initial: 'learned' });
    expect(Object.keys(layer.parameters).filter((name) => /0_l/.test(name))).toEqual([
      'h0_l0',
      'c0_l0',
      'h0_l1',
      'c0_l1',
    ]);
    const both = gru({ input: 2, hidden: 2, bidirectional: true, initial: 'learned' });
    expect(Object.keys(both.parameters)).toContain('h0_l0_reverse');
  });

  it('replaces the carried state of rows that begin anew', () => {
    const layer = gru({ input: 2, hidden: 2, initial: 'learned' });
    using network = createNetwork(reference, layer, { seed: 1 });
    network.load({ ...network.state(), h0_l0: { shape: [2], data: [0.5, -0.5] } });
    const { tape } = network;
    const run = (carry: Carry, fresh?: number[]): number[] =>
      tape.evaluate(() => {
        const x = tape.constant(unequal(4), [2, 1, 2]);
        return [
          ...layer.forward(x, { training: false, dropoutKey: noDropout, carry, ...(fresh && { fresh }) }).values(),
        ];
      });
    const first = run(new Map());
    const carry: Carry = new Map();
    run(carry);
    const state = structuredClone(carry.get(layer)) ?? [];
    const on = run(new Map([[layer, state]]));
    const mixed = run(new Map([[layer, state]]), [0, 1]);
    expect(mixed).toEqual([...on.slice(0, 2), ...first.slice(2)]);
    expect(on).not.toEqual(first);
  });
});

describe('dropout per border', () => {
  it('uses its own probability at each border, none at 0', () => {
    const pass = { training: true, keys: 0, dropoutKey: () => ({ key0: 1, key1: 2, counter: pass.keys++ }) };
    using network = createNetwork(reference, rnn({ input: 2, hidden: 3, layers: 4, dropout: [0.5, 0, 0.25] }));
    network.tape.evaluate(() => network.root.forward(network.tape.zeros([1, 2, 2]), pass));
    expect(pass.keys).toBe(2);
  });
});

describe('refusals, each with its reason', () => {
  const cell = { input: 2, hidden: 3 };
  it.each<[string, () => unknown, string]>([
    [
      'a stream of a bidirectional layer',
      () => forward(gru({ ...cell, bidirectional: true }), undefined, new Map()),
      'stream: expected layers that read forwards, got a recurrent layer that is bidirectional and needs the whole sequence; give it whole rows without a carried state',
    ],
    [
      'a stream in reverse',
      () => forward(gru({ ...cell, reverse: true }), undefined, new Map()),
      'reads in reverse and needs the whole sequence',
    ],
    [
      'reverse and both directions',
      () => gru({ ...cell, bidirectional: true, reverse: true }),
      'recurrent: expected reverse without a backward direction, got both; a bidirectional layer already reads both ways',
    ],
    [
      'a merge without directions',
      () => gru({ ...cell, merge: 'sum' }),
      'recurrent: expected merge with a backward direction, got none; make the layer bidirectional',
    ],
    [
      'an unknown merge',
      () => gru({ ...cell, bidirectional: true, merge: 'max' as 'sum' }),
      'recurrent: expected merge to be one of concat, sum, mean, product, none, got "max"; concat is the default',
    ],
    [
      'an unknown start',
      () => gru({ ...cell, initial: 'random' as 'zero' }),
      'recurrent: expected initial to be one of zero, learned, got "random"; choose one of them',
    ],
    [
      'an unknown result',
      () => gru({ ...cell, returns: 'all' as 'last' }),
      'recurrent: expected returns to be one of sequence, last, state, got "all"; choose one of them',
    ],
    [
      'directions of unlike widths that cannot be added',
      () => recurrent([gruCell(cell)], { backward: [rnnCell({ input: 2, hidden: 4 })], merge: 'sum' }),
      "recurrent: expected both directions to be equally wide for merge: 'sum', got 3 and 4; make them equal or use concat",
    ],
    [
      'directions of unlike inputs',
      () => recurrent([gruCell(cell)], { backward: [rnnCell({ input: 1, hidden: 3 })] }),
      'recurrent: expected both directions to read 2 features, got input: 1; make them equal',
    ],
    [
      'too few backward cells',
      () => recurrent([gruCell(cell)], { backward: [] }),
      'recurrent: expected a backward cell for each of the 1 layers, got 0; give both directions of every layer',
    ],
    [
      'dropout for the wrong number of borders',
      () => gru({ ...cell, layers: 3, dropout: [0.5] }),
      'recurrent: expected one dropout per border between 3 cells, 2 in all, got 1; give one number for all or one per border',
    ],
    [
      'a probability of 1',
      () => gru({ ...cell, layers: 2, dropout: [1] }),
      'recurrent: expected dropout p with 0 ≤ p < 1, got 1; 0 switches it off',
    ],
    [
      'widths that are not as many as layers',
      () => lstm({ input: 2, hidden: [3, 4], layers: 3 }),
      'recurrent: expected one hidden width per layer, 3 in all, got 2; leave layers out or make them agree',
    ],
    [
      'residual layers of unlike widths',
      () => lstm({ input: 2, hidden: [3, 4], residual: true }),
      'recurrent: expected layer 1 to be as wide as its input for residual, got 4 and 3; make them equal or name the residual layers',
    ],
    [
      'a residual first layer of another width',
      () => lstm({ input: 2, hidden: 3, residual: [0] }),
      'recurrent: expected layer 0 to be as wide as its input for residual, got 3 and 2',
    ],
    [
      'residual: true with one layer',
      () => lstm({ ...cell, residual: true }),
      'recurrent: expected residual: true with at least two layers, got one',
    ],
    [
      'a residual layer that is not there',
      () => lstm({ ...cell, residual: [1] }),
      'recurrent: expected residual layers from 0 to 0, got 1; layers count from 0',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
