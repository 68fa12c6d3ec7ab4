import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatClock, HOUR } from '../civil.ts';
import { readTable } from './read-table.ts';
import { describe } from './report.ts';
import { type SeriesOptions, type SeriesResult, toSeries } from './series.ts';

async function series(text: string, options: SeriesOptions): Promise<SeriesResult> {
  return toSeries(await readTable(text, { name: 'sea.csv', text: options.series ? [options.series] : [] }), options);
}

const one = async (text: string, options: SeriesOptions) => (await series(text, options)).series[0]!;
const plain = (values: ArrayLike<number>): number[] => Array.from(values);
const kinds = (result: SeriesResult): string[] => result.report.findings.map(({ kind }) => kind);

test('a daily table becomes one series: target first, unnamed numbers as covariates, texts left out and reported', async () => {
  const result = await series('date,kind,a,temp\n2015-01-01,rain,1,5\n2015-01-02,sun,2,6\n2015-01-03,sun,4,8\n', {
    target: 'temp',
  });
  const [sea] = result.series;
  expect(sea).toMatchObject({ id: '', length: 3, history: 3, names: ['temp', 'a'], roles: ['target', 'covariate'] });
  expect(sea!.step).toEqual({ unit: 'day', count: 1 });
  expect(sea!.values.map(plain)).toEqual([
    [5, 6, 8],
    [1, 2, 4],
  ]);
  expect(Array.from(sea!.time!, formatClock)).toEqual(['2015-01-01', '2015-01-02', '2015-01-03']);
  expect(describe(result.report)).toEqual([
    'sea.csv: 3 rows, 3 steps, 1 day apart, 2015-01-01 to 2015-01-03 (column "date", UTC)',
    'target temp; covariates a',
    'column "kind": not used (first "rain" in row 2); it holds text',
  ]);
});

test('missing cells and missing rows are filled forward, marked as not observed and reported', async () => {
  const result = await series(
    't,v,w\n2015-01-01,1,\n2015-01-02,,2\n2015-01-03,3,4\n2015-01-05,5,6\n2015-01-06,6,NA\n',
    { target: 'v' },
  );
  const [sea] = result.series;
  // Row 1 goes since w has no value yet; 4 January is inserted.
  expect(Array.from(sea!.time!, formatClock)).toEqual([
    '2015-01-02',
    '2015-01-03',
    '2015-01-04',
    '2015-01-05',
    '2015-01-06',
  ]);
  expect(sea!.values.map(plain)).toEqual([
    [1, 3, 3, 5, 6],
    [2, 4, 4, 6, 6],
  ]);
  expect(sea!.observed.map(plain)).toEqual([
    [0, 1, 0, 1, 1],
    [1, 1, 0, 1, 0],
  ]);
  expect(kinds(result)).toEqual(['missing-times', 'missing', 'missing', 'leading-gap']);
});

test('linear filling draws a line, and refuse names column and row', async () => {
  const text = 't,v\n2015-01-01,1\n2015-01-02,\n2015-01-03,\n2015-01-04,4\n';
  expect(plain((await one(text, { target: 'v', missing: 'linear' })).values[0]!)).toEqual([1, 2, 3, 4]);
  await expect(series(text, { target: 'v', missing: 'refuse' })).rejects.toThrow(
    'data: expected at most 0 missing values in a row in column "v" of sea.csv, got 2 from row 3 on',
  );
  await expect(series(text, { target: 'v', maxGap: 1 })).rejects.toThrow('expected at most 1 missing values in a row');
  expect((await one(text, { target: 'v', maxGap: 2 })).length).toBe(4);
  expect((await one('t,v\n2015-01-01,1\n2015-01-02,2\n', { target: 'v', maxGap: 0 })).length).toBe(2);
});

test('a named covariate with a long gap is refused, an unnamed one is left out', async () => {
  const rows = Array.from({ length: 9 }, (_, k) => `2015-01-0${k + 1},${k},${k > 1 && k < 7 ? '' : k}`).join('\n');
  const text = `t,v,w\n${rows}\n`;
  const result = await series(text, { target: 'v', maxGap: 4 });
  expect(result.series[0]!.names).toEqual(['v']);
  expect(result.report.findings).toMatchObject([{ kind: 'ignored-column', column: 'w' }]);
  await expect(series(text, { target: 'v', covariates: ['w'], maxGap: 4 })).rejects.toThrow(
    /column "w" of sea.csv, got 5 from row 4/,
  );
});

