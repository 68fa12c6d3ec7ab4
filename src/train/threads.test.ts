import { expect, test } from 'vitest';
import { openEngine } from '../engine/create.ts';
import type { Engine } from '../engine/index.ts';
import {
  createNetwork,
  crossEntropy,
  dropout,
  embedding,
  gru,
  last,
  layerNorm,
  linear,
  lstm,
  sequential,
} from '../nn/index.ts';
import { Random } from '../random.ts';
import { fit } from './fit.ts';

const [EXAMPLES, T, WORDS, CLASSES] = [60, 14, 30, 4];

/** A training of a classifier of ragged token sequences, with all that may depend on order: masks, norms, recomputation. */
async function weightsAfter(engine: Engine): Promise<Float32Array> {
  const model = sequential(
    embedding({ vocabulary: WORDS, output: 9 }),
    lstm({ input: 9, hidden: 17, layers: 2, bidirectional: true, dropout: 0.2, recompute: 4 }),
    gru({ input: 34, hidden: 16, recompute: 'auto' }),
    last(),
    layerNorm({ input: 16 }),
    dropout({ p: 0.1 }),
    linear({ input: 16, output: CLASSES }),
  );
  using network = createNetwork(engine, model, { seed: 5 });
  const random = new Random(6);
  const whole = (below: number): number => Math.floor(random.uniformIn(0, below));
  const tokens = Array.from({ length: EXAMPLES }, () => Array.from({ length: T }, () => whole(WORDS)));
  const lengths = tokens.map(() => whole(T + 1));
  const classes = tokens.map(() => whole(CLASSES));
  await fit(network, {
    training: {
      examples: EXAMPLES,
      loss(batch, pass, tape) {
        const rows = [...batch];
        const x = tape.constant(
          rows.flatMap((row) => tokens[row]),
          [rows.length, T],
        );
        return crossEntropy(model.forward(x, { ...pass, lengths: rows.map((row) => lengths[row]) }), {
          values: rows.map((row) => classes[row]),
          shape: [rows.length],
        });
      },
    },
    epochs: 2,
    batchSize: 26,
    rate: 1e-2,
    clip: { norm: 1 },
    seed: 7,
  });
  return Float32Array.from(engine.read(network.weights, network.slots));
}

test('a training with recomputation over ragged batches ends with the same bits in 1, 2, 3 and 4 threads', async () => {
  const [one, ...others] = await Promise.all(
    [1, 2, 3, 4].map((threads) => openEngine({ threads }, { worth: 0, help: false })),
  );
  const expected = await weightsAfter(one);
  expect(expected.every(Number.isFinite)).toBe(true);
  for (const engine of others) {
    await engine.threads.start();
    expect(await weightsAfter(engine)).toEqual(expected);
    expect(engine.threads.shared).toBeGreaterThan(1000);
    engine[Symbol.dispose]();
  }
});
