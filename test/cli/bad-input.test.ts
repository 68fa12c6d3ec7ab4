import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeModelFile, encodeModelFile } from '../../src/model/index.ts';
import { mountTmpfs, remountReadOnly, temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { type Ran, recurve, SMALL, table, trainSmall } from './recurve.ts';

/** Nothing on standard output, one sentence on standard error, no stack. */
function expectSentence({ code, stdout, stderr }: Ran, expectedCode: number, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^[^\n]+: expected [^\n]+, got [^\n]+; [^\n]+\n$/);
  expect(stdout).toBe('');
  expect(code).toBe(expectedCode);
}

const header = 'date,temp,wind\n';
const rows = (n: number) => table(n);
/** The table with one cell of `temp` replaced. */
const withCell = (row: number, cell: string) =>
  rows(160)
    .split('\n')
    .map((line, k) => (k === row ? line.replace(/^([^,]*),[^,]*/, `$1,${cell}`) : line))
    .join('\n');
const allTemp = (cell: string) => rows(160).replace(/^(\d[^,]*),[^,]*/gm, `$1,${cell}`);

describe('train forecast refuses in one sentence, and leaves no run behind', () => {
  const tables: [string, string | undefined, string[], number, RegExp][] = [
    ['a file that does not exist', undefined, [], 5, /no-such\.csv: expected a file to read, got no such file/],
    ['an empty file', '', [], 3, /table\.csv: expected a table, got an empty file/],
    ['a header only', header, [], 3, /expected at least one row of data, got a header only/],
    ['one row', rows(1), [], 3, /expected/],
    [
      'fewer rows than a window',
      rows(9),
      [],
      3,
      /forecast: expected at least \d+ steps .*, got \d+; lower the context/,
    ],
    [
      'a horizon longer than the data',
      rows(160),
      ['--horizon', '200'],
      3,
      /forecast: expected at least \d+ steps .*horizon 200/,
    ],
    ['an unknown target', rows(160), ['--target', 'tmep'], 2, /a column named "tmep" in .*did you mean "temp"\?/],
    ['an unknown covariate', rows(160), ['--past', 'winds'], 2, /a column named "winds" in .*did you mean "wind"\?/],
    ['a constant target', allTemp('5'), [], 3, /expected a target that varies, got 5 in every row/],
    ['a target all missing', allTemp(''), [], 3, /expected numbers in column "temp" of .*, got only missing cells/],
    [
      'text in a column of numbers',
      withCell(7, 'warm'),
      [],
      3,
      /numbers in column "temp" of .*table\.csv, got "warm" in row 8/,
    ],
    ['infinity', withCell(7, 'Infinity'), [], 3, /finite numbers in column "temp" of .*, got "Infinity" in row 8/],
    ['a row with a field too many', withCell(7, '1,2'), [], 3, /expected 3 fields in every row, got 4 in row 8/],
    ['a time column that is none', rows(160), ['--time', 'wind'], 3, /expected time stamps in column "wind"/],
    [
      'a zone that is none',
      rows(160),
      ['--zone', 'Mars/Olympus'],
      2,
      /a time zone such as Europe\/Rome or UTC, got "Mars\/Olympus"/,
    ],
    ['a test span that is empty', rows(160), ['--test-from', '2030-01-01'], 3, /at least one step in the test part/],
  ];

  test.each(tables)('%s', (_, content, options, code, message) => {
    const cwd = temporaryFolder();
    if (content !== undefined) writeFileSync(join(cwd, 'table.csv'), content);
    const name = content === undefined ? 'no-such.csv' : 'table.csv';
    const ran = recurve(['train', 'forecast', name, ...SMALL, ...options, '--out', 'runs/a', '--quiet'], { cwd });
    expectSentence(ran, code, message);
    expect(readdirSync(cwd)).toEqual(content === undefined ? [] : ['table.csv']);
  });

  test('NaN in a cell is a missing value, reported and filled', () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'table.csv'), withCell(7, 'NaN'));
    const ran = recurve(['train', 'forecast', 'table.csv', ...SMALL, '--out', 'run'], { cwd });
    expect(ran.stderr).toMatch(/column "temp": missing values: 1 \(first in row 8\); filled with the last value/);
    expect(ran.code).toBe(0);
  });

  test('values of 1e30 train to finite numbers, or stop in one sentence', () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'table.csv'), rows(160).replace(/^(\d[^,]*),([^,]*)/gm, '$1,$2e30'));
    const ran = recurve(['train', 'forecast', 'table.csv', ...SMALL, '--out', 'run', '--json'], { cwd });
    if (ran.code === 0) expect(JSON.parse(ran.stdout).test.rmse).toBeGreaterThan(1e28);
    else expectSentence(ran, 7, /finite/);
  });

  test('a training that diverges stops with step, norm and the parameter; --detect-anomaly names the operation', () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'table.csv'), rows(160));
    const wild = ['train', 'forecast', 'table.csv', ...SMALL, '--rate', '1e38', '--clip', '1e30', '--json'];
    const plain = recurve([...wild, '--out', 'plain'], { cwd });
    expectSentence(
      plain,
      7,
      /got loss \S+ and gradient norm \S+ at step \d+ .*; lower the learning rate.*--detect-anomaly, names/,
    );
    const named = recurve([...wild, '--out', 'named', '--detect-anomaly'], { cwd });
    expectSentence(named, 7, /anomaly: expected (backward of )?\w+ to give finite .*at step \d+ \(epoch/);
  });

  test('one value of 1e30 among small ones trains to finite numbers, or stops in one sentence', () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'table.csv'), withCell(30, '1e30'));
    const ran = recurve(['train', 'forecast', 'table.csv', ...SMALL, '--out', 'run', '--json'], { cwd });
    if (ran.code === 0) expect(Number.isFinite(JSON.parse(ran.stdout).test.rmse)).toBe(true);
    else expect(ran.code, ran.stderr).toBe(7);
  });

  test('100,000 columns of which three are named cost no more than the three', () => {
    const cwd = temporaryFolder();
    const more = Array.from({ length: 100_000 }, (_, k) => `c${k}`).join(',');
    const zeros = ',1'.repeat(100_000);
    const [first, ...lines] = rows(80).trim().split('\n');
    writeFileSync(join(cwd, 'wide.csv'), [`${first},${more}`, ...lines.map((line) => line + zeros)].join('\n'));
    const named = ['--time', 'date', '--past', 'wind', '--epochs', '1'];
    const ran = recurve(['train', 'forecast', 'wide.csv', ...SMALL, ...named, '--out', 'run', '--json'], { cwd });
    expect(ran.stderr).toBe('');
    expect(JSON.parse(ran.stdout).task).toBe('forecast');
  });
});

