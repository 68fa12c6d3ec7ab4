import { describe, expect, test } from 'vitest';
import { ENGINES } from '../../engine/engines.case.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import {
  type Carry,
  canStep,
  createNetwork,
  createStepper,
  dropout,
  embedding,
  gru,
  type Layer,
  layerNorm,
  linear,
  lstm,
  rnn,
  sequential,
  tied,
} from '../index.ts';

const K = 7;

function tiedModel(): Layer {
  const table = embedding({ vocabulary: K, output: 3 });
  return sequential(table, lstm({ input: 3, hidden: 5 }), linear({ input: 5, output: 3 }), tied(table));
}

const MODELS: Record<string, () => Layer> = {
  'a stack of LSTMs behind an embedding': () =>
    sequential(
      embedding({ vocabulary: K, output: 3 }),
      dropout({ p: 0.5 }),
      lstm({ input: 3, hidden: 5, layers: 2, dropout: 0.3 }),
      linear({ input: 5, output: K }),
    ),
  'a GRU that resets after': () =>
    sequential(
      embedding({ vocabulary: K, output: 3 }),
      gru({ input: 3, hidden: 4, layers: 2 }),
      linear({ input: 4, output: 6, bias: false }),
    ),
  'a GRU that resets before': () =>
    sequential(
      embedding({ vocabulary: K, output: 3 }),
      gru({ input: 3, hidden: 4, layers: 2, reset: 'before' }),
      linear({ input: 4, output: 6 }),
    ),
  'tied weights and a projection': tiedModel,
  'a linear layer between embedding and RNN': () =>
    sequential(
      embedding({ vocabulary: K, output: 3 }),
      linear({ input: 3, output: 2 }),
      rnn({ input: 2, hidden: 9, activation: 'relu' }),
    ),
};

const READ = [3, 0, 6, 6, 1, 5, 2, 4, 4, 0];

describe.each(ENGINES)('a stepper on $name', ({ open }) => {
  const CASES = Object.entries(MODELS).flatMap(([name, model]) => [1, 2].map((B) => [name, B, model] as const));
  test.each(CASES)('gives the bits of predict with a carry: %s, B=%i', async (_name, B, model) => {
    const network = createNetwork(await open(), model(), { seed: 3 });
    using stepper = createStepper(network, B);
    const carry: Carry = new Map();
    for (const [t, id] of READ.entries()) {
      const ids = [id, READ[READ.length - 1 - t]].slice(0, B);
      const expected = network.predict(ids, [B, 1], { carry });
      expect(stepper.step(ids)).toEqual(expected.values);
    }
  });

  test('goes on from saved states to the bit, and from nothing after a reset', async () => {
    const network = createNetwork(await open(), MODELS['a stack of LSTMs behind an embedding'](), { seed: 3 });
    using stepper = createStepper(network);
    const first = stepper.step([1]);
    const saved = stepper.states();
    const next = [2, 5].map((id) => stepper.step([id]));
    stepper.restore(saved);
    expect([2, 5].map((id) => stepper.step([id]))).toEqual(next);
    stepper.reset();
    expect(stepper.step([1])).toEqual(first);
    expect(saved.some((value) => value !== 0)).toBe(true);
  });

  test('keeps the weights of the moment it is made', async () => {
    for (const model of Object.values(MODELS)) {
      const network = createNetwork(await open(), model(), { seed: 3 });
      const other = createNetwork(await open(), model(), { seed: 4 }).state();
      const own = network.state();
      for (const B of [1, 2]) {
        network.load(own);
        using stepper = createStepper(network, B);
        const ids = READ.slice(0, B);
        const expected = stepper.step(ids);
        stepper.reset();
        network.load(other);
        expect(stepper.step(ids)).toEqual(expected);
      }
    }
  });

  test('hands states from stream to stream', async () => {
    const network = createNetwork(await open(), MODELS['a stack of LSTMs behind an embedding'](), { seed: 3 });
    using stepper = createStepper(network, 3);
    using alone = createStepper(network);
    stepper.step([1, 2, 3]);
    stepper.rearrange([2, 0, 0]);
    const rows = stepper.step([4, 5, 6]);
    const follow = (...ids: number[]) => ids.map((id) => alone.step([id])).at(-1);
    for (const [b, ids] of [
      [3, 4],
      [1, 5],
      [1, 6],
    ].entries()) {
      alone.reset();
      expect(rows.slice(b * K, (b + 1) * K), `stream ${b}`).toEqual(follow(...ids));
    }
  });
});

test('a stepper refuses what it cannot step, and gives its memory back', () => {
  const engine = new ReferenceEngine();
  const strange = sequential(embedding({ vocabulary: K, output: 3 }), layerNorm({ input: 3 }));
  expect(canStep(strange)).toBe(false);
  expect(canStep(lstm({ input: 2, hidden: 2, peephole: true }))).toBe(false);
  const network = createNetwork(engine, strange);
  const before = engine.arena.usage().persistent;
  expect(() => createStepper(network)).toThrow(/got layerNorm; step this network with predict and a carry/);
  expect(engine.arena.usage().persistent).toBe(before);

  const plain = createNetwork(engine, tiedModel());
  const stepper = createStepper(plain);
  expect(() => stepper.step([K])).toThrow(/expected indices from 0 to 6, got 7/);
  expect(() => stepper.step([1, 2])).toThrow(/expected 1 × 1 numbers, got 2/);
  expect(() => stepper.rearrange([1])).toThrow(/expected 1 streams from 0 to 0, got 1/);
  expect(() => stepper.rearrange([0, 0])).toThrow(/got 0, 0/);
  for (const B of [0, -1, 1.5, Number.NaN, '2' as never]) {
    expect(() => createStepper(plain, B)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringMatching(/^stepper: expected B to be a whole number of at least 1, got /),
      }),
    );
  }
  expect(() => stepper.restore([1])).toThrow(/numbers of state, got 1/);
  stepper[Symbol.dispose]();
  expect(() => stepper.step([1])).toThrow(/one that has ended/);
  expect(engine.arena.usage().persistent).toBeGreaterThan(before);
  plain[Symbol.dispose]();
  expect(engine.arena.usage().persistent).toBe(before);
});
