import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { readTable } from './read-table.ts';
import { type Column, rowNumber, type Table } from './table.ts';

/** The cells of a column as plain values; missing is null. */
function cells(column: Column): (number | string | null)[] {
  if (column.kind === 'text') return Array.from(column.codes, (code) => (code < 0 ? null : column.dictionary[code]!));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
}

const columns = (table: Table) => Object.fromEntries(table.columns.map((column) => [column.name, cells(column)]));

/** The bytes of `text` in pieces of `size`, so that every border falls somewhere. */
async function* pieces(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function pack(text: string): Promise<Uint8Array> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

test('numbers, stamps, texts and missing cells find their column types', async () => {
  const table = await readTable('date,temp,kind\n2015-01-01,1.5,rain\n2015-01-02,NA,\n2015-01-03,-2,"sun, wind"\n');
  expect(table.columns.map((column) => [column.name, column.kind, column.missing])).toEqual([
    ['date', 'time', 0],
    ['temp', 'number', 1],
    ['kind', 'text', 1],
  ]);
  expect(columns(table)).toEqual({
    date: [Date.UTC(2015, 0, 1), Date.UTC(2015, 0, 2), Date.UTC(2015, 0, 3)],
    temp: [1.5, null, -2],
    kind: ['rain', null, 'sun, wind'],
  });
});

test('comma, semicolon, tab and bar are found, and with them decimal commas, BOM, CRLF and old Mac line ends', async () => {
  const expected = { a: [1.5, 2.5, 3], b: [10, 20, 30] };
  for (const text of [
    'a,b\n1.5,10\n2.5,20\n3,30',
    'a;b\r\n1,5;10\r\n2,5;20\r\n3;30\r\n',
    '\ufeffa\tb\n1,5\t10\n2,5\t20\n3\t30\n',
    'a|b\r1.5|10\r2.5|20\r3|30\r',
    'a,b\n"1,5","10"\n"2,5","20"\n"3","30"\n',
    '"a";"b"\r\n"1,5";"10"\r\n"2,5";"20"\r\n"3";"30"\r\n',
  ]) {
    const decimal = text.startsWith('a,b\n"') ? { decimal: ',' as const } : {};
    expect(columns(await readTable(text, decimal)), JSON.stringify(text)).toEqual(expected);
  }
});

test('any cells, quoted by papaparse, come back the same for every piece size and delimiter', async () => {
  const cell = fc
    .string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r\n', ' ', '1', '😀') })
    .map((s) => `x${s}x`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 }),
      fc.constantFrom(',', ';', '\t', '|'),
      fc.constantFrom('\n' as const, '\r\n' as const),
      fc.integer({ min: 1, max: 40 }),
      async (rows, delimiter, newline, size) => {
        const text = Papa.unparse([['p', 'q', 'r'], ...rows], { delimiter, newline });
        const table = await readTable(pieces(text, size), { delimiter });
        expect(columns(table)).toEqual({
          p: rows.map((r) => r[0]),
          q: rows.map((r) => r[1]),
          r: rows.map((r) => r[2]),
        });
      },
    ),
    { numRuns: 200 },
  );
});

test('a long file read in pieces equals the same file read at once', async () => {
  const lines = Array.from({ length: 40_000 }, (_, k) => `${k},${(k % 977) / 8},"k ${k % 13}"`);
  const text = `id,value,note\n${lines.join('\n')}\n`;
  const whole = columns(await readTable(text));
  expect(columns(await readTable(pieces(text, 4099)))).toEqual(whole);
  expect(whole.value![39_999]).toBe((39_999 % 977) / 8);
  expect(whole.id).toHaveLength(40_000);
});

test('only the columns asked for are kept, in the order asked for', async () => {
  const table = await readTable('a,b,c\n1,2,3\n', { columns: ['c', 'a'] });
  expect(table.columns.map((column) => column.name)).toEqual(['c', 'a']);
  await expect(readTable('a,b\n1,2\n', { columns: ['z'] })).rejects.toThrow(/column named "z" in table, got "a", "b"/);
});

test('a column that turns to text late says where, and exact texts are kept where asked', async () => {
  const table = await readTable('id,v\n007,1\n008,2\n\n009,oops\n', { text: ['id'] });
  expect(columns(table)).toEqual({ id: ['007', '008', '009'], v: ['1', '2', 'oops'] });
  const v = table.columns[1]!;
  expect(v.kind === 'text' && v.breaks).toEqual({ row: 2, text: 'oops' });
  expect(rowNumber(table, 2)).toBe(5);
  expect(rowNumber(table, 1)).toBe(3);
});

test('infinities never enter a number column', async () => {
  for (const bad of ['Infinity', '-inf', '1e400']) {
    const column = (await readTable(`v\n1\n${bad}\n`)).columns[0]!;
    expect(column.kind === 'text' && column.breaks).toEqual({ row: 1, text: bad });
  }
  const json = (await readTable('{"v":1}\n{"v":1e400}\n')).columns[0]!;
  expect(json.kind === 'text' && json.breaks).toEqual({ row: 1, text: 'Infinity' });
});

test('gzip around CSV and JSON lines is undone, and cut-off gzip is an error', async () => {
  const csv = `a,b\n${'1.5,2\n'.repeat(5000)}`;
  const packed = await pack(csv);
  const table = await readTable(pieces(packed, 100), { name: 'a.csv.gz' });
  expect(table.rows).toBe(5000);
  expect(cells(table.columns[0]!)[4999]).toBe(1.5);
  expect((await readTable(await pack('{"a":1}\n'))).rows).toBe(1);
  await expect(readTable(packed.slice(0, packed.length - 12), { name: 'a.csv.gz' })).rejects.toThrow(
    'a.csv.gz: expected whole gzip data',
  );
});

