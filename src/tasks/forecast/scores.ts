import { visitor } from '../../train/event-loop.ts';
import {
  coverage,
  intervalWidth,
  mae,
  mase,
  pinball,
  rmse,
  seasonalNaiveScale,
  smape,
  stepValues,
} from '../../train/metrics.ts';
import { UNLEARNED } from '../baselines/baseline.ts';
import { visiting } from '../baselines/pieces.ts';
import { fitBaselines, forecastAll, ridgeInPieces } from '../baselines.ts';
import { dayOfYearPhases, seasonOf } from '../season.ts';
import { type FeaturePlan, featureCount, inputWidth, type PreparedSeries, unscale } from './features.ts';
import type { Forecasts } from './forecaster.ts';
import { inputsOf, targetsOf, type Window } from './windows.ts';

/** Errors of one forecaster over some windows, in the target's unit. */
export interface ErrorFigures {
  mae: number;
  rmse: number;
  /** Over the mean error of the (seasonal) naive forecast in training; NaN where that has none. Hyndman & Koehler 2006. */
  mase: number;
  /** 0 to 200 per cent. */
  smape: number;
  /** Mean pinball loss over the borders of all intervals; of the model only. */
  pinball?: number;
}

/** How good forecasts were, beside the baselines on the same windows. Plain data. */
export interface ForecastScores {
  /** Windows scored. */
  windows: number;
  /** One step ahead. */
  test: ErrorFigures;
  baselines: Record<string, ErrorFigures>;
  /** Measured share inside each interval one step ahead, in per cent, by nominal level. */
  coverage: Record<string, number>;
  /** Over all steps of the horizon together. */
  overall: { test: ErrorFigures; baselines: Record<string, ErrorFigures>; coverage: Record<string, number> };
  /** Per step ahead, first step first. */
  steps: {
    test: ErrorFigures[];
    baselines: Record<string, ErrorFigures[]>;
    coverage: Record<string, number[]>;
    /** Mean width of each interval, in the target's unit. */
    width: Record<string, number[]>;
  };
  /** What a baseline could not do, by name. */
  notes: Record<string, string>;
}

/** Windows, what came of them, and the model's forecasts of them. */
export interface Scored {
  windows: readonly Window[];
  /** [windows, horizon]; NaN where nothing was observed. */
  truth: Float64Array;
  forecasts: Forecasts;
  baselines: Record<string, Float64Array>;
  notes: Record<string, string>;
}

/** Truth in the target's unit, NaN where it does not count. */
export function truthOf(plan: FeaturePlan, windows: readonly Window[]): Float64Array {
  const { horizon } = plan;
  return Float64Array.from({ length: windows.length * horizon }, (_, i) => {
    const { prepared, origin, end } = windows[Math.floor(i / horizon)];
    const { series } = prepared;
    const column = series.names.indexOf(plan.columns[0]);
    const t = origin + (i % horizon);
    return t < Math.min(end, series.history) && series.observed[column][t] === 1
      ? series.values[column][t]
      : Number.NaN;
  });
}

/** Why a baseline that others taught is missing for some series. */
const UNTAUGHT = 'left out of series without a value before the test span';

/** Most features for which ridge regression is solved on whole windows; beyond, it reads the target's own window. */
const RIDGE_FEATURES = 600;

/** Fewest windows, observed throughout, from which ridge regression is learned. */
const RIDGE_WINDOWS = 20;

/**
 * Forecasts of all baselines: fitted on what lies before the test span, ridge on the same windows and inputs as the network. Where nothing
 * lies before it, those that fit nothing.
 */
