import type { Random } from 'recurve';
import type { Network } from 'recurve/nn';
import { last, linear, type RecurrentLayer, sequential } from 'recurve/nn';
import type { Objective } from 'recurve/train';
import { type Contender, learn, type Outcome, type Trial } from './learn.ts';
import type { Settings } from './settings.ts';

/** A problem that makes as many new sequences as are asked for. */
export interface Task {
  /** Its numbers: what the results say about it. */
  facts: Record<string, number>;
  /** Features per step. */
  input: number;
  /** Numbers to give, and whether at each step or after the last one. */
  outputs: number;
  at: 'each step' | 'the end';
  /** Loss of new sequences for every batch. */
  training(network: Network, random: Random): Objective['loss'];
  /** Loss of `count` sequences that stay the same. */
  watched(network: Network, count: number, random: Random): Objective;
  /** Figures of `count` new sequences. */
  measure(network: Network, count: number, random: Random): Record<string, number> | Promise<Record<string, number>>;
  /** Whether to stop: all of `count` new sequences are right. */
  solved?(network: Network, count: number, random: Random): boolean;
}

/** How hard to try. */
export interface Effort extends Pick<Trial, 'batchSize' | 'every' | 'maxSteps' | 'target'> {
  /** Sequences watched for the curve, asked for a solution, and tested. */
  watched: number;
  asked?: number;
  tested: number;
}

/** A recurrent layer to compare; its head follows from the task. */
export type Entry = Pick<Contender, 'label' | 'rate' | 'optimizer'> & {
  layer: RecurrentLayer;
  /** Default: the effort's. */
  batchSize?: number;
};

/** Trains one network after the other on the same sequences. */
export async function compare(
  task: Task,
  entries: readonly Entry[],
  effort: Effort,
  { seed, maxSeconds, quick, only }: Settings,
  random: Random,
): Promise<Outcome[]> {
  const { watched, asked = 0, tested, maxSteps, ...rest } = effort;
  const outcomes: Outcome[] = [];
  for (const { layer, batchSize = effort.batchSize, ...entry } of entries.filter(
    ({ label }) => !only || label.includes(only),
  )) {
    const head = linear({ input: layer.cells[0].hidden, output: task.outputs });
    outcomes.push(
      await learn({
        ...rest,
        batchSize,
        contender: {
          ...entry,
          root: task.at === 'the end' ? sequential(layer, last(), head) : sequential(layer, head),
        },
        seed,
        maxSeconds,
        maxSteps: quick ? 2 : maxSteps,
        training: (network) => task.training(network, random.fork('training')),
        validation: (network) => task.watched(network, watched, random.fork('watched')),
        solved: (network) => task.solved?.(network, asked, random.fork('asked')) ?? false,
        measure: (network) => task.measure(network, tested, random.fork('test')),
      }),
    );
  }
  return outcomes;
}
