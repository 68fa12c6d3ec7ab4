import type { Engine } from '../engine/engine.ts';
import { createNetwork, dropout, gru, last, linear, mse, type Network, sequential } from '../nn/index.ts';
import { Random } from '../random.ts';
import type { FitOptions, FitResult, Objective } from './fit.ts';
import type { TrainingState } from './training-state.ts';

/** Sequences of the small task: 22 to learn from (batches of 4 leave a last one of 2) and 9 to watch. */
const TRAINING = 22;
const VALIDATION = 9;
const [T, D, H] = [5, 2, 6];

/** A small many-to-one problem: a decaying sum of the first input, gated by the second. */
export function examplesOf(count: number, seed: number): { x: Float64Array[]; y: number[] } {
  const random = new Random(seed);
  const x = Array.from({ length: count }, () => Float64Array.from({ length: T * D }, () => random.uniformIn(-1, 1)));
  const y = x.map((row) => {
    let sum = 0;
    for (let t = 0; t < T; t++) sum = 0.7 * sum + (row[t * D + 1] > 0 ? row[t * D] : 0.2);
    return sum;
  });
  return { x, y };
}

export function objectiveOf(network: Network, { x, y }: { x: Float64Array[]; y: number[] }): Objective {
  return {
    examples: x.length,
    loss(batch, pass, tape) {
      const inputs = new Float64Array(batch.length * T * D);
      batch.forEach((i, b) => {
        inputs.set(x[i], b * T * D);
      });
      return mse(
        network.root.forward(tape.constant(inputs, [batch.length, T, D]), pass),
        Float64Array.from(batch, (i) => y[i]),
      );
    },
  };
}

/** A network with recurrence, dropout, weights that decay and biases that do not. */
export function smallNetwork(engine: Engine, seed = 3): Network {
  const root = sequential(gru({ input: D, hidden: H }), last(), dropout({ p: 0.25 }), linear({ input: H, output: 1 }));
  return createNetwork(engine, root, { seed });
}

/** Everything switched on: Adam, dropout, clipping, a schedule, shuffling, a watched set and early stopping. */
export function smallTask(network: Network): FitOptions {
  return {
    training: objectiveOf(network, examplesOf(TRAINING, 1)),
    validation: objectiveOf(network, examplesOf(VALIDATION, 2)),
    epochs: 8,
    batchSize: 4,
    rate: 0.03,
    optimizer: { kind: 'adamW' },
    schedule: { kind: 'plateau', patience: 1, warmup: 5 },
    clip: { norm: 0.5, value: 0.3 },
    seed: 11,
    patience: 2,
  };
}

/** What a training leaves behind, times apart. */
export interface Trace {
  weights: number[];
  history: { epoch: number; loss: number; validation?: number }[];
  result: Omit<FitResult, 'seconds' | 'history'>;
}

export function traceOf(network: Network, { history, seconds: _, ...result }: FitResult): Trace {
  return {
    weights: [...network.engine.read(network.weights, network.slots)],
    history: history.map(({ seconds: _seconds, ...record }) => record),
    result,
  };
}

/** A checkpoint without its times, for comparison; typed arrays become lists, which compare to the bit. */
export function plainState(state: TrainingState): object {
  const { seconds: _, history, weights, bestWeights, optimizer, ...rest } = state;
  return {
    ...rest,
    history: history.map(({ seconds: _seconds, ...record }) => record),
    weights: [...(weights ?? [])],
    bestWeights: [...(bestWeights ?? [])],
    optimizer: {
      steps: optimizer?.steps,
      moments: Object.entries(optimizer?.moments ?? {}).map(([name, moment]) => [name, ...moment]),
    },
  };
}
