import { expect, test } from 'vitest';
import { MissingCells } from './missing.ts';
import { readTable } from './read-table.ts';
import { rowReader } from './rows.ts';
import type { NumberColumn } from './table.ts';

const numbers = async (text: string, missing: string[]): Promise<(number | null)[][]> =>
  (await readTable(text, { missing })).columns.map((column) =>
    Array.from((column as NumberColumn).values, (value) => (Number.isNaN(value) ? null : value)),
  );

test('the usual texts, in any case and with spaces around, and no others', () => {
  const missing = new MissingCells();
  expect(['', ' ', 'NA', ' n/a ', 'NULL', '?', '\u00a0-'].filter((text) => !missing.hasText(text))).toEqual([]);
  expect(['0', 'n a', 'nothing', 'nan1'].filter((text) => missing.hasText(text))).toEqual([]);
  expect(missing.numeric).toBe(false);
});

test('a listed number is missing wherever it stands and however it is written', async () => {
  expect(await numbers('a,b\n-9999,1\n1,-9999.0\n2,-9.999e3\n-9999.00,-999\n', ['', '-9999'])).toEqual([
    [null, 1, 2, null],
    [1, null, null, -999],
  ]);
  expect(await numbers('a;b\n1,5;-99,9\n-99,90;2,5\n', ['-99,9'])).toEqual([
    [1.5, null],
    [null, 2.5],
  ]);
});

test('the same in JSON lines, typed numbers and texts alike, and in single rows', async () => {
  expect(await numbers('{"a":1}\n{"a":-9999}\n{"a":"-9999"}\n', ['-9999'])).toEqual([[1, null, null]]);
  const reader = await rowReader({ name: 'input', columns: ['a'], time: null, missing: ['-9999'] });
  reader.read('a');
  expect(reader.read('-9999.0')).toEqual({ values: { a: null } });
  expect(reader.read('{"a": -9999}')).toEqual({ values: { a: null } });
});

test('a long text may mean missing', async () => {
  expect(await numbers('a\n1\nnot measured\n  NOT MEASURED  \n2\n', ['not measured'])).toEqual([[1, null, null, 2]]);
});

test('ids kept as texts are told by their text alone', async () => {
  const table = await readTable('id,v\n007,1\n7,2\n', { text: ['id'], missing: ['7'] });
  expect(table.columns[0]).toMatchObject({ kind: 'text', missing: 1, dictionary: ['007'] });
});