test('unsorted rows are sorted, whatever their order, and the series is that of the sorted file', async () => {
  const rows = Array.from({ length: 20 }, (_, k) => `${formatClock(k * HOUR)},${k * k}`);
  const expected = await one(`t,v\n${rows.join('\n')}`, { target: 'v' });
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: 20 }), async (shuffled) => {
      const result = await series(`t,v\n${shuffled.join('\n')}`, { target: 'v' });
      expect(plain(result.series[0]!.values[0]!)).toEqual(plain(expected.values[0]!));
      expect(kinds(result)).toEqual(shuffled.join() === rows.join() ? [] : ['unsorted']);
    }),
    { numRuns: 30 },
  );
});

test('repeated times: agreeing rows are merged, others refused by default, or averaged, or the first or last taken', async () => {
  const agree = await series('t,v\n2015-01-01,1\n2015-01-01,1\n2015-01-02,2\n', { target: 'v' });
  expect(agree.report.findings).toMatchObject([
    { kind: 'duplicate-times', count: 1, first: { row: 3, text: '2015-01-01' } },
  ]);
  const text = 't,v\n2015-01-01,1\n2015-01-02,2\n2015-01-02,4\n2015-01-03,5\n';
  await expect(series(text, { target: 'v' })).rejects.toThrow(
    'got rows 3 and 4 at 2015-01-02 that differ in column "v"',
  );
  expect(plain((await one(text, { target: 'v', duplicates: 'mean' })).values[0]!)).toEqual([1, 3, 5]);
  expect(plain((await one(text, { target: 'v', duplicates: 'first' })).values[0]!)).toEqual([1, 2, 5]);
  expect(plain((await one(text, { target: 'v', duplicates: 'last' })).values[0]!)).toEqual([1, 4, 5]);
});

test('several series in one file are told apart by their id, and the refusal of repeated times names such a column', async () => {
  const text = 'place,t,v\n01,2015-01-01,1\n2,2015-01-01,10\n01,2015-01-02,2\n2,2015-01-02,20\n01,2015-01-03,3\n';
  const { series: both } = await series(text, { target: 'v', series: 'place' });
  expect(both.map(({ id, values }) => [id, plain(values[0]!)])).toEqual([
    ['01', [1, 2, 3]],
    ['2', [10, 20]],
  ]);
  const towns = 'town,t,v\nA,2015-01-01,1\nB,2015-01-01,2\nA,2015-01-02,3\nB,2015-01-02,4\n';
  await expect(series(towns, { target: 'v' })).rejects.toThrow('perhaps series: "town"');
});

test('rows after the last target stay only where columns known in advance fill them', async () => {
  const text = 't,v,holiday,w\n2015-01-01,1,0,3\n2015-01-02,2,1,4\n2015-01-03,,0,5\n2015-01-04,,1,\n';
  const without = await series(text, { target: 'v', covariates: ['w'] });
  expect(without.series[0]).toMatchObject({ length: 2, history: 2 });
  expect(kinds(without)).toContain('trailing-gap');
  const known = await one(text, { target: 'v', covariates: ['w'], known: ['holiday'] });
  expect(known).toMatchObject({ length: 4, history: 2, roles: ['target', 'covariate', 'known'] });
  expect(plain(known.values[2]!)).toEqual([0, 1, 0, 1]);
  expect(plain(known.observed[0]!)).toEqual([1, 1, 0, 0]);
});

test('uneven stamps: jitter goes to the grid, the rest is refused, averaged or taken as it comes', async () => {
  const jitter = 't,v\n2015-01-01 00:00,1\n2015-01-01 01:01,2\n2015-01-01 02:00,3\n2015-01-01 03:00,4\n';
  const result = await series(jitter, { target: 'v', step: '1h' });
  expect(result.report.findings).toMatchObject([{ kind: 'irregular-times', count: 1, first: { row: 3 } }]);
  expect(formatClock(result.series[0]!.time![1]!)).toBe('2015-01-01 01:00');
  const uneven = 't,v\n2015-01-01 00:05,1\n2015-01-01 00:35,3\n2015-01-01 01:20,5\n2015-01-01 03:00,7\n';
  await expect(series(uneven, { target: 'v', step: '1h' })).rejects.toThrow(
    /got 2015-01-01 00:35 in row 3, 0.50 steps off/,
  );
  const binned = await one(uneven, { target: 'v', step: '1h', spacing: 'bin' });
  expect(plain(binned.values[0]!)).toEqual([2, 5, 5, 7]);
  expect(plain(binned.observed[0]!)).toEqual([1, 1, 0, 1]);
  expect(formatClock(binned.time![0]!)).toBe('2015-01-01');
  expect(plain((await one(uneven, { target: 'v', spacing: 'ignore' })).values[0]!)).toEqual([1, 3, 5, 7]);
  await expect(series(uneven, { target: 'v', step: '1h', spacing: 'refuse' })).rejects.toThrow('row 3');
});

