import type { Part } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectChoice, expectOptions, expectShare, expectWhole, filledIn, namesOf } from '../../options.ts';
import type { OptimizerConfig, Schedule } from '../../train/index.ts';
import { type ClassWeights, checkClassWeights } from '../training/index.ts';

/** How to learn a label per step. Plain data: it is kept in the run's `config.json` and in the model file. */
export interface TagOptions {
  /** Default gru. */
  cell?: 'gru' | 'lstm' | 'rnn';
  /** Hidden units per layer and direction, at least 1. Default 16 for tables, 64 for text. */
  hidden?: number;
  /** Recurrent layers, at least 1. Default 1. */
  layers?: number;
  /** Read each sequence both ways: better labels, no stream. Default true for text; false for tables, and refused with `ahead`. */
  bidirectional?: boolean;
  /** 0 ≤ p < 1, on what the recurrent layers read and give, in training. Default 0.3. */
  dropout?: number;
  /** Networks of unlike first weights whose mean answers, at least 1. Default 5 for tables, 1 for text. */
  members?: number;
  /**
   * Tables: the label of how many steps later is told, at least 0. Default 1, the next step's. With 0 the columns that the target is
   * computed from are not read.
   */
  ahead?: number;
  /** Tables: rows that each step sees beside the network's memory, itself included, 1 to 1,000. Default 1. */
  lags?: number;
  /** Tables: read log(1 + x) of columns that are never negative and reach far to the right (skewness above 2). Default true. */
  logs?: boolean;
  /**
   * Tables: read the calendar of the step that is told: of the cycles that the training span holds twice the season, and of the others
   * those that the labels follow. Default true.
   */
  calendar?: boolean;
  /**
   * Tables: a logistic regression on seven rows of the columns and the calendar answers beside the network, with equal weight. It is left
   * out, with a note, where it would be too large or has no finite solution, and where on held-out steps the network does clearly better
   * alone. Default true.
   */
  regression?: boolean;
  /** Tables: steps of a training sequence, at least 2; its first half only warms the memory up. Default 64. */
  chunk?: number;
  /** Text: width of the vector of a word, at least 1; of its ending a quarter. Default 64. */
  embedding?: number;
  /** Text: words seen less often count as unknown, at least 1. Default 2. */
  minCount?: number;
  /**
   * Weight of each class in the loss: `none`, `balanced` (inverse to its frequency), or a weight per class by name. Weights make rare
   * classes be found more often and the probabilities too high for them. Default none.
   */
  classWeights?: ClassWeights;
  /**
   * Two classes: probability from which the second (positive) one is told: chosen on validation for the best `accuracy` (default) or
   * `f1`, or a number between 0 and 1.
   */
  threshold?: 'accuracy' | 'f1' | number;
  /** The part at the end that is never trained on. Default the last quarter of a table, the last fifth of the sentences. */
  test?: Part | 'none';
  /** Tables: where the test span ends (a date); default with the data. */
  testUntil?: string;
  /**
   * What chooses the number of epochs and calibrates. `cross`: five blocks in turn, then trainings on all; `holdout`: the end of the
   * training part. Default: cross up to 4,096 steps, else holdout.
   */
  validation?: 'cross' | 'holdout';
  /** For holdout: how much. Default 0.15. */
  holdout?: Part;
  /** Passes over the training sequences, at least 1. Default 60 for tables, 20 for text. */
  epochs?: number;
  /** Sequences per step, at least 1. Default 4 for tables, 32 for text. */
  batchSize?: number;
  /** Default adamW with weight decay 0.05. */
  optimizer?: OptimizerConfig;
  /** Learning rate above 0. Default 0.02 for tables, 0.003 for text. */
  rate?: number;
  /** Default cosine. */
  schedule?: Schedule;
  /** Largest global norm of the gradient. Default 1. */
  clip?: number;
  /** With holdout: stop after so many epochs without a better one. Default 5. */
  patience?: number;
  /** First values, shuffling and dropout follow from it: a whole number. Default 0. */
  seed?: number;
}

/** All options filled in. */
export type TagSettings = Required<Omit<TagOptions, 'validation' | 'testUntil'>> &
  Pick<TagOptions, 'validation' | 'testUntil'>;

