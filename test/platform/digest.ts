import { createEngine } from 'recurve/engine';
import { createNetwork, dropout, gru, last, layerNorm, linear, lstm, mse, rnn, sequential } from 'recurve/nn';
import { fit, type Objective } from 'recurve/train';

const EXAMPLES = 40;
const STEPS = 12;
const INPUT = 3;
const HIDDEN = 17;

/**
 * The program every host runs: same seed, same bits. It trains one small model per cell, with ragged batches, dropout, clipping
 * and a schedule, and digests all final weights. Nothing of Node's, nothing of the browser's, so that it is one text.
 * Returns a SHA-256 in hexadecimal.
 */
export async function digest(seed: number): Promise<string> {
  const layers = [
    rnn({ input: INPUT, hidden: HIDDEN }),
    lstm({ input: INPUT, hidden: HIDDEN, layers: 2, dropout: 0.2 }),
    gru({ input: INPUT, hidden: HIDDEN }),
    gru({ input: INPUT, hidden: HIDDEN, reset: 'before' }),
    lstm({ input: INPUT, hidden: HIDDEN, layers: 2, bidirectional: true, merge: 'mean', initial: 'learned' }),
  ];
  const weights: Float32Array[] = [];
  for (const layer of layers) {
    const engine = await createEngine();
    const model = sequential(
      layer,
      last(),
      layerNorm({ input: HIDDEN }),
      dropout({ p: 0.1 }),
      linear({ input: HIDDEN, output: 2 }),
    );
    const network = createNetwork(engine, model, { seed });
    await fit(network, {
      training: objective((x, pass) => model.forward(x, pass)),
      epochs: 3,
      batchSize: 16,
      rate: 1e-2,
      schedule: { kind: 'cosine', warmup: 2 },
      clip: { norm: 1 },
      seed,
    });
    weights.push(Float32Array.from(engine.read(network.weights, network.slots)));
  }
  return sha256(new Uint8Array(await new Blob(weights.map((values) => values.slice().buffer)).arrayBuffer()));
}

/** Ragged sequences of a made-up series; the target is the sum and the last value of each row. */
function objective(
  forward: (...args: Parameters<ReturnType<typeof sequential>['forward']>) => ReturnType<typeof mse>,
): Objective {
  const x = Float32Array.from({ length: EXAMPLES * STEPS * INPUT }, (_, i) => noise(i));
  const lengths = Array.from({ length: EXAMPLES }, (_, row) => 1 + ((row * 5) % STEPS));
  const target = (row: number): number[] => {
    const values = Array.from({ length: lengths[row] }, (_, t) => x[(row * STEPS + t) * INPUT]);
    return [values.reduce((sum, value) => sum + value, 0) / STEPS, values[values.length - 1]];
  };
  return {
    examples: EXAMPLES,
    loss(batch, pass, tape) {
      const rows = [...batch];
      const values = rows.flatMap((row) => [...x.subarray(row * STEPS * INPUT, (row + 1) * STEPS * INPUT)]);
      const input = tape.constant(values, [rows.length, STEPS, INPUT]);
      const output = forward(input, { ...pass, lengths: rows.map((row) => lengths[row]) });
      return mse(output, rows.flatMap(target));
    },
  };
}

/** A number in [−1, 1) that looks random, from integers only (Knuth's multiplicative hash). */
function noise(i: number): number {
  const mixed = Math.imul(i + 1, 2654435761);
  return Math.imul(mixed ^ (mixed >>> 15), 2246822519) / 2 ** 31;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
