import type { Tape, Tensor } from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import type { Pass } from '../nn/index.ts';
import { expectOptions, expectPositive, expectWhole, kindOf, type OptionNames } from '../options.ts';
import { MOST_SHUFFLED } from '../random.ts';
import { type AverageOptions, checkAverage } from './average.ts';
import { type ClipOptions, type ClipReport, checkClip } from './clip.ts';
import type { OptimizerConfig } from './optimizers.ts';
import { checkSchedule, type Schedule } from './schedules.ts';
import type { EpochRecord, TrainingState } from './training-state.ts';
import type { StreamOptions } from './truncated.ts';

/** Examples and what they cost. */
export interface Objective {
  /** Number of examples, 1 to 10^8. */
  examples: number;
  /** The mean loss of the examples named by `batch`, as a one-element tensor on `tape`. */
  loss(batch: Int32Array, pass: Pass, tape: Tape): Tensor;
  /**
   * What the batch's mean loss weighs in means over batches and in accumulated gradients, above 0; default: its number of examples.
   * Give the number of valid steps where `loss` is a mean over steps of unlike lengths.
   */
  weight?(batch: Int32Array): number;
  /** Set by `streams`: `fit` reads windows of long streams in order instead of shuffled examples. */
  readonly streams?: StreamOptions;
}

/** What `fit` trains with. */
export interface FitOptions {
  /** Examples in shuffled batches, or `streams(…)` in windows (truncated back-propagation through time). */
  training: Objective;
  /** Watched for early stopping, plateau and the best weights; without it the training loss is. */
  validation?: Objective;
  /** Passes over the examples, at least 1. */
  epochs: number;
  /** Stop after so many epochs, though the schedule is laid out for `epochs`; default: all of them. */
  lastEpoch?: number;
  /** Examples per step, at least 1; default 32. Streams have `rows` instead. */
  batchSize?: number;
  /**
   * Micro-batches that one step's batch is cut into, 1 (default) to batchSize: less memory, the same mean gradient up to rounding,
   * other dropout masks. Examples only.
   */
  accumulate?: number;
  /**
   * Batches of like lengths: `lengths` in steps, one per example; sorted within pools of `pool` batches (default 50), see
   * `bucketBatches` of `data`. Examples only.
   */
  bucketing?: { lengths: ArrayLike<number>; pool?: number };
  optimizer?: OptimizerConfig;
  /** Learning rate above 0; default 1e-3. */
  rate?: number;
  /** Default constant. */
  schedule?: Schedule;
  clip?: ClipOptions;
  /** Average of the weights over the steps; default: none. */
  average?: AverageOptions;
  /** Shuffling and dropout follow from it and the step alone; default 0. */
  seed?: number;
  /** Stop when the watched loss has not fallen for so many epochs; default: never. */
  patience?: number;
  /** Put the weights of the best epoch back at the end; default true when there is a validation set. */
  restoreBest?: boolean;
  /** Stop after so many seconds of training, at the end of the running step. */
  maxSeconds?: number;
  /** Name the first operation whose result or gradient is not finite; several times slower, so for looking only. Default false. */
  detectAnomaly?: boolean;
  /** Stops after the running step; `fit` then returns with `stopped: 'aborted'`. */
  signal?: AbortSignal;
  /** Called after every step, cheap; and after every epoch with `validation`. */
  onProgress?(progress: Progress): void;
  /** Called with all that is needed to go on: after epochs and between steps, at most every `everySeconds`, and at the end. */
  checkpoint?: { everySeconds: number; save(state: TrainingState): Promise<void> };
  /** Go on from a checkpoint of the same options: ends at the bits of the uninterrupted run. */
  resume?: TrainingState;
}

/** News of a running training. Epochs and steps count from 1. */
export interface Progress {
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  /** Mean training loss of the epoch so far. */
  loss: number;
  /** Whether this step was the epoch's last. */
  epochEnd: boolean;
  /** At the end of an epoch. */
  validation?: number;
  learningRate: number;
  /** Global norm before clipping. */
  gradientNorm: number;
  /** Clipping since the start of the training. */
  clipping: ClipReport;
  seconds: number;
  /** Seconds still to go at the pace so far. */
  eta: number;
}

/** How a training went. */
export interface FitResult {
  history: EpochRecord[];
  /** Epoch of the lowest watched loss, from 1. */
  bestEpoch: number;
  best: number;
  steps: number;
  seconds: number;
  stopped: 'finished' | 'early' | 'time' | 'aborted';
  clipping: ClipReport;
  /** With bucketing: share of padded steps in the last epoch's batches, 0 to 1. */
  padding?: number;
}

