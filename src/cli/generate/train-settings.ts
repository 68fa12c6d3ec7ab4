import type { GenerateOptions } from '../../tasks/index.ts';
import { given } from '../options.ts';
import { lastingPlace } from '../places.ts';
import { folderName, missing, storedConfig, type TaskConfig } from '../train-config.ts';
import type { FitValues, RunValues } from '../train-options.ts';

/** Values of the options of `recurve train generate`, as commander gives them. */
export interface TrainValues extends FitValues, RunValues, Omit<GenerateOptions, keyof FitValues> {}

/** All that a training is made of; `config.json` of its run. */
export interface TrainConfig extends TaskConfig {
  task: 'generate';
  texts: string[];
  options: GenerateOptions;
}

/** Makes the settings of a training of the command line; of a resumed one without text, from its run folder. */
export async function trainConfig(places: readonly string[], values: TrainValues): Promise<TrainConfig> {
  if (places.length === 0 && values.resume) return storedConfig('generate', folderOf(values, places));
  if (places.length === 0) throw missing('generate', '<text…>', 'nothing');
  return { task: 'generate', texts: places.map(lastingPlace), options: optionsOf(values) };
}

/** The run folder: as given, or named after the first text. */
export function folderOf({ out }: TrainValues, [place]: readonly string[]): string {
  if (out !== undefined) return out;
  if (place === undefined) throw missing('generate', '--out <folder>', 'none');
  const last = place.match(/[^/\\:]+/g)?.at(-1) ?? '';
  return `runs/generate-${folderName(last.split('.')[0] || 'text')}`;
}

function optionsOf(values: TrainValues): GenerateOptions {
  const { unit, vocabulary, minCount, cell, hidden, layers, embedding, tied, dropout, inputDropout, weightDrop } =
    values;
  const { validationShare, batchSize, window, epochs, rate, weightDecay, clip, average, patience, order, seed } =
    values;
  return {
    ...given({ unit, vocabulary, minCount, cell, hidden, layers, embedding, tied, dropout, inputDropout, weightDrop }),
    ...given({ validationShare, batchSize, window, epochs, rate, weightDecay, clip, average, patience, order, seed }),
  };
}
