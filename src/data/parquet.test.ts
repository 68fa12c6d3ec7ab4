import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { formatClock } from '../civil.ts';
import { readTable } from './read-table.ts';
import { toSeries } from './series.ts';

const written = (
  columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData'],
  rowGroupSize?: number,
): Uint8Array =>
  new Uint8Array(parquetWriteBuffer(rowGroupSize === undefined ? { columnData } : { columnData, rowGroupSize }));

const days = (n: number): Date[] => Array.from({ length: n }, (_, k) => new Date(Date.UTC(2015, 0, 1 + k)));

test('numbers, texts, stamps, truth values and holes of a Parquet file find their column types over several row groups', async () => {
  const n = 2500;
  const bytes = written(
    [
      { name: 'day', data: days(n), type: 'TIMESTAMP' },
      {
        name: 'v',
        data: Array.from({ length: n }, (_, k) => (k % 100 === 7 ? null : k / 3)),
        type: 'DOUBLE',
        nullable: true,
      },
      { name: 'whole', data: Array.from({ length: n }, (_, k) => BigInt(k * 2)), type: 'INT64' },
      { name: 'flag', data: Array.from({ length: n }, (_, k) => k % 2 === 0), type: 'BOOLEAN' },
      { name: 'word', data: Array.from({ length: n }, (_, k) => `w${k % 3}`), type: 'STRING' },
    ],
    1000,
  );
  const table = await readTable(bytes, { name: 'a.parquet' });
  expect(table.columns.map(({ name, kind, missing }) => [name, kind, missing])).toEqual([
    ['day', 'time', 0],
    ['v', 'number', 25],
    ['whole', 'number', 0],
    ['flag', 'number', 0],
    ['word', 'text', 0],
  ]);
  const { series, report } = toSeries(table, { target: 'v' });
  expect(report.time).toMatchObject({ column: 'day', step: { unit: 'day', count: 1 } });
  expect(formatClock(series[0]!.time![2499]!)).toBe(formatClock(days(n)[2499]!.getTime()));
  expect(series[0]!.names).toEqual(['v', 'whole', 'flag']);
  expect([series[0]!.values[0]![2499], series[0]!.values[1]![2499], series[0]!.values[2]![2499]]).toEqual([
    2499 / 3,
    4998,
    0,
  ]);
});

test('an infinity in a Parquet column is refused with column and row', async () => {
  const table = await readTable(written([{ name: 'v', data: [1, Number.POSITIVE_INFINITY, 3], type: 'DOUBLE' }]), {
    name: 'a.parquet',
  });
  expect(() => toSeries(table, { target: 'v' })).toThrow(
    'expected finite numbers in column "v" of a.parquet, got "Infinity" in row 2',
  );
});

test('unknown columns, and files cut off or with any one damaged byte of the footer, are refused, never misread in silence', async () => {
  const bytes = written([{ name: 'v', data: Float64Array.from({ length: 50 }, (_, k) => k), type: 'DOUBLE' }]);
  await expect(readTable(bytes, { columns: ['w'] })).rejects.toThrow(/column named "w" in table, got "v"/);
  for (const size of [4, 5, 12, bytes.length >> 1, bytes.length - 9, bytes.length - 1]) {
    const error = await readTable(bytes.slice(0, size)).catch((caught: unknown) => caught);
    expect(error, `${size} bytes`).toMatchObject({ name: 'RecurveError', code: 'data' });
  }
  const expected = await readTable(bytes);
  for (let at = bytes.length - 1; at > bytes.length - 120 && at > 4; at--) {
    const damaged = bytes.slice();
    damaged[at]! ^= 0x41;
    const result = await readTable(damaged).catch((caught: unknown) => caught);
    // Some bytes of the footer only describe (statistics, the writer's name): then the cells must be the same.
    if (result instanceof Error) expect(result, `byte ${at}`).toMatchObject({ name: 'RecurveError' });
    else expect((result as typeof expected).rows, `byte ${at}`).toBe(expected.rows);
  }
});
