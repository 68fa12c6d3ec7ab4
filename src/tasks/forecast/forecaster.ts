import { RecurveError } from '../../errors.ts';
import { firstNotFinite } from '../../finite.ts';
import type { Network } from '../../nn/index.ts';
import { type Calibration, calibrated, type IntervalForecast } from '../conformal.ts';
import { type FeaturePlan, inputWidth, inUnit } from './features.ts';
import type { OutputKind } from './output.ts';
import { inputsOf, type Window } from './windows.ts';

/** Forecasts of many windows in the target's unit, [windows, horizon] each. */
export interface Forecasts {
  point: Float64Array;
  /** At the calibrated levels, ascending. */
  intervals: { level: number; lower: Float64Array; upper: Float64Array }[];
}

const BATCH = 256;

/** The network's raw numbers of many windows, [windows, horizon, outputs], without dropout; a piece is a batch. */
export function* outputsInPieces(
  network: Network,
  plan: FeaturePlan,
  chosen: readonly Window[],
  outputs: number,
): Generator<void, Float64Array> {
  const width = inputWidth(plan);
  const all = new Float64Array(chosen.length * plan.horizon * outputs);
  for (let from = 0; from < chosen.length; from += BATCH) {
    const batch = chosen.slice(from, from + BATCH);
    all.set(network.predict(inputsOf(plan, batch), [batch.length, width]).values, from * plan.horizon * outputs);
    yield;
  }
  return all;
}

/** Point forecasts and uncalibrated intervals in the network's scale, from its raw numbers. */
export function rawForecasts(
  raw: ArrayLike<number>,
  kind: OutputKind,
  levels: readonly number[],
): { point: Float64Array; intervals: IntervalForecast[] } {
  const n = raw.length / kind.outputs;
  const point = new Float64Array(n);
  for (let i = 0; i < n; i++) point[i] = raw[i * kind.outputs];
  const intervals = levels.map((level, l) => {
    const lower = new Float64Array(n);
    const upper = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const borders = kind.borders(raw, i * kind.outputs, l);
      // Quantiles learned one by one may cross; their order is repaired before calibration.
      lower[i] = Math.min(borders.lower, borders.upper);
      upper[i] = Math.max(borders.lower, borders.upper);
    }
    return { level: level / 100, lower, upper };
  });
  return { point, intervals };
}

/** Calibrated forecasts in the target's unit, in pieces as {@link outputsInPieces}. */
export function* forecastsInPieces(
  network: Network,
  plan: FeaturePlan,
  kind: OutputKind,
  calibration: Calibration,
  levels: readonly number[],
  chosen: readonly Window[],
): Generator<void, Forecasts> {
  const outputs = yield* outputsInPieces(network, plan, chosen, kind.outputs);
  const raw = rawForecasts(outputs, kind, levels);
  yield;
  const point = finiteInUnit(plan, chosen, raw.point);
  const intervals: Forecasts['intervals'] = [];
  for (const [l, { lower, upper }] of calibrated(calibration, raw.intervals, raw.point).entries()) {
    yield;
    intervals.push({
      level: levels[l],
      lower: finiteInUnit(plan, chosen, lower),
      upper: finiteInUnit(plan, chosen, upper),
    });
  }
  return { point, intervals };
}

function finiteInUnit(plan: FeaturePlan, chosen: readonly Window[], scaled: Float64Array): Float64Array {
  const values = inUnit(plan, chosen, scaled);
  const bad = firstNotFinite(values);
  if (bad >= 0) {
    throw new RecurveError(
      'numeric',
      `forecast: expected finite forecasts, got ${values[bad]} at step ${(bad % plan.horizon) + 1}; look for extreme values in the data or the model file`,
    );
  }
  return values;
}
