import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEngine } from '../create.ts';
import { findTier } from '../tiers.ts';
import { proveTier } from './prove.ts';
import { firstDifference } from './trial.ts';
import { verdictFolder } from './verdicts.ts';

const wide = findTier('wide')!;
const simd = findTier('simd')!;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recurve-proof-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const verdicts = () => join(folder, 'tiers');

/** Proves with a trial of this text, which also counts its runs. */
function proveWith(text: string, options: { timeout?: number; fresh?: boolean } = {}) {
  const program = join(folder, 'trial.mjs');
  const count = `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(join(folder, 'runs'))}, '.');\n`;
  writeFileSync(program, count + text);
  return proveTier(wide, simd, { program, folder: verdicts(), ...options });
}

const runs = () => readFileSync(join(folder, 'runs'), 'utf8').length;
const says = (result: object) => `console.log(${JSON.stringify(JSON.stringify(result))})`;

describe('a trial decides', () => {
  test.each([
    {
      what: 'is equal and faster',
      text: says({ speed: 1.87 }),
      trusted: true,
      reason: 'proven equal to simd to the bit and 1.87 times as fast',
    },
    {
      what: 'has a wrong bit',
      text: says({ differs: 'lstm' }),
      trusted: false,
      reason: 'its bits differ from those of simd in lstm',
    },
    {
      what: 'is slow',
      text: says({ speed: 0.5 }),
      trusted: false,
      reason: 'slower than simd in its trial: 0.50 times as fast',
    },
    { what: 'crashes', text: 'process.abort()', trusted: false, reason: 'its trial ended with SIGABRT' },
    { what: 'throws', text: 'throw new Error("no")', trusted: false, reason: 'its trial ended with code 1' },
    { what: 'says nothing', text: '', trusted: false, reason: 'its trial ended with no result' },
    {
      what: 'says nonsense',
      text: 'console.log("{}")',
      trusted: false,
      reason: 'slower than simd in its trial: NaN times as fast',
    },
  ])('that $what: $reason', async ({ text, trusted, reason }) => {
    expect(await proveWith(text)).toMatchObject({ trusted, reason });
    // Remembered: no second child.
    expect(await proveWith(text)).toMatchObject({ trusted, reason });
    expect(runs()).toBe(1);
    await proveWith(text, { fresh: true });
    expect(runs()).toBe(2);
  });

  test('that hangs is ended, and another is made a day later', async () => {
    const began = performance.now();
    const verdict = await proveWith('setInterval(() => {}, 1000)', { timeout: 500 });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(verdict).toMatchObject({ trusted: false, reason: 'its trial did not end within 0.5 s' });
    expect(new Date(verdict.until!).getTime() - Date.now()).toBeGreaterThan(23 * 3600 * 1000);
    const [file] = readdirSync(verdicts());
    const kept = JSON.parse(readFileSync(join(verdicts(), file), 'utf8'));
    kept.verdict.until = new Date(Date.now() - 1000).toISOString();
    writeFileSync(join(verdicts(), file), JSON.stringify(kept));
    expect(await proveWith(says({ speed: 2 }))).toMatchObject({ trusted: true });
  });

  test('that Ctrl-C ends decides nothing, and the next program makes another', async () => {
    const stopped = await proveWith("process.kill(process.pid, 'SIGINT'); setInterval(() => {}, 1000)");
    expect(stopped).toMatchObject({ trusted: false, reason: 'not proven: its trial was stopped by SIGINT' });
    expect(readdirSync(verdicts())).toEqual([]);
    expect(await proveWith(says({ speed: 2 }))).toMatchObject({ trusted: true });
  });

  test('that a host out of memory kills is made again a day later', async () => {
    const killed = await proveWith("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)");
    expect(killed).toMatchObject({ trusted: false, reason: 'its trial ended with SIGKILL', until: expect.any(String) });
  });
});

