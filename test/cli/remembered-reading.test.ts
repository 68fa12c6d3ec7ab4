// How the table of a training was written is remembered by its model: the next table needs no option again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recurve, SMALL, table } from './recurve.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'recurve-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const [, ...days] = table(160).trim().split('\n');
/** The same days as others write them: no names, semicolons, decimal commas, -9999 for nothing. */
const foreign = (rows: readonly string[]): string =>
  rows
    .map(
      (row, i) => `${(i % 7 === 3 ? row.replace(/[^,]*$/, '-9999') : row).replaceAll(',', ';').replaceAll('.', ',')}\n`,
    )
    .join('');

const ok = (args: string[], input?: string): string => {
  const { code, stdout, stderr } = recurve(args, { cwd, ...(input !== undefined && { input }) });
  expect(code, stderr).toBe(0);
  return stdout;
};

// In one word, since such a number is no option.
const WRITTEN = ['--no-header', '--delimiter', ';', '--decimal', ',', '--missing-texts=-9999'];

test('a forecast is trained, asked, measured and streamed with the options given once; an option says otherwise', () => {
  writeFileSync(join(cwd, 'foreign.csv'), foreign(days));
  writeFileSync(join(cwd, 'names.csv'), `column_1;column_2;column_3\n${foreign(days)}`);
  const small = ['--target', 'column_2', ...SMALL.slice(2)];
  const trained = JSON.parse(ok(['train', 'forecast', 'foreign.csv', ...small, ...WRITTEN, '--out', 'run', '--json']));
  const told = JSON.parse(ok(['predict', 'run', 'foreign.csv', '--json']));
  expect(told.forecasts).toEqual(trained.forecasts);
  expect(JSON.parse(ok(['evaluate', 'run', 'foreign.csv', '--json'])).test).toEqual(trained.test);

  const named = JSON.parse(ok(['predict', 'run', 'names.csv', '--header', '--json']));
  expect(named.forecasts).toEqual(told.forecasts);
  const without = JSON.parse(ok(['predict', 'run', 'foreign.csv', '--missing-texts', 'none', '--json']));
  expect(without.forecasts[0].point).not.toEqual(told.forecasts[0].point);

  const lines = ok(['stream', 'run', '--state', 'run.state'], foreign(days)).trim().split('\n');
  expect(lines).toHaveLength(days.length);
  expect(JSON.parse(lines.at(-1) as string).point).toEqual(told.forecasts[0].point);
  // No line was kept as a header.
  ok(['stream', 'run', '--state', 'run.state'], '2015-06-10;9,5;1,25\n');
  const plain = ok(
    ['stream', 'run', '--header', '--delimiter', ','],
    `column_1,column_3,column_2\n${days.map((day) => day.replace(/,(.*),(.*)/, ',$2,$1')).join('\n')}\n`,
  );
  expect(plain.trim().split('\n')).toHaveLength(days.length);
});

test('in another encoding too, lines and files', () => {
  const text = `date;tempé;wind\n${days.map((day) => day.replaceAll(',', ';')).join('\n')}\n`;
  const latin = Buffer.from(text, 'latin1');
  writeFileSync(join(cwd, 'latin.csv'), latin);
  ok([
    'train',
    'forecast',
    'latin.csv',
    '--target',
    'tempé',
    ...SMALL.slice(2),
    '--encoding',
    'latin1',
    '--out',
    'latin',
  ]);
  const told = JSON.parse(ok(['predict', 'latin', 'latin.csv', '--json']));
  const streamed = recurve(['stream', 'latin'], { cwd, input: latin });
  expect(streamed.code, streamed.stderr).toBe(0);
  expect(JSON.parse(streamed.stdout.trim().split('\n').at(-1) as string).point).toEqual(told.forecasts[0].point);
  expect(recurve(['stream', 'latin', '--encoding', 'utf-8'], { cwd, input: latin })).toMatchObject({ code: 3 });
  expect(recurve(['stream', 'latin', '--encoding', 'utf-16le'], { cwd, input: latin })).toMatchObject({ code: 2 });
});

test('a tagger and a classifier remember it', () => {
  const labelled = days.map((day, i) => `${day},${(i >> 2) % 2 ? 'up' : 'down'}`);
  writeFileSync(join(cwd, 'labels.csv'), foreign(labelled));
  const tagging = [
    '--target',
    'column_4',
    '--ahead',
    '1',
    '--epochs',
    '2',
    '--members',
    '1',
    '--validation',
    'holdout',
  ];
  const trained = JSON.parse(
    ok(['train', 'tag', 'labels.csv', ...tagging, '--no-header', '--decimal', ',', '--out', 'tag', '--json']),
  );
  const next = (text: string) => JSON.parse(text).sequences[0].probabilities.at(-1);
  expect(next(ok(['predict', 'tag', 'labels.csv', '--json']))).toEqual(Object.values(trained.next[0].probabilities));
  expect(JSON.parse(ok(['evaluate', 'tag', 'labels.csv', '--json'])).test).toEqual(trained.test);
  const lines = ok(['stream', 'tag'], foreign(labelled)).trim().split('\n');
  expect(lines).toHaveLength(days.length);

  const rows = Array.from(
    { length: 80 },
    (_, i) => `${i % 2 ? 'a good one' : 'a bad one'} ${i};${i % 2 ? 'yes' : 'no'}\n`,
  );
  writeFileSync(join(cwd, 'texts.csv'), rows.join(''));
  const classify = ['--text', 'column_1', '--label', 'column_2', '--hidden', '4', '--epochs', '1', '--no-header'];
  ok(['train', 'classify', 'texts.csv', ...classify, '--out', 'texts', '--quiet']);
  expect(JSON.parse(ok(['predict', 'texts', 'texts.csv', '--json'])).predictions).toHaveLength(rows.length);
  expect(JSON.parse(ok(['evaluate', 'texts', 'texts.csv', '--json'])).examples).toBe(rows.length);
  const wrong = recurve(['predict', 'texts', 'texts.csv', '--header'], { cwd });
  expect(wrong.stderr).toContain('column_1');
});
