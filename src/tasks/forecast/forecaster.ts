import { RecurveError } from '../../errors.ts';
import type { Network } from '../../nn/index.ts';
import { type Calibration, calibrated, type IntervalForecast } from '../conformal.ts';
import { type FeaturePlan, inputWidth, unscale } from './features.ts';
import type { OutputKind } from './output.ts';
import { inputsOf, type Window } from './windows.ts';

/** Forecasts of many windows in the target's unit, [windows, horizon] each. */
export interface Forecasts {
  point: Float64Array;
  /** At the calibrated levels, ascending. */
  intervals: { level: number; lower: Float64Array; upper: Float64Array }[];
}

const BATCH = 256;

/** The network's raw numbers of many windows, [windows, horizon, outputs], without dropout. */
export function outputsOf(
  network: Network,
  plan: FeaturePlan,
  chosen: readonly Window[],
  outputs: number,
): Float64Array {
  const width = inputWidth(plan);
  const all = new Float64Array(chosen.length * plan.horizon * outputs);
  for (let from = 0; from < chosen.length; from += BATCH) {
    const batch = chosen.slice(from, from + BATCH);
    all.set(network.predict(inputsOf(plan, batch), [batch.length, width]).values, from * plan.horizon * outputs);
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
  const point = Float64Array.from({ length: n }, (_, i) => raw[i * kind.outputs]);
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

/** Calibrated forecasts in the target's unit. */
export function forecastsOf(
  network: Network,
  plan: FeaturePlan,
  kind: OutputKind,
  calibration: Calibration,
  levels: readonly number[],
  chosen: readonly Window[],
): Forecasts {
  const { point, intervals } = rawForecasts(outputsOf(network, plan, chosen, kind.outputs), kind, levels);
  const inUnit = (scaled: Float64Array): Float64Array =>
    scaled.map((y, i) => {
      const { prepared, origin } = chosen[Math.floor(i / plan.horizon)];
      const { a, b } = unscale(plan, prepared, origin, i % plan.horizon);
      const value = a + b * y;
      if (!Number.isFinite(value)) {
        throw new RecurveError(
          'numeric',
          `forecast: expected finite forecasts, got ${value} at step ${(i % plan.horizon) + 1}; look for extreme values in the data or the model file`,
        );
      }
      return value;
    });
  return {
    point: inUnit(point),
    intervals: calibrated(calibration, intervals, point).map(({ lower, upper }, l) => ({
      level: levels[l],
      lower: inUnit(lower),
      upper: inUnit(upper),
    })),
  };
}
