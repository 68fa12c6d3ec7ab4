import { RecurveError } from '../../errors.ts';
import { expectChoice, expectOptions, expectShare, expectWhole, filledIn, namesOf } from '../../options.ts';

/** The ways to hear music as a sequence. */
export const KINDS = ['keys', 'melody', 'voices'] as const;

/**
 * - `keys`: which of the 88 keys sound at each step of a grid (polyphonic; Boulanger-Lewandowski et al. 2012)
 * - `melody`: one note after another, after a title, a key and a metre
 * - `voices`: soprano, alto, tenor and bass step by step; the lower three can be found to a given soprano
 */
export type ComposeKind = (typeof KINDS)[number];

/** What to learn and how. Plain data: it is kept in the run's `config.json` and in the model file. */
export interface ComposeOptions {
  /** Default by the data: `voices` where every step has four numbers, `melody` where most pieces are a single line, else `keys`. */
  kind?: ComposeKind;
  /** Default lstm. */
  cell?: 'gru' | 'lstm' | 'rnn';
  /** Hidden units per layer, at least 1. */
  hidden?: number;
  /** Recurrent layers, at least 1. Default 1. */
  layers?: number;
  /** Features of each token or pitch, at least 1; of `melody` and `voices`. */
  embedding?: number;
  /** 0 ≤ p < 1, on the hidden states and between layers. */
  dropout?: number;
  /** 0 ≤ p < 1, on the input; of `keys`. */
  inputDropout?: number;
  /** Each piece is learned in another key every time, up to so many semitones higher or lower; 0 as it stands. */
  transpose?: number;
  /**
   * Only to keys at most two fifths away, and half of the time as it stands: for music that keeps to few keys, such as folk tunes.
   * Default false: every shift alike.
   */
  related?: boolean;
  /** 0 ≤ p < 1: share of the recurrent weights left out for each pass. Merity et al. 2018. Default 0. */
  weightDrop?: number;
  /** Steps read at once in training, at least 1; longer pieces are cut. Of `keys`. */
  segment?: number;
  /** Grid on which scores are read: 1 quarters, 2 eighths, 4 sixteenths. Of `keys` and `voices`. */
  stepsPerQuarter?: number;
  /** Shares of the pieces kept for validation and test where the data do not say, at least 0, together below 1. Default 0.15 each. */
  validationShare?: number;
  testShare?: number;
  /** Passes over the training pieces, at least 1. */
  epochs?: number;
  /** Pieces or segments per step, at least 1. */
  batchSize?: number;
  /** Learning rate above 0, along half a cosine down to a fiftieth. */
  rate?: number;
  /** AdamW's weight decay, at least 0. */
  weightDecay?: number;
  /** The weights that count are an average over about 1/(1 − decay) steps; 0 for the last ones. */
  average?: number;
  /** Largest global norm of the gradient. Default 1. */
  clip?: number;
  /** Stop after so many epochs without a better one. */
  patience?: number;
  /** First values, shuffling, transposition and dropout follow from it: a whole number. Default 0. */
  seed?: number;
}

/** All options filled in. */
export type ComposeSettings = Required<ComposeOptions>;

const COMMON = {
  cell: 'lstm',
  layers: 1,
  weightDrop: 0,
  related: false,
  validationShare: 0.15,
  testShare: 0.15,
  clip: 1,
  seed: 0,
} as const;

const DEFAULTS: Readonly<Record<ComposeKind, ComposeSettings>> = {
  keys: {
    kind: 'keys',
    ...COMMON,
    hidden: 256,
    embedding: 1,
    dropout: 0.5,
    inputDropout: 0.1,
    transpose: 5,
    segment: 128,
    stepsPerQuarter: 2,
    epochs: 100,
    batchSize: 8,
    rate: 5e-3,
    weightDecay: 0.01,
    average: 0.99,
    patience: 30,
  },
  melody: {
    kind: 'melody',
    ...COMMON,
    hidden: 192,
    embedding: 64,
    dropout: 0.3,
    inputDropout: 0,
    transpose: 5,
    segment: 1,
    stepsPerQuarter: 2,
    epochs: 20,
    batchSize: 16,
    rate: 4e-3,
    weightDecay: 0.01,
    average: 0.99,
    patience: 5,
  },
  voices: {
    kind: 'voices',
    ...COMMON,
    hidden: 160,
    embedding: 32,
    dropout: 0.3,
    inputDropout: 0,
    transpose: 5,
    segment: 1,
    stepsPerQuarter: 4,
    epochs: 60,
    batchSize: 8,
    rate: 4e-3,
    weightDecay: 0.01,
    average: 0.99,
    patience: 15,
  },
};

const WHOLE = [
  'hidden',
  'layers',
  'embedding',
  'segment',
  'stepsPerQuarter',
  'epochs',
  'batchSize',
  'patience',
] as const;

/** What a kind of model has no use for. */
const FOREIGN: Readonly<Record<ComposeKind, readonly (keyof ComposeOptions)[]>> = {
  keys: ['embedding'],
  melody: ['inputDropout', 'segment', 'stepsPerQuarter'],
  voices: ['inputDropout', 'segment'],
};

/** The settings that mean something to their kind of model. */
export function ownSettings(settings: ComposeSettings): Partial<ComposeSettings> {
  const foreign = FOREIGN[settings.kind];
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => !foreign.includes(name as keyof ComposeOptions)),
  );
}

/** Refuses options that would do nothing with this kind of model. */
export function refuseForeign(kind: ComposeKind, options: ComposeOptions): void {
  const foreign = FOREIGN[kind].filter((name) => options[name] !== undefined);
  if (foreign.length === 0) return;
  throw new RecurveError(
    'usage',
    `compose: expected options of a ${kind} model, got ${foreign.join(', ')}; leave ${foreign.length === 1 ? 'it' : 'them'} out, or choose another kind`,
  );
}

/** Fills in the defaults of a kind and refuses what cannot work. */
export function composeSettings(options: ComposeOptions & { kind: ComposeKind }): ComposeSettings {
  expectOptions('compose', options, namesOf(DEFAULTS.keys));
  expectChoice('compose', 'kind', options.kind, KINDS);
  const settings = filledIn(DEFAULTS[options.kind], options);
  expectChoice('compose', 'cell', settings.cell, ['gru', 'lstm', 'rnn']);
  for (const name of WHOLE) expectWhole('compose', name, settings[name]);
  expectWhole('compose', 'transpose', settings.transpose, { least: 0, most: 24, next: 'try 5 semitones' });
  for (const name of ['dropout', 'inputDropout', 'weightDrop', 'average', 'validationShare', 'testShare'] as const)
    expectShare('compose', name, settings[name]);
  const wrong = (expected: string, got: number, next: string): never => {
    throw new RecurveError('usage', `compose: expected ${expected}, got ${got}; ${next}`);
  };
  if (48 % settings.stepsPerQuarter !== 0)
    wrong('stepsPerQuarter to divide 48', settings.stepsPerQuarter, '1 for quarters, 2 eighths, 4 sixteenths');
  if (settings.validationShare + settings.testShare >= 1)
    wrong('shares that leave something to train on', settings.validationShare + settings.testShare, 'lower them');
  if (!(settings.weightDecay >= 0)) wrong('weightDecay of at least 0', settings.weightDecay, '0 switches it off');
  return settings;
}
