import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { exitCodes } from '../../src/cli/exit.ts';
import { failureOf } from '../../src/cli/failure.ts';
import { nodeTooOld } from '../../src/cli/node-version.ts';
import { RecurveError } from '../../src/errors.ts';
import { temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { forecastSettings } from '../../src/tasks/index.ts';
import * as setup from '../../tools/setup.mjs';
import { recurve, startRecurve } from './recurve.ts';

const cwd = setup.root;
const commands = [
  ...['train', 'train forecast', 'train tag', 'train classify', 'train generate', 'train compose'],
  ...['predict', 'evaluate', 'stream', 'generate', 'compose', 'doctor'],
  ...['datasets', 'datasets list', 'datasets path', 'datasets get', 'datasets mirror'],
];

test.each(['', ...commands])('recurve %s --help shows an example', (command) => {
  const { code, stdout, stderr } = recurve([...command.split(' ').filter(Boolean), '--help'], { cwd });
  expect(stdout).toMatch(new RegExp(`^Usage: recurve ?${command}(\\|\\w+)? `));
  expect(stdout).toMatch(/\nExamples?:\n {2}\$ .*recurve /);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('the defaults that the help of train forecast names are those of the library', () => {
  const { stdout } = recurve(['train', 'forecast', '--help'], { cwd });
  const { batchSize, ...rest } = forecastSettings({});
  const defaults: Record<string, unknown> = { ...rest, 'batch-size': batchSize };
  // The others have no single word for their default.
  const named = Object.keys(defaults).filter((name) => new RegExp(`--${name} <`).test(stdout));
  expect(named.length).toBeGreaterThan(15);
  for (const name of named.filter((one) => !['unit', 'holdout'].includes(one))) {
    const help = stdout
      .split(new RegExp(`^ {2}--${name} `, 'm'))[1]
      .split(/^ {2}--|^$/m)[0]
      .replace(/\s+/g, ' ');
    expect(`${name} ${help}`).toMatch(new RegExp(`[; ]default ${defaults[name]}( |$)`));
  }
});

test('recurve alone prints the help', () => {
  expect(recurve([], { cwd })).toEqual(recurve(['--help'], { cwd }));
});

test('--version prints the version of package.json', () => {
  expect(recurve(['--version'], { cwd })).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test.each([
  [['trian'], /^recurve: expected one of train, .*, got "trian"; did you mean train\? /],
  [['forcast', 'x.csv'], /^recurve: expected one of .*, got "forcast"; did you mean train forecast\? /],
  [['train', 'forcast', '--target', 'y'], /^train: expected one of .*, got "forcast"; did you mean forecast\?/],
  [['--hlep'], /^recurve: expected a known option, got --hlep; did you mean --help\?/],
  [['predict', 'x.csv', 'm.safetensors'], /^predict: expected <model> <data>, got the data first; put m.safetensors /],
  [['train'], /^train: expected a task, got none; give forecast/],
  [['train', 'forecats'], /^train: expected one of forecast, .*, got "forecats"; did you mean forecast\?/],
  [
    ['train', 'forecast', 'x.csv', '--target', 'y', '--hiden', '3'],
    /^train forecast: expected a known option, got --hiden; did you mean --hidden\?/,
  ],
  [['train', 'forecast', 'x.csv'], /^train forecast: expected --target <column>, got none; /],
  [['train', 'forecast'], /^train forecast: expected <table>, got nothing; /],
  [
    ['train', 'forecast', 'x.csv', '--target'],
    /^train forecast: expected --target <column>, got --target without a value; /,
  ],
  [
    ['train', 'forecast', 'x.csv', '--target', 'y', '--hidden', 'many'],
    /^--hidden: expected a whole number, got "many"; /,
  ],
  [['train', 'forecast', 'x.csv', '--target', 'y', '--rate', 'fast'], /^--rate: expected a number, got "fast"; /],
  [
    ['train', 'forecast', 'x.csv', '--target', 'y', '--levels', '80,,95'],
    /^--levels: expected numbers separated by commas, got "80,,95"; /,
  ],
  [
    ['train', 'forecast', 'x.csv', '--target', 'y', '--cell', 'lstn'],
    /^--cell: expected one of gru, lstm, rnn, got "lstn"; /,
  ],
  [['doctor', 'all'], /^doctor: expected no further argument, got "all"; /],
  [['predict', 'model'], /^predict: expected <data>, got nothing; /],
])('%j is refused with exit code 2 and one sentence', (args, message) => {
  const { code, stdout, stderr } = recurve(args, { cwd });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd()).not.toContain('\n');
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('a first line of data taken for a header is told of', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'bare.csv'), '2012-01-01,0.0,drizzle\n2012-01-02,10.9,rain\n');
  const { code, stderr } = recurve(['train', 'forecast', 'bare.csv', '--target', 'temp'], { cwd: folder });
  expect(stderr).toMatch(/name one of these, or say that the first line is no header \(--no-header\)\n$/);
  expect(code).toBe(2);
});

test('with --json an error is one JSON object on standard error, and standard output stays empty', () => {
  const { code, stdout, stderr } = recurve(['predict', 'no-model', 'x.csv', '--json'], { cwd });
  expect(JSON.parse(stderr)).toEqual({
    error: { code: 'file', message: expect.stringContaining('no-model: expected a file to read'), exitCode: 5 },
  });
  expect(stdout).toBe('');
  expect(code).toBe(5);
});

test('doctor --json says what runs, on one line', () => {
  const { code, stdout, stderr } = recurve(['doctor', '--json'], { cwd });
  const facts = JSON.parse(stdout);
  expect(facts).toMatchObject({
    version: manifest.version,
    tier: expect.stringMatching(/^(wide|simd)$/),
    numerics: 'exact',
    reason: expect.any(String),
  });
  expect(facts.node).toMatch(/^\d+\.\d+\.\d+$/);
  expect(facts.gflops).toBeGreaterThan(0);
  expect(stdout.trimEnd()).not.toContain('\n');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('doctor --probe proves the tiers again, whatever is remembered; --fast names one with fused multiply-add or says what is missing', () => {
  const cache = temporaryFolder();
  const env = { XDG_CACHE_HOME: cache };
  const proven = (...more: string[]) => JSON.parse(recurve(['doctor', '--json', ...more], { cwd, env }).stdout);
  const first = proven('--probe');
  const remembered = proven();
  const again = proven('--probe');
  expect(remembered.proof).toEqual(first.proof);
  // Where there is nothing to prove, there is nothing to remember.
  if (first.proof) expect(Date.parse(again.proof.when)).toBeGreaterThan(Date.parse(first.proof.when));
  const fused = first.tiers.find((tier: { name: string }) => tier.name === 'fma');
  const fast = recurve(['doctor', '--fast', '--json'], { cwd, env });
  if (fused.supported) expect(JSON.parse(fast.stdout)).toMatchObject({ numerics: 'fast' });
  else expect(fast).toMatchObject({ stdout: '', stderr: expect.stringMatching(/expected/) });
});

test('RECURVE_TIER and RECURVE_THREADS are honoured, and refused when they make no sense', () => {
  const forced = recurve(['doctor', '--json'], { cwd, env: { RECURVE_TIER: 'simd', RECURVE_THREADS: '1' } });
  expect(JSON.parse(forced.stdout)).toMatchObject({
    threads: 1,
    reason: 'asked for by name; one thread was asked for',
  });
  const two = recurve(['doctor', '--json'], { cwd, env: { RECURVE_THREADS: '2' } });
  expect(JSON.parse(two.stdout)).toMatchObject({ threads: 2, threadsGflops: expect.any(Number) });
  const tier = recurve(['doctor'], { cwd, env: { RECURVE_TIER: 'warp' } });
  expect(tier).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/expected a tier out of .*got 'warp'; .*unset RECURVE_TIER/),
  });
  const threads = recurve(['doctor'], { cwd, env: { RECURVE_THREADS: 'all' } });
  expect(threads).toMatchObject({ code: 2, stderr: expect.stringMatching(/RECURVE_THREADS: expected a whole number/) });
});

test('datasets finds a set in RECURVE_DATA, says when one is missing, and refuses a changed file', () => {
  const mirror = temporaryFolder();
  const env = { RECURVE_DATA: mirror, XDG_CACHE_HOME: join(mirror, 'cache') };
  expect(recurve(['datasets', 'path', 'seattle-weather'], { cwd, env })).toMatchObject({ code: 5, stdout: '' });
  mkdirSync(join(mirror, 'weather'));
  const file = join(mirror, 'weather/seattle-weather.csv');
  copyFileSync(setup.packageFile('vega-datasets', 'data/seattle-weather.csv'), file);
  expect(recurve(['datasets', 'path', 'seattle-weather'], { cwd, env })).toEqual({
    code: 0,
    stdout: `${file}\n`,
    stderr: '',
  });
  const listed = JSON.parse(recurve(['datasets', 'list', '--json'], { cwd, env }).stdout).datasets;
  expect(listed.filter((set: { here: boolean }) => set.here).map(({ name }: { name: string }) => name)).toEqual([
    'seattle-weather',
  ]);
  writeFileSync(file, readFileSync(file, 'utf8').replace('12.8', '12.9'));
  expect(recurve(['datasets', 'path', 'seattle-weather'], { cwd, env })).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('expected 48219 bytes of SHA-256'),
  });
  // One damaged file does not hide the other sets.
  const list = recurve(['datasets'], { cwd, env });
  expect(list).toMatchObject({ code: 0, stderr: expect.stringContaining('expected 48219 bytes of SHA-256') });
  expect(list.stdout).toMatch(/^seattle-weather +49 kB +damaged /m);
  expect(list.stdout).toMatch(/^sentiment-mr /m);
});

