import { expect, test } from 'vitest';
import { reportOutliers } from './outliers.ts';
import { describeFinding, type Finding } from './report.ts';
import type { Table } from './table.ts';

function outliers(values: number[]): string[] {
  const column = { kind: 'number', name: 'wind', values: Float64Array.from(values), missing: 0 } as const;
  const table: Table = { source: 'jena.csv', rows: values.length, columns: [column], firstRow: 2, blanks: [] };
  const findings: Finding[] = [];
  reportOutliers(table, column, findings);
  return findings.map(describeFinding);
}

const wave = (n: number): number[] => Array.from({ length: n }, (_, k) => (k * 7) % 11);

test("a logger's -9999 is reported with its count, its first row and what the others are", () => {
  const values = wave(200);
  values[30] = values[31] = -9999;
  expect(outliers(values)).toEqual([
    'column "wind": values far from all others: 2 (first "-9999" in row 32); kept, though the others lie around 0 to 10; where that is a fault or means missing, list it among the texts that mean missing',
  ]);
});

test('one huge number in a long column with holes is found outside the sample', () => {
  const values = wave(200_000);
  values.fill(Number.NaN, 100, 200);
  values[99_999] = 1e30;
  expect(outliers(values)).toHaveLength(1);
});

test.each([
  ['an even column', wave(500)],
  [
    'rain: mostly none, seldom much',
    Array.from({ length: 1000 }, (_, k) => (k % 50 === 0 ? k / 10 : k % 5 === 0 ? 2 : 0)),
  ],
  ['the flag of a rare event', Array.from({ length: 1000 }, (_, k) => (k % 300 === 7 ? 1 : 0))],
  ['few values', [1, 2, 3, 1e6]],
  ['none', []],
])('%s has none', (_, values) => {
  expect(outliers(values)).toEqual([]);
});