const FIT_OPTIONS: OptionNames<FitOptions> = {
  training: true,
  validation: true,
  epochs: 'number',
  lastEpoch: 'number',
  batchSize: 'number',
  accumulate: 'number',
  bucketing: true,
  optimizer: true,
  rate: 'number',
  schedule: true,
  clip: true,
  average: true,
  seed: 'number',
  patience: 'number',
  restoreBest: 'boolean',
  maxSeconds: 'number',
  detectAnomaly: 'boolean',
  signal: true,
  onProgress: 'function',
  checkpoint: true,
  resume: true,
};

/** Refuses what does not say what is learned: `name` is its place among the options. */
export function expectObjective(who: string, name: string, objective: Objective): void {
  if (typeof objective?.weight !== 'undefined' && typeof objective.weight !== 'function') {
    throw new RecurveError(
      'usage',
      `${who}: expected weight of ${name} to be a function of the batch, got ${kindOf(objective.weight)}; leave it out to weigh by the number of examples`,
    );
  }
  if (typeof objective?.loss === 'function') {
    expectWhole(who, `${name} examples`, objective.examples, {
      most: MOST_SHUFFLED,
      next: 'say how many there are, train on parts of more in turn, or read long sequences with streams',
    });
    return;
  }
  throw new RecurveError(
    'usage',
    `${who}: expected ${name} to say how many examples there are and what some of them cost, got ${objective ? 'no loss' : String(objective)}; give { examples, loss(batch, pass, tape) }`,
  );
}

/** Refuses a time limit, a signal and checkpoints that cannot be heeded. */
export function expectWatched(
  who: string,
  {
    maxSeconds = 0,
    signal,
    checkpoint,
  }: {
    maxSeconds?: number;
    signal?: AbortSignal;
    checkpoint?: { everySeconds: number; save(state: never): Promise<void> };
  },
): void {
  const expectSeconds = (name: string, value: number): void => {
    if (value >= 0) return;
    throw new RecurveError(
      'usage',
      `${who}: expected ${name} of at least 0 seconds, got ${value}; set it or leave it out`,
    );
  };
  expectSeconds('maxSeconds', maxSeconds);
  if (signal !== undefined && typeof signal.aborted !== 'boolean') {
    throw new RecurveError(
      'usage',
      `${who}: expected an AbortSignal, got ${kindOf(signal)}; give new AbortController().signal`,
    );
  }
  if (checkpoint === undefined) return;
  expectOptions(`${who}: checkpoint`, checkpoint, { everySeconds: 'number', save: 'function' });
  if (typeof checkpoint.save !== 'function') {
    throw new RecurveError(
      'usage',
      `${who}: expected checkpoint with a function save, got none; give { everySeconds, save: async (state) => … }`,
    );
  }
  expectSeconds('checkpoint.everySeconds', checkpoint.everySeconds);
}

export function checkOptions(options: FitOptions): void {
  expectOptions('fit', options, FIT_OPTIONS);
  expectObjective('fit', 'training', options.training);
  if (options.validation !== undefined) expectObjective('fit', 'validation', options.validation);
  if (options.bucketing !== undefined)
    expectOptions('fit: bucketing', options.bucketing, { lengths: true, pool: 'number' });
  expectWatched('fit', options);
  const { training, epochs, lastEpoch = 1, batchSize = 32, accumulate = 1, patience = 1 } = options;
  const { rate = 1e-3, schedule, clip, average, bucketing } = options;
  const whole = {
    epochs,
    lastEpoch,
    batchSize,
    accumulate,
    patience,
  };
  for (const [name, value] of Object.entries(whole)) expectWhole('fit', name, value);
  expectPositive('fit', 'a learning rate', rate, 'try 0.001');
  if (accumulate > batchSize) {
    throw new RecurveError(
      'usage',
      `fit: expected accumulate of at most batchSize = ${batchSize}, got ${accumulate}; a micro-batch holds at least one example`,
    );
  }
  if (training.streams) {
    for (const [name, value] of Object.entries({
      batchSize: options.batchSize,
      accumulate: options.accumulate,
      bucketing,
    })) {
      if (value !== undefined) {
        throw new RecurveError(
          'usage',
          `fit: expected no ${name} with streams, got one; rows and k1 of the streams say how much is read per step`,
        );
      }
    }
  } else if (bucketing && bucketing.lengths?.length !== training.examples) {
    throw new RecurveError(
      'shape',
      `fit: expected one length per example, ${training.examples} in all, got ${bucketing.lengths?.length ?? 'none'}; give bucketing.lengths for the training examples`,
    );
  }
  if (schedule !== undefined) checkSchedule(schedule);
  if (clip !== undefined) checkClip(clip);
  if (average !== undefined) checkAverage(average, options.restoreBest);
}
