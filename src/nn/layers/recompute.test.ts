import { describe, expect, it } from 'vitest';
import { mean, square } from '../../autograd/index.ts';
import { createEngine } from '../../engine/index.ts';
import { Random } from '../../random.ts';
import {
  createNetwork,
  gru,
  lstm,
  lstmCell,
  noDropout,
  type RecurrentLayer,
  type RecurrentOptions,
  recurrent,
  rnn,
} from '../index.ts';

const [B, T, D, H] = [4, 11, 3, 6];
const LENGTHS = [11, 0, 4, 7];
type Part = Pick<RecurrentOptions, 'returns' | 'recompute' | 'initial' | 'residual' | 'dropout'> & {
  bidirectional?: boolean;
};

const LAYERS: Record<string, (options: Part) => RecurrentLayer> = {
  rnn: (options) => rnn({ input: D, hidden: H, layers: 2, ...options }),
  lstm: (options) => lstm({ input: D, hidden: H, layers: 2, ...options }),
  gru: (options) => gru({ input: D, hidden: H, layers: 2, ...options }),
  'gru of dilation 3': (options) => gru({ input: D, hidden: H, layers: 2, dilation: 3, ...options }),
  'lstm of dilation 2': (options) => lstm({ input: D, hidden: H, layers: 2, dilation: 2, ...options }),
};

/** Result, carried state and all gradients. */
async function step(layer: RecurrentLayer, lengths: readonly number[] | undefined) {
  using network = createNetwork(await createEngine(), layer, { seed: 3 });
  const random = new Random(8);
  const x = Float32Array.from({ length: B * T * D }, () => random.uniformIn(-1, 1));
  return network.tape.run(() => {
    const input = network.tape.variable(x, [B, T, D]);
    let counter = 0;
    const dropoutKey = () => ({ key0: 5, key1: 6, counter: counter++ });
    const y = layer.forward(input, { training: true, lengths, dropoutKey });
    network.tape.backward(mean(square(y)));
    const { engine, gradients, slots } = network;
    return { shape: y.shape, y: y.values(), dx: input.gradient(), dw: engine.read(gradients, slots) };
  });
}

describe.each(Object.entries(LAYERS))('two layers of %s, recomputed', (_, make) => {
  it.each<Part>([
    {},
    { returns: 'last' },
    { returns: 'state' },
    { returns: 'last', initial: 'learned' },
    { returns: 'state', bidirectional: true, dropout: 0.4 },
    { returns: 'last', bidirectional: true },
    { returns: 'last', residual: true },
  ])('%j: result and gradients have the bits of full storage, whole and ragged', async (options) => {
    for (const lengths of [undefined, LENGTHS]) {
      const whole = await step(make(options), lengths);
      expect(whole.dw.some((v) => v !== 0)).toBe(true);
      for (const recompute of ['auto', 1, 4, 50] as const) {
        expect(await step(make({ ...options, recompute }), lengths)).toEqual(whole);
      }
    }
  });
});

describe('recompute', () => {
  it('carries the same state from chunk to chunk', async () => {
    const carried = async (options: Part) => {
      const layer = lstm({ input: D, hidden: H, returns: 'last', ...options });
      using network = createNetwork(await createEngine(), layer, { seed: 3 });
      const carry = new Map();
      const x = Float32Array.from({ length: B * T * D }, (_, i) => (i % 17) / 17);
      return [0, 1].map(() => network.predict(x, [B, T, D], { carry, lengths: LENGTHS }));
    };
    expect(await carried({ recompute: 'auto' })).toEqual(await carried({}));
  });

  it('many-to-one at T = 100,000, H = 128 is said to take less than 30 MiB, full storage more than 300', async () => {
    const engine = await createEngine();
    const need = (recompute: 'auto' | false) => {
      using network = createNetwork(engine, lstm({ input: 1, hidden: 128, returns: 'last', recompute }));
      return network.memory({ shape: [1, 100_000, 1] }).peak / 2 ** 20;
    };
    expect(need('auto')).toBeLessThan(30);
    expect(need(false)).toBeGreaterThan(300);
  });

  it.each([0, -3, 2.5, 'often'])('refuses %s steps', (recompute) => {
    expect(() => rnn({ input: D, hidden: H, recompute: recompute as number })).toThrow(
      `recurrent: expected recompute to be 'auto', false or a whole number of steps of at least 1, got ${recompute}; auto takes the least memory`,
    );
  });

  it('refuses cells that cannot be recomputed', () => {
    const { last: _, ...cell } = lstmCell({ input: D, hidden: H });
    expect(() => recurrent([cell], { recompute: 'auto' })).toThrow(
      'recurrent: expected cells that can be recomputed, got lstm with options that cannot; leave recompute out, or shorten the sequences by truncation',
    );
  });
});

describe('who looks at sequences', () => {
  const seen = async (options: Part & { dilation?: number }) => {
    using network = createNetwork(await createEngine(), lstm({ input: D, hidden: H, ...options }), { seed: 3 });
    const norms: number[] = [];
    const { tape, engine } = network;
    tape.run(() => {
      const input = tape.constant(
        Float32Array.from({ length: B * T * D }, (_, i) => (i % 11) / 11),
        [B, T, D],
      );
      const told: Parameters<NonNullable<typeof tape.announce>>[0][] = [];
      tape.announce = (news) => told.push(news);
      tape.backward(
        mean(square(network.root.forward(input, { training: true, lengths: LENGTHS, dropoutKey: noDropout }))),
      );
      tape.announce = undefined;
      for (const { hidden } of told) {
        const steps =
          'shape' in hidden ? Array.from({ length: T }, (_, t) => tape.view(hidden, [B, H], (t + 1) * B * H)) : hidden;
        for (const { gradientAddress } of steps) norms.push(engine.sumSquares(gradientAddress, B * H));
      }
    });
    return norms;
  };

  it('finds the same gradient of every step, stored or recomputed', async () => {
    const stored = await seen({});
    expect(stored.length).toBe(T);
    expect(Math.min(...stored)).toBeGreaterThan(0);
    expect(await seen({ recompute: 'auto' })).toEqual(stored);
  });

  it('finds the T steps of a dilated sequence', async () => {
    const stored = await seen({ dilation: 3 });
    expect(stored.length).toBe(T);
    expect(Math.min(...stored)).toBeGreaterThan(0);
    expect(await seen({ dilation: 3, recompute: 2 })).toEqual(stored);
  });

  it('finds nothing of a layer that keeps no outputs', async () => {
    expect(await seen({ recompute: 'auto', returns: 'last' })).toEqual([]);
  });
});
