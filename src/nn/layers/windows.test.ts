import { describe, expect, it } from 'vitest';
import { mean, square } from '../../autograd/index.ts';
import { createEngine, type Engine } from '../../engine/index.ts';
import { Random } from '../../random.ts';
import {
  createNetwork,
  dropout,
  gru,
  type Layer,
  last,
  leaky,
  linear,
  lstm,
  type RecurrentLayer,
  rnn,
  sequential,
} from '../index.ts';

/** More rows than a window has, and no multiple of them. */
const [B, T, D, H] = [3, 400, 2, 5];
const LENGTHS = [400, 0, 187];

const LAYERS: Record<string, () => RecurrentLayer> = {
  rnn: () => rnn({ input: D, hidden: H, initial: 'learned' }),
  'rnn with a skip': () => rnn({ input: D, hidden: H, skip: 3, activation: 'relu' }),
  'rnn with a mask': () => rnn({ input: D, hidden: H, variational: { recurrent: 0.3 } }),
  leaky: () => leaky({ input: D, hidden: H, alpha: 'learned' }),
  lstm: () => lstm({ input: D, hidden: H, layers: 2, bidirectional: true }),
  'lstm with a skip': () => lstm({ input: D, hidden: H, skip: 4 }),
  'lstm with a mask': () => lstm({ input: D, hidden: H, variational: { recurrent: 0.3 } }),
  gru: () => gru({ input: D, hidden: H, initial: 'learned' }),
  'gru with a skip': () => gru({ input: D, hidden: H, skip: 2 }),
  'gru that resets before': () => gru({ input: D, hidden: H, reset: 'before' }),
};

/** The same engine with something in place of one of its members. */
function changed(engine: Engine, member: keyof Engine, instead: unknown): Engine {
  return new Proxy(engine, {
    get(real, name) {
      if (name === member) return instead;
      const found: unknown = Reflect.get(real, name);
      return typeof found === 'function' ? found.bind(real) : found;
    },
  });
}

/** Said to have so many threads that all rows are one window. */
function unwindowed(engine: Engine): Engine {
  return changed(engine, 'threads', { ...engine.threads, count: B * T });
}

/** What is predicted, and of a training step the result and all gradients. */
function numbers(engine: Engine, layer: Layer, lengths: readonly number[] | undefined) {
  using network = createNetwork(engine, layer, { seed: 3 });
  const random = new Random(8);
  const x = Float32Array.from({ length: B * T * D }, () => random.uniformIn(-1, 1));
  const predicted = network.predict(x, [B, T, D], { lengths });
  const trained = network.tape.run(() => {
    const input = network.tape.variable(x, [B, T, D]);
    let counter = 0;
    const dropoutKey = () => ({ key0: 5, key1: 6, counter: counter++ });
    const y = layer.forward(input, { training: true, lengths, dropoutKey });
    network.tape.backward(mean(square(y)));
    return { y: y.values(), dx: input.gradient(), dw: engine.read(network.gradients, network.slots) };
  });
  return { predicted, ...trained };
}

describe.each(Object.entries(LAYERS))('%s, window by window', (_, make) => {
  it.each([[undefined], [LENGTHS]])('has the bits of a single window, lengths %j', async (lengths) => {
    const engine = await createEngine();
    const parts = numbers(engine, make(), lengths);
    expect(parts).toEqual(numbers(unwindowed(engine), make(), lengths));
    expect(parts.dw.some((g) => g !== 0)).toBe(true);
  });
});