export async function baselineForecasts(
  plan: FeaturePlan,
  prepared: readonly PreparedSeries[],
  trainEnds: readonly number[],
  training: readonly Window[],
  windows: readonly Window[],
): Promise<Pick<Scored, 'baselines' | 'notes'>> {
  const { horizon } = plan;
  const visit = visitor();
  const baselines: Record<string, Float64Array> = {};
  const notes: Record<string, string> = {};
  const untaught = new Set<string>();
  const season = seasonOf(plan.step);
  for (const [k, one] of prepared.entries()) {
    const own = windows.flatMap((window, i) => (window.prepared === one ? [{ window, i }] : []));
    if (own.length === 0) continue;
    const column = one.series.names.indexOf(plan.columns[0]);
    const { observed, history } = one.series;
    const values = one.series.values[column]
      .slice(0, history)
      .map((y, t) => (observed[column][t] === 1 ? y : Number.NaN));
    const phases = season === undefined ? undefined : dayOfYearPhases(one.series, season, plan.horizon);
    const climatology = season === undefined ? {} : { climatology: { season, ...(phases && { phases }) } };
    const trainEnd = values.subarray(0, trainEnds[k]).every(Number.isNaN) ? 0 : trainEnds[k];
    for (const baseline of fitBaselines({ values, trainEnd, horizon }, climatology)) {
      baselines[baseline.name] ??= new Float64Array(windows.length * horizon).fill(Number.NaN);
      if (baseline.note === UNLEARNED) untaught.add(baseline.name);
      else if (baseline.note) notes[baseline.name] ??= baseline.note;
      const all = forecastAll(
        baseline,
        own.map(({ window }) => window.origin),
        horizon,
      );
      own.forEach(({ i }, n) => {
        baselines[baseline.name].set(all.subarray(n * horizon, (n + 1) * horizon), i * horizon);
      });
      await visit();
    }
  }
  for (const name of untaught) {
    const some = !baselines[name].every(Number.isNaN);
    if (!some) delete baselines[name];
    notes[name] = some ? [notes[name], UNTAUGHT].filter(Boolean).join('; ') : UNLEARNED;
  }
  const ridge = await ridgeForecasts(plan, training, windows, visit);
  if (ridge) {
    baselines.ridge = ridge.forecasts;
    if (ridge.note) notes.ridge = ridge.note;
  } else {
    notes.ridge =
      training.length === 0 ? UNLEARNED : `left out: fewer than ${RIDGE_WINDOWS} whole windows to learn from`;
  }
  return { baselines, notes };
}

async function ridgeForecasts(
  plan: FeaturePlan,
  training: readonly Window[],
  windows: readonly Window[],
  visit: () => Promise<void>,
): Promise<{ forecasts: Float64Array; note?: string } | undefined> {
  const { horizon, context: T } = plan;
  const width = inputWidth(plan);
  const whole = width <= RIDGE_FEATURES;
  const features = featureCount(plan);
  const kept = whole
    ? Array.from({ length: width }, (_, i) => i)
    : [
        ...Array.from({ length: T }, (_, t) => t * features),
        ...Array.from({ length: width - T * features }, (_, i) => T * features + i),
      ];
  const rows = (chosen: readonly Window[]): Float64Array => {
    const inputs = inputsOf(plan, chosen);
    if (whole) return inputs;
    const some = new Float64Array(chosen.length * kept.length);
    for (let n = 0; n < chosen.length; n++) {
      for (let k = 0; k < kept.length; k++) some[n * kept.length + k] = inputs[n * width + kept[k]];
    }
    return some;
  };
  const { targets, weights } = targetsOf(plan, training);
  const complete = training.filter((_, i) => weights.subarray(i * horizon, (i + 1) * horizon).every((w) => w === 1));
  if (complete.length < RIDGE_WINDOWS) return undefined;
  const known = complete.length === training.length ? targets : targetsOf(plan, complete).targets;
  const inputs = rows(complete);
  await visit();
  const pieces = ridgeInPieces(
    { inputs, targets: known, features: kept.length, horizon },
    { penalties: [1e-3, 1e-2, 0.1, 1, 10] },
  );
  const ridge = await visiting(pieces, visit);
  await visit();
  const predicted = ridge.predict(rows(windows));
  const forecasts = predicted.map((y, i) => {
    const { prepared, origin } = windows[Math.floor(i / horizon)];
    const { a, b } = unscale(plan, prepared, origin, i % horizon);
    return a + b * y;
  });
  return { forecasts, ...(!whole && { note: 'reads the target’s window and what is known ahead, not all columns' }) };
}

