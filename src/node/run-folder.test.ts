import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ModelFile } from '../model/metadata.ts';
import { openRun, type RunOptions } from './run-folder.ts';
import { mountTmpfs, remountReadOnly, temporaryFolder } from './temporary-folder.case.ts';

const config = { task: 'forecast', hidden: 64, epochs: 3 };
const versions = { recurve: '0.1.0' };

function state(step: number, value: number): ModelFile {
  return {
    tensors: { w: { dtype: 'F64', shape: [1], data: Float64Array.of(value) } },
    document: { kind: 'checkpoint', task: 'forecast', step, architecture: {}, data: {}, training: {}, versions },
  };
}

/** Opens a run, lets `use` work, closes it. */
async function withRun<T>(
  folder: string,
  options: RunOptions,
  use: (run: Awaited<ReturnType<typeof openRun>>) => T,
): Promise<Awaited<T>> {
  const run = await openRun(folder, options);
  try {
    return await use(run);
  } finally {
    await run.close();
  }
}

/** A run with a checkpoint at step 2 and metrics up to step 4. */
async function killedRun(folder: string): Promise<void> {
  await withRun(folder, { config }, async (run) => {
    run.metrics.append({ step: 0, first: true });
    for (let step = 1; step <= 4; step++) {
      run.metrics.append({ step, loss: 1 / step });
      if (step === 2) await run.saveCheckpoint(state(2, 0.5));
    }
  });
}

const steps = (folder: string) =>
  readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).step);

