import { readFileSync } from 'node:fs';
import { readTable, toSeries } from 'recurve/data';
import { type ForecastScores, trainForecast } from 'recurve/tasks';
import { writeResults } from './results.ts';
import { median } from './statistics.ts';

/** Seattle's weather, next day's temp_max: trained on 2012-2014, tested on 2015, all settings at their defaults. */
export async function run(seeds: readonly number[]): Promise<void> {
  const csv = readFileSync(new URL('../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url));
  const table = await readTable(csv, { name: 'seattle-weather.csv' });
  const data = toSeries(table, { target: 'temp_max' });
  const runs: (Pick<ForecastScores, 'coverage' | 'baselines'> &
    Record<'seed' | 'rmse' | 'mae' | 'seconds' | 'epochs', number>)[] = [];
  for (const seed of seeds) {
    const { scores, seconds, epochs } = await trainForecast(data, { seed, test: { from: '2015-01-01' } });
    if (!scores) throw new Error('no scores');
    const { test, coverage, baselines } = scores;
    runs.push({ seed, rmse: test.rmse, mae: test.mae, coverage, seconds, epochs, baselines });
    console.log(
      `seed ${seed}  RMSE ${test.rmse.toFixed(3)} °C  MAE ${test.mae.toFixed(3)} °C  80 % ${coverage['80'].toFixed(1)}  95 % ${coverage['95'].toFixed(1)}  ${seconds.toFixed(1)} s`,
    );
  }
  const rmse = median(runs.map((run) => run.rmse));
  const covered = (level: string): number => median(runs.map((run) => run.coverage[level]));
  console.log(
    `median   RMSE ${rmse.toFixed(3)} °C (to reach 2.65)  80 % ${covered('80').toFixed(1)}  95 % ${covered('95').toFixed(1)}`,
  );
  for (const [name, { rmse, mae }] of Object.entries(runs[0].baselines)) {
    console.log(`${name.padEnd(16)} RMSE ${rmse.toFixed(3)} °C  MAE ${mae.toFixed(3)} °C`);
  }
  writeResults('seattle', { rmse, coverage: { 80: covered('80'), 95: covered('95') }, runs });
}