/** Turns forecasts and truth into figures. `naiveScale`: mean error of the naive forecast in training, for MASE. */
export function score(
  { windows, truth, forecasts, baselines, notes }: Scored,
  horizon: number,
  naiveScale: number,
): ForecastScores {
  const figures = (
    predicted: Float64Array,
    pick: (values: Float64Array) => Float64Array,
    own: boolean,
  ): ErrorFigures => {
    const y = pick(truth);
    const p = pick(predicted);
    const weights = y.map((v, i) => (Number.isNaN(v) || Number.isNaN(p[i]) ? 0 : 1));
    const losses = forecasts.intervals.flatMap(({ level, lower, upper }) => {
      const tail = (1 - level / 100) / 2;
      return [pinball(y, pick(lower), tail, weights), pinball(y, pick(upper), 1 - tail, weights)];
    });
    return {
      mae: mae(y, p, weights),
      rmse: rmse(y, p, weights),
      mase: naiveScale > 0 ? mase(y, p, naiveScale, weights) : Number.NaN,
      smape: smape(y, p, weights),
      ...(own && { pinball: losses.reduce((a, b) => a + b, 0) / losses.length }),
    };
  };
  const covered = (pick: (values: Float64Array) => Float64Array): Record<string, number> =>
    byLevel(({ lower, upper }) => 100 * coverage(pick(truth), pick(lower), pick(upper), present(pick(truth))));
  const byLevel = <T>(measure: (interval: Forecasts['intervals'][number]) => T): Record<string, T> =>
    Object.fromEntries(forecasts.intervals.map((interval) => [String(interval.level), measure(interval)]));
  const all = (values: Float64Array): Float64Array => values;
  const step = (h: number) => (values: Float64Array) => stepValues(values, horizon, h);
  const steps = Array.from({ length: horizon }, (_, h) => h).filter((h) =>
    step(h)(truth).some((y) => !Number.isNaN(y)),
  );
  const ofBaselines = <T>(measure: (predicted: Float64Array) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(baselines).map(([name, predicted]) => [name, measure(predicted)]));
  return {
    windows: windows.length,
    test: figures(forecasts.point, step(0), true),
    baselines: ofBaselines((predicted) => figures(predicted, step(0), false)),
    coverage: covered(step(0)),
    overall: {
      test: figures(forecasts.point, all, true),
      baselines: ofBaselines((predicted) => figures(predicted, all, false)),
      coverage: covered(all),
    },
    steps: {
      test: steps.map((h) => figures(forecasts.point, step(h), true)),
      baselines: ofBaselines((predicted) => steps.map((h) => figures(predicted, step(h), false))),
      coverage: byLevel(({ lower, upper }) =>
        steps.map((h) => 100 * coverage(step(h)(truth), step(h)(lower), step(h)(upper), present(step(h)(truth)))),
      ),
      width: byLevel(({ lower, upper }) => steps.map((h) => intervalWidth(step(h)(lower), step(h)(upper)))),
    },
    notes,
  };
}

function present(values: Float64Array): Float64Array {
  return values.map((y) => (Number.isNaN(y) ? 0 : 1));
}

/**
 * Mean absolute error of the naive forecast over the training spans: by the season where it is short, else by one step. NaN where no
 * span is long enough or changes.
 */
export function naiveScaleOf(
  plan: FeaturePlan,
  prepared: readonly PreparedSeries[],
  trainEnds: readonly number[],
): number {
  const season = Math.round(seasonOf(plan.step) ?? 1);
  const lag = season > 1 && season <= 60 ? season : 1;
  const scales = prepared.flatMap(({ series }, k) => {
    const values = series.values[series.names.indexOf(plan.columns[0])].subarray(0, trainEnds[k]);
    return values.some((y, t) => t >= lag && y !== values[t - lag]) ? [seasonalNaiveScale(values, lag)] : [];
  });
  return scales.length === 0 ? Number.NaN : scales.reduce((a, b) => a + b, 0) / scales.length;
}
