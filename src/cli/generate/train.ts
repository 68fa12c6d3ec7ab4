import { join } from 'node:path';
import { writeFileAtomic } from '../../node/files.ts';
import { taskReport } from '../../report/index.ts';
import { type GenerateOptions, generateReportInput, trainGenerate } from '../../tasks/index.ts';
import { given } from '../options.ts';
import { outputOf } from '../output.ts';
import { folderName, lastingPlace, missing, storedConfig, type TaskConfig } from '../train-config.ts';
import type { FitValues, RunValues } from '../train-options.ts';
import { trainRun } from '../train-run.ts';
import { loadText } from './model.ts';
import { scoreTable } from './results.ts';

/** Values of the options of `recurve train generate`, as commander gives them. */
export interface TrainValues extends FitValues, RunValues, Omit<GenerateOptions, keyof FitValues> {}

interface TrainConfig extends TaskConfig {
  task: 'generate';
  texts: string[];
  options: GenerateOptions;
}

/** `recurve train generate` */
export async function trainCommand(places: readonly string[], values: TrainValues): Promise<void> {
  const output = outputOf(values);
  if (places.length === 0 && !values.resume) throw missing('generate', '<text…>', 'nothing');
  const folder = folderOf(places, values);
  const config = await configOf(places, folder, values);
  const text = await loadText(places.length > 0 ? places : config.texts, output);
  await trainRun(
    {
      config,
      folder,
      // The text itself is compared, not where it lies.
      mayChange: ['texts'],
      async train(hooks) {
        const trained = await trainGenerate(text, config.options, hooks);
        const document = trained.model.codec.toJSON();
        if (document.unit === 'subwords')
          await writeFileAtomic(join(folder, 'tokenizer.json'), `${JSON.stringify(document.tokenizer, null, 1)}\n`);
        return trained;
      },
      report: (trained, files) => taskReport({ ...generateReportInput(trained), files }),
      result: ({ model, validation, baselines, tokens, sample }) => ({
        ...(validation && { validation, baselines }),
        ...{ tokens, sample, settings: model.settings },
      }),
      print: ({ validation, baselines, sample }, shown) => [
        ...(validation ? [scoreTable('Validation on the end of the text', validation, baselines, shown)] : []),
        `It writes:\n${sample.trimEnd()}\n`,
      ],
    },
    values,
  );
}

async function configOf(places: readonly string[], folder: string, values: TrainValues): Promise<TrainConfig> {
  if (places.length === 0) return storedConfig('generate', folder);
  return { task: 'generate', texts: places.map(lastingPlace), options: optionsOf(values) };
}

function folderOf([place]: readonly string[], { out }: RunValues): string {
  if (out !== undefined) return out;
  if (place === undefined) throw missing('generate', '--out <folder>', 'none');
  const [name] = (
    place
      .split(/[/\\:]/)
      .filter(Boolean)
      .at(-1) ?? ''
  ).split('.');
  return `runs/generate-${folderName(name || 'text')}`;
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
