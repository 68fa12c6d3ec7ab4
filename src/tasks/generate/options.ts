import { TEXT_UNITS, type TextUnit } from '../../data/text/index.ts';
import { RecurveError } from '../../errors.ts';
import {
  expectChoice,
  expectNamed,
  expectOptions,
  expectPositive,
  expectShare,
  expectWhole,
  filledIn,
  namesOf,
} from '../../options.ts';

/** What to read and how to learn it. Plain data: it is kept in the run's `config.json` and in the model file. */
export interface GenerateOptions {
  /** What the model reads and writes one of per step: `characters` (code points; default), `words`, or `subwords` (byte-pair encoding). */
  unit?: TextUnit;
  /** Most words, or subwords in all; default 20,000 words or 1,024 subwords. */
  vocabulary?: number;
  /** Words seen less often are unknown, at least 1; default 2. */
  minCount?: number;
  /** Default lstm. */
  cell?: 'lstm' | 'gru';
  /** Hidden units per layer H, at least 1. Default 256. */
  hidden?: number;
  /** Recurrent layers, at least 1. Default 1. */
  layers?: number;
  /** Features per token that the first layer reads, at least 1. Default 64. */
  embedding?: number;
  /** The output layer uses the embedding's weights, Press & Wolf 2017: fewer weights for large vocabularies. Default false. */
  tied?: boolean;
  /** 0 ≤ p < 1, on what layers hand on to each other and to the output. Default 0.1. */
  dropout?: number;
  /** 0 ≤ p < 1, on the embeddings. Default 0. */
  inputDropout?: number;
  /** 0 ≤ p < 1, of recurrent weights (DropConnect), Merity et al. 2018: for models that could learn their text by heart. Default 0. */
  weightDrop?: number;
  /** The end of the text that is never trained on and measures the model: a share of it, 0 ≤ share < 1; 0 for none. Default 0.1. */
  validationShare?: number;
  /** Places of the text that are read side by side, B, at least 1; fewer where the text is short. Default 32; 16 or 8 of short texts. */
  batchSize?: number;
  /** Steps T per update that gradients flow back, at least 1; states are carried on. Default 128. */
  window?: number;
  /** Passes over the training part, at least 1. Default 8; of short texts up to 40, for about 1,000 updates. */
  epochs?: number;
  /** Learning rate above 0, falling to 0 along a cosine after a short rise. Default 4e-3. */
  rate?: number;
  /** AdamW's, at least 0. Default 0.01. */
  weightDecay?: number;
  /** Largest norm of the gradient, above 0. Default 1. */
  clip?: number;
  /**
   * The weights used are a running average over the last steps, with this share of the past kept per step, 0 ≤ decay < 1; 0 for none.
   * Default 0.99.
   */
  average?: number;
  /** Stop when the validation loss has not fallen for so many epochs; default null: never. */
  patience?: number | null;
  /** Tokens that the n-gram model beside the score looks at, itself included, 1 to 8. Default 5 for characters, 3 for the others. */
  order?: number;
  /** Same seed, same data, same settings: same bits. Default 0. */
  seed?: number;
}

/** All options with their values. */
export type GenerateSettings = Required<GenerateOptions>;

const VOCABULARY = { characters: 0, words: 20_000, subwords: 1024 };

/** Updates that an epoch should have at least before places are read side by side, and a training in all. */
const UPDATES = { epoch: 50, training: 1000 };
const EPOCHS = { fewest: 8, most: 40 };

/** How a text of so many tokens is passed over where nothing else was said: a short one in fewer places at a time, and more often. */
function passesOver(tokens: number, { batchSize, window = 128 }: GenerateOptions) {
  const updates = (places: number): number => Math.max(1, tokens / (places * window));
  const places = batchSize ?? [32, 16].find((one) => updates(one) >= UPDATES.epoch) ?? 8;
  const epochs = Math.ceil(UPDATES.training / updates(places));
  return { batchSize: places, epochs: Math.min(Math.max(epochs, EPOCHS.fewest), EPOCHS.most) };
}

/**
 * Fills in defaults and refuses what cannot be meant.
 *
 * @param tokens of the training part, for the defaults of `batchSize` and `epochs`; default: those of a long text
 */
export function generateSettings(options: GenerateOptions = {}, tokens = Number.POSITIVE_INFINITY): GenerateSettings {
  // Its unit is asked for before all others, whose defaults depend on it.
  expectNamed('generate', options, 'unit');
  const { unit = 'characters' } = options;
  expectChoice('generate', 'unit', unit, TEXT_UNITS);
  const defaults: GenerateSettings = {
    unit,
    vocabulary: VOCABULARY[unit],
    minCount: 2,
    cell: 'lstm',
    hidden: 256,
    layers: 1,
    embedding: 64,
    tied: false,
    dropout: 0.1,
    inputDropout: 0,
    weightDrop: 0,
    validationShare: 0.1,
    window: 128,
    ...passesOver(tokens, options),
    rate: 4e-3,
    weightDecay: 0.01,
    clip: 1,
    average: 0.99,
    order: unit === 'characters' ? 5 : 3,
    seed: 0,
    patience: null,
  };
  expectOptions('generate', options, namesOf(defaults));
  const settings = filledIn(defaults, options);
  if (unit === 'characters' && (options.vocabulary ?? options.minCount) !== undefined)
    throw new RecurveError(
      'usage',
      'generate: expected vocabulary or minCount with words or subwords, got one with characters; leave it out, all characters of the text are known',
    );
  if (settings.patience !== null && settings.validationShare === 0)
    throw new RecurveError(
      'usage',
      'generate: expected a validation part with patience, got a share of 0; leave patience out, or set validationShare',
    );
  expectChoice('generate', 'cell', settings.cell, ['lstm', 'gru']);
  for (const name of ['minCount', 'hidden', 'layers', 'embedding', 'batchSize', 'window', 'epochs'] as const)
    expectWhole('generate', name, settings[name]);
  if (settings.patience !== null) expectWhole('generate', 'patience', settings.patience);
  expectWhole('generate', 'order', settings.order, { most: 8, next: 'try 5' });
  for (const name of ['dropout', 'inputDropout', 'weightDrop', 'validationShare', 'average'] as const)
    expectShare('generate', name, settings[name]);
  for (const name of ['rate', 'clip'] as const)
    expectPositive('generate', name, settings[name], 'leave it out for the default');
  const { weightDecay } = settings;
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay)))
    throw new RecurveError(
      'usage',
      `generate: expected weightDecay of at least 0, got ${weightDecay}; 0 switches it off`,
    );
  return settings;
}