describe('what is kept', () => {
  test.each([
    { what: 'cut short', damage: (text: string) => text.slice(0, 40) },
    { what: 'empty', damage: () => '' },
    { what: 'another program’s', damage: () => '{"verdict": true}' },
    { what: 'null', damage: () => 'null' },
    { what: 'about another build', damage: (text: string) => text.replace(/"kernels": \[\s*"\w/, '"kernels": ["?') },
    { what: 'about another processor', damage: (text: string) => text.replace(/"processor": "/, '"processor": "not ') },
  ])('is ignored when it is $what', async ({ damage }) => {
    await proveWith('process.abort()');
    const [file] = readdirSync(verdicts());
    const before = readFileSync(join(verdicts(), file), 'utf8');
    const after = damage(before);
    expect(after).not.toBe(before);
    writeFileSync(join(verdicts(), file), after);
    expect(await proveWith(says({ speed: 1.5 }))).toMatchObject({ trusted: true });
  });

  test('is one file, with no draft beside it', async () => {
    await proveWith(says({ speed: 1.5 }));
    expect(readdirSync(verdicts())).toEqual([expect.stringMatching(/^wide_node-.*\.json$/)]);
  });

  test('is needed: where nothing can be written no trial is made', async () => {
    writeFileSync(verdicts(), 'a file where the folder should be');
    expect(await proveWith(says({ speed: 2 }))).toMatchObject({
      trusted: false,
      reason: expect.stringMatching(/^not proven: .* cannot be written \((EEXIST|ENOTDIR)\)/),
    });
    expect(() => runs()).toThrow();
  });
});

test.skipIf(process.platform !== 'linux')('a folder that a system folder refuses is refused at once', () => {
  // In a child process: what hangs here hangs for good.
  const module = JSON.stringify(new URL('./verdicts.ts', import.meta.url).href);
  const program = `import { noPlace } from ${module}; console.log(noPlace('/proc/nope/recurve/tiers'))`;
  const args = ['--input-type=module', '--eval', program];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 10_000 });
  expect(stdout).toBe('/proc/nope/recurve/tiers cannot be written (ENOENT); name a folder in XDG_CACHE_HOME\n');
});

describe('the folder of verdicts', () => {
  const linux = (env: Record<string, string>, home?: string) => verdictFolder({ env, platform: 'linux' }, () => home);

  test('lies in the cache of the user', () => {
    expect(linux({ XDG_CACHE_HOME: '/caches', HOME: '/home/a' })).toBe(join('/caches', 'recurve', 'tiers'));
    expect(linux({ HOME: '/home/a' })).toBe(join('/home/a', '.cache', 'recurve', 'tiers'));
    // A relative name is none, says the XDG specification.
    expect(linux({ XDG_CACHE_HOME: 'caches', HOME: '/home/a' })).toBe(join('/home/a', '.cache', 'recurve', 'tiers'));
    expect(linux({}, '/home/b')).toBe(join('/home/b', '.cache', 'recurve', 'tiers'));
  });

  test('is nowhere for a user without a home, whom the host does not know', () => {
    expect(linux({})).toBeUndefined();
    expect(linux({ HOME: '' }, '')).toBeUndefined();
  });
});

describe('no proof is made', () => {
  test('where no child process may run', async () => {
    mkdirSync(verdicts());
    const verdict = await proveTier(wide, simd, {
      program: join(folder, 'trial.mjs'),
      folder: verdicts(),
      execPath: join(folder, 'absent'),
    });
    expect(verdict).toMatchObject({ trusted: false, reason: 'not proven: no child process may run here (ENOENT)' });
    expect(readdirSync(verdicts())).toEqual([]);
  });

  test('in a worker', async () => {
    const code = `import(${JSON.stringify(new URL('./prove.ts', import.meta.url).href)}).then(async ({ proveTier }) => {
      const tier = { name: 'wide', load: async () => ({ sha256: '' }) };
      require('node:worker_threads').parentPort.postMessage((await proveTier(tier, tier)).reason);
    })`;
    const worker = new Worker(code, { eval: true });
    const reason = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
    await worker.terminate();
    expect(reason).toMatch(/^not proven: .*worker/);
  });
});

describe.skipIf(wide.obstacle() !== undefined)('the trial of the package', () => {
  test('trusts the wide tier or says why not, from a file of its own', async () => {
    const verdict = await proveTier(wide, simd, { folder: verdicts() });
    // On a processor without AVX2, or a busy one, it may be slow; it must neither crash nor differ.
    expect(verdict.reason).toMatch(/times as fast$/);
  }, 60_000);

  test('finds the work in which engines differ', async () => {
    const [a, b] = [await createEngine({ tier: 'simd' }), await createEngine({ tier: 'simd' })];
    expect(firstDifference(a, b)).toBeUndefined();
    const sgd = b.sgd.bind(b);
    b.sgd = (w, dw, velocity, n, step) => sgd(w, dw, velocity, n, { ...step, rate: step.rate * (1 + 2 ** -20) });
    expect(firstDifference(a, b)).toBe('sgd');
  });
});
