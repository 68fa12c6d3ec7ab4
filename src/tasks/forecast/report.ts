import { type DataReport, describe, formatStep, type Series } from '../../data/index.ts';
import { expectSeries } from '../../data/series.ts';
import { type ForecastReportInput, STOPPED, shownSettings } from '../../report/index.ts';
import { VERSION } from '../../version.ts';
import { expectTrained } from '../arguments.ts';
import type { ErrorFigures, Scored } from './scores.ts';
import type { TrainedForecast } from './train.ts';

/** Steps of history drawn before the forecast. */
const HISTORY = 60;

/** Arranges a training's results for `forecastReport`. */
export function forecastReportInput(
  trained: TrainedForecast,
  data: { series: readonly Series[]; report: DataReport },
): ForecastReportInput {
  expectTrained('forecastReportInput', trained);
  expectSeries('forecastReportInput', data?.series);
  const { series, report } = data;
  const { model, scores, scored } = trained;
  const { settings, plan } = model;
  const { cell, hidden, layers, context, horizon } = settings;
  return {
    target: model.target,
    ...(model.unit && { unit: model.unit }),
    source: report.source,
    model: `${cell.toUpperCase()}, ${layers > 1 ? `${layers} layers of ` : ''}${hidden} units, context ${context}, horizon ${horizon}`,
    ...(plan.step && { step: stepName(formatStep(plan.step)) }),
    horizon,
    ...(scores && {
      test: scores.test,
      baselines: withNotes(scores.baselines, scores.notes),
      perStep: {
        metric: 'RMSE',
        model: scores.steps.test.map(({ rmse }) => rmse),
        baselines: Object.fromEntries(
          Object.entries(scores.steps.baselines).map(([name, steps]) => [name, steps.map(({ rmse }) => rmse)]),
        ),
      },
      coverage: Object.entries(scores.coverage).map(([level, measured]) => ({
        level: Number(level),
        measured,
        width: scores.steps.width[level][0],
      })),
    }),
    ...(scored && { nextStep: nextStep(scored, horizon) }),
    ...(trained.forecasts.length > 0 && { future: future(trained, series) }),
    training: {
      epochs: trained.history,
      best: trained.epochs,
      loss: lossName(settings.output),
      stopped: STOPPED[trained.stopped],
    },
    data: describe(report),
    settings: shownSettings(settings),
    versions: { recurve: VERSION, seed: settings.seed },
    seconds: { training: trained.seconds },
  };
}

function lossName(output: TrainedForecast['model']['settings']['output']): string {
  return {
    quantile: 'squared error + pinball loss',
    gaussian: 'Gaussian negative log likelihood',
    point: 'squared error',
  }[output];
}

/** `1 day` is a `day`; `15 minutes` stay what they are. */
function stepName(step: string): string {
  return step.startsWith('1 ') ? step.slice(2) : step;
}

function withNotes(
  baselines: Record<string, ErrorFigures>,
  notes: Record<string, string>,
): NonNullable<ForecastReportInput['baselines']> {
  return Object.fromEntries(
    Object.entries(baselines).map(([name, figures]) => [
      name,
      { ...figures, ...(notes[name] && { note: notes[name] }) },
    ]),
  );
}

/** The first series' test span one step ahead. */
function nextStep(
  { windows, truth, forecasts }: Scored,
  horizon: number,
): NonNullable<ForecastReportInput['nextStep']> {
  const chosen = windows.flatMap(({ prepared }, i) => (prepared === windows[0].prepared ? [i * horizon] : []));
  const pick = (values: Float64Array): Float64Array => Float64Array.from(chosen, (i) => values[i]);
  const { time } = windows[0].prepared.series;
  return {
    ...(time && { time: chosen.map((i) => time[windows[i / horizon].origin]) }),
    truth: pick(truth),
    prediction: pick(forecasts.point),
    intervals: forecasts.intervals.map(({ level, lower, upper }) => ({
      level,
      lower: pick(lower),
      upper: pick(upper),
    })),
  };
}

function future(
  { forecasts, model }: TrainedForecast,
  series: readonly Series[],
): NonNullable<ForecastReportInput['future']> {
  const [first] = forecasts;
  const source = series.find(({ id }) => id === first.id) as Series;
  const from = Math.max(0, source.history - HISTORY);
  const column = source.names.indexOf(model.target);
  return {
    ...(first.times && { time: [...first.times] }),
    prediction: first.point,
    intervals: first.intervals,
    history: {
      ...(source.time && { time: [...source.time.subarray(from, source.history)] }),
      values: source.values[column].subarray(from, source.history),
    },
  };
}
