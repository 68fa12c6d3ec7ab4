import { RecurveError } from '../../errors.ts';
import {
  expectChoice,
  expectOptions,
  expectPositive,
  expectShare,
  expectWhole,
  filledIn,
  namesOf,
} from '../../options.ts';
import { type ClassWeights, checkClassWeights } from '../training/index.ts';
import type { ClassifyArchitecture, Pooling } from './architecture.ts';

/** Options of a classifier. What concerns words is passed over for sequences of numbers. */
export interface ClassifyOptions {
  /** Letters to lower case. Default true. */
  lowercase?: boolean;
  /** Longest text in words, at least 2; of a longer one the first and the last half are read. Default 512. */
  maxWords?: number;
  /** Words seen less often in training are taken for unknown by the network, at least 1. Default 2. */
  minCount?: number;
  /** Most words the vocabulary holds, at least 1. Default 30,000. */
  maxVocabulary?: number;
  /** Width of a word's vector, at least 1; that of pretrained ones where they are given. Default 64. */
  embedding?: number;
  /** Share of words taken for unknown in training, 0 ≤ p < 1. Default 0.1. */
  wordDropout?: number;
  /**
   * A naive Bayes of words and pairs of words, whose evidence is added to the network's with a weight learned on the validation
   * examples. It knows rare words better, the network order. Default true.
   */
  bayes?: boolean;
  /** Default `gru`. */
  cell?: ClassifyArchitecture['cell'];
  /** Units per layer and direction, at least 1. Default 64. */
  hidden?: number;
  /** At least 1; default 1. */
  layers?: number;
  /** Read from both ends. Default true. */
  bidirectional?: boolean;
  /** How all steps become one vector: `last` states, `mean`, `max`, both (`mean-max`, default), or a weighted mean (`attention`). */
  pooling?: Pooling;
  /** Share of the pooled vector left out in training, 0 ≤ p < 1. Default 0.5. */
  dropout?: number;
  /** Share of the recurrent layer's input left out in training, 0 ≤ p < 1. Default 0.3. */
  inputDropout?: number;
  /** Networks trained side by side, whose answers are averaged, at least 1: each costs as much as the first. Default 1. */
  members?: number;
  /** Share of each class kept for the test, never learned from, 0 ≤ s < 1; 0 for no test. Refused beside a test set. Default 0.1. */
  testShare?: number;
  /** Share of each class's other examples that chooses the epoch and weighs the evidence, 0 < s < 1. Default 0.1. */
  validationShare?: number;
  /**
   * Weight of each class in the loss: `none` (default), `balanced` (inverse to its frequency), or by name. Weights make rare classes be
   * found more often; the probabilities are then too high for them.
   */
  classWeights?: ClassWeights;
  /** Passes over the training examples. Default: about 700 steps, but 4 to 40 passes for texts and 10 to 40 for numbers. */
  epochs?: number;
  /** Examples per step. Default 50. */
  batchSize?: number;
  /** Learning rate above 0. Default 3e-3. */
  rate?: number;
  /** Largest global norm of the gradient. Default 1. */
  clip?: number;
  /** Stop after so many epochs without a lower validation loss. Default half of the epochs. */
  patience?: number;
  /** First values, split, shuffling and dropout follow from it: a whole number. Default 0. */
  seed?: number;
}

/** All options filled in. */
export type ClassifySettings = Required<ClassifyOptions>;

const DEFAULTS: Omit<ClassifySettings, 'epochs' | 'patience'> = {
  lowercase: true,
  maxWords: 512,
  minCount: 2,
  maxVocabulary: 30_000,
  embedding: 64,
  wordDropout: 0.1,
  bayes: true,
  cell: 'gru',
  hidden: 64,
  layers: 1,
  bidirectional: true,
  pooling: 'mean-max',
  dropout: 0.5,
  inputDropout: 0.3,
  members: 1,
  testShare: 0.1,
  validationShare: 0.1,
  classWeights: 'none',
  batchSize: 50,
  rate: 3e-3,
  clip: 1,
  seed: 0,
};

/** Small sets need more passes for as many steps; large texts are learned by heart within a few. */
const STEPS = 700;
const FEWEST = { words: 4, numbers: 10 };
const MOST = 40;

const CHOICES = {
  cell: ['gru', 'lstm', 'rnn'],
  pooling: ['mean-max', 'mean', 'max', 'last', 'attention'],
} as const;

const WHOLE = [
  ...(['maxWords', 'minCount', 'maxVocabulary', 'embedding', 'hidden', 'layers', 'members'] as const),
  ...(['epochs', 'batchSize', 'patience'] as const),
];
/** Most layers, and most networks side by side: model files with more are refused. */
export const MOST_PARTS = 1000;

const SHARES = ['wordDropout', 'dropout', 'inputDropout', 'testShare', 'validationShare'] as const;

/** Options of words alone. */
const OF_WORDS = [
  ...(['lowercase', 'maxWords', 'minCount', 'maxVocabulary'] as const),
  ...(['embedding', 'wordDropout', 'bayes'] as const),
];

/** Refuses options that the data have no use for: nobody should wait for what they do. */
export function refuseUnused(options: ClassifyOptions, kind: 'words' | 'numbers', ownTest: boolean): void {
  const unused = kind === 'numbers' && OF_WORDS.find((name) => options[name] !== undefined);
  if (unused)
    throw new RecurveError('usage', `classify: expected ${unused} with texts, got sequences of numbers; leave it out`);
  if (ownTest && options.testShare !== undefined) {
    throw new RecurveError('usage', 'classify: expected a test set or testShare, got both; leave one out');
  }
}

/**
 * Fills in the defaults for what is read and refuses what cannot work.
 *
 * @param examples how many there are, for the default of `epochs`
 */
export function classifySettings(
  options: ClassifyOptions,
  kind: 'words' | 'numbers',
  examples: number,
): ClassifySettings {
  const steps = Math.max(1, examples / (options.batchSize ?? DEFAULTS.batchSize));
  const epochs = Math.min(Math.max(Math.ceil(STEPS / steps), FEWEST[kind]), MOST);
  const patience = Math.ceil((options.epochs ?? epochs) / 2);
  const defaults: ClassifySettings = { ...DEFAULTS, epochs, patience };
  expectOptions('classify', options, namesOf(defaults));
  const settings = filledIn(defaults, options);
  for (const name of WHOLE) {
    const most = name === 'layers' || name === 'members' ? MOST_PARTS : undefined;
    expectWhole('classify', name, settings[name], { least: name === 'maxWords' ? 2 : 1, most });
  }
  for (const name of SHARES) expectShare('classify', name, settings[name], `try ${defaults[name]}`);
  for (const name of ['validationShare', 'rate', 'clip'] as const)
    expectPositive('classify', name, settings[name], `try ${defaults[name]}`);
  checkClassWeights('classify', settings.classWeights);
  for (const name of ['cell', 'pooling'] as const) expectChoice('classify', name, settings[name], CHOICES[name]);
  return settings;
}
