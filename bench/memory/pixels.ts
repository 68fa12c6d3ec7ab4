import { gru, linear, sequential } from 'recurve/nn';
import { learn, type Outcome } from './learn.ts';
import { accuracy, digitsObjective, part, readMnist } from './mnist.ts';
import type { Settings } from './settings.ts';

const STEPS = 784;
const HIDDEN = 64;
const BATCH = 50;
/** Digits kept from the training set for the curve and to choose the weights by. */
const WATCHED = 500;
/** The first digits of the test set. */
const TEST = 2000;

/** MNIST pixel by pixel: 784 steps of one pixel. */
export async function run({ seed, maxSeconds, quick }: Settings) {
  const { training, test } = await readMnist();
  const count = training.count - WATCHED;
  const seen = part(training, 0, count);
  const watched = part(training, count, training.count);
  const tested = part(test, 0, TEST);
  // Looked at every 100 steps, though a pass over all digits takes many times that.
  let at = 0;
  const runs: Outcome[] = [
    await learn({
      contender: {
        label: `GRU ${HIDDEN}, chrono start`,
        root: sequential(
          gru({ input: 1, hidden: HIDDEN, init: { bias: { chrono: STEPS } }, returns: 'last' }),
          linear({ input: HIDDEN, output: 10 }),
        ),
        rate: 4e-3,
      },
      seed,
      batchSize: BATCH,
      every: quick ? 1 : 100,
      training(network) {
        const { loss } = digitsObjective(network, seen, STEPS);
        return (batch, pass, tape) => {
          const digits = batch.map((_, b) => (at + b) % count);
          at += batch.length;
          return loss(digits, pass, tape);
        };
      },
      validation: (network) => digitsObjective(network, quick ? part(watched, 0, 10) : watched, STEPS),
      maxSteps: quick ? 1 : 10_000,
      maxSeconds,
      measure: (network) => ({ accuracy: accuracy(network, quick ? part(test, 0, 10) : tested, STEPS) }),
    }),
  ];
  return { task: { steps: STEPS, training: count, validation: WATCHED, test: TEST }, runs };
}
