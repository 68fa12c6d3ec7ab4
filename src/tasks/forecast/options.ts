import type { Part, ScalerKind } from '../../data/index.ts';
import { SCALER_KINDS } from '../../data/scaler.ts';
import { RecurveError } from '../../errors.ts';
import { expectChoice, expectList, expectOptions, expectShare, expectWhole, filledIn, namesOf } from '../../options.ts';
import type { OptimizerConfig, Schedule } from '../../train/index.ts';

/** What to forecast and how to learn it. Plain data: it is kept in the run's `config.json` and in the model file. */
export interface ForecastOptions {
  /** Steps read before each forecast, at least 2. Default 30. */
  context?: number;
  /** Steps forecast at once, at least 1. Default 7. */
  horizon?: number;
  /** Distance between training windows, at least 1 (default): larger is faster and sees less. */
  stride?: number;
  /** Default gru. */
  cell?: 'gru' | 'lstm' | 'rnn';
  /** Hidden units per layer, at least 1. Default 64. */
  hidden?: number;
  /** Recurrent layers, at least 1. Default 1. */
  layers?: number;
  /** 0 ≤ p < 1, on the last hidden state and between layers. Default 0.3. */
  dropout?: number;
  /**
   * What the network says of each step beside the point forecast, before calibration: `quantile` (default) learns the
   * borders of the intervals, `gaussian` a variance, `point` nothing (intervals then have one width per step).
   */
  output?: 'quantile' | 'gaussian' | 'point';
  /** Intervals to give, in per cent, each between 1 and 99.9. Default 80 and 95. */
  levels?: number[];
  /**
   * How columns are scaled before all else; fitted on the training span and kept in the model. It makes no difference to one series whose
   * `inputs` are relative, since these have a scale of their own. Default standard.
   */
  scaler?: ScalerKind;
  /** With several series: a scaler for each (default) or one for all, which can also forecast series it has not seen. */
  scalePerSeries?: boolean;
  /** `last` (default): inputs relative to their window's mean and the target to its last value, so a drifting level does no harm; `none`: as they are. */
  anchor?: 'last' | 'none';
  /**
   * What the network reads of each column with anchor `last`: its values `relative` to the window's mean, or `both` these and the scaled
   * values. `auto` (default): both where the training span holds the longest cycle of the calendar twice, so that levels return.
   */
  inputs?: 'auto' | 'relative' | 'both';
  /**
   * Add the calendar (time of day, of week, of year, as the step allows) of past and future steps: those cycles that the
   * training span holds twice. Default true where there are time stamps.
   */
  calendar?: boolean;
  /** The test span at the end, never trained or scaled on: a fraction, a count of steps, a date it begins at. Default the last quarter. */
  test?: Part | 'none';
  /** Where the test span ends (a date); default with the data. */
  testUntil?: string;
  /**
   * What chooses the number of epochs and calibrates the intervals. `cross`: five blocks of the training span in turn, then a last
   * training on all of it; `holdout`: the end of the training span, which only that use gets. Default: cross up to 4,096 training windows.
   */
  validation?: 'cross' | 'holdout';
  /** The holdout before the test span: a fraction of what is not test, a count of steps, a date it begins at. Default 0.2. */
  holdout?: Part;
  /** Passes over the training windows, at least 1. Default 20. */
  epochs?: number;
  /** Windows per step, at least 1. Default 64. */
  batchSize?: number;
  /** Default adamW with weight decay 0.01. */
  optimizer?: OptimizerConfig;
  /** Learning rate above 0. Default 2e-3. */
  rate?: number;
  /** Default cosine. */
  schedule?: Schedule;
  /** Largest global norm of the gradient. Default 1. */
  clip?: number;
  /** With holdout: stop after so many epochs without a better one. Default 5. */
  patience?: number;
  /** The target's unit, for reports: `°C`. Default none. */
  unit?: string;
  /** First values, shuffling and dropout follow from it: a whole number. Default 0. */
  seed?: number;
}

/** All options filled in. */
export type ForecastSettings = Required<Omit<ForecastOptions, 'validation' | 'testUntil'>> &
  Pick<ForecastOptions, 'validation' | 'testUntil'>;

const DEFAULTS: ForecastSettings = {
  context: 30,
  horizon: 7,
  stride: 1,
  cell: 'gru',
  hidden: 64,
  layers: 1,
  dropout: 0.3,
  output: 'quantile',
  levels: [80, 95],
  scaler: 'standard',
  scalePerSeries: true,
  anchor: 'last',
  inputs: 'auto',
  calendar: true,
  test: { fraction: 0.25 },
  holdout: { fraction: 0.2 },
  epochs: 20,
  batchSize: 64,
  optimizer: { kind: 'adamW', weightDecay: 0.01 },
  rate: 2e-3,
  schedule: { kind: 'cosine' },
  clip: 1,
  patience: 5,
  unit: '',
  seed: 0,
};

/** Fills in the defaults and refuses what cannot work. */
export function forecastSettings(options: ForecastOptions): ForecastSettings {
  expectOptions('forecast', options, { ...namesOf(DEFAULTS), validation: true, testUntil: true });
  const settings = filledIn(DEFAULTS, options);
  for (const name of ['context', 'horizon', 'stride', 'hidden', 'layers', 'epochs', 'batchSize', 'patience'] as const)
    expectWhole('forecast', name, settings[name], { least: name === 'context' ? 2 : 1 });
  expectShare('forecast', 'dropout', settings.dropout);
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = settings[name as keyof typeof CHOICES];
    if (value !== undefined) expectChoice('forecast', name, value, choices);
  }
  expectList('forecast', 'interval levels', settings.levels, 'e.g. [80, 95]');
  if (settings.levels.length === 0 || settings.levels.some((level) => !(level >= 1 && level <= 99.9))) {
    throw new RecurveError(
      'usage',
      `forecast: expected interval levels between 1 and 99.9 per cent, got ${settings.levels.join(', ')}; e.g. 80,95`,
    );
  }
  settings.levels = [...new Set(settings.levels)].sort((a, b) => a - b);
  return settings;
}

const CHOICES = {
  cell: ['gru', 'lstm', 'rnn'],
  output: ['quantile', 'gaussian', 'point'],
  scaler: SCALER_KINDS,
  anchor: ['last', 'none'],
  inputs: ['auto', 'relative', 'both'],
  validation: ['cross', 'holdout'],
} as const satisfies Partial<Record<keyof ForecastSettings, readonly string[]>>;
