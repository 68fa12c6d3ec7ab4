import { formatClock, type Series, type SeriesResult } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectList, expectOptions, expectWhole } from '../../options.ts';
import { expectWatched } from '../../train/options.ts';
import { expectEngine } from '../arguments.ts';
import { interruptible, joined, type TrainHooks } from '../training/index.ts';
import { prepare } from './features.ts';
import type { Forecasts } from './forecaster.ts';
import { type ForecastModel, forecastModel } from './model.ts';
import { type ForecastOptions, forecastSettings } from './options.ts';
import { readingOf } from './plan.ts';
import { baselineForecasts, type ForecastScores, naiveScaleOf, type Scored, score, truthOf } from './scores.ts';
import { openForecast, prepareTraining } from './train.ts';
import {
  keepable,
  MOST_FORECASTS,
  type Spans,
  scoringWindows,
  spansOf,
  trainingWindows,
  type Window,
} from './windows.ts';

const STOPPED =
  'backtest: expected to finish, got a request to stop; begin again, with fewer folds or later in the data';

/** How the test span is cut, and whether to train for each part. */
export interface BacktestOptions {
  /** Parts of the test span, one after the other, at least 1; default 4. */
  folds?: number;
  /**
   * Train again before each part on all that lies before it (expanding window); default false: one model for all parts.
   * Costs a training per part. Baselines are fitted anew either way.
   */
  refit?: boolean;
}

/** One part of the test span. */
export interface BacktestFold {
  /** First and last step of the part, as the clock of the series shows them, or step numbers. */
  from: string;
  to: string;
  scores: ForecastScores;
}

/** Scores over all parts and of each. */
export interface BacktestResult {
  /** Over all parts together. */
  scores: ForecastScores;
  folds: BacktestFold[];
  refit: boolean;
}

/**
 * Rolling origin: forecasts from every step of the test span, part by part, always from what was known then (Tashman 2000).
 *
 * Without `refit` there may be nothing before the test span, as in a table of new rows alone: then the model stands beside the baselines
 * that fit nothing, and errors are scaled (MASE) as in its training.
 *
 * @param model used where `refit` is false; its training must lie before the test span
 * @throws RecurveError `data` where no step of a part can be scored
 */
export async function backtest(
  data: SeriesResult,
  options: ForecastOptions,
  ways: BacktestOptions = {},
  hooks: Pick<TrainHooks, 'engine' | 'signal' | 'onProgress'> & { model?: ForecastModel } = {},
): Promise<BacktestResult> {
  expectWatched('backtest', { ...(hooks?.signal && { signal: hooks.signal }) });
  expectEngine('backtest', hooks?.engine);
  expectOptions('backtest', ways, { folds: 'number', refit: 'boolean' });
  expectList('backtest', 'series', data?.series, 'give what toSeries returned');
  const { folds = 4, refit = false } = ways;
  const settings = forecastSettings(options);
  expectWhole('backtest', 'folds', folds);
  if (!refit && typeof hooks?.model?.encode !== 'function') {
    throw new RecurveError(
      'usage',
      'backtest: expected a model, or refit, got neither; give the trained model or train again for each part',
    );
  }
  const spans = spansOf(data.series, settings, { measureOnly: !refit });
  const parts: Scored[] = [];
  const results: BacktestFold[] = [];
  let naiveScale = Number.NaN;
  const visit = interruptible(hooks.signal, STOPPED);
  for (let k = 0; k < folds; k++) {
    const at = partOf(spans, k, folds);
    const { model, training } = refit ? await trainOn(at) : given(at);
    const prepared = data.series.map((series) => prepare(model.plan, series));
    const windows = keepable(scoringWindows(prepared, at.test, settings), settings.horizon, MOST_FORECASTS / folds);
    if (windows.length === 0) throw nothingToScore(data.series, at, k, folds, settings.context);
    const ends = at.test.map(({ from }) => from);
    const scored: Scored = {
      windows,
      truth: truthOf(model.plan, windows),
      forecasts: await model.forecasts(windows, visit),
      ...(await baselineForecasts(model.plan, prepared, ends, training, windows, visit)),
    };
    naiveScale = naiveScaleOf(model.plan, prepared, ends);
    if (Number.isNaN(naiveScale)) naiveScale = Number(model.summary.naiveScale ?? Number.NaN);
    parts.push(scored);
    const scores = await score(scored, settings.horizon, naiveScale, visit);
    results.push({ ...borders(data.series[0], at.test[0]), scores });
    if (refit) model[Symbol.dispose]();
  }
  const scores = await score(together(parts), settings.horizon, naiveScale, visit);
  return { scores, folds: results, refit };

  async function trainOn(at: Spans): Promise<{ model: ForecastModel; training: Window[] }> {
    const { learner, windows, learn } = await prepareTraining(data, settings, at, hooks.engine);
    const learned = await learn(openForecast(settings, settings.validation !== 'holdout', hooks)).catch(stopped);
    const { plan, architecture } = learner;
    const reading = readingOf(plan, { target: plan.columns[0] }, data.report);
    const model = forecastModel(learned.network, {
      settings,
      plan,
      architecture,
      calibration: learned.calibration,
      reading,
      written: {},
      summary: {},
    });
    return { model, training: windows };
  }

  function given(at: Spans): { model: ForecastModel; training: Window[] } {
    const model = hooks.model as ForecastModel;
    const prepared = data.series.map((series) => model.prepare(series));
    return { model, training: trainingWindows(prepared, at.train, settings) };
  }
}

