import { describe, readTagged, type TaggedText } from '../../data/index.ts';
import { openSource } from '../../node/source.ts';
import { taskReport } from '../../report/index.ts';
import { type TagTable, tagReportInput, tagSettings, toTagTable, trainTag } from '../../tasks/index.ts';
import { type Output, outputOf } from '../output.ts';
import { loadTable, placesOf } from '../tables.ts';
import { trainRun } from '../train-run.ts';
import { nextRow, nextTable, scoreTable } from './results.ts';
import { folderOf, type TrainConfig, type TrainValues, trainConfig } from './train-settings.ts';

/** `recurve train tag` */
export async function trainCommand(place: string | undefined, values: TrainValues): Promise<void> {
  const output = outputOf(values);
  const config = await trainConfig(place, values);
  // Refused before anything is read or made.
  const { ahead } = tagSettings(config.options);
  const data = await dataOf(place ?? config.data, config, ahead, output);

  await trainRun(
    {
      config,
      folder: folderOf(values),
      // The data themselves are compared, not where they lie.
      mayChange: ['data', 'read'],
      async train(hooks) {
        const trained = await trainTag(data, config.options, { ...hooks, read: config.read });
        for (const note of trained.notes) hooks.onNote?.(note);
        return trained;
      },
      report: (trained, files) => taskReport({ ...tagReportInput(trained, data), files }),
      result: ({ model, scores, next, notes }) => ({
        ...(config.table && { target: config.table.target }),
        classes: model.classes,
        ...model.calibration,
        ...(scores && {
          test: scores.test,
          baselines: scores.baselines,
          steps: scores.steps,
          confusion: scores.confusion,
          reliability: scores.reliability,
        }),
        notes: [...notes, ...Object.entries(scores?.notes ?? {}).map(([name, note]) => `${name}: ${note}`)],
        ...(next.length > 0 && { next: next.map(nextRow) }),
        settings: model.settings,
      }),
      print: ({ model, scores, next }, shown) => [
        ...(scores ? [scoreTable(scores, model, shown)] : []),
        ...(next.length > 0 ? [nextTable(next, model, shown)] : []),
      ],
    },
    values,
  );
}

async function dataOf(
  place: string,
  config: TrainConfig,
  ahead: number,
  output: Output,
): Promise<TagTable | TaggedText> {
  if (!config.table) {
    const [first] = await placesOf(place, output);
    return readTagged(await openSource(first), config.text);
  }
  const data = toTagTable(await loadTable(place, config.read, output), config.table, ahead);
  for (const line of describe(data.report)) output.note(line);
  return data;
}
