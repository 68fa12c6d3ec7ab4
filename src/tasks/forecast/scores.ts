import type { Visit } from '../../train/event-loop.ts';
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
import { fitBaselines } from '../baselines.ts';
import { dayOfYearPhases, seasonOf } from '../season.ts';
import type { FeaturePlan, PreparedSeries } from './features.ts';
import type { Forecasts } from './forecaster.ts';
import { FEWEST_WINDOWS, ridgeForecasts } from './ridge-forecasts.ts';
import type { Window } from './windows.ts';

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
  const truth = new Float64Array(windows.length * horizon).fill(Number.NaN);
  windows.forEach(({ prepared: { series }, origin, end }, n) => {
    const column = series.names.indexOf(plan.columns[0]);
    const known = Math.min(end, series.history, origin + horizon);
    for (let t = origin; t < known; t++) {
      if (series.observed[column][t] === 1) truth[n * horizon + t - origin] = series.values[column][t];
    }
  });
  return truth;
}

/** Forecasts of a baseline between two visits to the event loop. */
const PIECE = 1024;

/** Why a baseline that others taught is missing for some series. */
const UNTAUGHT = 'left out of series without a value before the test span';

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
  visit: Visit,
): Promise<Pick<Scored, 'baselines' | 'notes'>> {
  const { horizon } = plan;
  const baselines: Record<string, Float64Array> = {};
  const notes: Record<string, string> = {};
  const untaught = new Set<string>();
  const season = seasonOf(plan.step);
  const places = placesOf(windows);
  for (const [k, one] of prepared.entries()) {
    const own = places.get(one);
    if (!own) continue;
    const column = one.series.names.indexOf(plan.columns[0]);
    const { observed, history } = one.series;
    const values = one.series.values[column]
      .slice(0, history)
      .map((y, t) => (observed[column][t] === 1 ? y : Number.NaN));
    await visit();
    const phases = season === undefined ? undefined : dayOfYearPhases(one.series, season, plan.horizon);
    const climatology = season === undefined ? {} : { climatology: { season, ...(phases && { phases }) } };
    const trainEnd = values.subarray(0, trainEnds[k]).every(Number.isNaN) ? 0 : trainEnds[k];
    for (const baseline of fitBaselines({ values, trainEnd, horizon }, climatology)) {
      baselines[baseline.name] ??= new Float64Array(windows.length * horizon).fill(Number.NaN);
      if (baseline.note === UNLEARNED) untaught.add(baseline.name);
      else if (baseline.note) notes[baseline.name] ??= baseline.note;
      for (const [n, i] of own.entries()) {
        baselines[baseline.name].set(baseline.forecast(windows[i].origin), i * horizon);
        if (n % PIECE === 0) await visit();
      }
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
    if (ridge.notes.length > 0) notes.ridge = ridge.notes.join('; ');
  } else {
    notes.ridge =
      training.length === 0 ? UNLEARNED : `left out: fewer than ${FEWEST_WINDOWS} whole windows to learn from`;
  }
  return { baselines, notes };
}

/** Which windows are of which series. */
function placesOf(windows: readonly Window[]): Map<PreparedSeries, number[]> {
  const places = new Map<PreparedSeries, number[]>();
  windows.forEach(({ prepared }, i) => {
    const own = places.get(prepared);
    if (own) own.push(i);
    else places.set(prepared, [i]);
  });
  return places;
}

/** Turns forecasts and truth into figures. `naiveScale`: mean error of the naive forecast in training, for MASE. */
export async function score(
  { windows, truth, forecasts, baselines, notes }: Scored,
  horizon: number,
  naiveScale: number,
  visit: Visit,
): Promise<ForecastScores> {
  const columnsOf = (values: Float64Array): Float64Array[] =>
    Array.from({ length: horizon }, (_, h) => stepValues(values, horizon, h));
  const truths = columnsOf(truth);
  /** Steps ahead that some window has seen. */
  const steps = truths.flatMap((y, h) => (y.every(Number.isNaN) ? [] : [h]));
  const intervals = forecasts.intervals.map(({ level, lower, upper }) => ({
    level,
    whole: { lower, upper },
    steps: { lower: columnsOf(lower), upper: columnsOf(upper) },
  }));
  const bordersAt = (h: number): Borders[] =>
    intervals.map(({ level, steps: { lower, upper } }) => ({ level, lower: lower[h], upper: upper[h] }));
  const together = intervals.map(({ level, whole }) => ({ level, ...whole }));
  const byLevel = <T>(measure: (interval: (typeof intervals)[number]) => T): Record<string, T> =>
    Object.fromEntries(intervals.map((interval) => [String(interval.level), measure(interval)]));
  const coverageOf = (y: Float64Array, { lower, upper }: Omit<Borders, 'level'>): number =>
    100 * coverage(y, lower, upper, present(y));
  const coverageAt = (h: number, { lower, upper }: { lower: Float64Array[]; upper: Float64Array[] }): number =>
    coverageOf(truths[h], { lower: lower[h], upper: upper[h] });
  const own = columnsOf(forecasts.point);
  const others = Object.entries(baselines).map(([name, all]) => ({ name, all, columns: columnsOf(all) }));
  const ofBaselines = async <T>(measure: (baseline: (typeof others)[number]) => T): Promise<Record<string, T>> => {
    const measured: [string, T][] = [];
    for (const baseline of others) {
      await visit();
      measured.push([baseline.name, measure(baseline)]);
    }
    return Object.fromEntries(measured);
  };
  return {
    windows: windows.length,
    test: figuresOf(truths[0], own[0], naiveScale, bordersAt(0)),
    baselines: await ofBaselines(({ columns }) => figuresOf(truths[0], columns[0], naiveScale)),
    coverage: byLevel((interval) => coverageAt(0, interval.steps)),
    overall: {
      test: figuresOf(truth, forecasts.point, naiveScale, together),
      baselines: await ofBaselines(({ all }) => figuresOf(truth, all, naiveScale)),
      coverage: byLevel(({ whole }) => coverageOf(truth, whole)),
    },
    steps: {
      test: steps.map((h) => figuresOf(truths[h], own[h], naiveScale, bordersAt(h))),
      baselines: await ofBaselines(({ columns }) => steps.map((h) => figuresOf(truths[h], columns[h], naiveScale))),
      coverage: byLevel((interval) => steps.map((h) => coverageAt(h, interval.steps))),
      width: byLevel(({ steps: { lower, upper } }) => steps.map((h) => intervalWidth(lower[h], upper[h]))),
    },
    notes,
  };
}

/** The borders of an interval at `level` per cent. */
interface Borders {
  level: number;
  lower: Float64Array;
  upper: Float64Array;
}

function figuresOf(
  y: Float64Array,
  p: Float64Array,
  naiveScale: number,
  borders: readonly Borders[] = [],
): ErrorFigures {
  const weights = present(y, p);
  const losses = borders.flatMap(({ level, lower, upper }) => {
    const tail = (1 - level / 100) / 2;
    return [pinball(y, lower, tail, weights), pinball(y, upper, 1 - tail, weights)];
  });
  return {
    mae: mae(y, p, weights),
    rmse: rmse(y, p, weights),
    mase: naiveScale > 0 ? mase(y, p, naiveScale, weights) : Number.NaN,
    smape: smape(y, p, weights),
    ...(losses.length > 0 && { pinball: losses.reduce((a, b) => a + b, 0) / losses.length }),
  };
}

/** 1 where there is a value in all of them. A loop, as there may be millions. */
function present(...all: Float64Array[]): Uint8Array {
  const weights = new Uint8Array(all[0].length).fill(1);
  for (const values of all) {
    for (let i = 0; i < weights.length; i++) if (Number.isNaN(values[i])) weights[i] = 0;
  }
  return weights;
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
