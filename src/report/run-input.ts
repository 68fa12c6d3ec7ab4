import { expectNamed, type OptionNames } from '../options.ts';

/** One epoch of a training. */
export interface EpochRecord {
  /** Counted from 1. */
  epoch: number;
  /** Mean training loss over the epoch. */
  loss: number;
  /** Loss on the validation span after the epoch. */
  validation?: number;
  learningRate?: number;
}

/** What a report tells of any training. What is absent is left out without a trace. */
export interface RunReportInput {
  training?: {
    epochs: readonly EpochRecord[];
    /** The epoch whose weights were kept. Default: the one of the lowest validation loss. */
    best?: number;
    /** Name of the loss: `pinball loss`. */
    loss?: string;
    /** Why training ended: `no better epoch for 10 epochs`. */
    stopped?: string;
  };

  /** What was detected in the data and how it was resolved, a sentence each. */
  data?: readonly (string | { text: string; warning?: boolean })[];
  /** Every setting of the run, also those left at their defaults. */
  settings?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  /** `recurve`, `node`, `engine`, `seed`, `fingerprint` …, shown as given. */
  versions?: Readonly<Record<string, string | number | undefined>>;
  /** Seconds per phase: `training`, `calibration`, `total`. */
  seconds?: Readonly<Record<string, number>>;
  /** Files of the run by what they are: `model`, `checkpoint`. */
  files?: Readonly<Record<string, string>>;
}

export const RUN_INPUT: OptionNames<RunReportInput> = {
  training: true,
  data: true,
  settings: true,
  versions: true,
  seconds: true,
  files: true,
};

/** Why a training ended, for people, by `FitResult.stopped`. */
export const STOPPED: Readonly<Record<'finished' | 'early' | 'time' | 'aborted', string>> = {
  finished: 'all epochs done',
  early: 'no better epoch for a while',
  time: 'the time was up',
  aborted: 'stopped on request',
};

/** Settings as a report shows them: lists and objects as JSON. */
export function shownSettings(settings: object): NonNullable<RunReportInput['settings']> {
  expectNamed('shownSettings', settings, 'hidden');
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]),
  );
}
