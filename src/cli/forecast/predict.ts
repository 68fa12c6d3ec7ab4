import { describe } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { writeFileAtomic } from '../../node/files.ts';
import type { Forecast } from '../../tasks/index.ts';
import type { OpenedModel } from '../models.ts';
import { jsonText, outputOf } from '../output.ts';
import type { ReadValues } from '../read-options.ts';
import { loadModel, seriesFor } from './model.ts';
import { forecastRow, nextSteps } from './results.ts';

interface Values extends ReadValues {
  json?: boolean;
  csv?: boolean;
  out?: string;
  quiet?: boolean;
}

/** `recurve predict` */
export async function predict(opened: OpenedModel, [table]: readonly string[], values: Values): Promise<void> {
  const output = outputOf(values);
  if (values.json && values.csv)
    throw new RecurveError('usage', 'predict: expected --json or --csv, got both; choose one');
  const { path } = opened;
  const model = await loadModel(opened);
  const { series, report } = await seriesFor(model, table, values, output);
  for (const line of describe(report)) output.note(line);
  const forecasts = series.map((one) => model.predict(one));
  const { target, unit } = model;
  const object = {
    task: 'forecast',
    model: path,
    target,
    ...(unit && { unit }),
    forecasts: forecasts.map(forecastRow),
  };
  if (values.out !== undefined) {
    await writeFileAtomic(values.out, values.json ? `${jsonText(object)}\n` : csvOf(forecasts));
    output.note(`wrote ${values.out}`);
    return;
  }
  output.result(object);
  output.print(values.csv ? csvOf(forecasts) : nextSteps(forecasts, model, output).join('\n'));
}

/** A line per series and step; times in ISO 8601 (UTC), numbers with every digit. */
function csvOf(forecasts: readonly Forecast[]): string {
  const levels = forecasts[0].intervals.map(({ level }) => level);
  const header = ['id', 'time', 'step', 'forecast', ...levels.flatMap((level) => [`lower_${level}`, `upper_${level}`])];
  const lines = forecasts.flatMap(({ id, times, point, intervals }) =>
    Array.from(point, (value, h) => [
      /[",\r\n]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id,
      times ? new Date(times[h]).toISOString() : '',
      h + 1,
      value,
      ...intervals.flatMap(({ lower, upper }) => [lower[h], upper[h]]),
    ]),
  );
  return [header, ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}
