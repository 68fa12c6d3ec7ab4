import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { findChromium, nodeBinary, root, UNSUPPORTED } from '../../tools/setup.mjs';
import { type BrowserResult, runInChromium } from './chromium.ts';
import { browserSubpaths, bundleForBrowser, reach, stageProject, subpaths } from './stage.ts';

let folder: string;
/** The digest of the Node this suite runs on; every other host has to print the same. */
let expected: string;

const runOn = (node: string, ...args: string[]) =>
  execFileSync(node, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** Exported names of every subpath, as a host sees them. */
const namesOn = (node: string): Record<string, string[]> => JSON.parse(runOn(node, 'print-entries.js'));

beforeAll(() => {
  folder = stageProject();
  expected = runOn(nodeBinary(), 'print-digest.js');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the same seed gives the same weights to the bit in a second run', () => {
  expect(expected).toMatch(/^[0-9a-f]{64}$/);
  expect(runOn(nodeBinary(), 'print-digest.js')).toBe(expected);
});

test.each(browserSubpaths)('$name reaches no Node module, lazily neither', ({ file }) => {
  const { files, packages } = reach(folder, file);
  expect(files.length).toBeGreaterThan(0);
  expect(packages.filter((name) => name.startsWith('node:'))).toEqual([]);
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
    expect(runOn(packaged, 'print-digest.js')).toBe(expected);
  });

  on('runs the command line tool', () => {
    const main = join('node_modules/recurve', manifest.bin.recurve);
    expect(runOn(packaged, main, '--version')).toBe(manifest.version);
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
  let result: BrowserResult;
  beforeAll(async () => {
    if (!findChromium())
      throw new Error('expected a Chromium, found none; `apt-get install chromium` or set RECURVE_CHROMIUM');
    await bundleForBrowser(folder);
    result = await runInChromium(folder);
  }, 60_000);

  test('imports every subpath meant for browsers with the same names as Node', () => {
    expect(Object.keys(result.names)).toEqual(browserSubpaths.map(({ name }) => name));
    const { 'recurve/node': _, ...names } = namesOn(nodeBinary());
    expect(result.names).toEqual(names);
  });

  test('trains to the same weights to the bit', () => {
    expect(result.digest).toBe(expected);
  });

  test('has nothing to complain about', () => {
    expect(result.complaints).toEqual([]);
  });
});
