import { describe, expect, it, test, vi } from 'vitest';
import { linear as product } from '../autograd/index.ts';
import { createEngine, type Engine, ReferenceEngine } from '../engine/index.ts';
import { createOptimizer } from '../train/index.ts';
import { lstmCell } from './cells/lstm.ts';
import {
  createNetwork,
  createStepper,
  embedding,
  gru,
  keepPacked,
  type Layer,
  linear,
  lstm,
  type Network,
  recurrent,
  rnn,
  sequential,
  tied,
} from './index.ts';

const [B, T, D, H] = [2, 5, 3, 7];
const X = Float32Array.from({ length: B * T * D }, (_, i) => Math.sin(i * 1.7));

const LAYERS: Record<string, () => Layer> = {
  lstm: () => lstm({ input: D, hidden: H, layers: 2 }),
  'bidirectional gru': () => gru({ input: D, hidden: H, bidirectional: true }),
  'gru reset before': () => gru({ input: D, hidden: H, reset: 'before' }),
  rnn: () => rnn({ input: D, hidden: H }),
  'skip through time': () => lstm({ input: D, hidden: H, skip: 2 }),
  'peephole lstm, recomputed last': () =>
    sequential(
      recurrent([lstmCell({ input: D, hidden: H, peephole: true })]),
      gru({ input: H, hidden: 4, returns: 'last', recompute: 'auto' }),
    ),
  'linear layers': () =>
    sequential(
      linear({ input: D, output: 6 }),
      rnn({ input: 6, hidden: H }),
      linear({ input: H, output: 2, bias: false }),
    ),
};

/** Two networks of one engine with the same weights, the second of which keeps packed ones and has made room for them. */
async function pair(make: () => Layer): Promise<{ engine: Engine; plain: Network; kept: Network }> {
  const engine = await createEngine();
  const [plain, kept] = [createNetwork(engine, make(), { seed: 4 }), createNetwork(engine, make(), { seed: 4 })];
  keepPacked(kept);
  kept.predict(X, [B, T, D]);
  kept.predict(X, [B, T, D]);
  return { engine, plain, kept };
}

const predicted = (network: Network, x = X, shape = [B, T, D]) => network.predict(x, shape, { lengths: undefined });

/** How often weights are packed meanwhile. */
function packings(engine: Engine, body: () => void): number {
  const pack = vi.spyOn(engine, 'pack');
  body();
  const { length } = pack.mock.calls;
  pack.mockRestore();
  return length;
}

describe.each(Object.entries(LAYERS))('kept packed weights: %s', (_name, make) => {
  it('give the same bits, of any batch and length, without packing again', async () => {
    const { engine, plain, kept } = await pair(make);
    for (const [b, t] of [
      [B, T],
      [1, 1],
      [1, T],
      [5, 2],
    ]) {
      const x = X.slice(0, b * t * D);
      expect(predicted(kept, x, [b, t, D])).toEqual(predicted(plain, x, [b, t, D]));
    }
    expect(packings(engine, () => predicted(plain))).toBeGreaterThan(0);
    expect(packings(engine, () => predicted(kept))).toBe(0);
  });

  it('are packed again after whatever writes weights', async () => {
    const { engine, plain, kept } = await pair(make);
    const optimizers = [plain, kept].map((network) => createOptimizer(network, { kind: 'sgd' }));
    const other = createNetwork(engine, make(), { seed: 5 }).state();
    const [{ offset }] = plain.entries;
    const writers: Record<string, (network: Network, i: number) => void> = {
      'an optimiser': (network, i) => {
        engine.fill(network.gradients, network.slots, 0.25);
        optimizers[i].step(0.1);
      },
      load: (network) => network.load(other),
      'the engine': (network) => engine.write(network.weights + offset, [0.5, -0.5]),
      arithmetic: (network) => engine.affine(network.weights, network.weights, network.slots, 0.5, 0),
    };
    let before = predicted(kept);
    // An optimiser has steps recorded and repeated where no kernel runs whole sequences, and the repetition packs for itself.
    const own = packings(engine, () => predicted(kept));
    for (const [who, write] of Object.entries(writers)) {
      [plain, kept].forEach(write);
      const after = predicted(kept);
      expect(after, who).toEqual(predicted(plain));
      expect(after, who).not.toEqual(before);
      expect(
        packings(engine, () => predicted(kept)),
        who,
      ).toBe(own);
      before = after;
    }
  });

  it('take what memory() says, before they are made and after, and are given back', async () => {
    const engine = await createEngine();
    const empty = engine.arena.usage().persistent;
    const network = createNetwork(engine, make());
    const bare = engine.arena.usage().persistent;
    keepPacked(network);
    const peaks = [1, 2, 3].map(() => {
      const { peak } = network.memory({ shape: [B, T, D], training: false });
      engine.arena.resetPeak();
      predicted(network);
      expect(engine.arena.usage().peak).toBe(peak);
      return peak;
    });
    expect(peaks[1]).toBe(peaks[2]);
    expect(engine.arena.usage().persistent).toBeGreaterThan(bare);
    network[Symbol.dispose]();
    expect(engine.arena.usage().persistent).toBe(empty);
  });
});