test('JSON lines give columns by key, whatever the order and however late a key appears', async () => {
  const table = await readTable(
    pieces(
      '{"t":"2015-01-01","a":1.5}\n{"a":null,"t":"2015-01-02","late":true}\n\n{"t":"2015-01-03","a":"7","x":{"y":1}}',
      7,
    ),
  );
  expect(columns(table)).toEqual({
    t: [Date.UTC(2015, 0, 1), Date.UTC(2015, 0, 2), Date.UTC(2015, 0, 3)],
    a: [1.5, null, 7],
    late: [null, 1, null],
    x: [null, null, '{"y":1}'],
  });
  expect(rowNumber(table, 2)).toBe(4);
});

test('hostile and broken tables are refused in one sentence that names the source and the row', async () => {
  const cases: [string | Uint8Array, RegExp][] = [
    ['', /^bad: expected a table, got an empty file/],
    ['\n\n', /^bad: expected a table, got an empty file/],
    ['a,b\n', /^bad: expected at least one row of data, got a header only/],
    ['a,b', /header only/],
    ['a,b\n1,2\n3\n', /expected 2 fields in every row, got 1 in row 3/],
    ['a,b\n1,2\n\n1,2,3\n', /expected 2 fields in every row, got 3 in row 4/],
    ['a,b,a\n1,2,3\n', /"a" for columns 1 and 3/],
    ['1,2\n3,4\n', /expected column names in the first line/],
    ['a,b\n"1,2\n3,4\n', /got none closing the one that opens in row 2/],
    ['a,b\n"1"x,2\n', /quote inside a field at row 2/],
    ['a,b\n1,\0\n', /got binary data/],
    [new Uint8Array([97, 10, 0xff, 0xfe, 10]), /expected text in utf-8/],
    [new Uint8Array([97, 10, 49, 10, 0xc3]), /expected text in utf-8/],
    [new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), /a zip archive or a spreadsheet/],
    [new TextEncoder().encode('%PDF-1.7\n'), /got a PDF; export/],
    [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10]), /got a picture/],
    [new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16]), /got a picture/],
    ['PAR1 and then nothing', /expected a whole Parquet file/],
    ['[{"a":1}]', /got a JSON array/],
    ['{"a":1}\n{"a":\n', /expected a JSON object in row 2/],
    ['{"a":1}\n7\n', /expected a JSON object in row 2/],
    [`{"a":${'['.repeat(2e5)}${']'.repeat(2e5)}}\n`, /^column "a": expected lists and objects at most 500 levels deep/],
  ];
  for (const [input, message] of cases) {
    const error = await readTable(input, { name: 'bad' }).catch((caught: unknown) => caught);
    expect(error, String(message)).toMatchObject({ name: 'RecurveError', code: 'data' });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
  }
});

test('JSON lines may end with carriage returns alone, and a cell keeps one that is escaped', async () => {
  const text = '{"a":1,"b":"x\\ry"}\r{"a":2,"b":"z"}\r\r\n{"a":3}';
  expect(columns(await readTable(text))).toEqual({ a: [1, 2, 3], b: ['x\ry', 'z', null] });
});

test('UTF-16 with its mark and windows-1252 on request are read', async () => {
  const text = 'a\t°C\n1\t2\n';
  const wide = new Uint8Array(2 + text.length * 2);
  wide.set([0xff, 0xfe]);
  for (const [k, char] of [...text].entries()) wide[2 + k * 2] = char.charCodeAt(0);
  expect(columns(await readTable(wide))).toEqual({ a: [1], '°C': [2] });
  const latin = Uint8Array.from(text, (char) => char.charCodeAt(0));
  expect(columns(await readTable(latin, { encoding: 'windows-1252' }))).toEqual({ a: [1], '°C': [2] });
});

test('100,000 columns are read', async () => {
  const row = (cell: (k: number) => string): string => Array.from({ length: 100_000 }, (_, k) => cell(k)).join(',');
  const text = `${row((k) => `c${k}`)}\n${Array.from({ length: 4 }, (_, r) => row((k) => String(k + r))).join('\n')}\n`;
  const table = await readTable(pieces(text, 65_536));
  expect(table.columns).toHaveLength(100_000);
  expect(cells(table.columns[99_999]!)).toEqual([99_999, 100_000, 100_001, 100_002]);
});

test('a source is closed whether its table was read, refused at once or refused midway', async () => {
  for (const text of [
    'a,b\n1,2\n',
    'PK\u0003\u0004',
    '[1]',
    `a,b\n${'1,2\n'.repeat(50_000)}3\n${'1,2\n'.repeat(50_000)}`,
    '',
  ]) {
    let closed = false;
    async function* watched(): AsyncGenerator<Uint8Array> {
      try {
        yield* pieces(text, 4096);
      } finally {
        closed = true;
      }
    }
    await readTable(watched()).catch(() => undefined);
    expect(closed, JSON.stringify(text.slice(0, 9))).toBe(true);
  }
});

test('a source that fails midway passes its own error on', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('a,b\n1,2\n');
    throw new Error('line dropped');
  }
  await expect(readTable(failing())).rejects.toThrow('line dropped');
});
