/**
 * Run by memory.test.ts in a process of its own with `--expose-gc`: trains 40,000 steps and prints, as JSON, the memory before and after.
 * Before: after 5,000 steps, when code is compiled and everything that is made once has been made.
 */
import { createEngine } from '../engine/index.ts';
import { fit } from './fit.ts';
import { smallNetwork, smallTask } from './training.case.ts';

const collect = (globalThis as unknown as { gc(): void }).gc;
const engine = await createEngine();
using network = smallNetwork(engine);
const task = smallTask(network);

function memory(): { heap: number; external: number; arena: ReturnType<typeof engine.arena.usage> } {
  collect();
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, external: external + arrayBuffers, arena: engine.arena.usage() };
}

async function train(steps: number): Promise<number> {
  // One long epoch: the history of many epochs is meant to grow.
  const training = {
    examples: 4 * steps,
    loss: ((batch, ...rest) =>
      task.training.loss(
        batch.map((i) => i % task.training.examples),
        ...rest,
      )) as typeof task.training.loss,
  };
  const result = await fit(network, { ...task, training, epochs: 1, rate: 1e-3 });
  return result.steps;
}

await train(5_000);
const before = memory();
const steps = await train(40_000);
console.log(JSON.stringify({ steps, before, after: memory() }));