test('a year of local hours in Rome becomes a year of even hours, both clock changes reported', async () => {
  // Every hour the clock shows, in order: 02:00 is missing on 29 March and stands twice on 25 October.
  const rome = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Rome', dateStyle: 'short', timeStyle: 'short' });
  const from = Date.UTC(2014, 11, 31, 23);
  const rows = Array.from({ length: 8760 }, (_, k) => `${rome.format(from + k * HOUR)},${k % 24}`);
  const result = await series(`t,v\n${rows.join('\n')}`, { target: 'v', zone: 'Europe/Rome' });
  expect(result.series[0]!.length).toBe(8760);
  expect(result.series[0]!.time!.every((time, k) => time === from + k * HOUR)).toBe(true);
  expect(result.report.findings).toMatchObject([
    { kind: 'clock-overlap', count: 2, first: { text: '2015-10-25 02:00' } },
  ]);
  await expect(series(`t,v\n${rows.join('\n')}`, { target: 'v' })).rejects.toThrow(
    'or the zone if these are local clock times',
  );
});

test('dates that read both ways are refused unless the order is proven or stated', async () => {
  const both = 'd,v\n01/02/2015,1\n02/02/2015,2\n03/02/2015,3\n';
  await expect(series(both, { target: 'v' })).rejects.toThrow('state the time format, day-first or month-first');
  const months = await one(both, { target: 'v', timeFormat: 'month-first' });
  expect(months.step).toMatchObject({ unit: 'month', count: 1 });
  expect(Array.from(months.time!, formatClock)).toEqual(['2015-01-02', '2015-02-02', '2015-03-02']);
  expect((await one(both, { target: 'v', timeFormat: 'day-first' })).step).toEqual({ unit: 'day', count: 1 });
  const proven = await one('d,v\n11/12/2015,1\n12/12/2015,2\n13/12/2015,3\n', { target: 'v' });
  expect(formatClock(proven.time![0]!)).toBe('2015-12-11');
  const american = await one('d,v\n12/11/2015,1\n12/12/2015,2\n12/13/2015,3\n', { target: 'v' });
  expect(Array.from(american.time!, formatClock)).toEqual(['2015-12-11', '2015-12-12', '2015-12-13']);
  await expect(series('d,v\n13/12/2015,1\n12/13/2015,2\n', { target: 'v' })).rejects.toThrow(
    '"13/12/2015" in row 2 and "12/13/2015" in row 3',
  );
  await expect(series('d,v\n13/12/2015,1\n14/12/2015,2\n', { target: 'v', timeFormat: 'month-first' })).rejects.toThrow(
    'against month-first',
  );
});

test('epochs, years and dates of eight digits are found by name and size', async () => {
  const day = Date.UTC(2015, 0, 1);
  for (const [name, cells] of [
    ['timestamp', [day / 1000, day / 1000 + 86_400]],
    ['time', [day, day + 86_400_000]],
    ['ts', [`${day}000`, `${day + 86_400_000}000`]],
    ['epoch', [`${day}000000`, `${day + 86_400_000}000000`]],
    ['date', [20150101, 20150102]],
  ] as const) {
    const made = await one(`${name},v\n${cells[0]},1\n${cells[1]},2\n`, { target: 'v' });
    expect(Array.from(made.time!, formatClock), name).toEqual(['2015-01-01', '2015-01-02']);
  }
  expect((await one('year,v\n2013,1\n2014,2\n2015,4\n', { target: 'v' })).step).toEqual({
    unit: 'month',
    count: 12,
    dayOfMonth: 1,
  });
  expect((await one('time,v\n0,1\n1,2\n', { target: 'v' })).time).toBeNull();
  await expect(series('time,v\n0,1\n1,2\n', { target: 'v', time: 'time' })).rejects.toThrow('state the time format');
});

