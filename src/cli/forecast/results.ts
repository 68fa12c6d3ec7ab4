import { formatStep, zoneOf } from '../../data/index.ts';
import { decimalsFor, formatCount, formatFixed } from '../../format.ts';
import { baselineName } from '../../report/baselines.ts';
import type { BacktestFold, ErrorFigures, Forecast, ForecastModel, ForecastScores } from '../../tasks/index.ts';
import { noteLines, restLine } from '../note-lines.ts';
import type { Output } from '../output.ts';
import { forecastPicture, right } from '../terminal/index.ts';

/** Series whose next steps are drawn; more would push the result off the screen. */
const PICTURES = 3;

/** Steps of the horizon that a table shows; of a longer one, as many spread evenly. */
const STEPS = 14;

/** What one step is called: `day`, `hour`; `step` where no word fits. */
function stepWord({ plan }: ForecastModel): string {
  const text = plan.step ? formatStep(plan.step) : '';
  return text.startsWith('1 ') ? text.slice(2) : 'step';
}

/** The errors one step ahead of the model and of every baseline, the best first, and the coverage of the intervals. */
export function scoreTable(scores: ForecastScores, model: ForecastModel, output: Output): string {
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
  const table = output.table({
    columns: ['forecast', right(`RMSE${unit}`), right(`MAE${unit}`), right('MASE'), right('sMAPE %')],
    rows: rows.map(([name, { rmse, mae, mase, smape }]) => [
      name,
      formatFixed(rmse, decimals),
      formatFixed(mae, decimals),
      formatFixed(mase, 3),
      formatFixed(smape, 1),
    ]),
    highlight: 0,
  });
  const intervals = Object.entries(coverage).map(([level, measured]) => {
    const wide = `${formatFixed(steps.width[level][0], decimals)}${unit}`;
    return `${level} % interval: ${formatFixed(measured, 1)} % inside, ${wide} wide on average\n`;
  });
  const title = `Test of ${model.target}, one ${word} ahead, ${formatCount(windows)} ${word}s\n`;
  return [title, table, ...intervals, ...noteLines(scores.notes, baselineName)].join('');
}

/** Pictures of the steps after the data. */
export function nextSteps(forecasts: readonly Forecast[], model: ForecastModel, output: Output): string[] {
  const pictures = forecasts.slice(0, PICTURES).map(({ id, times, point, intervals }) =>
    forecastPicture(
      { prediction: point, intervals, ...(times && { time: clockOf(times, model) }) },
      {
        target: id === '' ? model.target : `${model.target} (${id})`,
        step: stepWord(model),
        width: output.width,
        ...output.abilities,
        ...(model.unit && { unit: model.unit }),
      },
    ),
  );
  return [...pictures, ...restLine(forecasts.length - pictures.length, ' series: recurve predict --csv')];
}

/** Instants as the clock of the model's zone shows them. */
function clockOf(times: Float64Array, { plan }: ForecastModel): number[] {
  const zone = zoneOf(plan.zone);
  return Array.from(times, (time) => time + zone.offsetAt(time));
}

/** The errors of each step of the horizon: the model by every measure, then the RMSE of all baselines. */
export function stepTables({ steps }: ForecastScores, model: ForecastModel, output: Output): string[] {
  const count = steps.test.length;
  const shown = Array.from({ length: Math.min(count, STEPS) }, (_, k, last = Math.min(count, STEPS) - 1) =>
    last === 0 ? 0 : Math.round((k * (count - 1)) / last),
  );
  const unit = model.unit ? ` ${model.unit}` : '';
  const word = stepWord(model);
  const decimals = decimalsFor(steps.test.flatMap(({ mae, rmse }) => [mae, rmse]));
  const levels = Object.keys(steps.coverage);
  const names = Object.keys(steps.baselines);
  return [
    `By step, this model\n${output.table({
      columns: [
        right(word),
        ...[`RMSE${unit}`, `MAE${unit}`, 'MASE', 'sMAPE %', 'pinball'].map(right),
        ...levels.map((level) => right(`in ${level} %`)),
      ],
      rows: shown.map((h) => {
        const { rmse, mae, mase, smape, pinball } = steps.test[h];
        const errors = [rmse, mae].map((error) => formatFixed(error, decimals));
        const covered = levels.map((level) => formatFixed(steps.coverage[level][h], 1));
        return [
          String(h + 1),
          ...errors,
          formatFixed(mase, 3),
          formatFixed(smape, 1),
          formatFixed(pinball, decimals),
          ...covered,
        ];
      }),
    })}`,
    `By step, RMSE${unit}\n${output.table({
      columns: [right(word), right('this model'), ...names.map((name) => right(baselineName(name)))],
      rows: shown.map((h) => [
        String(h + 1),
        formatFixed(steps.test[h].rmse, decimals),
        ...names.map((name) => formatFixed(steps.baselines[name][h].rmse, decimals)),
      ]),
    })}`,
  ];
}

/** The parts of a backtest: the model's RMSE and coverage beside the best baseline's RMSE. */
export function foldTable(folds: readonly BacktestFold[], model: ForecastModel, output: Output): string {
  const unit = model.unit ? ` ${model.unit}` : '';
  const decimals = decimalsFor(folds.map(({ scores }) => scores.test.rmse));
  const levels = Object.keys(folds[0].scores.coverage);
  return `By part\n${output.table({
    columns: [
      'from',
      'to',
      right(`RMSE${unit}`),
      'best baseline',
      right(`RMSE${unit}`),
      ...levels.map((level) => right(`in ${level} %`)),
    ],
    rows: folds.map(({ from, to, scores }) => {
      const [best, { rmse }] = Object.entries(scores.baselines).reduce((a, b) => (b[1].rmse < a[1].rmse ? b : a));
      const covered = levels.map((level) => formatFixed(scores.coverage[level], 1));
      return [
        from,
        to,
        formatFixed(scores.test.rmse, decimals),
        baselineName(best),
        formatFixed(rmse, decimals),
        ...covered,
      ];
    }),
  })}`;
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