describe('many-to-one, where the gradient vanishes', () => {
  const T = 3000;
  const x = Float32Array.from({ length: T }, (_, i) => Math.sin(i));
  /** The gradients of a step with this factor in front of the loss, and how many windows it went back through. */
  const back = (engine: Engine, recompute: number | false, factor = 1) => {
    let windows = 0;
    const lstmBackward: Engine['lstmBackward'] = (p) => {
      windows++;
      engine.lstmBackward(p);
    };
    using network = createNetwork(
      changed(engine, 'lstmBackward', lstmBackward),
      lstm({ input: 1, hidden: 6, returns: 'last', recompute }),
      { seed: 3 },
    );
    const { tape, root } = network;
    const dropoutKey = () => ({ key0: 0, key1: 0, counter: 0 });
    const gradients = tape.run(() => {
      tape.backward(mean(square(root.forward(tape.constant(x, [1, T, 1]), { training: true, dropoutKey }))), factor);
      return engine.read(network.gradients, network.slots);
    });
    return { gradients, windows };
  };

  it('what no gradient reaches is left out, stored or recomputed, and the bits stay', async () => {
    const engine = await createEngine();
    const everything = back(
      changed(engine, 'sumSquares', () => Number.NaN),
      false,
    );
    expect(everything.windows).toBe(6);
    for (const [recompute, windows] of [
      [false, 1],
      [300, 1],
      [55, 3],
    ] as const) {
      const some = back(engine, recompute);
      expect(some.gradients).toEqual(everything.gradients);
      expect(some.windows).toBeLessThanOrEqual(windows);
    }
  });

  it('NaN reaches every window', async () => {
    const { gradients, windows } = back(await createEngine(), false, Number.NaN);
    expect(windows).toBe(6);
    expect(gradients.some(Number.isNaN)).toBe(true);
  });
});

describe("returns: 'last'", () => {
  const head = () => linear({ input: H, output: 1 });
  const make = { rnn, leaky: (o: Parameters<typeof rnn>[0]) => leaky({ ...o, alpha: 0.5 }), lstm, gru };

  it.each(Object.entries(make))(
    'of %s has the bits of a layer last() behind it, in less memory',
    async (_, layerOf) => {
      const engine = await createEngine();
      // First weights go with their place in the network, which the dropout keeps.
      const layers = () => ({
        apart: sequential(layerOf({ input: D, hidden: H, initial: 'learned' }), last(), head()),
        inside: sequential(
          layerOf({ input: D, hidden: H, initial: 'learned', returns: 'last' }),
          dropout({ p: 0 }),
          head(),
        ),
      });
      for (const lengths of [undefined, LENGTHS]) {
        const { apart, inside } = layers();
        expect(numbers(engine, inside, lengths)).toEqual(numbers(engine, apart, lengths));
      }
      const need = Object.values(layers()).map((layer) => {
        using network = createNetwork(engine, layer);
        return network.memory({ shape: [B, T, D] }).workspace;
      });
      expect(need[1]).toBeLessThan(need[0] - 1.9 * 4 * T * B * H);
    },
  );

  it('is zero for a sequence without steps', async () => {
    for (const layer of [
      lstm({ input: D, hidden: H, initial: 'learned', returns: 'last' }),
      lstm({ input: D, hidden: H, initial: 'learned', returns: 'last', recompute: 'auto' }),
      sequential(gru({ input: D, hidden: H }), last()),
    ]) {
      using network = createNetwork(await createEngine(), layer, { seed: 3 });
      expect(network.predict([], [2, 0, D])).toEqual({ shape: [2, H], values: new Float32Array(2 * H) });
    }
  });
});

describe('memory', () => {
  const [T, H] = [20_000, 64];
  const states = (4 * T * H) / 2 ** 20;
  const taken = async (training: boolean) => {
    using network = createNetwork(await createEngine(), lstm({ input: 1, hidden: H }));
    const { workspace } = network.memory({ shape: [1, T, 1], training });
    return workspace / 2 ** 20 / states;
  };

  it('of a prediction holds no gates: the outputs alone, where those of one row take T·H', async () => {
    expect(await taken(false)).toBeLessThan(1.4);
  });

  it('of a training holds the gates of all steps, but the gradients of a window only', async () => {
    const inTraining = await taken(true);
    expect(inTraining).toBeGreaterThan(8.5);
    expect(inTraining).toBeLessThan(9.5);
  });
});
