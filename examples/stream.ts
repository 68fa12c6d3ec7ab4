// A trained forecaster fed row by row, stopped, and continued from its saved state to the same bits. About 1 second.
import { readTable, toSeries, trainForecast } from 'recurve';

const wave = (t: number): number => 20 + 5 * Math.sin(t / 4) + Math.cos(t / 11);
const csv = ['level', ...Array.from({ length: 600 }, (_, t) => wave(t).toFixed(3))].join('\n');
const data = toSeries(await readTable(csv), { target: 'level' });
const { model } = await trainForecast(data, {
  context: 16,
  horizon: 4,
  hidden: 16,
  epochs: 6,
  validation: 'holdout',
  seed: 1,
});

const whole = model.stream();
let interrupted = model.stream();
for (let t = 600; t < 640; t++) {
  const row = { level: wave(t) };
  const forecast = whole.push(row); // null until `context` rows have arrived
  const same = interrupted.push(row);
  if (t === 625) interrupted = model.stream(JSON.parse(JSON.stringify(interrupted.state())));
  if (forecast?.point.join() !== same?.point.join()) throw new Error('expected the same bits');
  if (forecast && t % 8 === 7) {
    console.log(`after ${t}: next ${forecast.point[0].toFixed(2)}, came ${wave(t + 1).toFixed(2)}`);
  }
}
