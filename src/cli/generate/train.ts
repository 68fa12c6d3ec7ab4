import { join } from 'node:path';
import { writeFileAtomic } from '../../node/files.ts';
import { taskReport } from '../../report/index.ts';
import { generateReportInput, trainGenerate } from '../../tasks/index.ts';
import { outputOf } from '../output.ts';
import { trainRun } from '../train-run.ts';
import { loadText } from './data.ts';
import { scoreTable } from './results.ts';
import { folderOf, type TrainValues, trainConfig } from './train-settings.ts';

/** `recurve train generate` */
export async function trainCommand(places: readonly string[], values: TrainValues): Promise<void> {
  const output = outputOf(values);
  const config = await trainConfig(places, values);
  const folder = folderOf(values, places);
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