describe('a run folder', () => {
  test('that holds a run is refused, and stays as it is', () => {
    const cwd = temporaryFolder();
    expect(trainSmall(cwd).code).toBe(0);
    const before = readFileSync(join(cwd, 'run/model.safetensors'));
    expectSentence(
      trainSmall(cwd),
      2,
      /run: expected a folder without a run, got one with .*; resume it \(--resume\), overwrite it \(--overwrite\)/,
    );
    expect(readFileSync(join(cwd, 'run/model.safetensors'))).toEqual(before);
    const names = readdirSync(join(cwd, 'run'));
    expectSentence(
      trainSmall(cwd, '--overwrite', '--horizon', '2000'),
      3,
      /expected at least \d+ steps .*horizon 2000/,
    );
    expect(readdirSync(join(cwd, 'run'))).toEqual(names);
    expect(readFileSync(join(cwd, 'run/model.safetensors'))).toEqual(before);
    expect(trainSmall(cwd, '--overwrite').code).toBe(0);
    expect(readdirSync(join(cwd, 'run'))).toEqual(names);
  });

  test('where a file is in the way is refused', () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'run'), '');
    expectSentence(trainSmall(cwd), 5, /run: expected to make a folder, got a file of that name in the way/);
  });

  test('on a read-only disk is refused', (context) => {
    const disk = mountTmpfs('size=64k');
    if (!disk) return context.skip('mounting a memory disk needs root');
    remountReadOnly(disk);
    const cwd = temporaryFolder();
    expectSentence(trainSmall(cwd, '--out', join(disk, 'run')), 5, /got a read-only disk/);
  });

  test('on a full disk is refused, and none is left', (context) => {
    const disk = mountTmpfs('size=16k');
    if (!disk) return context.skip('mounting a memory disk needs root');
    writeFileSync(join(disk, 'full'), new Uint8Array(16384));
    const ran = trainSmall(temporaryFolder(), '--out', join(disk, 'runs/a'));
    expectSentence(ran, 5, /got a full disk \(ENOSPC\); free some space/);
    expect(readdirSync(disk)).toEqual(['full']);
  });

  test('that was there and empty stays, and so does a file in it', () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'run'));
    expect(trainSmall(cwd, '--horizon', '200').code).toBe(3);
    expect(readdirSync(join(cwd, 'run'))).toEqual([]);
    // From the first start on, as a command that is repeated until it ends with 0.
    expect(trainSmall(cwd, '--horizon', '200', '--resume').code).toBe(3);
    expect(readdirSync(join(cwd, 'run'))).toEqual([]);
  });

  test('on a disk that fills up gets one sentence and no half-written file', (context) => {
    const disk = mountTmpfs('size=48k');
    if (!disk) return context.skip('mounting a memory disk needs root');
    const cwd = temporaryFolder();
    const ran = trainSmall(cwd, '--hidden', '64', '--out', join(disk, 'run'));
    expectSentence(ran, 5, /to write \d+ bytes, got a full disk \(ENOSPC\); free some space/);
    // What was measured before stays.
    expect(readdirSync(join(disk, 'run')).sort()).toEqual(['config.json', 'metrics.jsonl']);
  });
});