/** A training that is stopped says how it is resumed, which a backtest cannot be. */
function stopped(error: unknown): never {
  if (error instanceof RecurveError && error.code === 'interrupted') throw new RecurveError('interrupted', STOPPED);
  throw error;
}

/** The k-th part of the test span; all before it may be learned from. */
function partOf(spans: Spans, k: number, folds: number): Spans {
  const test = spans.test.map(({ from, to }) => ({
    from: from + Math.floor((k * (to - from)) / folds),
    to: from + Math.floor(((k + 1) * (to - from)) / folds),
  }));
  const train = test.map(({ from }) => ({ from: 0, to: from }));
  const holdout = spans.holdout.map(({ from, to }, s) => ({ from: test[s].from - (to - from), to: test[s].from }));
  return { train, holdout, test };
}

function nothingToScore(
  series: readonly Series[],
  { test }: Spans,
  fold: number,
  folds: number,
  context: number,
): RecurveError {
  const longest = series.reduce((most, { history }) => Math.max(most, history), 0);
  if (longest <= context && test.some(({ from, to }) => from < to)) {
    return new RecurveError(
      'data',
      `backtest: expected more than the ${context} steps that are read before the first forecast, got ${longest}; give more rows, such as those before the test span`,
    );
  }
  return new RecurveError(
    'data',
    `backtest: expected test steps in each of ${folds} folds, got none in fold ${fold + 1}; lower the number of folds or widen the test span`,
  );
}

function borders({ time }: Series, { from, to }: { from: number; to: number }): { from: string; to: string } {
  const name = (t: number): string => (time ? formatClock(time[t]) : `step ${t + 1}`);
  return { from: name(from), to: name(Math.max(from, to - 1)) };
}

function together(parts: readonly Scored[]): Scored {
  const join = (pick: (part: Scored) => Float64Array): Float64Array => joined(parts.map(pick));
  const [first] = parts;
  const forecasts: Forecasts = {
    point: join(({ forecasts: f }) => f.point),
    intervals: first.forecasts.intervals.map(({ level }, l) => ({
      level,
      lower: join(({ forecasts: f }) => f.intervals[l].lower),
      upper: join(({ forecasts: f }) => f.intervals[l].upper),
    })),
  };
  const names = Object.keys(first.baselines).filter((name) => parts.every(({ baselines }) => name in baselines));
  return {
    windows: parts.flatMap(({ windows }) => windows),
    truth: join(({ truth }) => truth),
    forecasts,
    baselines: Object.fromEntries(names.map((name) => [name, join(({ baselines }) => baselines[name])])),
    notes: Object.assign({}, ...parts.map(({ notes }) => notes)) as Record<string, string>,
  };
}
