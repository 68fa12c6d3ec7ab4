import { createEngine } from 'recurve/engine';
import { createNetwork, last, linear, lstm, mse, sequential } from 'recurve/nn';
import { fit } from 'recurve/train';

const [EXAMPLES, STEPS, INPUT, HIDDEN] = [96, 20, 8, 64];

/** What a training in several threads tells: bits of the weights, and who computed. */
export interface Told {
  bits: number[];
  count: number;
  reason: string;
  /** Whether workers had a share in it. */
  shared: boolean;
}

/** Trains a network whose steps are large enough to be split; the same program in every host. */
export async function train(threads: number): Promise<Told> {
  const engine = await createEngine({ threads });
  await engine.threads.start();
  const model = sequential(lstm({ input: INPUT, hidden: HIDDEN }), last(), linear({ input: HIDDEN, output: 1 }));
  const network = createNetwork(engine, model, { seed: 3 });
  const x = Float32Array.from({ length: EXAMPLES * STEPS * INPUT }, (_, i) => ((i * 37) % 101) / 101 - 0.5);
  await fit(network, {
    training: {
      examples: EXAMPLES,
      loss(batch, pass, tape) {
        const rows = [...batch];
        const size = STEPS * INPUT;
        const values = rows.flatMap((row) => [...x.subarray(row * size, (row + 1) * size)]);
        const lengths = rows.map((row) => 1 + ((row * 7) % STEPS));
        const output = model.forward(tape.constant(values, [rows.length, STEPS, INPUT]), { ...pass, lengths });
        return mse(
          output,
          rows.map((row) => (row % 5) / 5),
        );
      },
    },
    epochs: 3,
    batchSize: 48,
    rate: 1e-2,
    seed: 3,
  });
  const bits = [...new Int32Array(Float32Array.from(engine.read(network.weights, network.slots)).buffer)];
  const { count, reason, shared } = engine.threads;
  engine[Symbol.dispose]();
  return { bits, count, reason, shared: shared > 0 };
}
