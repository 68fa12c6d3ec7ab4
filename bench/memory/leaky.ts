import { Random } from 'recurve';
import { leaky, rnn } from 'recurve/nn';
import { addingTask } from './adding.ts';
import { copyTask } from './copy.ts';
import type { MemoryResults } from './index.ts';
import type { Outcome } from './learn.ts';
import { orderTask } from './order.ts';
import { reberTask } from './reber.ts';
import type { Settings } from './settings.ts';
import { compare, type Entry, type Task } from './task.ts';

/** Short enough for Elman's unit to have a chance, each with a skip about as long as what must be remembered. */
const TASKS: readonly { problem: string; task: Task; skip: number }[] = [
  { problem: 'adding, T = 30, skip 10', task: addingTask(30), skip: 10 },
  { problem: 'temporal order, 50 steps, skip 20', task: orderTask(50), skip: 20 },
  { problem: 'copy 5, delay 20, skip 25', task: copyTask(20, 5), skip: 25 },
  { problem: 'embedded Reber, skip 8', task: reberTask(), skip: 8 },
];

function entries(input: number, skip: number): Entry[] {
  const size = { input, hidden: 32 };
  const rate = 3e-3;
  return [
    { label: 'RNN', layer: rnn(size), rate },
    { label: 'leaky, α 0.9', layer: leaky({ ...size, alpha: 0.9 }), rate },
    { label: 'leaky, α learned', layer: leaky({ ...size, alpha: 'learned' }), rate },
    { label: 'RNN with skip', layer: rnn({ ...size, skip }), rate },
  ];
}

/** Leaky units and skip connections against the RNN. */
export async function run(settings: Settings): Promise<MemoryResults> {
  const runs: Outcome[] = [];
  const effort = { batchSize: 16, every: 100, maxSteps: 3000, watched: 128, tested: 1000 };
  for (const { problem, task, skip } of TASKS) {
    console.log(problem);
    // All take the same steps: none stops when it is right.
    const { solved: _, ...whole } = task;
    const random = new Random(settings.seed).fork(problem);
    const outcomes = await compare(whole, entries(task.input, skip), effort, settings, random);
    runs.push(...outcomes.map((outcome) => ({ ...outcome, problem })));
  }
  return { task: { tested: effort.tested }, runs };
}
