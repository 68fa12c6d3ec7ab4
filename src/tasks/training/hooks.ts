import type { Engine } from '../../engine/index.ts';
import type { ModelFile } from '../../model/index.ts';
import { expectOptions, type OptionNames } from '../../options.ts';
import type { EpochRecord, Progress } from '../../train/index.ts';
import { expectWatched } from '../../train/options.ts';
import { expectEngine } from '../arguments.ts';

/** What a training tells and asks while it runs; the same for every task. */
export interface TrainHooks {
  /** Default: a new one. */
  engine?: Engine;
  /** Stops after the running step, or between two pieces of the scoring, with an `interrupted` error; the checkpoint is saved first. */
  signal?: AbortSignal;
  /** Training ends in time for this many seconds, with a model. */
  maxSeconds?: number;
  /** Name the first operation whose numbers are not finite; several times slower. Changes no result. Default false. */
  detectAnomaly?: boolean;
  onProgress?(progress: TaskProgress): void;
  /** A line for people about what takes a while beside the epochs. */
  onNote?(line: string): void;
  /** After every epoch, for a log. `step` counts through all stages. */
  onEpoch?(record: EpochLog): void;
  checkpoint?: { everySeconds: number; save(file: ModelFile): Promise<void> };
  /** A checkpoint of the same data and options: ends at the bits of the uninterrupted training. */
  resume?: ModelFile;
}

const HOOKS: OptionNames<TrainHooks> = {
  engine: true,
  signal: true,
  maxSeconds: 'number',
  detectAnomaly: 'boolean',
  onProgress: 'function',
  onNote: 'function',
  onEpoch: 'function',
  checkpoint: true,
  resume: true,
};

/** Refuses hooks that nobody would call; `more` are those of the task. */
export function expectHooks<H extends TrainHooks>(
  task: string,
  hooks: H,
  more: OptionNames<Omit<H, keyof TrainHooks>>,
): void {
  expectOptions<TrainHooks>(task, hooks, { ...HOOKS, ...more });
  expectWatched(task, hooks);
  expectEngine(task, hooks.engine);
}

/** Which of a task's trainings one after another this is; `stageIndex` counts from 0. */
export interface StageName {
  /** `block 2 of 5`, `final`. */
  stage: string;
  stageIndex: number;
  stages: number;
}

/** How far a stage is. */
export type TaskProgress = Progress & StageName;

/** A line of `metrics.jsonl`: an epoch of a stage, and the optimiser's steps so far. */
export interface EpochLog extends EpochRecord {
  step: number;
  stage: string;
}
