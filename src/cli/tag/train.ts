import { taskReport } from '../../report/index.ts';
import { tagReportInput, tagSettings, trainTag } from '../../tasks/index.ts';
import { outputOf } from '../output.ts';
import { trainRun } from '../train-run.ts';
import { loadData } from './data.ts';
import { nextRow, nextTable, scoreTable } from './results.ts';
import { folderOf, type TrainValues, trainConfig } from './train-settings.ts';

/** `recurve train tag` */
export async function trainCommand(place: string | undefined, values: TrainValues): Promise<void> {
  const output = outputOf(values);
  const config = await trainConfig(place, values);
  // Refused before anything is read or made.
  const { ahead } = tagSettings(config.options);
  const data = await loadData(place ?? config.data, config, ahead, output);

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
