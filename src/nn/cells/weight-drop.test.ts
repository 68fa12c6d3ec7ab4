import { describe, expect, test } from 'vitest';
import { mean, square } from '../../autograd/index.ts';
import { ENGINES } from '../../engine/engines.case.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import { dropoutMask } from '../../random.ts';
import { createNetwork, gru, type Layer, leaky, lstm, type Pass, recurrent, rnn } from '../index.ts';
import type { Cell } from './cell.ts';

const D = 3;
const H = 4;
const [B, T] = [2, 5];
const P = 0.5;
const KEY = { key0: 11, key1: 12, counter: 3 };
const TRAINING: Pass = { training: true, dropoutKey: () => KEY };
const X = Array.from({ length: B * T * D }, (_, i) => Math.sin(i * i));

const size = { input: D, hidden: H };
const KINDS: Record<string, (options: { weightDrop?: number }) => Layer> = {
  rnn: (options) => rnn({ ...size, ...options }),
  leaky: (options) => leaky({ ...size, alpha: 0.3, ...options }),
  'gru, reset after': (options) => gru({ ...size, ...options }),
  'gru, reset before': (options) => gru({ ...size, reset: 'before', ...options }),
  lstm: (options) => lstm({ ...size, ...options }),
  'lstm with peepholes': (options) => lstm({ ...size, peephole: true, ...options }),
};

/** The same layer without its fused sequence. */
function stepped(layer: Layer): Layer {
  const { cells } = layer as ReturnType<typeof rnn>;
  return recurrent(cells.map(({ sequence: _, last: __, ...cell }): Cell => cell));
}

describe.each(Object.entries(KINDS))('recurrent weights dropped in a %s', (_name, make) => {
  test('are those of the mask: as if they were 0 and the others larger, in every step', () => {
    const engine = new ReferenceEngine();
    const dropped = createNetwork(engine, make({ weightDrop: P }), { seed: 2 });
    const plain = createNetwork(engine, make({}), { seed: 2 });
    const state = plain.state();
    const w = state.weight_hh_l0;
    const mask = dropoutMask([KEY.key0, KEY.key1], KEY.counter, P, new Uint8Array(w.data.length));
    expect(new Set(mask)).toEqual(new Set([0, 1]));
    plain.load({ ...state, weight_hh_l0: { ...w, data: w.data.map((v, i) => (v * mask[i]) / (1 - P)) } });
    const { tape } = dropped;
    const y = tape.run(() => dropped.root.forward(tape.constant(X, [B, T, D]), TRAINING).values());
    const expected = plain.predict(X, [B, T, D]).values;
    for (let i = 0; i < y.length; i++) expect(y[i]).toBeCloseTo(expected[i], 12);
    // The gradient reaches the weights that stayed, and no other.
    dropped.zeroGradients();
    tape.run(() => tape.backward(mean(square(dropped.root.forward(tape.constant(X, [B, T, D]), TRAINING)))));
    const entry = dropped.entries.find(({ name }) => name === 'weight_hh_l0');
    const gradient = engine.read(dropped.gradients + (entry?.offset ?? 0), w.data.length);
    expect(gradient.map((g) => (g === 0 ? 0 : 1))).toEqual(Float64Array.from(mask));
  });

  test('are all there outside training', () => {
    const engine = new ReferenceEngine();
    const [dropped, plain] = [P, undefined].map((p) =>
      createNetwork(engine, make(p === undefined ? {} : { weightDrop: p }), { seed: 2 }).predict(X, [B, T, D]),
    );
    expect(dropped).toEqual(plain);
  });

  test.each(ENGINES)('are the same in the fused sequence and step by step within 1e-6, on $name', async ({ open }) => {
    const engine = await open();
    const [whole, steps] = [make({ weightDrop: P }), stepped(make({ weightDrop: P }))].map((root) => {
      const network = createNetwork(engine, root, { seed: 2 });
      const { tape } = network;
      return tape.run(() => network.root.forward(tape.constant(X, [B, T, D]), TRAINING).values());
    });
    for (let i = 0; i < whole.length; i++) expect(Math.abs(whole[i] - steps[i])).toBeLessThan(1e-6);
  });
});

test('weightDrop is kept in the architecture, and refused where it is no probability', () => {
  expect(lstm({ ...size, weightDrop: 0.3 }).config.cells).toMatchObject([{ weightDrop: 0.3 }]);
  expect(() => lstm({ ...size, weightDrop: 1 })).toThrow(/lstm: expected weightDrop p with 0 ≤ p < 1, got 1/);
});
