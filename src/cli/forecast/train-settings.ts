import { parsePart, type ReadOptions, type SeriesOptions } from '../../data/index.ts';
import type { ForecastOptions } from '../../tasks/index.ts';
import { given } from '../options.ts';
import { lastingPlace } from '../places.ts';
import { type ReadValues, readOptionsOf } from '../read-options.ts';
import { type SeriesValues, seriesOptionsOf, testSpanOf } from '../series-options.ts';
import { folderName, missing, storedConfig, type TaskConfig } from '../train-config.ts';
import type { FitValues, RunValues } from '../train-options.ts';

/** Values of the options of `recurve train forecast`, as commander gives them. */
export interface TrainValues extends ReadValues, SeriesValues, FitValues, RunValues {
  target?: string;
  future?: string[];
  unit?: string;
  context?: number;
  horizon?: number;
  cell?: ForecastOptions['cell'];
  hidden?: number;
  layers?: number;
  dropout?: number;
  output?: ForecastOptions['output'];
  levels?: number[];
  scaler?: ForecastOptions['scaler'];
  sharedScaler?: boolean;
  anchor?: ForecastOptions['anchor'];
  inputs?: ForecastOptions['inputs'];
  calendar: boolean;
  testFrom?: string;
  testShare?: number;
  testUntil?: string;
  validation?: ForecastOptions['validation'];
  holdout?: string;
  stride?: number;
  patience?: number;
}

/** All that a training is made of; `config.json` of its run. */
export interface TrainConfig extends TaskConfig {
  task: 'forecast';
  table: string;
  read: ReadOptions;
  series: SeriesOptions;
  options: ForecastOptions;
}

/** Makes the settings of a training of the command line; of a resumed one without a table, from its run folder. */
export async function trainConfig(table: string | undefined, values: TrainValues): Promise<TrainConfig> {
  if (table === undefined && values.resume) return storedConfig('forecast', folderOf(values));
  if (table === undefined) throw missing('forecast', '<table>', 'nothing');
  if (values.target === undefined) throw missing('forecast', '--target <column>', 'none');
  const read = readOptionsOf(values);
  const series: SeriesOptions = {
    target: values.target,
    ...seriesOptionsOf(values),
    ...given({ known: values.future }),
  };
  const columns = namedColumns(series);
  return {
    task: 'forecast',
    table: lastingPlace(table),
    read: { ...read, ...(columns && { columns }), ...(values.series !== undefined && { text: [values.series] }) },
    series,
    options: optionsOf(values),
  };
}

/** The run folder: as given, or named after the target. */
export function folderOf({ out, target }: Pick<TrainValues, 'out' | 'target'>): string {
  if (out !== undefined) return out;
  if (target === undefined) throw missing('forecast', '--out <folder>', 'none');
  return `runs/forecast-${folderName(target)}`;
}

/** The columns to read where all are named, so that a wide table costs no more than they do. */
function namedColumns({ target, time, covariates, known, series }: SeriesOptions): string[] | undefined {
  if (time === undefined || covariates === undefined) return undefined;
  const names = [time, series, target, covariates, known].flat().filter((name) => typeof name === 'string');
  return [...new Set(names)];
}

function optionsOf(values: TrainValues): ForecastOptions {
  const { context, horizon, stride, cell, hidden, layers, dropout, output, levels, scaler, anchor, inputs } = values;
  const { testUntil, validation, epochs, batchSize, rate, clip, patience, unit, seed } = values;
  const test = testSpanOf('train forecast', values);
  return {
    ...given({ context, horizon, stride, cell, hidden, layers, dropout, output, levels, scaler, anchor, inputs }),
    ...given({ testUntil, validation, epochs, batchSize, rate, clip, patience, unit, seed, test }),
    ...(values.holdout !== undefined && { holdout: parsePart(values.holdout) }),
    ...(values.sharedScaler && { scalePerSeries: false }),
    ...(!values.calendar && { calendar: false }),
  };
}
