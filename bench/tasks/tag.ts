import { readFileSync } from 'node:fs';
import { RecurveError } from 'recurve';
import { readTable } from 'recurve/data';
import { DATASETS, datasetPlaces, findDataset } from 'recurve/node';
import { type TagFigures, toTagTable, trainTag } from 'recurve/tasks';
import { median } from '../statistics.ts';
import { recordTask } from './record.ts';

const SEEDS = [1, 2, 3, 4, 5];

/**
 * Does it rain tomorrow in Seattle? Trained on 2012 to 2014, tested on 2015, with the defaults, which were chosen by cross-validation on
 * 2012 to 2014 alone.
 */
export async function run(name: string, words: readonly string[]): Promise<void> {
  const seeds = words.length > 0 ? words.map(Number) : SEEDS;
  const table = toTagTable(await readTable(await weather(), { name: 'seattle-weather.csv' }), {
    target: 'precipitation > 0',
  });
  const began = performance.now();
  const runs: (TagFigures & { seed: number; epochs: number; seconds: number })[] = [];
  let baselines: Record<string, TagFigures> = {};
  for (const seed of seeds) {
    const { scores, seconds, epochs } = await trainTag(table, { seed, test: { from: '2015-01-01' } });
    if (!scores) throw new Error('no test span');
    baselines = scores.baselines;
    runs.push({ seed, epochs, seconds, ...scores.test });
    const { brier, logLoss, accuracy } = scores.test;
    console.log(
      `seed ${seed}  Brier ${brier.toFixed(4)}  log loss ${logLoss.toFixed(4)}  accuracy ${accuracy.toFixed(3)}  ${seconds.toFixed(1)} s`,
    );
  }
  for (const [baseline, { brier, logLoss, accuracy }] of Object.entries(baselines)) {
    console.log(
      `${baseline.padEnd(12)}  Brier ${brier.toFixed(4)}  log loss ${logLoss.toFixed(4)}  accuracy ${accuracy.toFixed(3)}`,
    );
  }
  const brier = median(runs.map((one) => one.brier));
  const logLoss = median(runs.map((one) => one.logLoss));
  const accuracy = median(runs.map((one) => one.accuracy));
  console.log(`median  Brier ${brier.toFixed(4)} (aim 0.178)  log loss ${logLoss.toFixed(4)} (aim 0.535)`);
  recordTask(name, {
    title: 'Does it rain in Seattle tomorrow? Trained on 2012 to 2014, tested on 2015; median of the seeds',
    seeds: seeds.join(' '),
    seconds: Math.round((performance.now() - began) / 100) / 10,
    figures: { brier, logLoss, accuracy },
    target: { brier: 0.178, logLoss: 0.535 },
    baselines: Object.fromEntries(
      Object.entries(baselines).map(([who, { brier, logLoss, accuracy }]) => [who, { brier, logLoss, accuracy }]),
    ),
    runs,
  });
}

async function weather(): Promise<Uint8Array> {
  const dataset = DATASETS.find((one) => one.name === 'seattle-weather');
  const files = dataset && (await findDataset(dataset, datasetPlaces()));
  if (files) return readFileSync(files[0].path);
  throw new RecurveError(
    'file',
    'bench tasks tag: expected the data set seattle-weather, got none; run recurve datasets get seattle-weather, or set RECURVE_DATA',
  );
}
