import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RecurveError } from 'recurve';
import { createEngine, type Engine } from 'recurve/engine';
import { openRun } from 'recurve/node';
import { lineChart } from 'recurve/report';
import { type GenerateOptions, trainGenerate } from 'recurve/tasks';
import { recordTask } from './record.ts';
import { datasetText } from './text.ts';

/** Settings of one bench: tinyshakespeare by characters, the first 90 % learned, the whole last 10 % measured. */
interface Recipe {
  options: GenerateOptions;
  /** All of it, scoring included, has to fit into so many seconds. */
  budget: number;
  /** Epochs tried at all; how many of them fit is measured. */
  epochs: readonly [fewest: number, most: number];
  /** Nats per character to reach. */
  target: number;
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  generate: {
    budget: 2700,
    epochs: [6, 18],
    target: 1.44,
    options: {
      ...{ hidden: 512, layers: 2, embedding: 64, dropout: 0.4, weightDrop: 0.3, weightDecay: 0.05 },
      ...{ batchSize: 32, window: 96, rate: 3e-3, average: 0.995 },
    },
  },
  'generate-5min': {
    budget: 300,
    epochs: [4, 10],
    target: 1.6,
    options: {
      hidden: 256,
      layers: 1,
      embedding: 64,
      dropout: 0.1,
      batchSize: 32,
      window: 64,
      rate: 4e-3,
      average: 0.995,
    },
  },
};

/** Of the budget, what is left to the training itself: the rest is for the score at the end, the n-grams and what may disturb. */
const SHARE = 0.92;

/** `npm run bench -- tasks generate [--seed N] [--epochs N] [--resume] [--fast]` */
export async function run(name: string, words: readonly string[]): Promise<void> {
  const began = performance.now();
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string', default: '1' },
      epochs: { type: 'string' },
      resume: { type: 'boolean', default: false },
      fast: { type: 'boolean', default: false },
    },
  });
  const { options, budget, target, epochs } = RECIPES[name];
  const text = await datasetText('tinyshakespeare');
  const numerics = values.fast ? 'fast' : 'exact';
  const engine = await createEngine({ threads: 'auto', numerics });
  const folder = fileURLToPath(new URL(`../../runs/bench-${name}`, import.meta.url));
  const settings: GenerateOptions = values.resume
    ? JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')).options
    : {
        ...options,
        seed: Number(values.seed),
        epochs: values.epochs
          ? Number(values.epochs)
          : await epochsWithin(budget * SHARE, epochs, text, options, engine),
      };
  console.log(`${name}: ${engine.name}, ${engine.threads.count} threads, ${numerics}; ${JSON.stringify(settings)}`);
  const run = await openRun(folder, {
    ...(values.resume ? { resume: true } : { overwrite: true }),
    config: { options: { ...settings } as Record<string, number> },
  });
  const curve: { seconds: number; training: number; validation: number }[] = [];
  const known = new Map<number, (typeof curve)[number]>();
  const trained = await trainGenerate(text, settings, {
    engine,
    onEpoch(record) {
      run.metrics.append({ ...record });
      const point = {
        seconds: Math.round(record.seconds),
        training: record.loss,
        validation: record.validation ?? Number.NaN,
      };
      known.set(record.epoch, point);
      console.log(
        `epoch ${record.epoch}  ${point.seconds} s  training ${point.training.toFixed(4)}  validation ${point.validation.toFixed(4)}`,
      );
    },
    checkpoint: { everySeconds: 60, save: (file) => run.saveCheckpoint(file) },
    ...(run.checkpoint && { resume: run.checkpoint }),
  });
  for (const { seconds, loss, validation = Number.NaN } of trained.history)
    curve.push({ seconds: Math.round(seconds), training: loss, validation });
  await run.saveModel(trained.model.encode());
  await run.close();
  const { validation, baselines, epochs: best } = trained;
  if (!validation) throw new Error('no validation');
  const seconds = Math.round((performance.now() - began) / 1000);
  for (const [other, scores] of Object.entries(baselines))
    console.log(`${other.padEnd(8)} ${scores.nats.toFixed(4)} nats per character`);
  console.log(
    `${name}: ${validation.nats.toFixed(4)} nats per character (to reach ${target}), ${validation.bits.toFixed(4)} bits, perplexity ${validation.perplexity.toFixed(3)}; best after epoch ${best}; ${seconds} s in all`,
  );
  console.log(await trained.model.write({ prompt: 'ROMEO:\n', length: 400, temperature: 0.7, seed: 1 }));
  recordTask(name, {
    title: `tinyshakespeare by characters, the first 90 % learned, the whole last 10 % measured, within ${budget / 60} minutes`,
    ...{
      seed: settings.seed,
      seconds,
      training: Math.round(trained.seconds),
      engine: engine.name,
      threads: engine.threads.count,
      numerics,
    },
    figures: { nats: validation.nats, bits: validation.bits, perplexity: validation.perplexity },
    target: { nats: target },
    baselines: Object.fromEntries(Object.entries(baselines).map(([other, { nats }]) => [other, { nats }])),
    settings: { ...settings },
    curve,
  });
  drawCurve(name, curve, baselines['5-gram'].nats, target);
}

/** How many epochs fit into `seconds` on this machine now: some steps of a training are timed and thrown away. */
async function epochsWithin(
  seconds: number,
  [fewest, most]: readonly [number, number],
  text: string,
  options: GenerateOptions,
  engine: Engine,
): Promise<number> {
  const [skipped, timed] = [3, 12];
  const stop = new AbortController();
  let [began, step, perStep, steps] = [0, 0, 0, 0];
  const trial = trainGenerate(
    text,
    { ...options, epochs: 1 },
    {
      engine,
      signal: stop.signal,
      onProgress(progress) {
        if (progress.step === skipped) [began, step] = [performance.now(), progress.step];
        if (progress.step < skipped + timed || perStep > 0) return;
        perStep = (performance.now() - began) / (progress.step - step) / 1000;
        steps = progress.steps;
        stop.abort();
      },
    },
  );
  await trial.catch((error: unknown) => {
    if (!(error instanceof RecurveError && error.code === 'interrupted')) throw error;
  });
  // A validation reads a ninth as much as an epoch, forwards only.
  const epoch = perStep * steps * (1 + 1 / 9 / 2.5);
  const fit = Math.floor(seconds / epoch);
  console.log(`${(1000 * perStep).toFixed(0)} ms per step, ${epoch.toFixed(0)} s per epoch: ${fit} epochs fit`);
  return Math.min(Math.max(fit, fewest), most);
}

/** docs/pictures/NAME.svg: validation loss against wall time. */
function drawCurve(
  name: string,
  curve: readonly { seconds: number; training: number; validation: number }[],
  ngram: number,
  target: number,
): void {
  const flat = (value: number) => curve.map(() => value);
  const svg = lineChart({
    title: 'tinyshakespeare: nats per character on the last 10 % against wall time',
    ...{ width: 880, height: 340, hover: false, standalone: true, xLabel: 'seconds', yLabel: 'nats per character' },
    x: curve.map(({ seconds }) => seconds),
    series: [
      { label: 'validation', y: curve.map(({ validation }) => validation), color: 0, points: true },
      { label: 'training, with dropout', y: curve.map(({ training }) => training), color: 1 },
      { label: 'best n-gram', y: flat(ngram), color: 'ink', dash: 'dashed' },
      { label: `to reach: ${target}`, y: flat(target), color: 2, dash: 'dashed' },
    ],
  });
  writeFileSync(new URL(`../../docs/pictures/${name}.svg`, import.meta.url), `${svg}\n`);
}
