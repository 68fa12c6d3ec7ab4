import type { Part, SeriesOptions } from '../../data/index.ts';
import {
  anyObject,
  array,
  boolean,
  type Check,
  nullable,
  number,
  object,
  oneOf,
  string,
} from '../../model/validate.ts';
import type { ForecastSettings } from './options.ts';

type Optional = 'validation' | 'testUntil';

const count = number({ integer: true, min: 1 });
const text = string({ min: 1 });

const textOrNumber: Check<string | number> = (value, path) =>
  typeof value === 'number' ? number()(value, path) : text(value, path);

const part: Check<Part> = (value, path) => {
  const kinds = { fraction: number({ min: 0, max: 1 }), count, from: textOrNumber };
  const checked = object({}, kinds)(value, path);
  oneOf(1)(Object.keys(checked).length, `${path}: kinds of part`);
  return checked as Part;
};

const partOrNone: Check<Part | 'none'> = (value, path) => (value === 'none' ? value : part(value, path));

const levels: Check<number[]> = (value, path) => {
  const all = array(number({ min: 1, max: 99.9 }))(value, path);
  number({ min: 1 })(all.length, `${path}: count`);
  all.forEach((level, l) => {
    if (l > 0) number({ min: all[l - 1] })(level, `${path}[${l}]`);
  });
  return all;
};

const settings = object(
  {
    context: number({ integer: true, min: 2 }),
    horizon: count,
    stride: count,
    cell: oneOf('gru', 'lstm', 'rnn'),
    hidden: count,
    layers: count,
    dropout: number({ min: 0, max: 1 }),
    output: oneOf('quantile', 'gaussian', 'point'),
    levels,
    scaler: oneOf('standard', 'robust', 'min-max', 'none'),
    scalePerSeries: boolean,
    anchor: oneOf('last', 'none'),
    inputs: oneOf('auto', 'relative', 'both'),
    calendar: boolean,
    test: partOrNone,
    holdout: part,
    epochs: count,
    batchSize: count,
    optimizer: anyObject,
    rate: number({ min: 0 }),
    schedule: anyObject,
    clip: number({ min: 0 }),
    patience: count,
    unit: string(),
    seed: number({ integer: true, min: 0 }),
  } satisfies Record<Exclude<keyof ForecastSettings, Optional>, Check<unknown>>,
  { validation: oneOf('cross', 'holdout'), testUntil: text } satisfies Record<Optional, Check<unknown>>,
);

/** The settings in a model file: the same choices and ranges as `forecastSettings`, every one present. */
export const checkSettings: Check<ForecastSettings> = (value, path) =>
  settings(value, path) as unknown as ForecastSettings;

/** How the model's table was read. */
export const checkReading: Check<SeriesOptions> = object({ target: text }, {
  covariates: array(text),
  known: array(text),
  time: nullable(text),
  timeFormat: text,
  zone: text,
  series: text,
  step: text,
  spacing: oneOf('grid', 'bin', 'ignore', 'refuse'),
  duplicates: oneOf('refuse', 'mean', 'first', 'last'),
  missing: oneOf('forward', 'linear', 'refuse'),
  maxGap: number({ min: 0 }),
  constantTarget: boolean,
  keepConstant: boolean,
} satisfies Record<Exclude<keyof SeriesOptions, 'target'>, Check<unknown>>) as Check<SeriesOptions>;
