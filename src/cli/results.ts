import { formatStep } from '../data/index.ts';
import { baselineName } from '../report/baselines.ts';
import { decimalsFor, formatFixed } from '../report/format.ts';
import type { ErrorFigures, Forecast, ForecastModel, ForecastScores } from '../tasks/index.ts';
import type { Output } from './output.ts';
import { forecastPicture, textTable } from './terminal/index.ts';

/** Series whose next steps are drawn; more would push the result off the screen. */
const PICTURES = 3;

/** What one step is called: `day`, `hour`; `step` where no word fits. */
export function stepWord({ plan }: ForecastModel): string {
  const text = plan.step ? formatStep(plan.step) : '';
  return text.startsWith('1 ') ? text.slice(2) : 'step';
}

/** The errors one step ahead of the model and every baseline, best last line first, and the coverage of the intervals. */
export function scoreTable(scores: ForecastScores, model: ForecastModel, { abilities, width }: Output): string {
  const { test, baselines, coverage, steps, windows } = scores;
  const word = stepWord(model);
  const unit = model.unit ? ` ${model.unit}` : '';
  const rows: [string, ErrorFigures][] = [
    [`${model.settings.cell.toUpperCase()} (this model)`, test],
    ...Object.entries(baselines)
      .map(([name, figures]): [string, ErrorFigures] => [baselineName(name), figures])
      .sort(([, a], [, b]) => a.rmse - b.rmse),
  ];
  const decimals = decimalsFor(rows.flatMap(([, { mae, rmse }]) => [mae, rmse]));
  const table = textTable({
    columns: [
      { header: 'forecast' },
      { header: `RMSE${unit}`, align: 'right' },
      { header: `MAE${unit}`, align: 'right' },
      { header: 'MASE', align: 'right' },
      { header: 'sMAPE %', align: 'right' },
    ],
    rows: rows.map(([name, { rmse, mae, mase, smape }]) => [
      name,
      formatFixed(rmse, decimals),
      formatFixed(mae, decimals),
      formatFixed(mase, 3),
      formatFixed(smape, 1),
    ]),
    highlight: 0,
    width,
    ...abilities,
  });
  const intervals = Object.entries(coverage).map(([level, measured]) => {
    const wide = `${formatFixed(steps.width[level][0], decimals)}${unit}`;
    return `${level} % interval: ${formatFixed(measured, 1)} % inside, ${wide} wide on average\n`;
  });
  const notes = Object.entries(scores.notes).map(([name, note]) => `${baselineName(name)}: ${note}\n`);
  const title = `Test of ${model.target}, one ${word} ahead, ${windows.toLocaleString('en')} ${word}s\n`;
  return [title, table, ...intervals, ...notes].join('');
}

/** Pictures of the steps after the data. */
export function nextSteps(
  forecasts: readonly Forecast[],
  model: ForecastModel,
  { abilities, width }: Output,
): string[] {
  const pictures = forecasts.slice(0, PICTURES).map(({ id, times, point, intervals }) =>
    forecastPicture(
      { prediction: point, intervals, ...(times && { time: [...times] }) },
      {
        target: id === '' ? model.target : `${model.target} (${id})`,
        step: stepWord(model),
        width,
        ...abilities,
        ...(model.unit && { unit: model.unit }),
      },
    ),
  );
  const more = forecasts.length - pictures.length;
  return more > 0 ? [...pictures, `and ${more.toLocaleString('en')} more series: recurve predict --csv\n`] : pictures;
}

/** A forecast as plain data: times as ISO 8601, intervals by level. */
export function forecastRow({ id, times, point, intervals }: Forecast) {
  return {
    ...(id !== '' && { id }),
    ...(times && { times: [...times].map((time) => new Date(time).toISOString()) }),
    point: [...point],
    intervals: Object.fromEntries(
      intervals.map(({ level, lower, upper }) => [String(level), { lower: [...lower], upper: [...upper] }]),
    ),
  };
}
