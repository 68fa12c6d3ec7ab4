import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecurveError } from 'recurve';
import { readTable, toSeries } from 'recurve/data';
import { trainForecast } from 'recurve/tasks';
import { writeResults } from './results.ts';
import { median } from './statistics.ts';

const HORIZON = 24;

/**
 * ETTh1, target OT, 24 hours ahead, the split of Informer (Zhou et al. 2021): 12, 4 and 4 months of 30 days, errors z-scored with the
 * training span's statistics, mean over all windows that lie in the test span and all 24 steps.
 */
export async function run(seeds: readonly number[]): Promise<void> {
  const mirror = process.env.RECURVE_DATA;
  if (!mirror)
    throw new RecurveError(
      'usage',
      'bench ett: expected RECURVE_DATA to name a folder with forecasting-ett/ETTh1.csv, got nothing; set it',
    );
  const table = await readTable(readFileSync(join(mirror, 'forecasting-ett', 'ETTh1.csv')), { name: 'ETTh1.csv' });
  // Univariate, as the published row is: the other columns are load curves that do not help it.
  const data = toSeries(table, { target: 'OT', covariates: [] });
  const runs = [];
  for (const seed of seeds) {
    const began = performance.now();
    const { scored } = await trainForecast(data, {
      seed,
      context: 96,
      horizon: HORIZON,
      stride: 4,
      calendar: false,
      validation: 'holdout',
      holdout: { from: '2017-06-26' },
      test: { from: '2017-10-24' },
      testUntil: '2018-02-21',
    });
    if (!scored) throw new Error('no test span');
    const { windows, truth, forecasts, baselines } = scored;
    const { scale } = windows[0].prepared.target;
    const whole = (windows.length - HORIZON + 1) * HORIZON;
    const mse = (predicted: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < whole; i++) sum += ((truth[i] - predicted[i]) / scale) ** 2;
      return sum / whole;
    };
    const figures = Object.fromEntries(Object.entries(baselines).map(([name, predicted]) => [name, mse(predicted)]));
    const seconds = (performance.now() - began) / 1000;
    runs.push({ seed, mse: mse(forecasts.point), windows: whole / HORIZON, seconds, baselines: figures });
    console.log(`seed ${seed}  MSE ${runs[runs.length - 1].mse.toFixed(4)}  ${seconds.toFixed(1)} s`);
  }
  const mse = median(runs.map((run) => run.mse));
  console.log(`median   MSE ${mse.toFixed(4)} (to reach 0.031; published LSTM 0.114)  over ${runs[0].windows} windows`);
  for (const [name, value] of Object.entries(runs[0].baselines))
    console.log(`${name.padEnd(16)} MSE ${value.toFixed(4)}`);
  writeResults('ett', { mse, runs });
}
