import { describe, expect, it } from 'vitest';
import { mean, replay, square } from '../autograd/index.ts';
import { createEngine, type Engine, ReferenceEngine } from '../engine/index.ts';
import { leakyCell } from './cells/leaky.ts';
import { lstmCell } from './cells/lstm.ts';
import {
  createNetwork,
  dropout,
  embedding,
  gru,
  type Layer,
  last,
  layerNorm,
  linear,
  lstm,
  mse,
  type Network,
  recurrent,
  rnn,
  type StepOptions,
  sequential,
} from './index.ts';

const [D, H] = [3, 20];

/** Bytes that the step takes when it is run. */
function run(network: Network, { shape, lengths, training = true, loss = (y) => mean(square(y)) }: StepOptions) {
  const { engine, tape, root } = network;
  const size = shape.reduce((a, b) => a * b, 1);
  const pass = { lengths, dropoutKey: () => ({ key0: 1, key1: 2, counter: 3 }), training };
  engine.arena.resetPeak();
  if (training) tape.run(() => tape.backward(loss(root.forward(tape.constant(new Float32Array(size), shape), pass))));
  else network.predict(new Float32Array(size), shape, { lengths });
  return engine.arena.usage().peak;
}

const NETWORKS: Record<string, () => Layer> = {
  rnn: () => rnn({ input: D, hidden: H }),
  lstm: () => lstm({ input: D, hidden: H }),
  'gru reset after': () => gru({ input: D, hidden: H }),
  'gru reset before': () => gru({ input: D, hidden: H, reset: 'before' }),
  'three lstms with dropout': () => lstm({ input: D, hidden: H, layers: 3, dropout: 0.3 }),
  'two lstms, recomputed': () => lstm({ input: D, hidden: H, layers: 2, recompute: 'auto' }),
  'two grus, recomputed for the last state': () =>
    gru({ input: D, hidden: H, layers: 2, recompute: 3, returns: 'last' }),
  'a bidirectional lstm, recomputed for the states': () =>
    lstm({ input: D, hidden: H, bidirectional: true, recompute: 2, returns: 'state' }),
  'gru of dilation 2, recomputed': () => gru({ input: D, hidden: H, dilation: 2, recompute: 2 }),
  'lstm under masks': () => lstm({ input: D, hidden: H, variational: { input: 0.2, recurrent: 0.3 } }),
  'rnn under masks, recomputed': () => rnn({ input: D, hidden: H, variational: { recurrent: 0.3 }, recompute: 2 }),
  'leaky with a learned share': () => recurrent([leakyCell({ input: D, hidden: H, alpha: 'learned' })]),
  'many-to-one': () => sequential(gru({ input: D, hidden: H }), last(), linear({ input: H, output: 2 })),
  'a stack with norm and dropout': () =>
    sequential(
      linear({ input: D, output: 5 }),
      layerNorm({ input: 5 }),
      dropout({ p: 0.2 }),
      lstm({ input: 5, hidden: H }),
    ),
  'cells without a fused form': () =>
    recurrent([{ ...lstmCell({ input: D, hidden: H }), sequence: undefined, uniform: false } as never]),
  'cells recorded and repeated': () =>
    lstm({ input: D, hidden: H, layers: 2, peephole: true, layerNorm: true, zoneout: 0.1, projection: 7 }),
};

const ENGINES: Record<string, () => Engine | Promise<Engine>> = {
  reference: () => new ReferenceEngine(),
  simd: () => createEngine(),
};

describe.each(Object.entries(ENGINES))('memory() on %s', (_, open) => {
  describe.each(Object.entries(NETWORKS))('of %s', (_, make) => {
    it.each<StepOptions>([
      { shape: [5, 9, D] },
      { shape: [4, 7, D], lengths: [7, 0, 3, 2] },
      { shape: [5, 9, D], training: false },
    ])('says to the byte what a step of %j takes', async (options) => {
      using network = createNetwork(await open(), make());
      network.tape.repeat = replay;
      const need = network.memory(options);
      expect(need.peak).toBe(run(network, options));
      expect(need.workspace).toBeGreaterThan(4 * 5 * 7 * H);
    });
  });
});

describe('memory()', () => {
  it('counts an embedding and another loss', async () => {
    using network = createNetwork(
      await createEngine(),
      sequential(embedding({ vocabulary: 7, output: D }), rnn({ input: D, hidden: H })),
    );
    const options: StepOptions = { shape: [3, 8], loss: (y) => mse(y, new Float32Array(3 * 8 * H)) };
    expect(network.memory(options).peak).toBe(run(network, options));
    expect(network.memory(options).peak).toBeGreaterThan(network.memory({ shape: [3, 8] }).peak);
  });

  it('leaves weights, workspace and predictions as they were', async () => {
    using network = createNetwork(await createEngine(), lstm({ input: D, hidden: H }));
    const x = Float32Array.from({ length: 2 * 5 * D }, (_, i) => i / 10);
    const before = network.predict(x, [2, 5, D]);
    const usage = network.engine.arena.usage();
    network.memory({ shape: [64, 1000, D] });
    expect(network.engine.arena.usage()).toEqual(usage);
    expect(network.predict(x, [2, 5, D])).toEqual(before);
  });

  it('leaves the network in use when the input does not fit it', async () => {
    using network = createNetwork(await createEngine(), lstm({ input: D, hidden: H }));
    expect(() => network.memory({ shape: [2, 5, D + 1] })).toThrow('recurrent: expected x of shape');
    expect(network.predict(new Float32Array(2 * 5 * D), [2, 5, D]).shape).toEqual([2, 5, H]);
  });
});
