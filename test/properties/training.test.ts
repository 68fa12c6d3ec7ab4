import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/index.ts';
import { type FitOptions, fit, type OptimizerConfig, type Schedule } from '../../src/train/index.ts';
import { plainState, smallNetwork, smallTask, traceOf } from '../../src/train/training.case.ts';
import type { TrainingState } from '../../src/train/training-state.ts';

/** Every kind of thing a training remembers: moments, momentum, the plateau, the best weights, the running loss. */
const settings = fc.record({
  optimizer: fc.constantFrom<OptimizerConfig>(
    { kind: 'adam', weightDecay: 0.01 },
    { kind: 'adamW' },
    { kind: 'sgd' },
    { kind: 'sgd', momentum: 0.9, nesterov: true },
    { kind: 'rmsprop', momentum: 0.5 },
    { kind: 'rmsprop' },
  ),
  schedule: fc.constantFrom<Schedule>(
    { kind: 'constant', warmup: 7 },
    { kind: 'cosine', final: 0.1 },
    { kind: 'step', every: 2 },
    { kind: 'plateau', patience: 1 },
  ),
  clip: fc.constantFrom({}, { norm: 0.5 }, { norm: 0.4, value: 0.1 }),
  rate: fc.constantFrom(0.01, 0.1),
  patience: fc.constantFrom(1, 2, 99),
  batchSize: fc.constantFrom(4, 7, 22, 50),
  lastEpoch: fc.constantFrom(3, 6),
});

/** A training with everything it saved, after every step. */
async function whole(changes: Partial<FitOptions>) {
  using network = smallNetwork(await createEngine());
  const states: TrainingState[] = [];
  const checkpoint = { everySeconds: 0, save: async (state: TrainingState) => void states.push(state) };
  const result = await fit(network, { ...smallTask(network), epochs: 6, ...changes, checkpoint });
  return { ...traceOf(network, result), states };
}

/** The same in a fresh engine from a checkpoint, or up to a step. Other first weights: the checkpoint's count. */
async function part(changes: Partial<FitOptions>, from: TrainingState | undefined, until?: number) {
  using network = smallNetwork(await createEngine(), from ? 99 : 3);
  const stop = new AbortController();
  const states: TrainingState[] = [];
  const result = await fit(network, {
    ...smallTask(network),
    epochs: 6,
    ...changes,
    ...(from && { resume: from }),
    signal: stop.signal,
    onProgress: ({ step }) => step === until && stop.abort(),
    checkpoint: { everySeconds: 1e9, save: async (state) => void states.push(state) },
  });
  return { ...traceOf(network, result), states };
}

describe('a training interrupted at any step', () => {
  it('ends, from the state it was stopped with, at weights, moments and history of the uninterrupted one (40 cases)', async () => {
    await fc.assert(
      fc.asyncProperty(settings, fc.nat(), fc.nat(), async (changes, pick, second) => {
        const { states, ...wanted } = await whole(changes);
        const steps = wanted.result.steps;
        const first = 1 + (pick % steps);
        const stopped = await part(changes, undefined, first);
        expect(plainState(stopped.states[0])).toEqual(plainState(states[first - 1]));
        // Once more, before the end.
        const next = first + (second % (steps - first + 1));
        const again = next > first ? await part(changes, stopped.states[0], next) : stopped;
        const { states: last, ...got } = await part(changes, again.states[0]);
        expect(got).toEqual(wanted);
        expect(plainState(last[0])).toEqual(plainState(states[states.length - 1]));
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('ends there from every checkpoint saved on the way, and from the last one at once', async () => {
    for (const changes of [{ rate: 0.1, patience: 1 }, { lastEpoch: 4 }, {}] satisfies Partial<FitOptions>[]) {
      const { states, ...wanted } = await whole(changes);
      for (const state of states) {
        const { states: _, ...got } = await part(changes, state);
        expect(got, `from step ${state.step} of ${wanted.result.steps}`).toEqual(wanted);
      }
    }
  });
});