describe('openRun', () => {
  it('makes the folder, writes every file of a run, and leaves only those', async () => {
    const folder = join(temporaryFolder(), 'runs', 'weather');
    await withRun(folder, { config }, async (run) => {
      expect(run.checkpoint).toBeUndefined();
      expect(run.config).toEqual(config);
      run.metrics.append({ step: 1, loss: 0.5 });
      await run.saveCheckpoint(state(1, 2));
      await run.saveModel({ ...state(1, 2), document: { ...state(1, 2).document, kind: 'model' } });
      await run.saveReport('<!doctype html>');
      expect(existsSync(join(folder, 'run.lock'))).toBe(true);
      await run.close();
    });
    const files = ['checkpoint.safetensors', 'config.json', 'metrics.jsonl', 'model.safetensors', 'report.html'];
    expect(readdirSync(folder).sort()).toEqual(files);
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toEqual(config);
  });

  it('refuses a folder that holds a run, and leaves it as it was', async () => {
    const folder = temporaryFolder();
    await killedRun(folder);
    const before = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'hex'));
    await expect(openRun(folder, { config })).rejects.toMatchObject({
      code: 'usage',
      message: `${folder}: expected a folder without a run, got one with checkpoint.safetensors, config.json, metrics.jsonl; resume it (--resume), overwrite it (--overwrite), or choose another folder`,
    });
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'hex'))).toEqual(before);
  });

  it('takes a folder with other files in it, and overwrite removes the files of the run only', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await killedRun(folder);
    await withRun(folder, { config: { other: 1 }, overwrite: true }, async (run) => {
      expect(run.checkpoint).toBeUndefined();
      await run.saveModel({ ...state(1, 2), document: { ...state(1, 2).document, kind: 'model' } });
    });
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'metrics.jsonl', 'model.safetensors', 'notes.txt']);
    expect(steps(folder)).toEqual([]);
  });

  describe('an overwritten run', () => {
    const contents = (folder: string) =>
      Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]));

    it('is there again once the new one is discarded, ends without a checkpoint, or could not be opened', async () => {
      const folder = temporaryFolder();
      await killedRun(folder);
      const before = contents(folder);
      await (await openRun(folder, { config: { other: 1 }, overwrite: true })).discard();
      expect(contents(folder)).toEqual(before);
      await withRun(folder, { config: { other: 1 }, overwrite: true }, (run) => run.metrics.append({ step: 1 }));
      expect(contents(folder)).toEqual(before);
      await expect(openRun(folder, { overwrite: true })).rejects.toThrow('expected config for a new run');
      expect(contents(folder)).toEqual(before);
    });

    it('is gone once the new one has a checkpoint', async () => {
      const folder = temporaryFolder();
      await killedRun(folder);
      await withRun(folder, { config: { other: 1 }, overwrite: true }, async (run) => {
        await run.saveCheckpoint(state(1, 2));
        const left = ['checkpoint.safetensors', 'config.json', 'metrics.jsonl', 'run.lock'];
        expect(readdirSync(folder).sort()).toEqual(left);
      });
    });

    it.for(['none of its own', 'a checkpoint'])('is settled after a kill of the new one with %s', async (saved) => {
      const folder = temporaryFolder();
      await killedRun(folder);
      const before = contents(folder);
      // What a kill leaves: the files of an open run.
      const run = await openRun(folder, { config: { other: 1 }, overwrite: true });
      const killed = contents(folder);
      if (saved === 'a checkpoint') {
        await run.saveCheckpoint(state(1, 2));
        killed['checkpoint.safetensors'] = contents(folder)['checkpoint.safetensors'];
      }
      await run.close();
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      delete killed['run.lock'];
      for (const [name, hex] of Object.entries(killed)) writeFileSync(join(folder, name), Buffer.from(hex, 'hex'));

      const resumed = await openRun(folder, { resume: true });
      if (saved === 'a checkpoint') {
        expect(resumed.config).toEqual({ other: 1 });
        expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
        return resumed.close();
      }
      expect(resumed.config).toEqual(config);
      await resumed.close();
      expect(Object.keys(contents(folder))).toEqual(Object.keys(before));
      expect(contents(folder)['checkpoint.safetensors']).toBe(before['checkpoint.safetensors']);
    });
  });

  it('resumes at the checkpoint with the log cut back to its step', async () => {
    const folder = temporaryFolder();
    await killedRun(folder);
    expect(steps(folder)).toEqual([0, 1, 2, 3, 4]);
    await withRun(folder, { resume: true }, (run) => {
      expect(run.checkpoint).toMatchObject(state(2, 0.5));
      expect(run.config).toEqual(config);
      expect(steps(folder)).toEqual([0, 1, 2]);
    });
  });

  it('resumes from the beginning where no checkpoint was written yet, or nothing at all', async () => {
    const folder = temporaryFolder();
    await killedRun(folder);
    rmSync(join(folder, 'checkpoint.safetensors'));
    await withRun(folder, { config, resume: true }, (run) => expect(run.checkpoint).toBeUndefined());
    expect(steps(folder)).toEqual([]);
    await withRun(join(folder, 'new'), { config, resume: true }, (run) => expect(run.checkpoint).toBeUndefined());
  });

  it('refuses to resume under other settings, names the first, and lets those change that may', async () => {
    const folder = temporaryFolder();
    await killedRun(folder);
    const resume = (over: object, mayChange: string[] = []) =>
      withRun(folder, { config: { ...config, ...over }, resume: true, mayChange }, (run) => run.config);
    await expect(resume({ hidden: 32 })).rejects.toThrow(
      'the run to resume, hidden 64, got 32; resume with the same settings',
    );
    await expect(resume({ seed: 1 })).rejects.toThrow('seed absent, got 1');
    await expect(resume({ epochs: undefined })).rejects.toThrow('epochs 3, got none');
    expect(await resume({ epochs: 5 }, ['epochs'])).toEqual({ ...config, epochs: 5 });
    expect(await withRun(folder, { resume: true }, (run) => run.config)).toEqual({ ...config, epochs: 5 });
  });

  it('refuses what makes no sense, and gives the lock back', async () => {
    const folder = temporaryFolder();
    await expect(openRun(folder, { config, resume: true, overwrite: true })).rejects.toThrow('got both; choose one');
    await expect(openRun(folder, { resume: true })).rejects.toThrow('expected a run to resume, got no config.json');
    await expect(openRun(folder, {})).rejects.toThrow('expected config for a new run, got none');
    await expect(openRun(folder, { config: { lr: Number.NaN } })).rejects.toThrow(
      'config.json: lr: expected a plain JSON value, got NaN',
    );
    expect(readdirSync(folder)).toEqual([]);
    await killedRun(folder);
    rmSync(join(folder, 'config.json'));
    await expect(openRun(folder, { config, resume: true })).rejects.toThrow(
      'got no config.json; start it without resume',
    );
    await expect(openRun(folder, { config, overwrite: true })).resolves.toMatchObject({ folder });
  });

  it('refuses a damaged checkpoint or config and leaves both as they were', async () => {
    const folder = temporaryFolder();
    await killedRun(folder);
    const path = join(folder, 'checkpoint.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 3] ^= 4;
    writeFileSync(path, bytes);
    await expect(openRun(folder, { resume: true })).rejects.toThrow(`${path}: expected the fingerprint crc64:`);
    expect(steps(folder)).toEqual([0, 1, 2, 3, 4]);
    writeFileSync(join(folder, 'config.json'), '{"a":');
    await expect(openRun(folder, { resume: true })).rejects.toThrow('config.json: expected valid JSON');
    expect(existsSync(join(folder, 'run.lock'))).toBe(false);
  });

  it('refuses a folder another training has open', async () => {
    const folder = temporaryFolder();
    await withRun(folder, { config }, async () => {
      await expect(openRun(folder, { config, resume: true })).rejects.toThrow(`in use by process ${process.pid}`);
      await expect(openRun(folder, { config, overwrite: true })).rejects.toThrow('in use by process');
    });
  });

  it('leaves nothing where it fails, nor once discarded, but what was there before', async () => {
    const folder = temporaryFolder();
    const runs = join(folder, 'runs');
    await expect(openRun(join(runs, 'a'), {})).rejects.toThrow('expected config for a new run');
    await expect(openRun(join(runs, 'a'), { resume: true })).rejects.toThrow('got no config.json');
    expect(readdirSync(folder)).toEqual([]);

    const run = await openRun(join(runs, 'a'), { config });
    await run.discard();
    await run.close();
    expect(readdirSync(folder)).toEqual([]);

    mkdirSync(runs);
    await (await openRun(runs, { config })).discard();
    expect(readdirSync(runs)).toEqual([]);
    writeFileSync(join(runs, 'notes.txt'), 'mine');
    await (await openRun(runs, { config, overwrite: true })).discard();
    expect(readdirSync(runs)).toEqual(['notes.txt']);
    await killedRun(runs);
    await (await openRun(runs, { resume: true })).discard();
    expect(readdirSync(runs).sort()).toEqual(['checkpoint.safetensors', 'config.json', 'metrics.jsonl', 'notes.txt']);
  });

  it.for([0, 1])('leaves nothing on a disk that is full but for %d blocks (tmpfs)', async (free, { skip }) => {
    const folder = mountTmpfs('size=16k');
    if (folder === undefined) return skip('needs root and the right to mount');
    writeFileSync(join(folder, 'full'), new Uint8Array(4096 * (4 - free)));
    await expect(openRun(join(folder, 'runs', 'a'), { config })).rejects.toThrow('got a full disk (ENOSPC)');
    expect(readdirSync(folder)).toEqual(['full']);
  });

  it('says that the folder is read-only, a file, or on a full disk (tmpfs)', async ({ skip }) => {
    const folder = mountTmpfs('size=16k');
    if (folder === undefined) return skip('needs root and the right to mount');
    writeFileSync(join(folder, 'plain'), '');
    await expect(openRun(join(folder, 'plain'), { config })).rejects.toThrow(
      'got a file of that name in the way (EEXIST)',
    );
    const big = state(2, 1);
    const data = new Float64Array(4000);
    await withRun(join(folder, 'run'), { config }, async (run) => {
      await run.saveCheckpoint(state(1, 7));
      const save = run.saveCheckpoint({ ...big, tensors: { w: { dtype: 'F64', shape: [4000], data } } });
      await expect(save).rejects.toThrow('got a full disk (ENOSPC)');
    });
    await withRun(join(folder, 'run'), { resume: true }, (run) => expect(run.checkpoint).toMatchObject(state(1, 7)));
    remountReadOnly(folder);
    await expect(openRun(join(folder, 'new'), { config })).rejects.toThrow('got a read-only disk (EROFS)');
    await expect(openRun(join(folder, 'run'), { resume: true })).rejects.toThrow(
      'run.lock: expected to lock the run folder, got a read-only disk',
    );
  });
});

