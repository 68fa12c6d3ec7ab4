import { Random } from 'recurve';
import { ADDING_GUESS, addingProblem, type NumberProblem } from 'recurve/data';
import { type CellStart, gru, lstm, mse, type Network, type RecurrentLayer, rnn } from 'recurve/nn';
import type { MemoryResults } from './index.ts';
import type { Settings } from './settings.ts';
import { compare, type Entry, type Task } from './task.ts';

const STEPS = 600;

/** The adding problem as a task. */
export function addingTask(steps: number): Task {
  const make = (count: number, random: Random): NumberProblem => addingProblem({ count, steps }, random);
  return {
    facts: { steps, guess: ADDING_GUESS },
    input: 2,
    outputs: 1,
    at: 'the end',
    training: (network, random) => (batch, pass, tape) => {
      const { x, shape, targets } = make(batch.length, random);
      return mse(network.root.forward(tape.constant(x, shape), pass), targets);
    },
    watched: (network, count, random) => ({
      examples: count,
      // Looked at in order, so the first example names the batch.
      loss([first, ...others], pass, tape) {
        const { x, shape, targets } = make(1 + others.length, random.fork(String(first)));
        return mse(network.root.forward(tape.constant(x, shape), pass), targets);
      },
    }),
    measure: (network, count, random) => ({ mse: meanSquare(network, make(count, random)) }),
  };
}

function meanSquare(network: Network, { x, shape, targets }: NumberProblem): number {
  const { values } = network.predict(x, shape);
  return targets.reduce((sum, target, i) => sum + (values[i] - target) ** 2, 0) / targets.length;
}

function entries(): Entry[] {
  const size = { input: 2, hidden: 32 };
  const chrono = { bias: { chrono: STEPS } };
  return [
    { label: 'GRU 32, chrono start', layer: gru({ ...size, init: chrono }), rate: 5e-3 },
    { label: 'LSTM 32, chrono start', layer: lstm({ ...size, init: chrono }), rate: 5e-3 },
    { label: 'RNN 64, tanh', layer: rnn({ input: 2, hidden: 64 }), rate: 1e-3 },
    { label: 'RNN 32, relu, identity start', layer: identityRnn(32, 0.07), rate: 1e-4 },
    { label: 'GRU 32', layer: gru(size), rate: 5e-3 },
    { label: 'LSTM 32', layer: lstm(size), rate: 5e-3 },
  ];
}

/** As long as relu with identity start learns within minutes. */
const SHORT = 100;

function shortEntries(): Entry[] {
  return [
    { label: 'RNN 64, tanh', layer: rnn({ input: 2, hidden: 64 }), rate: 1e-3 },
    { label: 'RNN 64, relu, identity start', layer: identityRnn(64, 0.1), rate: 1e-3 },
  ];
}

/**
 * The IRNN of Le et al. 2015. They draw input weights with deviation 0.001; larger ones learn faster here, too large or
 * too many ones explode.
 */
function identityRnn(hidden: number, deviation: number): RecurrentLayer {
  const init: CellStart = { recurrent: 'identity', input: { normal: deviation }, bias: 'zeros' };
  return rnn({ input: 2, hidden, activation: 'relu', init });
}

/** The adding problem, T = 600, and for plain RNNs also T = 100. Stops at half the error to reach, on the sequences watched. */
export async function run(settings: Settings): Promise<MemoryResults> {
  const task = addingTask(STEPS);
  const effort = { batchSize: 32, every: 50, maxSteps: 10_000, target: 5e-4, watched: 256, tested: 1000 };
  const random = new Random(settings.seed).fork('adding');
  const runs = await compare(task, entries(), effort, settings, random);
  const short = await compare(
    addingTask(SHORT),
    shortEntries(),
    { ...effort, maxSteps: 3000 },
    settings,
    random.fork('short'),
  );
  const named = short.map((outcome) => ({ ...outcome, problem: `T = ${SHORT}` }));
  return { task: { ...task.facts, tested: effort.tested }, runs: [...runs, ...named] };
}
