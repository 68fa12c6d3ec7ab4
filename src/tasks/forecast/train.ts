import { type ReadOptions, type SeriesOptions, type SeriesResult, tableFormatOf } from '../../data/index.ts';
import { createEngine, type Engine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import { crc64 } from '../../model/crc64.ts';
import { plainJson } from '../../model/index.ts';
import { expectList, kindOf } from '../../options.ts';
import type { EpochRecord, FitResult } from '../../train/index.ts';
import { expectHooks, openStages, type Stages, type TrainHooks } from '../training/index.ts';
import type { Learner } from './learn.ts';
import { type Forecast, type ForecastModel, forecastModel } from './model.ts';
import { type ForecastOptions, type ForecastSettings, forecastSettings } from './options.ts';
import { outputKind } from './output.ts';
import { architectureOf, fitPlan, readingOf } from './plan.ts';
import { baselineForecasts, type ForecastScores, naiveScaleOf, type Scored, score, truthOf } from './scores.ts';
import { BLOCKS, crossValidate, expectBlocks, holdOut, type Learned } from './stages.ts';
import { expectEnough, keepable, type Spans, scoringWindows, spansOf, trainingWindows } from './windows.ts';

/** Most training windows for which five more trainings are made by default. */
const CROSS_LIMIT = 4096;
/** Steps forecast, test windows times horizon, from which on scoring takes seconds. */
const WORTH_A_NOTE = 140_000;

/** What a training may be given beside data and options. */
export interface ForecastHooks extends TrainHooks {
  /** How the table was read, kept in the model for the next one. */
  reading?: SeriesOptions;
  /** How its file was read, of which the model keeps how it was written. */
  read?: ReadOptions;
}

/** A trained model and how it came about. */
export interface TrainedForecast {
  model: ForecastModel;
  /** Scores on the test span, if there is one. */
  scores?: ForecastScores;
  /** Windows of the test span with truth, forecasts and baselines, for pictures. */
  scored?: Scored;
  /** The steps after the data, one per series; absent where columns known in advance do not reach that far. */
  forecasts: Forecast[];
  history: EpochRecord[];
  /** The epoch whose weights were kept. */
  epochs: number;
  stopped: FitResult['stopped'];
  /** Of training alone. */
  seconds: number;
  /** The training windows' data span per series. */
  spans: Spans;
}

/**
 * Trains a forecaster on one or several series: fits scalers on the training span, learns, calibrates the intervals and scores the
 * test span beside the baselines.
 *
 * @example
 * const table = await readTable(csv, { name: 'weather.csv' });
 * const { model, scores } = await trainForecast(toSeries(table, { target: 'temp_max' }), { seed: 7 });
 */
export async function trainForecast(
  data: SeriesResult,
  options: ForecastOptions = {},
  hooks: ForecastHooks = {},
): Promise<TrainedForecast> {
  expectHooks('forecast', hooks, { reading: true, read: true });
  expectList('forecast', 'series', data?.series, 'give what toSeries returned');
  if (typeof data.report !== 'object' || data.report === null) {
    throw new RecurveError(
      'usage',
      `forecast: expected { series, report }, got ${kindOf(data.report)} as report; give what toSeries returned`,
    );
  }
  const settings = forecastSettings(options);
  const spans = spansOf(data.series, settings);
  const holdout = settings.validation === 'holdout';
  const { learner, prepared, windows, learn } = await prepareTraining(data, settings, spans, hooks.engine);
  const cross = settings.validation === 'cross' || (!holdout && windows.length <= CROSS_LIMIT);
  const stages = openForecast(settings, cross, hooks, fingerprintOf(data));
  const learned = await learn(stages);

  const model = forecastModel(learned.network, {
    settings,
    plan: learner.plan,
    architecture: learner.architecture,
    calibration: learned.calibration,
    reading: readingOf(learner.plan, hooks.reading ?? { target: learner.plan.columns[0] }, data.report),
    written: tableFormatOf(hooks.read ?? {}),
    summary: {},
  });
  const scored = settings.test === 'none' ? undefined : await scoreTest();
  const naiveScale = naiveScaleOf(learner.plan, prepared, trainEnds(spans));
  const scores = scored && (await score(scored, settings.horizon, naiveScale, stages.visit));
  model.summary = plainJson({
    steps: learned.steps,
    seconds: learned.seconds,
    epochs: learned.bestEpoch,
    stopped: learned.stopped,
    windows: windows.length,
    ...(naiveScale > 0 && { naiveScale }),
    ...(scores && { test: scores.test, baselines: scores.baselines, coverage: scores.coverage }),
  });
  const forecasts: Forecast[] = [];
  for (const series of data.series) {
    await stages.visit();
    if (learner.plan.known === 0 || series.length - series.history >= settings.horizon)
      forecasts.push(model.predict(series));
  }
  return {
    model,
    ...(scored && { scored }),
    ...(scores && { scores }),
    forecasts,
    history: learned.history,
    epochs: learned.bestEpoch,
    stopped: learned.stopped,
    seconds: learned.seconds,
    spans,
  };

  async function scoreTest(): Promise<Scored | undefined> {
    const all = scoringWindows(prepared, spans.test, settings);
    const chosen = keepable(all, settings.horizon);
    if (chosen.length === 0) return undefined;
    if (chosen.length * settings.horizon >= WORTH_A_NOTE) {
      const [some, whole] = [chosen, all].map(({ length }) => formatCount(length));
      const which = some === whole ? some : `the last ${some} of ${whole}`;
      hooks.onNote?.(`scoring ${which} forecasts and the baselines`);
    }
    return {
      windows: chosen,
      truth: truthOf(learner.plan, chosen),
      forecasts: await model.forecasts(chosen, stages.visit),
      ...(await baselineForecasts(learner.plan, prepared, trainEnds(spans), windows, chosen, stages.visit)),
    };
  }
}

/** Scalers, windows and network sizes from the training span, and the two ways to learn. */
export async function prepareTraining(data: SeriesResult, settings: ForecastSettings, spans: Spans, given?: Engine) {
  // Before anything is made for a horizon that no series has.
  const { context, horizon } = settings;
  if (spans.train.every(({ from, to }) => to - from < context + horizon)) expectEnough([], spans, settings);
  const fitted = settings.validation === 'holdout' ? beforeHoldout(spans) : spans.train;
  const { plan, prepared } = fitPlan(data.series, fitted, settings);
  const windows = trainingWindows(prepared, spans.train, settings);
  expectEnough(windows, spans, settings);
  const kind = outputKind(settings.output, settings.levels);
  const engine = given ?? (await createEngine());
  const learner: Learner = { engine, plan, kind, settings, architecture: architectureOf(plan, settings, kind.outputs) };
  const learn = (stages: Stages): Promise<Learned> => {
    if (stages.count > 1) return crossValidate(learner, windows, stages);
    const training = trainingWindows(prepared, beforeHoldout(spans), settings);
    const held = trainingWindows(prepared, spans.holdout, settings);
    if (training.length === 0 || held.length === 0) {
      throw new RecurveError(
        'data',
        `forecast: expected windows before and inside the holdout, got ${training.length} and ${held.length}; move the holdout's border or lower the horizon`,
      );
    }
    return holdOut(learner, training, held, stages);
  };
  return { learner, prepared, windows, learn };
}

/** The stages of a training by cross-validation, or of one with a holdout. */
export function openForecast(settings: ForecastSettings, cross: boolean, hooks: TrainHooks, data = ''): Stages {
  const identity = { task: 'forecast', settings: plainJson(settings), data, stages: cross ? BLOCKS + 1 : 1 };
  return openStages(identity, hooks, cross ? expectBlocks : undefined);
}

function beforeHoldout({ holdout }: Spans): { from: number; to: number }[] {
  return holdout.map(({ from }) => ({ from: 0, to: from }));
}

function trainEnds({ train }: Spans): number[] {
  return train.map(({ to }) => to);
}

/** Tells data apart: names, roles, times, numbers and what was observed of all series. */
function fingerprintOf({ series }: SeriesResult): string {
  return crc64(
    (function* () {
      for (const { id, names, roles, step, zone, history, time, values, observed } of series) {
        yield new TextEncoder().encode(JSON.stringify([id, names, roles, step, zone, history]));
        for (const column of [...(time ? [time] : []), ...values, ...observed]) {
          yield new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
        }
      }
    })(),
  );
}
