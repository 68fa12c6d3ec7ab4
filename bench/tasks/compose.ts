import { parseArgs } from 'node:util';
import { RecurveError } from 'recurve';
import { readMusic } from 'recurve/data';
import { createEngine } from 'recurve/engine';
import { datasetNamed, datasetPlaces, findDataset, readFileBytes } from 'recurve/node';
import { type ComposeOptions, trainCompose } from 'recurve/tasks';
import { recordTask } from './record.ts';

/** Settings of one bench: piano rolls as Boulanger-Lewandowski et al. (2012) split them, chosen on the validation part. */
interface Recipe {
  /** What is learned, for the page of results. */
  title: string;
  dataset: string;
  file: string;
  options: ComposeOptions;
  /** Nats per step over 88 keys to reach on the test part. */
  target: number;
  /** Test figures of Bai, Kolter & Koltun 2018. */
  published: Record<string, number>;
}

const COMMON = { kind: 'keys', transpose: 5, related: true, batchSize: 4 } as const;

const RECIPES: Readonly<Record<string, Recipe>> = {
  'compose-jsb': {
    title: "Bach's chorales in quarters, the split of Boulanger-Lewandowski et al. 2012: the test part",
    dataset: 'jsb-chorales',
    file: 'jsb-chorales-quarter.json',
    target: 8.45,
    published: { LSTM: 8.45, GRU: 8.43, RNN: 8.91, TCN: 8.1 },
    options: {
      ...{ ...COMMON, stepsPerQuarter: 1, hidden: 256, rate: 4e-3, epochs: 150, patience: 40 },
      ...{ dropout: 0.4, inputDropout: 0.1, weightDrop: 0.1, average: 0.998 },
    },
  },
  'compose-nottingham': {
    title: 'Folk tunes of Nottingham in eighths, the split of Boulanger-Lewandowski et al. 2012: the test part',
    dataset: 'nottingham-pianoroll',
    file: 'nottingham-pianoroll.json',
    target: 3.25,
    published: { LSTM: 3.29, GRU: 3.46, RNN: 4.05, TCN: 3.07 },
    options: {
      ...{ ...COMMON, stepsPerQuarter: 2, segment: 64, hidden: 256, rate: 3e-3, epochs: 40, patience: 8 },
      ...{ dropout: 0.25, inputDropout: 0.02, weightDrop: 0.1, average: 0.999 },
    },
  },
};

/** `npm run bench -- tasks compose-jsb [--seed N]` */
export async function run(name: string, words: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...words], options: { seed: { type: 'string', default: '1' } } });
  const { title, dataset, file, options, target, published } = RECIPES[name];
  const bytes = await fileOf(dataset, file);
  const engine = await createEngine();
  const began = performance.now();
  const { model, scores, epochs, stopped, seconds, history } = await trainCompose(
    readMusic(bytes, file),
    { ...options, seed: Number(values.seed) },
    {
      engine,
      onEpoch: ({ epoch, loss, validation = Number.NaN, seconds: spent }) =>
        console.log(
          `epoch ${epoch}  loss ${loss.toFixed(3)}  validation ${validation.toFixed(3)}  ${spent.toFixed(0)} s`,
        ),
    },
  );
  if (!scores) throw new RecurveError('data', `${file}: expected a test part, got none; fetch the data set again`);
  const { test, baselines, measure } = scores;
  const rows = [
    ['this model', test.nll],
    ...Object.entries(baselines).map(([baseline, { nll }]) => [baseline, nll] as const),
    ...Object.entries(published).map(([cell, nll]) => [`${cell}, Bai et al. 2018`, nll] as const),
  ] as const;
  for (const [who, nll] of rows) console.log(`${who.padEnd(24)} ${nll.toFixed(3)}`);
  console.log(`${measure}; asked for at most ${target}`);
  recordTask(name, {
    ...{ title, measure, seed: model.settings.seed, figures: { nll: test.nll }, target: { nll: target }, baselines },
    published: Object.fromEntries(
      Object.entries(published).map(([cell, nll]) => [`${cell}, Bai et al. 2018`, { nll }] as const),
    ),
    ...{ epochs, stopped, training: seconds, seconds: (performance.now() - began) / 1000 },
    ...{ engine: engine.name, threads: engine.threads.count, settings: model.settings },
    validation: history[epochs - 1]?.validation,
  });
}

async function fileOf(dataset: string, wanted: string): Promise<Uint8Array> {
  const files = await findDataset(datasetNamed(dataset), datasetPlaces());
  const found = files?.find(({ name }) => name === wanted);
  if (found) return readFileBytes(found.path);
  throw new RecurveError(
    'file',
    `bench: expected ${dataset} on this machine, got nothing; fetch it with recurve datasets get ${dataset}, or name a mirror in RECURVE_DATA`,
  );
}
