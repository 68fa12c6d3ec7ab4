import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import {
  ARM64_LIBRARIES,
  findArm64Emulator,
  findChromium,
  findFirefox,
  nodeBinary,
  root,
  UNSUPPORTED,
} from '../../tools/setup.mjs';
import { type BrowserPage, openChromium } from './chromium.ts';
import { evaluateInFirefox } from './firefox.ts';
import { browserSubpaths, bundleForBrowser, reach, stageProject, subpaths } from './stage.ts';
import type { Told } from './threads.ts';

const SEED = 7;

let folder: string;
/** The digest of the Node this suite runs on; every other host has to print the same. */
let expected: string;

const runOn = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

const digestOn = (node: string, seed: number): string => runOn(node, 'print-digest.js', String(seed));

/** A training in so many threads; `one` is that of the Node this suite runs on in one thread. */
const trainOn = (node: string, threads: number): Told => JSON.parse(runOn(node, 'print-threads.js', String(threads)));
let one: Told;

/** Exported names of every subpath, as a host sees them. */
const namesOn = (node: string): Record<string, string[]> => JSON.parse(runOn(node, 'print-entries.js'));

beforeAll(() => {
  folder = stageProject();
  expected = digestOn(nodeBinary(), SEED);
  one = trainOn(nodeBinary(), 1);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('another seed gives other weights, so the comparisons below can fail', () => {
  expect(digestOn(nodeBinary(), SEED + 1)).not.toBe(expected);
});

test('the same seed gives the same weights to the bit in a second run', () => {
  expect(expected).toMatch(/^[0-9a-f]{64}$/);
  expect(digestOn(nodeBinary(), SEED)).toBe(expected);
});

test.each(browserSubpaths)('$name reaches no Node module, lazily neither', ({ file }) => {
  const { files, packages } = reach(folder, file);
  expect(files.length).toBeGreaterThan(0);
  expect(packages.filter((name) => name.startsWith('node:'))).toEqual([]);
});

test('what a browser imports asks for Node modules in the engine only, and through its host.js', () => {
  const home = join(folder, 'node_modules', 'recurve');
  const reached = new Set(browserSubpaths.flatMap(({ file }) => reach(folder, file).files));
  const asking = [...reached].filter((file) => /getBuiltinModule/.test(readFileSync(join(home, file), 'utf8')));
  // worker.gen.js holds the worker's program as text, with a host.js of its own.
  expect(asking.sort()).toEqual(['dist/engine/host.js', 'dist/engine/threads/worker.gen.js']);
  const naming = [...reached].filter((file) => /nodeModule\(/.test(readFileSync(join(home, file), 'utf8')));
  expect(naming.filter((file) => !file.startsWith('dist/engine/'))).toEqual([]);
});

test('recurve/node does reach a Node module, so the check above can fail', () => {
  const node = subpaths.find(({ name }) => name === 'recurve/node')!;
  expect(reach(folder, node.file).packages.filter((name) => name.startsWith('node:'))).not.toEqual([]);
});

describe.each([20, 22, 24, 26])('Node %i', (release) => {
  const hosts = join(root, 'test/platform/hosts/node_modules');
  const packaged = release === 24 ? nodeBinary() : join(hosts, `node${release}`, 'bin/node');
  const elsewhere = process.platform !== 'linux' || process.arch !== 'x64';
  const reason = `Node ${release} comes from npm for Linux on x64 only; this is ${process.platform} on ${process.arch}`;
  const on = (title: string, body: () => void) =>
    test(title, (context) => (elsewhere && !existsSync(packaged) ? context.skip(reason) : body()));

  on('is the release that runs', () => {
    expect(runOn(packaged, '--version')).toMatch(new RegExp(`^v${release}\\.`));
  });

  on('imports every subpath of the built package with the same names', () => {
    expect(namesOn(packaged)).toEqual(namesOn(nodeBinary()));
  });

  on('trains to the same weights to the bit', () => {
    expect(digestOn(packaged, SEED)).toBe(expected);
  });

  on('trains in three threads to the bits of one', () => {
    expect(trainOn(packaged, 3)).toEqual({ bits: one.bits, count: 3, reason: 'as asked for', shared: true });
  });

  on('runs the command line tool', () => {
    const main = join('node_modules/recurve', manifest.bin.recurve);
    expect(runOn(packaged, main, '--version')).toBe(manifest.version);
  });
});

describe('Node 24 on ARM64, emulated', () => {
  const emulator = findArm64Emulator();
  const node = join(root, 'test/platform/hosts/node_modules/node24-arm64/bin/node');
  const runOnArm64 = (...args: string[]) => runOn(emulator!, '-L', ARM64_LIBRARIES, node, ...args);
  const on = (title: string, body: () => void) =>
    test(title, (context) =>
      emulator && process.arch === 'x64'
        ? body()
        : context.skip('needs Linux on x64 with qemu-user, libc6-arm64-cross and libstdc++6-arm64-cross'),
    );

  on('is another processor', () => {
    expect(runOnArm64('-p', 'process.arch')).toBe('arm64');
  });

  on('trains to the same weights to the bit', () => {
    expect(runOnArm64('print-digest.js', String(SEED))).toBe(expected);
  });

  on('trains in three threads to the bits of one', () => {
    const told = JSON.parse(runOnArm64('print-threads.js', '3'));
    expect(told).toEqual({ bits: one.bits, count: 3, reason: 'as asked for', shared: true });
  });

  on('takes the tier that it can run, and says why', () => {
    const main = join('node_modules/recurve', manifest.bin.recurve);
    expect(runOnArm64(main, 'doctor')).toMatch(/^tier +simd: .*\n +not wide: .* x64 only, this is arm64$/m);
  });
});

describe('Node 18, which is too old', () => {
  const old = join(root, 'test/platform/hosts/node_modules/node18/bin/node');
  const programs = ['tools/quickstart.mjs', 'tools/test.mjs', 'tools/build.mjs', manifest.bin.recurve];

  test.for(programs)('gets one sentence and the exit code for unsupported from %s', (program, context) => {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      context.skip('Node 18 comes from npm for Linux on x64 only');
    const { status, stderr } = spawnSync(old, [join(root, program)], { encoding: 'utf8' });
    expect(stderr).toMatch(/^recurve: expected Node 20\.19 or newer, got 18\.\d+\.\d+; [^\n]+\n$/);
    expect(status).toBe(UNSUPPORTED);
  });
});

describe('Chromium', () => {
  let page: BrowserPage;
  beforeAll(async () => {
    if (!findChromium()) {
      throw new Error('expected a Chromium, found none; `apt-get install chromium`, or name yours in RECURVE_CHROMIUM');
    }
    await bundleForBrowser(folder);
    page = await openChromium(folder);
  }, 60_000);
  afterAll(() => page?.close());

  test('trains to the same weights to the bit', async () => {
    expect(await page.evaluate(`import('/digest.js').then(({ digest }) => digest(${SEED}))`)).toBe(expected);
  });

  test('imports every subpath meant for browsers with the same names as Node', async () => {
    const { 'recurve/node': _, ...names } = namesOn(nodeBinary());
    expect(await page.evaluate("import('/entries.js').then(({ names }) => names)")).toEqual(names);
  });

  test('computes in one thread, to the same bits, where the page is not cross-origin isolated', async () => {
    const reason = expect.stringContaining('not cross-origin isolated');
    expect(await page.evaluate(TRAIN)).toEqual({ bits: one.bits, count: 1, reason, shared: false });
  });

  test('has nothing to complain about', () => {
    expect(page.complaints).toEqual([]);
  });

  test('computes in three threads, to the same bits, where it is', async () => {
    const threaded = await openChromium(folder, ISOLATED);
    try {
      expect(await threaded.evaluate(TRAIN)).toEqual({
        bits: one.bits,
        count: 3,
        reason: 'as asked for',
        shared: true,
      });
      expect(threaded.complaints).toEqual([]);
    } finally {
      await threaded.close();
    }
  });

  test('computes in one thread, and says why, where the page forbids its workers', async () => {
    const strict = await openChromium(folder, { ...ISOLATED, 'content-security-policy': "worker-src 'self'" });
    try {
      const reason = expect.stringMatching(/^workers could not start: .*blob:/);
      expect(await strict.evaluate(TRAIN)).toEqual({ bits: one.bits, count: 1, reason, shared: false });
    } finally {
      await strict.close();
    }
  });

  test('says in one sentence what a policy has to allow that forbids WebAssembly', async () => {
    const strict = await openChromium(folder, { 'content-security-policy': "script-src 'self'" });
    try {
      expect(await strict.evaluate(`${TRAIN}.catch(({ code, message }) => ({ code, message }))`)).toEqual({
        code: 'unsupported',
        message: expect.stringMatching(/^engine: expected leave to compile WebAssembly, .* 'wasm-unsafe-eval'$/),
      });
    } finally {
      await strict.close();
    }
  });
});

describe('Firefox', () => {
  const on = (title: string, body: () => Promise<void>) =>
    test(title, (context) => (findFirefox() ? body() : context.skip('needs a Firefox, e.g. Debian’s firefox-esr')));

  // By itself: the tests above may not have run.
  beforeAll(() => bundleForBrowser(folder), 60_000);

  on('trains to the same weights to the bit', async () => {
    const told = await evaluateInFirefox(folder, `(await import('/digest.js')).digest(${SEED})`);
    expect(told).toBe(expected);
  });

  on('computes in three threads, to the same bits, where the page is cross-origin isolated', async () => {
    const told = await evaluateInFirefox(folder, TRAIN, ISOLATED);
    expect(told).toEqual({ bits: one.bits, count: 3, reason: 'as asked for', shared: true });
  });
});

/** What makes a page cross-origin isolated. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** For a page: the training in three threads. */
const TRAIN = "import('/threads.js').then(({ train }) => train(3))";