const SHARED = {
  cell: 'gru',
  layers: 1,
  dropout: 0.3,
  ahead: 1,
  lags: 1,
  logs: true,
  calendar: true,
  chunk: 64,
  embedding: 64,
  minCount: 2,
  classWeights: 'none',
  threshold: 'accuracy',
  holdout: { fraction: 0.15 },
  optimizer: { kind: 'adamW', weightDecay: 0.05 },
  schedule: { kind: 'cosine' },
  clip: 1,
  patience: 5,
  seed: 0,
} as const satisfies TagOptions;

const DEFAULTS: Readonly<Record<'table' | 'text', TagSettings>> = {
  table: {
    ...SHARED,
    hidden: 16,
    rate: 0.02,
    bidirectional: false,
    regression: true,
    members: 5,
    epochs: 60,
    batchSize: 4,
    test: { fraction: 0.25 },
  },
  text: {
    ...SHARED,
    ahead: 0,
    hidden: 64,
    rate: 0.003,
    bidirectional: true,
    regression: false,
    members: 1,
    epochs: 20,
    batchSize: 32,
    test: { fraction: 0.2 },
  },
};

const WHOLE = {
  ...{ hidden: 1, layers: 1, members: 1, ahead: 0, lags: 1, chunk: 2, embedding: 1, minCount: 1 },
  ...{ epochs: 1, batchSize: 1, patience: 1, seed: 0 },
} as const;

/** The largest that a model file may say. */
export const MOST = { layers: 1000, members: 10_000, lags: 1000 } as const;

const CHOICES = { cell: ['gru', 'lstm', 'rnn'], validation: ['cross', 'holdout'] } as const;

/** Options that data of one kind have no use for. */
const UNUSED: Readonly<Record<'table' | 'text', readonly (keyof TagOptions)[]>> = {
  table: ['embedding', 'minCount'],
  text: ['lags', 'logs', 'calendar', 'regression', 'chunk', 'testUntil'],
};

/** The settings that data of one kind use: a report lists no others. */
export function usedSettings(settings: TagSettings, kind: 'table' | 'text'): Partial<TagSettings> {
  const unused: readonly string[] = UNUSED[kind];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !unused.includes(name)));
}

/** Refuses options that the data have no use for: nobody should wait for what they do. */
export function refuseUnused(options: TagOptions, kind: 'table' | 'text'): void {
  const unused = UNUSED[kind].find((name) => options?.[name] !== undefined);
  const [own, other] = kind === 'text' ? ['tagged text', 'a table'] : ['a table', 'tagged text'];
  if (unused) throw new RecurveError('usage', `tag: expected ${unused} with ${other}, got ${own}; leave it out`);
  if (options?.testUntil === undefined || options.test !== 'none') return;
  throw new RecurveError('usage', 'tag: expected testUntil with a test part, got none; leave it out');
}

/** Fills in the defaults for a table or for tagged text, and refuses what cannot work. */
export function tagSettings(options: TagOptions, kind: 'table' | 'text' = 'table'): TagSettings {
  const defaults = DEFAULTS[kind];
  expectOptions('tag', options, { ...namesOf(defaults), ...namesOf(CHOICES), testUntil: true });
  const settings = filledIn(defaults, options);
  for (const [name, least] of Object.entries(WHOLE)) {
    const most = MOST[name as keyof typeof MOST];
    expectWhole('tag', name, settings[name as keyof typeof WHOLE], { least, most });
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = settings[name as keyof typeof CHOICES];
    if (value !== undefined) expectChoice('tag', name, value, choices);
  }
  expectShare('tag', 'dropout', settings.dropout);
  const refuse = (expected: string, got: unknown, next: string): never => {
    throw new RecurveError('usage', `tag: expected ${expected}, got ${String(got)}; ${next}`);
  };
  const { threshold, classWeights } = settings;
  if (typeof threshold === 'number' ? !(threshold > 0 && threshold < 1) : !['accuracy', 'f1'].includes(threshold)) {
    refuse('threshold to be accuracy, f1 or a number between 0 and 1', threshold, 'give one of them');
  }
  checkClassWeights('tag', classWeights);
  if (kind === 'text' && settings.ahead !== 0) refuse('ahead 0 for text', settings.ahead, 'leave it out');
  if (kind === 'text' && settings.regression) refuse('no regression for text', 'regression', 'leave it out');
  if (settings.bidirectional && settings.ahead > 0) {
    refuse(
      'a network that reads forward to tell later steps',
      `bidirectional with ahead ${settings.ahead}`,
      'set ahead to 0 or leave bidirectional out',
    );
  }
  return settings;
}
