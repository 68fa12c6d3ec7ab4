import { Random } from 'recurve';
import { embeddedReber, REBER_SYMBOLS, type ReberStrings } from 'recurve/data';
import { crossEntropy, gru, lstm, type Network, rnn } from 'recurve/nn';
import type { MemoryResults } from './index.ts';
import type { Settings } from './settings.ts';
import { outputs, symbolTask } from './symbols.ts';
import { compare, type Task } from './task.ts';

const KINDS = REBER_SYMBOLS.length;

/** Which letters may follow in the embedded Reber grammar, as a task. */
export function reberTask(): Task {
  const make = (count: number, random: Random): ReberStrings => embeddedReber({ count }, random);
  return {
    ...symbolTask({
      kinds: KINDS,
      make,
      loss: (output, { targets, shape }) => crossEntropy(output, { values: targets, shape }),
    }),
    facts: {},
    outputs: KINDS,
    at: 'each step',
    measure: (network, count, random) => ({ right: right(network, make(count, random)) }),
    solved: (network, count, random) => right(network, make(count, random)) === 100,
  };
}

/** Percentage of strings with every letter that may follow above every one that may not, at each step. */
function right(network: Network, strings: ReberStrings): number {
  const values = outputs(network, strings, KINDS);
  const stepRight = (step: number): boolean => {
    let lowestLegal = Number.POSITIVE_INFINITY;
    let highestOther = Number.NEGATIVE_INFINITY;
    for (let k = step * KINDS; k < (step + 1) * KINDS; k++) {
      if (strings.legal[k]) lowestLegal = Math.min(lowestLegal, values[k]);
      else highestOther = Math.max(highestOther, values[k]);
    }
    return lowestLegal > highestOther;
  };
  const [B, T] = strings.shape;
  const whole = strings.lengths.filter((length, b) => Array.from({ length }, (_, t) => b * T + t).every(stepRight));
  return (100 * whole.length) / B;
}

/** The embedded Reber grammar. Stops when 4,000 strings are right. */
export async function run(settings: Settings): Promise<MemoryResults> {
  const task = reberTask();
  const size = { input: KINDS, hidden: 16 };
  const entries = [
    { label: 'LSTM 16', layer: lstm(size), rate: 1e-2 },
    { label: 'GRU 16', layer: gru(size), rate: 1e-2 },
    { label: 'RNN 16, tanh', layer: rnn(size), rate: 1e-2 },
  ];
  const effort = { batchSize: 8, every: 50, maxSteps: 5000, watched: 128, asked: 4000, tested: 2000 };
  const runs = await compare(task, entries, effort, settings, new Random(settings.seed).fork('reber'));
  return { task: { ...task.facts, tested: effort.tested }, runs };
}