/** A training whose weight after each step depends on all steps before, saved every third step. */
const training = (folder: string, folderModule: string) => `
  const { openRun } = await import(${JSON.stringify(folderModule)});
  const run = await openRun(${JSON.stringify(folder)}, { config: { task: 'toy' }, resume: true });
  const versions = { recurve: '0.1.0' };
  const save = (step, w) => ({
    tensors: { w: { dtype: 'F64', shape: [1], data: Float64Array.of(w) } },
    document: { kind: 'checkpoint', task: 'toy', step, architecture: {}, data: {}, training: {}, versions },
  });
  let w = run.checkpoint?.tensors.w.data[0] ?? 0.1;
  for (let step = (run.checkpoint?.document.step ?? 0) + 1; step <= 120; step++) {
    w = 3.9 * w * (1 - w);
    run.metrics.append({ step, w });
    if (step % 3 === 0) await run.saveCheckpoint(save(step, w));
    if (step === 1 || step % 20 === 0) console.log(step);
  }
  await run.close();`;

describe('a training killed with kill -9', () => {
  it.skipIf(!process.features.typescript)(
    'at 20 random moments and resumed each time ends at the bits and the log of one that ran through (skipped where Node runs no TypeScript)',
    async () => {
      const module = new URL('run-folder.ts', import.meta.url).href;
      const [whole, killed] = [temporaryFolder(), temporaryFolder()];
      const start = (folder: string) =>
        spawn(process.execPath, ['--input-type=module', '-e', training(folder, module)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
      expect((await once(start(whole), 'exit'))[0]).toBe(0);

      let kills = 0;
      for (let round = 0; round < 20; round++) {
        const child = start(killed);
        const exit = once(child, 'exit');
        // Half of the kills fall into the start and the opening of the folder, half into the training.
        if (round % 2) await Promise.race([once(child.stdout, 'data'), exit]);
        await sleep(Math.random() * (round % 2 ? 10 : 120));
        if (child.kill('SIGKILL')) kills++;
        await exit;
      }
      expect((await once(start(killed), 'exit'))[0]).toBe(0);
      expect(kills).toBeGreaterThan(5);
      for (const name of ['checkpoint.safetensors', 'metrics.jsonl', 'config.json']) {
        expect(readFileSync(join(killed, name), 'hex')).toBe(readFileSync(join(whole, name), 'hex'));
      }
      expect(steps(killed)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
      expect(readdirSync(killed).sort()).toEqual(readdirSync(whole).sort());
    },
  );
});
