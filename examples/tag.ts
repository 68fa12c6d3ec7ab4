// Is the machine about to be overloaded? A label per step, told one step ahead, from a table of readings; then row by row.

import { Random } from 'recurve';
import { readTable } from 'recurve/data';
import { encodeModelFile } from 'recurve/model';
import { loadTag, toTagTable, trainTag } from 'recurve/tasks';

// Readings every ten minutes: load follows requests of twenty minutes before, and heat the load.
const random = new Random(1);
const requests: number[] = [];
let heat = 50;
const rows = Array.from({ length: 900 }, (_, t) => {
  requests.push(40 + 25 * Math.sin(t / 23) + 12 * random.normal());
  const load = requests[Math.max(0, t - 2)] + 4 * random.normal();
  heat += 0.2 * (load - heat);
  const time = new Date(Date.UTC(2024, 2, 1) + t * 600_000).toISOString();
  return { time, requests: requests[t], load, heat };
});
const csv = ['time,requests,load,heat', ...rows.map((row) => Object.values(row).join(','))].join('\n');

const data = toTagTable(await readTable(csv), { target: 'load > 60' });
const { model, scores } = await trainTag(data, { members: 2, epochs: 30, seed: 7 });
if (!scores) throw new Error('expected a test span');
for (const [name, { brier, logLoss }] of Object.entries({ model: scores.test, ...scores.baselines })) {
  console.log(`${name.padEnd(12)} Brier ${brier.toFixed(3)}  log loss ${logLoss.toFixed(3)}`);
}

// What a service would do: load the file, take a reading, get a probability.
using loaded = await loadTag(encodeModelFile(model.encode()));
const stream = loaded.stream();
for (const { time, ...reading } of rows.slice(0, 100)) {
  const { label, probabilities } = stream.push(reading, { time: Date.parse(time) });
  if (stream.rows > 96) console.log(`after ${time.slice(11, 16)}: ${label}, ${(100 * probabilities.yes).toFixed(0)} %`);
}
