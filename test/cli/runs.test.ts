import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { decodeModelFile } from '../../src/model/index.ts';
import { temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { recurve, SMALL, startRecurve, table, trainSmall } from './recurve.ts';
import { expectSignalToSave, metricsOf, weightsOf } from './stopped.ts';

test('train writes a whole run and prints the test beside the baselines, the next steps and the paths', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'table.csv'), table(160));
  const { code, stdout, stderr } = recurve(['train', 'forecast', 'table.csv', ...SMALL, '--unit', '°C'], { cwd });
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('table.csv: 160 rows, 160 steps, 1 day apart');
  expect(stderr).toMatch(/^epoch 2\/2 /m);
  for (const name of [
    'GRU (this model)',
    'Persistence',
    'Climatology',
    'AR(1)',
    'Ridge regression',
    '80 % interval: ',
  ]) {
    expect(stdout).toContain(name);
  }
  expect(stdout).toContain('RMSE °C');
  expect(stdout).toContain('Next 3 days of temp (°C)');
  expect(stdout).toContain('model   runs/forecast-temp/model.safetensors');
  expect(stdout).toContain('report  runs/forecast-temp/report.html');
  expect(stdout + stderr).not.toContain('\u001b');
  expect(readdirSync(join(cwd, 'runs/forecast-temp')).sort()).toEqual([
    ...['checkpoint.safetensors', 'config.json', 'metrics.jsonl', 'model.safetensors', 'report.html'],
  ]);
});

test('train --json ends with one object that holds the result', () => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = trainSmall(cwd, '--json');
  expect(code, stderr).toBe(0);
  const error = { mae: expect.any(Number), rmse: expect.any(Number) };
  expect(JSON.parse(stdout)).toMatchObject({
    task: 'forecast',
    seconds: expect.any(Number),
    epochs: expect.any(Number),
    model: 'run/model.safetensors',
    test: error,
    baselines: { persistence: error, climatology: error, ridge: error },
    coverage: { 80: expect.any(Number), 95: expect.any(Number) },
    forecasts: [{ point: [expect.any(Number), expect.any(Number), expect.any(Number)] }],
  });
  expect(stdout.trimEnd()).not.toContain('\n');
  expect(stderr).toBe('');
});

test('the same seed gives the same weights to the bit, another seed others', () => {
  const cwd = temporaryFolder();
  for (const [out, seed] of [
    ['a', '3'],
    ['b', '3'],
    ['c', '4'],
  ])
    expect(trainSmall(cwd, '--out', out, '--seed', seed).code).toBe(0);
  expect(weightsOf(join(cwd, 'a'))).toEqual(weightsOf(join(cwd, 'b')));
  expect(weightsOf(join(cwd, 'a'))).not.toEqual(weightsOf(join(cwd, 'c')));
});

test('--max-time ends a long training with a model', () => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = trainSmall(
    cwd,
    '--epochs',
    '1000000',
    '--patience',
    '1000000',
    '--max-time',
    '0.5',
    '--json',
  );
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ stopped: 'time' });
});

/** A training of a few seconds, so that it can be stopped on the way. */
const LONG = ['--epochs', '60', '--patience', '60', '--hidden', '24', '--context', '20', '--checkpoint-every', '0.05'];

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s saves a checkpoint, says how to go on, and ends with 130; that command ends at the bits of the uninterrupted run',
  async (signal) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'table.csv'), table(160));
    await expectSignalToSave({ cwd, task: 'forecast', args: ['table.csv', ...SMALL, ...LONG] }, signal);
  },
);

test('a training goes on when nobody reads its progress', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'table.csv'), table(160));
  const child = startRecurve(['train', 'forecast', 'table.csv', ...SMALL, '--out', 'run'], { cwd });
  child.stderr?.destroy();
  let stdout = '';
  child.stdout?.on('data', (piece) => (stdout += piece));
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(stdout).toContain('run/model.safetensors');
});

test('a second signal ends at once', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'table.csv'), table(160));
  // One step takes long: everything is one batch, several times over.
  const slow = ['--hidden', '400', '--layers', '3', '--batch-size', '4096', '--epochs', '1000'];
  const child = startRecurve(['train', 'forecast', 'table.csv', ...SMALL, ...slow, '--out', 'run'], { cwd });
  child.stderr?.on('data', (piece) => {
    if (String(piece).includes('stopping after this step')) child.kill('SIGINT');
  });
  // Signals are caught from when the folder is open.
  while (!existsSync(join(cwd, 'run', 'metrics.jsonl'))) await sleep(50);
  await sleep(500);
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(code).toBe(130);
});

test('kill -9 at 20 random moments loses no file, and resuming ends at the bits of the uninterrupted run', async () => {
  const cwd = temporaryFolder();
  // Six trainings one after the other, so that the kills fall into several of them.
  const cross = [...LONG, '--validation', 'cross', '--epochs', '250'];
  const began = performance.now();
  expect(trainSmall(cwd, ...cross, '--out', 'whole').code).toBe(0);
  // Moments in the measure of this machine at this hour: from the start of the process to well inside the training.
  const whole = performance.now() - began;
  const begin = ['train', 'forecast', 'table.csv', ...SMALL, ...cross, '--out', 'cut', '--quiet', '--resume'];
  const steps: number[] = [];
  // On a machine that slows down meanwhile, more of them come too early to leave anything.
  const tooFew = (): boolean => new Set(steps).size <= 2;
  for (let kills = 0; kills < 20 || (tooFew() && kills < 100); kills++) {
    const child = startRecurve(begin, { cwd });
    const closed = once(child, 'close');
    await sleep(whole * (0.05 + 0.25 * Math.random()));
    child.kill('SIGKILL');
    await closed;
    const path = join(cwd, 'cut/checkpoint.safetensors');
    if (existsSync(path)) steps.push(decodeModelFile(readFileSync(path), { name: path }).document.step);
  }
  // It went on from where it was, time and again.
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(tooFew()).toBe(false);
  const resumed = recurve(begin, { cwd });
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(weightsOf(join(cwd, 'cut'))).toEqual(weightsOf(join(cwd, 'whole')));
  expect(metricsOf(join(cwd, 'cut'))).toEqual(metricsOf(join(cwd, 'whole')));
  const names = ['checkpoint.safetensors', 'config.json', 'metrics.jsonl', 'model.safetensors', 'report.html'];
  expect(readdirSync(join(cwd, 'cut')).sort()).toEqual(names);
}, 300_000);

test('--resume refuses other settings and other data, and says which', () => {
  const cwd = temporaryFolder();
  expect(trainSmall(cwd).code).toBe(0);
  const other = trainSmall(cwd, '--resume', '--hidden', '5');
  expect(other).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/the settings of the run to resume, options .*"hidden":4.*got .*"hidden":5/),
  });
  const alone = recurve(['train', 'forecast', '--out', 'run', '--resume', '--hidden', '5'], { cwd });
  expect(alone).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected no other settings with --resume alone, got --hidden'),
  });
  writeFileSync(join(cwd, 'table.csv'), table(161));
  const data = recurve(['train', 'forecast', '--out', 'run', '--resume'], { cwd });
  expect(data).toMatchObject({ code: 3, stderr: expect.stringContaining('expected the data the training began with') });
  const nothing = recurve(['train', 'forecast', '--out', 'nothing', '--resume'], { cwd });
  expect(nothing).toMatchObject({ code: 5, stderr: expect.stringContaining('config.json: expected a file to read') });
});
