import type { ReadOptions } from '../../data/index.ts';
import type { ClassifyOptions, ClassifyReading } from '../../tasks/index.ts';
import { parseClassWeights } from '../class-weights.ts';
import { given, refuseGiven } from '../options.ts';
import { lastingPlace } from '../places.ts';
import { type ReadValues, readOptionsOf } from '../read-options.ts';
import { folderName, missing, storedConfig, type TaskConfig } from '../train-config.ts';
import type { FitValues, RunValues } from '../train-options.ts';
import { lastingExamples } from './data.ts';

/** Values of the options of `recurve train classify`, as commander gives them. */
export interface TrainValues extends ReadValues, FitValues, RunValues {
  text?: string;
  label?: string;
  sequence?: string;
  stepWidth?: number;
  columns?: string[];
  test?: string;
  testShare?: number;
  validationShare?: number;
  vectors?: string;
  keepCase?: boolean;
  maxWords?: number;
  minCount?: number;
  maxVocabulary?: number;
  embedding?: number;
  wordDropout?: number;
  bayes: boolean;
  cell?: ClassifyOptions['cell'];
  hidden?: number;
  layers?: number;
  causal?: boolean;
  pooling?: ClassifyOptions['pooling'];
  dropout?: number;
  inputDropout?: number;
  members?: number;
  classWeights?: string;
  patience?: number;
}

/** All that a training is made of; `config.json` of its run. */
export interface TrainConfig extends TaskConfig {
  task: 'classify';
  data: string;
  test?: string;
  vectors?: string;
  read: ReadOptions;
  reading: ClassifyReading;
  columns?: string[];
  options: ClassifyOptions;
}

/** Makes the settings of a training of the command line; of a resumed one without data, from its run folder. */
export async function trainConfig(data: string | undefined, values: TrainValues): Promise<TrainConfig> {
  if (data === undefined && values.resume) {
    if (values.out === undefined) throw missing('classify', '--out <folder>', 'none');
    return storedConfig('classify', values.out);
  }
  if (data === undefined) throw missing('classify', '<data>', 'nothing');
  const { text, label = 'label', sequence, stepWidth, columns, test, vectors } = values;
  const numbers = sequence !== undefined || stepWidth !== undefined;
  if (numbers) {
    const got = sequence === undefined ? '--step-width' : '--sequence';
    refuseGiven('train classify', values, ['--text'], { wanted: 'a table of texts', got });
  } else {
    const wanted = 'the --sequence or the --step-width of a table';
    refuseGiven('train classify', values, ['--columns'], { wanted, got: 'none' });
  }
  return {
    task: 'classify',
    data: lastingExamples(data),
    ...(test !== undefined && { test: lastingExamples(test) }),
    ...(vectors !== undefined && { vectors: lastingPlace(vectors) }),
    read: readOptionsOf(values),
    reading: { label, ...(numbers ? given({ id: sequence, width: stepWidth }) : { text: text ?? 'text' }) },
    ...(columns && { columns }),
    options: optionsOf(values),
  };
}

/** The run folder: as given, or named after the data. */
export function folderOf({ out }: TrainValues, { data }: TrainConfig): string {
  if (out !== undefined) return out;
  const name = data.split(/[\\/]/).at(-1) ?? data;
  return `runs/classify-${folderName(name.replace(/^dataset:/, '').replace(/\.[^.]*$/, ''))}`;
}

function optionsOf(values: TrainValues): ClassifyOptions {
  const { maxWords, minCount, maxVocabulary, embedding, wordDropout, cell, hidden, layers, pooling, dropout } = values;
  const { inputDropout, members, testShare, validationShare, epochs, batchSize, rate, clip, patience, seed } = values;
  return {
    ...given({ maxWords, minCount, maxVocabulary, embedding, wordDropout, cell, hidden, layers, pooling, dropout }),
    ...given({ inputDropout, members, testShare, validationShare, epochs, batchSize, rate, clip, patience, seed }),
    ...(values.classWeights !== undefined && { classWeights: parseClassWeights(values.classWeights) }),
    ...(values.keepCase && { lowercase: false }),
    ...(values.causal && { bidirectional: false }),
    ...(!values.bayes && { bayes: false }),
  };
}
