import { expect, test } from 'vitest';
import { type RowRules, rowReader } from './rows.ts';

const rules: RowRules = { name: 'standard input', columns: ['temp', 'wind'], time: 'date' };

test('reads rows under a header, in the columns asked for', async () => {
  const reader = await rowReader(rules);
  expect(reader.read('\uFEFFdate,wind,temp,note\r')).toBeNull();
  expect(reader.read('2015-01-02,4.5,-1,"a, b"\r')).toEqual({
    values: { temp: -1, wind: 4.5 },
    time: Date.UTC(2015, 0, 2),
  });
  expect(reader.read('')).toBeNull();
  expect(reader.read('2015-01-03,NA,,x')).toEqual({ values: { temp: null, wind: null }, time: Date.UTC(2015, 0, 3) });
});

test.each([
  ['a semicolon and a decimal comma', 'date;wind;temp', '02.01.2015;4,5;-1'],
  ['a tab', 'date\twind\ttemp', '2015-01-02\t4.5\t-1'],
  ['JSON', undefined, '{"temp": -1, "wind": "4.5", "date": "2015-01-02", "more": [1]}'],
])('reads %s without being told', async (_, header, line) => {
  const reader = await rowReader({ ...rules, timeFormat: 'day-first' });
  if (header !== undefined) expect(reader.read(header)).toBeNull();
  expect(reader.read(line)).toEqual({ values: { temp: -1, wind: 4.5 }, time: Date.UTC(2015, 0, 2) });
});

test('goes on under a header read before, whether it is sent again or not', async () => {
  const header = 'date,wind,temp';
  const plain = await rowReader({ ...rules, header });
  expect(plain.read('2015-01-02,1,2')?.values).toEqual({ temp: 2, wind: 1 });
  const again = await rowReader({ ...rules, header });
  expect(again.read(header)).toBeNull();
  expect(again.read('2015-01-02,1,2')?.values).toEqual({ temp: 2, wind: 1 });
});

test('a clock time that daylight saving repeats is the later one where the earlier is taken', async () => {
  const reader = await rowReader({ ...rules, zone: 'Europe/Rome' });
  reader.read('date,wind,temp');
  const first = reader.read('2015-10-25 02:30,1,2')?.time;
  expect(first).toBe(Date.UTC(2015, 9, 25, 0, 30));
  expect(reader.read('2015-10-25 02:30,1,2', () => first)?.time).toBe(Date.UTC(2015, 9, 25, 1, 30));
  expect(reader.read('2015-10-26 02:30,1,2', () => first)?.time).toBe(Date.UTC(2015, 9, 26, 1, 30));
});

test('series ids keep their zeros', async () => {
  const reader = await rowReader({ ...rules, series: 'site' });
  reader.read('date,wind,temp,site');
  expect(reader.read('2015-01-02,1,2,007')?.id).toBe('007');
});

test.each([
  [
    'a header without a column',
    ['date,wnid,temp'],
    'usage',
    /column named "wind" in standard input.*did you mean "wnid"/,
  ],
  [
    'text for a number',
    ['date,wind,temp', '2015-01-02,strong,1'],
    'data',
    /a finite number in "wind" in line 2, got "strong"/,
  ],
  ['infinity', ['date,wind,temp', '2015-01-02,inf,1'], 'data', /a finite number in "wind" in line 2, got "inf"/],
  ['a short row', ['date,wind,temp', '2015-01-02,1'], 'data', /expected 3 fields in line 2, got 2 fields/],
  ['no time', ['date,wind,temp', ',1,2'], 'data', /a time stamp in "date" in line 2, got a missing cell/],
  ['broken JSON', ['{"temp": 1'], 'data', /a JSON object in line 1/],
  ['JSON without a column', ['{"temp": 1, "date": "2015-01-01"}'], 'data', /a value of "wind" in line 1, got none/],
  [
    'lines that end as on old Macs',
    ['date,wind,temp\r2015-01-02,1,2\r2015-01-03,1,2'],
    'data',
    /expected lines that end with a line feed in line 1, got carriage returns in "date,wind,temp/,
  ],
  ['an open quote', ['date,wind,temp', '"2015-01-02,1,2'], 'data', /quoted fields that end in their line in line 2/],
])('%s is one sentence with its line', async (_, lines, code, message) => {
  const reader = await rowReader(rules);
  const last = lines.pop() as string;
  for (const line of lines) reader.read(line);
  let thrown: unknown;
  try {
    reader.read(last);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
});

test('keeps a column called __proto__', async () => {
  const reader = await rowReader({ name: 'standard input', columns: ['__proto__', 'wind'], time: null });
  reader.read('__proto__,wind');
  expect(Object.entries(reader.read('1.5,2')?.values ?? {})).toEqual([
    ['__proto__', 1.5],
    ['wind', 2],
  ]);
});

test.each([
  ['2015-01-02,4.5,-1', undefined],
  ['2015-01-02;4,5;-1', undefined],
  ['2015-01-02|4,5|-1', undefined],
  ['2015-01-02;4.5;-1', ';'],
])('reads %s where no line holds names', async (line, delimiter) => {
  const columns = ['column_3', 'column_2'];
  const headless: RowRules = { name: 'standard input', columns, time: 'column_1', header: false };
  const reader = await rowReader({ ...headless, ...(delimiter && { delimiter }) });
  const row = { values: { column_3: -1, column_2: 4.5 }, time: Date.UTC(2015, 0, 2) };
  expect(reader.read(line)).toEqual(row);
  // A first line is no header, and the same one again is a row too.
  expect(reader.read(line)).toEqual(row);
  expect(reader.header).toBeUndefined();
  const short = await rowReader(headless);
  expect(() => short.read('2015-01-02,4')).toThrow('column_3');
});
