import { parsePart, type ReadOptions, type TaggedTextOptions } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import type { TagOptions, TagTableOptions } from '../../tasks/index.ts';
import { parseClassWeights } from '../class-weights.ts';
import { given, refuseBoth, refuseGiven } from '../options.ts';
import { lastingPlace } from '../places.ts';
import { READ_FLAGS, type ReadValues, readOptionsOf } from '../read-options.ts';
import { SERIES_FLAGS, type SeriesValues, seriesOptionsOf, testSpanOf } from '../series-options.ts';
import { folderName, missing, storedConfig, type TaskConfig } from '../train-config.ts';
import type { FitValues, RunValues } from '../train-options.ts';

/** Values of the options of `recurve train tag`, as commander gives them. */
export interface TrainValues extends ReadValues, SeriesValues, FitValues, RunValues {
  target?: string;
  ahead?: number;
  positive?: string;
  tagged?: 'auto' | 'conll' | 'jsonl';
  tokenColumn?: number;
  labelColumn?: number;
  cell?: TagOptions['cell'];
  hidden?: number;
  layers?: number;
  bidirectional?: boolean;
  causal?: boolean;
  dropout?: number;
  members?: number;
  lags?: number;
  logs: boolean;
  calendar: boolean;
  regression: boolean;
  embedding?: number;
  minCount?: number;
  classWeights?: string;
  threshold?: string;
  testFrom?: string;
  testShare?: number;
  testUntil?: string;
  validation?: TagOptions['validation'];
  holdout?: string;
  chunk?: number;
  patience?: number;
}

/** All that a training is made of; `config.json` of its run. */
export interface TrainConfig extends TaskConfig {
  task: 'tag';
  data: string;
  read: ReadOptions;
  /** How a table becomes series, where the data are one; how the text is tagged, where they are text. */
  table?: TagTableOptions;
  text?: TaggedTextOptions;
  options: TagOptions;
}

/** Makes the settings of a training of the command line; of a resumed one without data, from its run folder. */
export async function trainConfig(data: string | undefined, values: TrainValues): Promise<TrainConfig> {
  const options = optionsOf(values);
  if (data === undefined && values.resume) return storedConfig('tag', folderOf(values));
  if (data === undefined) throw missing('tag', '<data>', 'nothing');
  const { target, positive } = values;
  const text = given({ format: values.tagged, tokenColumn: values.tokenColumn, labelColumn: values.labelColumn });
  if (target !== undefined && Object.keys(text).length > 0) {
    throw new RecurveError(
      'usage',
      'train tag: expected --target of a table or the columns of a tagged text, got both; leave one out',
    );
  }
  if (target === undefined) {
    const wanted = 'the --target of a table';
    refuseGiven('train tag', values, ['--positive', ...SERIES_FLAGS, ...READ_FLAGS], { wanted, got: 'tagged text' });
  }
  return {
    task: 'tag',
    data: lastingPlace(data),
    read: { ...readOptionsOf(values), ...(values.series !== undefined && { text: [values.series] }) },
    ...(target === undefined ? { text } : { table: { target, ...given({ positive }), ...seriesOptionsOf(values) } }),
    options,
  };
}

/** The run folder: as given, or named after the target. */
export function folderOf({ out, target }: Pick<TrainValues, 'out' | 'target'>): string {
  return out ?? `runs/tag${target === undefined ? '' : `-${folderName(target).replace(/^-+|-+$/g, '')}`}`;
}

function optionsOf(values: TrainValues): TagOptions {
  const { ahead, cell, hidden, layers, dropout, members, lags, embedding, minCount, testUntil, validation } = values;
  const { chunk, epochs, batchSize, rate, clip, patience, seed } = values;
  refuseBoth('train tag', values, '--bidirectional', '--causal');
  return {
    ...given({ ahead, cell, hidden, layers, dropout, members, lags, embedding, minCount, testUntil, validation }),
    ...given({ chunk, epochs, batchSize, rate, clip, patience, seed, test: testSpanOf('train tag', values) }),
    ...(values.bidirectional && { bidirectional: true }),
    ...(values.causal && { bidirectional: false }),
    ...(!values.logs && { logs: false }),
    ...(!values.calendar && { calendar: false }),
    ...(!values.regression && { regression: false }),
    ...(values.holdout !== undefined && { holdout: parsePart(values.holdout) }),
    ...(values.classWeights !== undefined && { classWeights: parseClassWeights(values.classWeights) }),
    ...(values.threshold !== undefined && { threshold: thresholdOf(values.threshold) }),
  };
}

function thresholdOf(text: string): NonNullable<TagOptions['threshold']> {
  if (text === 'accuracy' || text === 'f1') return text;
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new RecurveError(
    'usage',
    `--threshold: expected accuracy, f1 or a number between 0 and 1, got "${text}"; see --help`,
  );
}
