import { Random } from 'recurve';
import { TEMPORAL_ORDER_SYMBOLS, type TemporalOrder, temporalOrder } from 'recurve/data';
import { crossEntropy, gru, lstm, type Network, rnn } from 'recurve/nn';
import type { MemoryResults } from './index.ts';
import type { Settings } from './settings.ts';
import { outputs, symbolTask } from './symbols.ts';
import { compare, type Entry, type Task } from './task.ts';

const STEPS = 100;
const KINDS = TEMPORAL_ORDER_SYMBOLS.length;
const CLASSES = 4;

/** The temporal order problem with two relevant symbols as a task. */
export function orderTask(steps: number): Task {
  const make = (count: number, random: Random): TemporalOrder => temporalOrder({ count, steps }, random);
  return {
    ...symbolTask({
      kinds: KINDS,
      make,
      loss: (output, { targets, shape: [B] }) => crossEntropy(output, { values: targets, shape: [B] }),
    }),
    facts: { steps, guess: 100 / CLASSES },
    outputs: CLASSES,
    at: 'the end',
    measure: (network, count, random) => ({ right: right(network, make(count, random)) }),
    solved: (network, count, random) => right(network, make(count, random)) === 100,
  };
}

/** Percentage of sequences with all four probabilities within 0.3 of the wanted 0 or 1, the paper's rule. */
function right(network: Network, problem: TemporalOrder): number {
  const values = outputs(network, problem, KINDS);
  const sure = problem.targets.filter((target, b) => {
    const odds = Array.from(values.subarray(b * CLASSES, (b + 1) * CLASSES), Math.exp);
    const total = odds.reduce((sum, odd) => sum + odd, 0);
    return odds.every((odd, k) => Math.abs(odd / total - (k === target ? 1 : 0)) < 0.3);
  });
  return (100 * sure.length) / problem.targets.length;
}

function entries(): Entry[] {
  const size = { input: KINDS, hidden: 16 };
  const chrono = { bias: { chrono: STEPS } };
  return [
    { label: 'LSTM 16, chrono start', layer: lstm({ ...size, init: chrono }), rate: 1e-2 },
    { label: 'GRU 16, chrono start', layer: gru({ ...size, init: chrono }), rate: 1e-2 },
    { label: 'LSTM 16', layer: lstm(size), rate: 1e-2 },
    { label: 'RNN 32, tanh', layer: rnn({ input: KINDS, hidden: 32 }), rate: 1e-3 },
  ];
}

/** The temporal order problem, 100 to 110 steps. Stops when 2,000 sequences are right, and tests 2,560, as the paper does. */
export async function run(settings: Settings): Promise<MemoryResults> {
  const task = orderTask(STEPS);
  const effort = { batchSize: 16, every: 50, maxSteps: 5000, watched: 128, asked: 2000, tested: 2560 };
  const runs = await compare(task, entries(), effort, settings, new Random(settings.seed).fork('order'));
  return { task: { ...task.facts, tested: effort.tested }, runs };
}
