import { Random } from 'recurve';
import { leakyCell, recurrent, rnn } from 'recurve/nn';
import { addingTask } from './adding.ts';
import { copyTask } from './copy.ts';
import type { MemoryResults } from './index.ts';
import type { Outcome } from './learn.ts';
import { orderTask } from './order.ts';
import { reberTask } from './reber.ts';
import type { Settings } from './settings.ts';
import { compare, type Entry, type Task } from './task.ts';

/** Short enough for Elman's unit to have a chance. */
const TASKS: Readonly<Record<string, Task>> = {
  'adding, T = 50': addingTask(50),
  'temporal order, 50 steps': orderTask(50),
  'copy, delay 20': copyTask(20, 5),
  'embedded Reber': reberTask(),
};

function entries(input: number): Entry[] {
  const size = { input, hidden: 32 };
  const rate = 2e-3;
  return [
    { label: 'RNN', layer: rnn(size), rate },
    { label: 'leaky, α 0.9', layer: recurrent([leakyCell({ ...size, alpha: 0.9 })]), rate },
    { label: 'leaky, α learned', layer: recurrent([leakyCell({ ...size, alpha: 'learned' })]), rate },
    { label: 'RNN, skip 10', layer: rnn({ ...size, skip: 10 }), rate },
  ];
}

/** Leaky units and skip connections against the RNN. */
export async function run(settings: Settings): Promise<MemoryResults> {
  const runs: Outcome[] = [];
  const effort = { batchSize: 16, every: 100, maxSteps: 2000, watched: 128, tested: 1000 };
  for (const [problem, { solved: _, ...task }] of Object.entries(TASKS)) {
    console.log(problem);
    const random = new Random(settings.seed).fork(problem);
    const outcomes = await compare(task, entries(task.input), effort, settings, random);
    runs.push(...outcomes.map((outcome) => ({ ...outcome, problem })));
  }
  return { task: { tested: effort.tested }, runs };
}
