// A forecast in the library: hourly demand with a daily and a weekly rhythm, the next 12 hours with intervals. About 2 seconds.
import { Random, readTable, toSeries, trainForecast } from 'recurve';

const random = new Random(1);
const start = Date.UTC(2024, 0, 1);
const rows = ['time,demand'];
let weather = 0;
for (let hour = 0; hour < 24 * 7 * 10; hour++) {
  weather = 0.9 * weather + random.normal();
  const day = 12 * Math.sin((2 * Math.PI * hour) / 24);
  const weekend = Math.floor(hour / 24) % 7 >= 5 ? -10 : 0;
  rows.push(`${new Date(start + hour * 3_600_000).toISOString()},${(60 + day + weekend + 2 * weather).toFixed(2)}`);
}

const data = toSeries(await readTable(rows.join('\n')), { target: 'demand' });
const { scores, forecasts } = await trainForecast(data, {
  context: 48,
  horizon: 12,
  hidden: 16,
  epochs: 4,
  validation: 'holdout',
  unit: 'MW',
  seed: 1,
});

for (const [name, { rmse }] of Object.entries({ model: scores!.test, ...scores!.baselines })) {
  console.log(name.padEnd(16), rmse.toFixed(2), 'MW');
}
const [{ times, point, intervals }] = forecasts;
point.forEach((y, h) => {
  const [lower, upper] = [intervals[0].lower[h], intervals[0].upper[h]];
  console.log(new Date(times![h]).toISOString(), y.toFixed(1), `80 %: ${lower.toFixed(1)} … ${upper.toFixed(1)}`);
});
