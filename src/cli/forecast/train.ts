import { forecastReport } from '../../report/index.ts';
import { forecastReportInput, trainForecast } from '../../tasks/index.ts';
import { outputOf } from '../output.ts';
import { trainRun } from '../train-run.ts';
import { loadSeries } from './data.ts';
import { forecastRow, nextSteps, scoreTable } from './results.ts';
import { folderOf, type TrainValues, trainConfig } from './train-settings.ts';

/** `recurve train forecast` */
export async function trainCommand(table: string | undefined, values: TrainValues): Promise<void> {
  const output = outputOf(values);
  const config = await trainConfig(table, values);
  const data = await loadSeries(table ?? config.table, config.read, config.series, output);

  await trainRun(
    {
      config,
      folder: folderOf(values),
      // The data themselves are compared, not where they lie.
      mayChange: ['table', 'read'],
      train: (hooks) => trainForecast(data, config.options, { ...hooks, reading: config.series, read: config.read }),
      report: (trained, files) => forecastReport({ ...forecastReportInput(trained, data), files }),
      result: ({ model, scores, forecasts }) => ({
        target: model.target,
        ...(model.unit && { unit: model.unit }),
        ...(scores && {
          test: scores.test,
          baselines: scores.baselines,
          coverage: scores.coverage,
          overall: scores.overall,
          steps: scores.steps,
          notes: scores.notes,
          windows: scores.windows,
        }),
        forecasts: forecasts.map(forecastRow),
        settings: model.settings,
      }),
      print: ({ model, scores, forecasts }, shown) => [
        ...(scores ? [scoreTable(scores, model, shown)] : []),
        ...nextSteps(forecasts, model, shown),
      ],
    },
    values,
  );
}
