import { gru, last, linear, sequential } from 'recurve/nn';
import { learn } from './learn.ts';
import { accuracy, digitsObjective, part, readMnist } from './mnist.ts';
import type { Settings } from './settings.ts';

const STEPS = 28;
/** Digits kept from the training set to choose the weights by. */
const KEPT = 5000;

/** MNIST row by row: 28 steps of 28 pixels. */
export async function run({ seed, maxSeconds, quick }: Settings) {
  const { training, test } = await readMnist();
  const count = quick ? 500 : training.count - KEPT;
  const seen = part(training, 0, count);
  const watched = part(training, training.count - KEPT, training.count);
  const epochs = quick ? 1 : 6;
  const batchSize = 64;
  const gruRun = await learn({
    contender: {
      label: 'GRU 128',
      root: sequential(gru({ input: 28, hidden: 128 }), last(), linear({ input: 128, output: 10 })),
      rate: 3e-3,
    },
    seed,
    batchSize,
    every: 1,
    examples: seen.count,
    training: (network) => digitsObjective(network, seen, STEPS).loss,
    validation: (network) => digitsObjective(network, watched, STEPS),
    maxSteps: epochs * Math.ceil(seen.count / batchSize),
    maxSeconds,
    schedule: { kind: 'cosine' },
    measure: (network) => ({ accuracy: accuracy(network, test, STEPS) }),
  });
  return { task: { steps: STEPS, training: seen.count, validation: watched.count, test: test.count }, runs: [gruRun] };
}
