import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecurveError } from 'recurve';
import { createEngine, numericsOf, TIERS } from 'recurve/engine';
import { encodeModelFile } from 'recurve/model';
import { type GenerateModel, loadGenerate, trainGenerate } from 'recurve/tasks';
import { recordTask } from './record.ts';
import { datasetText } from './text.ts';

/** Characters to write per second of processor time. */
const TARGET = 20_000;
const LENGTH = 10_000;
const ROUNDS = 8;
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/**
 * `npm run bench -- tasks generate-speed`: characters per second of one thread that an LSTM of 256 units writes, at temperature 0.8 over the
 * 65 characters of tinyshakespeare, in each tier that runs here: piece by piece from the iterator, at once with `write`, and from the command.
 * Measured is the thread's own processor time, the best of some rounds, so that other work on the machine counts little.
 */
export async function run(name: string): Promise<void> {
  const began = performance.now();
  const bytes = await trainedModel();
  const folder = mkdtempSync(join(tmpdir(), 'recurve-'));
  const file = join(folder, 'model.safetensors');
  writeFileSync(file, bytes);
  const rows: Row[] = [];
  try {
    for (const { name: tier } of TIERS) {
      const row = await measureTier(tier, bytes, file);
      if (!row) continue;
      rows.push(row);
      const shown = WAYS.map((way) => `${way} ${row[way].toLocaleString('en')}`).join('  ');
      console.log(`${tier.padEnd(9)} ${row.numerics.padEnd(5)}  ${shown} characters per second`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const by = (way: Way) => Object.fromEntries(rows.map((row) => [row.tier, row[way]]));
  const [measured, ...others] = WAYS;
  recordTask(name, {
    title:
      'Characters per second that one layer of 256 units writes on one thread, by tier: taken one by one from the iterator, written at once, drawn with top-k 40 and top-p 0.95, and through the command',
    ...{ seed: 1, seconds: Math.round((performance.now() - began) / 1000), threads: 1 },
    figures: by(measured),
    target: Object.fromEntries(rows.map(({ tier }) => [tier, TARGET])),
    also: Object.fromEntries(others.map((way) => [way, by(way)])),
  });
}

/** A language model that has learned enough to be unsure in the usual way. */
async function trainedModel(): Promise<Uint8Array> {
  const text = await datasetText('tinyshakespeare');
  const { model } = await trainGenerate(
    text,
    { hidden: 256, epochs: 1, validationShare: 0, seed: 1 },
    { maxSeconds: 15 },
  );
  return encodeModelFile(model.encode());
}

/** Roads from a model to its text; the first is the one that counts. */
const WAYS = ['iterator', 'write', 'top-k 40 and top-p 0.95', 'command'] as const;
type Way = (typeof WAYS)[number];

/** Characters per second by each way. */
type Row = { tier: string; numerics: string } & Record<Way, number>;

async function measureTier(tier: string, bytes: Uint8Array, file: string): Promise<Row | undefined> {
  let model: GenerateModel;
  let numerics: string;
  try {
    const engine = await createEngine({ tier, threads: 1 });
    numerics = numericsOf(engine);
    model = await loadGenerate(bytes, { engine });
  } catch (error) {
    if (!(error instanceof RecurveError && error.code === 'unsupported')) throw error;
    console.log(`${tier}: absent, ${error.message}`);
    return undefined;
  }
  const options = { length: LENGTH, temperature: 0.8, seed: 1 };
  const iterator = await best(async () => {
    for await (const piece of model.generate(options)) if (piece === '') throw new Error('an empty piece');
  });
  const write = await best(() => model.write(options));
  const filtered = await best(() => model.write({ ...options, topK: 40, topP: 0.95 }));
  model[Symbol.dispose]();
  return { tier, numerics, iterator, write, 'top-k 40 and top-p 0.95': filtered, command: commandSpeed(tier, file) };
}

/** Characters per second of this thread. */
async function best(write: () => Promise<unknown>): Promise<number> {
  let fastest = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.threadCpuUsage();
    await write();
    const { user, system } = process.threadCpuUsage(before);
    fastest = Math.min(fastest, user + system);
  }
  return Math.round((1e6 * LENGTH) / fastest);
}

/** Makes the command tell the processor time of its main thread when it ends. */
const TELL =
  "data:text/javascript,process.on('exit',()=>{const{user,system}=process.threadCpuUsage();process.stderr.write('cpu '+(user+system)+'\\n')})";

/** Characters per second of `recurve generate` beyond its start: the time of a long text less that of a short one. */
function commandSpeed(tier: string, file: string): number {
  const [short, long] = [100, 4 * LENGTH].map((length) => {
    const times = Array.from({ length: 4 }, () => {
      const args = ['generate', file, '--length', String(length), '--temperature', '0.8', '--seed', '1'];
      const { status, stderr } = spawnSync(process.execPath, ['--import', TELL, MAIN, ...args], {
        env: { ...process.env, RECURVE_TIER: tier, RECURVE_THREADS: '1' },
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      });
      const told = /^cpu (\d+)$/m.exec(stderr);
      if (status !== 0 || !told) throw new Error(`recurve generate ended with ${status}: ${stderr}`);
      return Number(told[1]);
    });
    return Math.min(...times);
  });
  return Math.round((1e6 * (4 * LENGTH - 100)) / (long - short));
}
