/** A linear recursion on the last p values, by Yule and Walker. */

import { expectOptions, expectWhole } from '../../options.ts';
import { type Baseline, type BaselineData, checkBaselineData, checkOrigin } from './baseline.ts';
import { type ClimatologyOptions, fitSeasonalMean } from './climatology.ts';

/** What `autoregression` needs beside the series. */
export interface AutoregressionOptions {
  /** Number p of past values in the recursion, at least 1. Default 1. Cut to a third of the training span. */
  order?: number;
  /** With it the recursion runs on the anomaly from the seasonal mean, without it on the anomaly from the training mean. */
  climatology?: ClimatologyOptions;
}

/**
 * Coefficients φ [p] of `a_t = Σ φ_j a_{t-j}` from autocovariances r [p + 1] (Levinson 1946, Durbin 1960).
 *
 * With r computed with divisor N the recursion is stable: iterated forecasts never blow up. Stops early where the
 * remaining variance is nil, leaving the higher coefficients 0.
 */
export function levinsonDurbin(r: Float64Array): Float64Array {
  const p = r.length - 1;
  const phi = new Float64Array(p);
  const previous = new Float64Array(p);
  let variance = r[0]!;
  for (let k = 0; k < p; k++) {
    // A remainder this small is rounding: the series already is an exact recursion of lower order.
    if (variance <= 1e-12 * r[0]!) break;
    let sum = r[k + 1]!;
    for (let j = 0; j < k; j++) sum -= phi[j]! * r[k - j]!;
    const reflection = sum / variance;
    previous.set(phi);
    phi[k] = reflection;
    for (let j = 0; j < k; j++) phi[j] = previous[j]! - reflection * previous[k - 1 - j]!;
    variance *= 1 - reflection * reflection;
  }
  return phi;
}

/**
 * AR(p) on the anomaly: `ŷ_{t+k} = m(t+k) + â_{t+k}`, `â` iterated from the last p anomalies, `m` the seasonal or plain mean.
 *
 * φ by Yule and Walker on the training anomalies (their mean not removed again). A missing value counts as anomaly 0,
 * which keeps the recursion stable. On a constant series φ is 0 and the forecast is the mean.
 */
export function autoregression(data: BaselineData, options: AutoregressionOptions = {}): Baseline {
  expectOptions('ar', options, { order: 'number', climatology: true });
  const wanted = options.order ?? 1;
  expectWhole('ar', 'order', wanted, { next: '1 reads only the last value' });
  const name = `ar(${wanted})`;
  const mean = checkBaselineData(name, data);
  const { values, trainEnd, horizon } = data;
  const seasonal = options.climatology === undefined ? undefined : fitSeasonalMean(name, data, options.climatology);
  const level = Float64Array.from({ length: values.length + horizon }, (_, t) => seasonal?.at(t) ?? mean);
  const anomaly = values.map((y, t) => (Number.isNaN(y) ? 0 : y - level[t]!));

  const order = Math.min(wanted, Math.floor(trainEnd / 3));
  const r = new Float64Array(order + 1);
  for (let lag = 0; lag <= order; lag++) {
    let sum = 0;
    for (let t = lag; t < trainEnd; t++) sum += anomaly[t]! * anomaly[t - lag]!;
    r[lag] = sum / trainEnd;
  }
  const phi = levinsonDurbin(r);

  const notes: string[] = [];
  if (order < wanted) notes.push(`order cut from ${wanted} to ${order}, a third of ${trainEnd} training steps`);
  if (seasonal?.note !== undefined) notes.push(seasonal.note);
  return {
    name,
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
    forecast(origin) {
      checkOrigin(name, origin, values.length);
      // recent[j] is the anomaly j + 1 steps before the step being forecast.
      const recent = new Float64Array(order);
      for (let j = 0; j < Math.min(order, origin); j++) recent[j] = anomaly[origin - 1 - j]!;
      const out = new Float64Array(horizon);
      for (let k = 0; k < horizon; k++) {
        let next = 0;
        for (let j = 0; j < order; j++) next += phi[j]! * recent[j]!;
        recent.copyWithin(1, 0);
        if (order > 0) recent[0] = next;
        out[k] = level[origin + k]! + next;
      }
      return out;
    },
  };
}