describe('a model file', () => {
  let cwd: string;
  let good: Uint8Array;
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'recurve-'));
    expect(trainSmall(cwd).code).toBe(0);
    good = readFileSync(join(cwd, 'run/model.safetensors'));
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  const predictWith = (bytes: Uint8Array): Ran => {
    writeFileSync(join(cwd, 'bad.safetensors'), bytes);
    return recurve(['predict', 'bad.safetensors', 'table.csv', '--quiet'], { cwd });
  };

  test('as it was saved predicts, so that the refusals below mean something', () => {
    expect(predictWith(good).code).toBe(0);
  });

  test.each([0, 4, 100, 0.5, -1])('cut at %d is refused', (at) => {
    const length = at > 0 && at < 1 ? Math.floor(good.length * at) : at < 0 ? good.length + at : at;
    expectSentence(predictWith(good.subarray(0, length)), 4, /bad\.safetensors: expected/);
  });

  test.each([0, 9, 50, 0.2, 0.5, 0.9, -1])('with a bit flipped at %d is refused', (at) => {
    const position = at > 0 && at < 1 ? Math.floor(good.length * at) : at < 0 ? good.length + at : at;
    const bytes = Uint8Array.from(good);
    bytes[position] ^= 4;
    expectSentence(predictWith(bytes), 4, /bad\.safetensors: /);
  });

  test('of another task is refused by name', () => {
    const { tensors, document } = decodeModelFile(good, { name: 'good' });
    const other = encodeModelFile({ tensors, document: { ...document, task: 'juggle' } });
    expectSentence(predictWith(other), 4, /expected a model of forecast.*, got one of juggle/);
  });

  test('that is a checkpoint, a table or nothing is refused', () => {
    expectSentence(
      predictWith(readFileSync(join(cwd, 'run/checkpoint.safetensors'))),
      4,
      /expected a model, got a checkpoint/,
    );
    expectSentence(predictWith(readFileSync(join(cwd, 'table.csv'))), 4, /expected/);
    expectSentence(
      recurve(['predict', 'nothing', 'table.csv'], { cwd }),
      5,
      /nothing: expected a file to read, got no such file/,
    );
  });

  test('does not take a table without its columns, or too short', () => {
    const other = join(cwd, 'other');
    mkdirSync(other, { recursive: true });
    cpSync(join(cwd, 'run'), join(other, 'run'), { recursive: true });
    writeFileSync(join(other, 'table.csv'), rows(160).replace('wind', 'gust'));
    expectSentence(recurve(['predict', 'run', 'table.csv', '--quiet'], { cwd: other }), 2, /a column named "wind"/);
    writeFileSync(join(other, 'table.csv'), rows(5));
    expectSentence(recurve(['predict', 'run', 'table.csv', '--quiet'], { cwd: other }), 3, /at least 8 steps .*got 5/);
  });
});
