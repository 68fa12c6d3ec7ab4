import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mae, rmse } from '../../train/metrics.ts';
import { autoregression, climatology, fitRidge, forecastAll, persistence, targetsAt } from '../baselines.ts';

/**
 * Seattle weather 2012-2015 (vega-datasets): train 2012-2014, test every day of 2015, next-day temp_max in °C.
 * The asserted figures come from an independent computation with numpy.
 */
const file = new URL('../../../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url);
const rows = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));
const values = Float64Array.from(rows, (cells) => Number(cells[2]));
const trainEnd = rows.findIndex((cells) => cells[0]!.startsWith('2015'));
const horizon = 1;
const data = { values, trainEnd, horizon };
const origins = Array.from({ length: rows.length - trainEnd }, (_, i) => trainEnd + i);
const truth = targetsAt(values, origins, horizon);

/** Day of the year from 1, one more than there are rows, so the last origin has its phase too. */
const phases = Array.from({ length: rows.length + 1 }, (_, t) => {
  const day = new Date(Date.UTC(2012, 0, 1 + t));
  return (day.getTime() - Date.UTC(day.getUTCFullYear(), 0, 0)) / 86_400_000;
});
const season = { season: 365.25, window: 15, phases };

const score = (prediction: Float64Array) => ({
  mae: mae(truth, prediction).toFixed(3),
  rmse: rmse(truth, prediction).toFixed(3),
});

/** Inputs of one forecast: the four columns of the day before, sine and cosine of the day of the year forecast. */
function design(first: number, end: number): Float64Array {
  return Float64Array.from({ length: (end - first) * 6 }, (_, i) => {
    const t = first + Math.floor(i / 6);
    const column = i % 6;
    const angle = (2 * Math.PI * phases[t]!) / 365.25;
    if (column === 4) return Math.sin(angle);
    return column === 5 ? Math.cos(angle) : Number(rows[t - 1]![column + 1]);
  });
}

describe('Seattle 2015, next-day temp_max', () => {
  test('has 1,096 training and 365 test days', () => {
    expect([trainEnd, origins.length]).toEqual([1096, 365]);
  });

  test('persistence scores MAE 2.240, RMSE 2.907 °C', () => {
    expect(score(forecastAll(persistence(data), origins, horizon))).toEqual({ mae: '2.240', rmse: '2.907' });
  });

  test('climatology over ±15 days of the year scores MAE 3.133, RMSE 3.927 °C', () => {
    expect(score(forecastAll(climatology(data, season), origins, horizon))).toEqual({ mae: '3.133', rmse: '3.927' });
  });

  test('AR(1) on the anomaly from climatology scores MAE 2.161, RMSE 2.712 °C', () => {
    const ar = autoregression(data, { order: 1, climatology: season });
    expect(score(forecastAll(ar, origins, horizon))).toEqual({ mae: '2.161', rmse: '2.712' });
  });

  test('least squares on one day of four columns and the season scores MAE 2.109, RMSE 2.673 °C', () => {
    const inputs = design(1, trainEnd);
    const fit = fitRidge({ inputs, targets: values.slice(1, trainEnd), features: 6, horizon }, { penalties: [0] });
    expect(score(fit.predict(design(trainEnd, rows.length)))).toEqual({ mae: '2.109', rmse: '2.673' });
  });

  test('ridge with the penalty chosen on the last fifth of the training rows is as good within 0.01 °C', () => {
    const inputs = design(1, trainEnd);
    const fit = fitRidge({ inputs, targets: values.slice(1, trainEnd), features: 6, horizon });
    const prediction = fit.predict(design(trainEnd, rows.length));
    expect(fit.penalty).toBeLessThanOrEqual(0.01);
    expect(mae(truth, prediction)).toBeCloseTo(2.11, 2);
    expect(rmse(truth, prediction)).toBeLessThan(2.683);
  });
});