test('what other networks, their steppers and trainings write leaves them packed', async () => {
  const { engine, plain, kept } = await pair(LAYERS.lstm);
  using stepper = createStepper(plain);
  stepper.step([1, 2, 3]);
  createOptimizer(plain, { kind: 'adam' }).step(0.1);
  expect(packings(engine, () => predicted(kept))).toBe(0);
});

test('training neither reads kept weights nor makes any', async () => {
  const { engine, kept } = await pair(LAYERS.lstm);
  const persistent = engine.arena.usage().persistent;
  const fresh = createNetwork(engine, LAYERS.lstm());
  keepPacked(fresh);
  const before = engine.arena.usage().persistent;
  for (const network of [fresh, kept]) {
    const { tape, root } = network;
    const pass = { training: true, dropoutKey: () => ({ key0: 0, key1: 0, counter: 0 }) };
    expect(
      packings(engine, () => tape.run(() => void root.forward(tape.constant(X, [B, T, D]), pass))),
    ).toBeGreaterThan(0);
  }
  expect(engine.arena.usage().persistent).toBe(before);
  expect(before).toBeGreaterThan(persistent);
});

test('a table that is read as rows and as a matrix is kept as both', async () => {
  const engine = await createEngine();
  const make = () => {
    const table = embedding({ vocabulary: 5, output: 3 });
    return sequential(table, lstm({ input: 3, hidden: 3 }), tied(table));
  };
  const [plain, kept] = [createNetwork(engine, make(), { seed: 1 }), createNetwork(engine, make(), { seed: 1 })];
  keepPacked(kept);
  for (let k = 0; k < 3; k++) expect(kept.predict([1, 4, 0], [1, 3])).toEqual(plain.predict([1, 4, 0], [1, 3]));
});

test('the same numbers as a matrix of another shape are not taken for it', async () => {
  const { plain, kept } = await pair(() => linear({ input: D, output: 6 }));
  const [expected, got] = [plain, kept].map(({ tape, entries }) =>
    tape.evaluate(() => {
      const turned = tape.view(entries[0].parameter.tensor, [D, 6]);
      return product(tape.constant(X.slice(0, 6), [1, 6]), turned).values();
    }),
  );
  expect(got).toEqual(expected);
});

test('without room under the limit, and on an engine that counts nothing, every pass packs its own', async () => {
  const engine = await createEngine({ memoryLimit: 4 * 2 ** 20 });
  const network = createNetwork(engine, lstm({ input: 8, hidden: 180 }));
  keepPacked(network);
  const { persistent } = network.memory({ shape: [1, 380, 8], training: false });
  const first = network.predict(new Float32Array(380 * 8), [1, 380, 8]);
  expect(network.predict(new Float32Array(380 * 8), [1, 380, 8])).toEqual(first);
  expect(engine.arena.room).toBeLessThan(720 * 180);
  expect(engine.arena.usage().persistent - persistent).toBeLessThan(4 * 720 * 180);

  const plain = createNetwork(new ReferenceEngine(), lstm({ input: D, hidden: H }));
  keepPacked(plain);
  const before = plain.engine.arena.usage().persistent;
  for (let k = 0; k < 2; k++) predicted(plain);
  expect(plain.engine.arena.usage().persistent).toBe(before);
});
