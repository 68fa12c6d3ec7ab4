import { type Forecast, loadForecast } from '../../tasks/index.ts';
import { csvLines } from '../csv.ts';
import { lazily } from '../lazily.ts';
import { loadModel, type OpenedModel } from '../models.ts';
import { refuseBoth } from '../options.ts';
import { type OutputValues, outputOf } from '../output.ts';
import type { ReadValues } from '../read-options.ts';
import { seriesFor } from './data.ts';
import { forecastRow, nextSteps } from './results.ts';

interface Values extends ReadValues, OutputValues {
  csv?: boolean;
  out?: string;
}

/** `recurve predict` */
export async function predict(opened: OpenedModel, [table]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  refuseBoth('predict', values, '--json', '--csv');
  const { path } = opened;
  const model = await loadModel(opened, loadForecast);
  const { series } = await seriesFor(model, table, values, output);
  const forecasts = series.map((one) => model.predict(one));
  const { target, unit } = model;
  const object = {
    task: 'forecast',
    model: path,
    target,
    ...(unit && { unit }),
    forecasts: lazily(forecasts, forecastRow),
  };
  if (values.out !== undefined) return await output.save(values.out, object, csvOf(forecasts));
  await output.result(object);
  await output.print(values.csv ? csvOf(forecasts) : nextSteps(forecasts, model, output).join('\n'));
}

/** A line per series and step; times in ISO 8601 (UTC), numbers with every digit. */
function csvOf(forecasts: readonly Forecast[]): Iterable<string> {
  const levels = forecasts[0].intervals.map(({ level }) => level);
  const header = ['id', 'time', 'step', 'forecast', ...levels.flatMap((level) => [`lower_${level}`, `upper_${level}`])];
  return csvLines(header, rowsOf(forecasts));
}

function* rowsOf(forecasts: readonly Forecast[]): Generator<(string | number)[]> {
  for (const { id, times, point, intervals } of forecasts) {
    for (const [h, value] of point.entries()) {
      const time = times ? new Date(times[h]).toISOString() : '';
      yield [id, time, h + 1, value, ...intervals.flatMap(({ lower, upper }) => [lower[h], upper[h]])];
    }
  }
}
