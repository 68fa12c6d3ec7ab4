import type { ComposeOptions } from '../../tasks/index.ts';
import { given } from '../options.ts';
import { lastingPlace } from '../places.ts';
import { missing, storedConfig, type TaskConfig } from '../train-config.ts';
import type { FitValues, RunValues } from '../train-options.ts';

/** Values of the options of `recurve train compose`, as commander gives them. */
export interface TrainValues extends FitValues, RunValues {
  kind?: ComposeOptions['kind'];
  cell?: ComposeOptions['cell'];
  hidden?: number;
  layers?: number;
  embedding?: number;
  dropout?: number;
  inputDropout?: number;
  transpose?: number;
  segment?: number;
  related?: boolean;
  weightDrop?: number;
  stepsPerQuarter?: number;
  validationShare?: number;
  testShare?: number;
  weightDecay?: number;
  average?: number;
  patience?: number;
}

/** All that a training is made of; `config.json` of its run. */
export interface TrainConfig extends TaskConfig {
  task: 'compose';
  data: string[];
  options: ComposeOptions;
}

/** Makes the settings of a training of the command line; of a resumed one without music, from its run folder. */
export async function trainConfig(places: readonly string[], values: TrainValues): Promise<TrainConfig> {
  if (places.length === 0 && values.resume) return storedConfig('compose', folderOf(values));
  if (places.length === 0) throw missing('compose', '<music...>', 'nothing');
  return { task: 'compose', data: places.map(lastingPlace), options: optionsOf(values) };
}

/** The run folder: as given, or the one of this task. */
export function folderOf({ out = 'runs/compose' }: TrainValues): string {
  return out;
}

function optionsOf(values: TrainValues): ComposeOptions {
  const { kind, cell, hidden, layers, embedding, dropout, inputDropout, transpose, segment, stepsPerQuarter } = values;
  const { related, weightDrop } = values;
  const { validationShare, testShare, epochs, batchSize, rate, weightDecay, average, clip, patience, seed } = values;
  return given({
    ...{ kind, cell, hidden, layers, embedding, dropout, inputDropout, transpose, segment, stepsPerQuarter },
    ...{ related, weightDrop },
    ...{ validationShare, testShare, epochs, batchSize, rate, weightDecay, average, clip, patience, seed },
  });
}