test('tables that cannot be used are refused in one sentence that names what is wrong and where', async () => {
  const cases: [string, SeriesOptions, string, RegExp][] = [
    ['t,v\n2015-01-01,1\n2015-01-02,2\n', { target: 'x' }, 'usage', /column named "x" in sea.csv, got "t", "v"/],
    [
      't,v\n2015-01-01,1\n2015-01-02,warm\n',
      { target: 'v' },
      'data',
      /numbers in column "v" of sea.csv, got "warm" in row 3/,
    ],
    [
      't;v\n2015-01-01;1.234,5\n2015-01-02;2\n',
      { target: 'v' },
      'data',
      /got "1\.234,5" in row 2; write numbers without/,
    ],
    [
      't,v\n2015-01-01,"$1,234.5"\n2015-01-02,2\n',
      { target: 'v' },
      'data',
      /"\$1,234\.5" in row 2; write numbers without/,
    ],
    ['t,v\n2015-01-01,"1,5"\n2015-01-02,"2,5"\n', { target: 'v' }, 'data', /got "1,5" in row 2; name a decimal comma/],
    [
      't,v\n2015-01-01,1\n2015-01-02,1e400\n',
      { target: 'v' },
      'data',
      /finite numbers in column "v" of sea.csv, got "1e400" in row 3/,
    ],
    [
      't,v,w\n2015-01-01,1,5\n2015-01-02,2,-inf\n',
      { target: 'v' },
      'data',
      /finite numbers in column "w" of sea.csv, got "-inf" in row 3/,
    ],
    ['t,v\n2015-01-01,\n2015-01-02,NaN\n', { target: 'v' }, 'data', /column "v" of sea.csv, got only missing cells/],
    [
      't,v\n2015-01-01,7\n2015-01-02,7\n',
      { target: 'v' },
      'data',
      /a target that varies, got 7 in every row of column "v"/,
    ],
    [
      't,v\n2015-01-01,7\n',
      { target: 'v', constantTarget: true },
      'data',
      /at least two different times in column "t"/,
    ],
    [
      't,v\n2015-01-01,1\n,2\n',
      { target: 'v' },
      'data',
      /a time stamp in every row of column "t" of sea.csv, got a missing cell in row 3/,
    ],
    [
      't,v\n2015-01-01,1\nlater,2\n',
      { target: 'v', time: 't' },
      'data',
      /time stamps in column "t" of sea.csv, got "later" in row 3/,
    ],
    [
      't,v\n2015-01-01,1\n2015-01-02,2\n2016-01-01,3\n',
      { target: 'v' },
      'data',
      /at most 48 missing times in a row.*got 363 before 2016-01-01 in row 4/,
    ],
    ['t,v\n2015-01-01,1\n2015-01-02,2\n', { target: 'v', covariates: ['v'] }, 'usage', /every column in one role/],
    ['t,v\n2015-01-01,1\n2015-01-02,2\n', { target: 't' }, 'data', /numbers in column "t"/],
    ['t,v\n2015-01-01,1\n2015-01-02,2\n', { target: [] }, 'usage', /at least one target column/],
    [
      's,t,v\na,2015-01-01,1\n,2015-01-02,2\n',
      { target: 'v', series: 's' },
      'data',
      /a series id in every row of column "s" of sea.csv, got a missing cell in row 3/,
    ],
    ['t,v\n2015-01-01,1\n2015-01-02,2\n', { target: 'v', zone: 'Mars' }, 'usage', /time zone/],
  ];
  for (const [text, options, code, message] of cases) {
    const error = await series(text, options).catch((caught: unknown) => caught);
    expect(error, String(message)).toMatchObject({ name: 'RecurveError', code });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
  }
});

test('constant covariates are left out and reported, or kept on request, as a constant target is', async () => {
  const result = await series('t,v,c\n2015-01-01,7,3\n2015-01-02,7,3\n', {
    target: 'v',
    constantTarget: true,
    covariates: ['c'],
  });
  expect(result.series[0]!.names).toEqual(['v']);
  expect(result.report.findings).toMatchObject([{ kind: 'constant', column: 'c', first: { text: '3' } }]);
  const kept = await one('t,v,c\n2015-01-01,7,3\n2015-01-02,8,3\n', {
    target: 'v',
    covariates: ['c'],
    keepConstant: true,
  });
  expect(kept.names).toEqual(['v', 'c']);
});

test('messages and reports show the clock of the zone, not UTC', async () => {
  const text = 't,v\n2015-07-01 10:00,1\n2015-07-01 11:00,2\n2015-07-01 12:00,3\n2015-07-01 12:30,4\n';
  await expect(series(text, { target: 'v', zone: 'Europe/Rome' })).rejects.toThrow('got 2015-07-01 12:30 in row 5');
  const { report } = await series(text.slice(0, -19), { target: 'v', zone: 'Europe/Rome' });
  expect(describe(report)[0]).toBe(
    'sea.csv: 3 rows, 3 steps, 1 hour apart, 2015-07-01 10:00 to 2015-07-01 12:00 (column "t", Europe/Rome)',
  );
});

test('values of 1e30 pass through unchanged', async () => {
  expect(plain((await one('t,v\n2015-01-01,1e30\n2015-01-02,-2e30\n', { target: 'v' })).values[0]!)).toEqual([
    1e30, -2e30,
  ]);
});
