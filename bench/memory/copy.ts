import { Random } from 'recurve';
import { type CopyProblem, copyMemoryless, copyProblem } from 'recurve/data';
import { crossEntropy, gru, lstm, rnn } from 'recurve/nn';
import { evaluate } from 'recurve/train';
import type { MemoryResults } from './index.ts';
import type { Settings } from './settings.ts';
import { symbolTask } from './symbols.ts';
import { compare, type Entry, type Task } from './task.ts';

const DELAY = 200;
/** Steps from a symbol to its place in the answer. */
const ANSWER = DELAY + 10;
const KINDS = 10;

/** The copy memory problem as a task: 10 symbols of 8 kinds. */
export function copyTask(delay: number, length = 10): Task {
  const memoryless = copyMemoryless({ delay, length });
  const symbols = symbolTask<CopyProblem>({
    kinds: KINDS,
    make: (count, random) => copyProblem({ count, delay, length }, random),
    loss: (output, { targets, shape }) => crossEntropy(output, { values: targets, shape }),
  });
  return {
    ...symbols,
    facts: { delay, steps: delay + 2 * length, memoryless },
    outputs: KINDS,
    at: 'each step',
    async measure(network, count, random) {
      const loss = await evaluate(network, symbols.watched(network, count, random), 32);
      return { loss, timesBetter: memoryless / loss };
    },
  };
}

function entries(): Entry[] {
  const size = { input: KINDS, hidden: 64 };
  const chrono = { bias: { chrono: DELAY } };
  return [
    {
      label: `RNN 24, skip ${ANSWER}`,
      layer: rnn({ input: KINDS, hidden: 24, skip: ANSWER }),
      rate: 1e-2,
      batchSize: 8,
    },
    { label: 'GRU 64, chrono start', layer: gru({ ...size, init: chrono }), rate: 5e-3 },
    { label: 'LSTM 64, chrono start', layer: lstm({ ...size, init: chrono }), rate: 5e-3 },
    { label: 'LSTM 64', layer: lstm(size), rate: 5e-3 },
  ];
}

/** The copy memory problem, T = 200. Stops at a twentieth of the memoryless loss, on the sequences watched. */
export async function run(settings: Settings): Promise<MemoryResults> {
  const task = copyTask(DELAY);
  const target = task.facts.memoryless / 20;
  const effort = { batchSize: 32, every: 50, maxSteps: 5000, target, watched: 64, tested: 512 };
  const runs = await compare(task, entries(), effort, settings, new Random(settings.seed).fork('copy'));
  return { task: { ...task.facts, tested: effort.tested }, runs };
}
