// Trainings that are stopped on the way and go on: what holds for every task.
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { readSafetensors } from '../../src/model/index.ts';
import { recurve, startRecurve } from './recurve.ts';

/** The weights of a run's model; what it says of its own seconds differs from run to run. */
export function weightsOf(folder: string) {
  return readSafetensors(readFileSync(join(folder, 'model.safetensors')), { name: folder }).tensors;
}

/** What a run tells of its epochs, without its own seconds. */
export function metricsOf(folder: string) {
  return readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ ...JSON.parse(line), seconds: 0 }));
}

/** Progress tells of an epoch that is done. */
const EPOCH = /\bepoch \d/;

/** A training of some seconds: `recurve train <task> ...args`, in a folder that has its data. */
export interface Training {
  cwd: string;
  task: string;
  args: readonly string[];
}

/**
 * A signal after the first epoch saves a checkpoint, says how to go on, and ends with 130; that command ends at the bits of the
 * uninterrupted run.
 */
export async function expectSignalToSave({ cwd, task, args }: Training, signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  const train = ['train', task, ...args, '--checkpoint-every', '0.05', '--out'];
  expect(recurve([...train, 'whole', '--quiet'], { cwd }).code).toBe(0);
  const child = startRecurve([...train, 'cut'], { cwd });
  let stderr = '';
  child.stderr?.on('data', (piece) => {
    if (!EPOCH.test(stderr) && EPOCH.test(stderr + piece)) child.kill(signal);
    stderr += piece;
  });
  const [code] = await once(child, 'close');
  const next = `train: expected to finish, got a request to stop; all of it is in cut/checkpoint.safetensors, go on with \`recurve train ${task} --out cut --resume\`\n`;
  expect(stderr.slice(-next.length)).toBe(next);
  expect(code).toBe(130);
  const early = recurve(['evaluate', 'cut', 'data'], { cwd });
  expect(early.stderr).toMatch(/^cut: expected a run that has ended, got one without a model yet; .*--resume\n$/);
  expect(early.code).toBe(5);
  const resumed = recurve(['train', task, '--out', 'cut', '--resume'], { cwd });
  expect(resumed.stderr).toMatch(/^going on from step \d+$/m);
  expect(resumed.code, resumed.stderr).toBe(0);
  expectSameRun(cwd);
}

/** `kill -9` once there is a checkpoint loses no file; the same command with `--resume` ends at the bits of the uninterrupted run. */
export async function expectKillToLoseNothing({ cwd, task, args }: Training): Promise<void> {
  const train = ['train', task, ...args, '--checkpoint-every', '0.05', '--quiet', '--out'];
  expect(recurve([...train, 'whole'], { cwd }).code).toBe(0);
  const child = startRecurve([...train, 'cut'], { cwd });
  const closed = once(child, 'close');
  while (!existsSync(join(cwd, 'cut/checkpoint.safetensors')) && child.exitCode === null) await sleep(10);
  // Some steps further, perhaps in the middle of the next checkpoint.
  await sleep(120);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  expect(existsSync(join(cwd, 'cut/model.safetensors'))).toBe(false);
  const resumed = recurve([...train, 'cut', '--resume'], { cwd });
  expect(resumed.code, resumed.stderr).toBe(0);
  expectSameRun(cwd);
}

/**
 * A signal while the test part is scored, which takes a while, ends the training with 130 and without a model; `--resume` scores it and
 * prints the figures of the uninterrupted run. The training shows a note that it scores, with `--max-time` or without.
 */
export async function expectSignalToEndScoring(
  { cwd, task, args }: Training,
  limit: readonly string[] = [],
): Promise<void> {
  const train = ['train', task, ...args, ...limit, '--out'];
  const child = startRecurve([...train, 'cut'], { cwd });
  let stderr = '';
  child.stderr?.on('data', (piece) => {
    if (!/^scoring /m.test(stderr) && /^scoring /m.test(stderr + piece)) child.kill('SIGINT');
    stderr += piece;
  });
  const [code] = await once(child, 'close');
  expect(stderr).toContain('stopping after this step; once more to stop at once\n');
  const command = ['train', task, '--out', 'cut', '--resume', ...limit];
  const next = `train: expected to finish, got a request to stop; all of it is in cut/checkpoint.safetensors, go on with \`recurve ${command.join(' ')}\`\n`;
  expect(stderr.slice(-next.length)).toBe(next);
  expect(code).toBe(130);
  expect(existsSync(join(cwd, 'cut/model.safetensors'))).toBe(false);
  const figures = (run: readonly string[]) => {
    const { code, stdout, stderr } = recurve([...run, '--json'], { cwd });
    expect(code, stderr).toBe(0);
    const { seconds, run: _, model, report, ...rest } = JSON.parse(stdout);
    return rest;
  };
  const resumed = figures(command);
  expect(resumed).toEqual(figures([...train, 'whole']));
  expectSameRun(cwd);
}

function expectSameRun(cwd: string): void {
  expect(weightsOf(join(cwd, 'cut'))).toEqual(weightsOf(join(cwd, 'whole')));
  expect(metricsOf(join(cwd, 'cut'))).toEqual(metricsOf(join(cwd, 'whole')));
}
