import { formatCount } from '../../format.ts';
import { taskReport } from '../../report/index.ts';
import { figuresOf } from '../../tasks/classify/scores.ts';
import { classifyReportInput, classifySettings, trainClassify } from '../../tasks/index.ts';
import { outputOf } from '../output.ts';
import { trainRun } from '../train-run.ts';
import { loadExamples, loadVectors } from './data.ts';
import { confusionTable, scoreTable } from './results.ts';
import { folderOf, type TrainValues, trainConfig } from './train-settings.ts';

/** `recurve train classify` */
export async function trainCommand(data: string | undefined, values: TrainValues): Promise<void> {
  const output = outputOf(values);
  const config = await trainConfig(data, values);
  const { reading, read, columns, options } = config;
  const how = { reading, read, labelled: true, ...(columns && { columns }), who: 'train classify', values };
  const examples = await loadExamples(data ?? config.data, how, output);
  // Refused before a folder is made.
  classifySettings(options, examples.kind, examples.labels?.length ?? 0);
  // A test set has its columns in whatever order.
  const like = 'columns' in examples && examples.columns ? { ...how, columns: examples.columns } : how;
  const test = config.test === undefined ? undefined : await loadExamples(values.test ?? config.test, like, output);
  const vectors =
    config.vectors === undefined
      ? undefined
      : await loadVectors(values.vectors ?? config.vectors, examples, options.lowercase ?? true);

  await trainRun(
    {
      config,
      folder: folderOf(values, config),
      // The data themselves are compared, not where they lie.
      mayChange: ['data', 'test', 'vectors', 'read'],
      async train(hooks) {
        const trained = await trainClassify(examples, options, {
          ...hooks,
          reading,
          read,
          ...(test && { test }),
          ...(vectors && { vectors }),
        });
        for (const note of trained.notes) hooks.onNote?.(note);
        return { ...trained, report: await classifyReportInput(trained) };
      },
      report: ({ report }, files) => taskReport({ ...report, files }),
      result: ({ model, scores, baselines, network, notes }) => ({
        classes: model.classes,
        ...(scores && {
          test: figuresOf(scores),
          baselines,
          ...(network && { network }),
          confusion: scores.confusion,
          perClass: scores.classes,
          examples: scores.examples,
        }),
        notes,
        settings: model.settings,
      }),
      print: ({ model, scores, baselines, network }, shown) =>
        scores && baselines
          ? [
              `Test on ${formatCount(scores.examples)} examples\n${scoreTable(scores, shown, { model, baselines, ...(network && { network }) })}`,
              confusionTable(scores, shown),
            ]
          : [],
    },
    values,
  );
}