test('on a terminal of 40 columns datasets still shows names, sizes and what is here', () => {
  const narrow = 'data:text/javascript,Object.assign(process.stdout, { isTTY: true, columns: 40 })';
  const { stdout } = recurve(['datasets'], { cwd, env: { NO_COLOR: '1' }, node: ['--import', narrow] });
  const [header, , first] = stdout.split('\n');
  expect(header).toMatch(/^name +size {2}here {2}lic/);
  expect(first).toMatch(/^seattle-weather +49 kB /);
});

test('a reader that goes away ends the program quietly', async () => {
  const child = startRecurve(['datasets', 'list'], { cwd });
  child.stdout?.destroy();
  let stderr = '';
  child.stderr?.on('data', (piece) => (stderr += piece));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('a Node older than 20.19 gets one sentence and exit code 8, before anything else is loaded', () => {
  expect(nodeTooOld('20.19.0')).toBeUndefined();
  expect(nodeTooOld('20.18.3')).toContain('20.18.3');
  // The set-up of a fresh clone, which cannot import this, says the same.
  for (const version of ['18.20.8', '20.18.0', '20.19.1', '22.0.0'])
    expect(nodeTooOld(version)).toBe(setup.nodeTooOld(version));
  const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.20.8'})";
  const { code, stdout, stderr } = recurve(['doctor'], { cwd, node: ['--import', old] });
  expect(stderr).toMatch(/^recurve: expected Node 20\.19 or newer, got 18\.20\.8; install[^\n]+\n$/);
  expect({ code, stdout }).toEqual({ code: 8, stdout: '' });
});

test('the exit codes are those the documentation lists', () => {
  const page = readFileSync(join(setup.root, 'docs/cli.md'), 'utf8');
  const listed = [...page.matchAll(/^\| (\d+) \| ([a-z, ]+) \|/gm)].flatMap(([, code, names]) =>
    names.split(', ').map((name): [string, number] => [name, Number(code)]),
  );
  expect(Object.fromEntries(listed)).toEqual(exitCodes);
});

test('an error that nobody foresaw is one sentence with exit code 1, and asks for a report', () => {
  const failure = failureOf(new TypeError('x is\n not a function'));
  expect(failure).toMatchObject({ code: 'internal', exitCode: 1 });
  expect(failure.message).toMatch(
    /^recurve: expected no fault in itself, got TypeError: x is not a function; please report it[^\n]+$/,
  );
  expect(failureOf(new RangeError('Array buffer allocation failed'))).toMatchObject({ code: 'memory', exitCode: 6 });
  expect(failureOf(new RecurveError('shape', 'm'))).toMatchObject({ code: 'shape', message: 'm', exitCode: 3 });
});
