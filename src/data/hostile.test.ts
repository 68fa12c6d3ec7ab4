import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecurveError } from '../errors.ts';
import { readTable } from './read-table.ts';
import { describe } from './report.ts';
import { type SeriesOptions, toSeries } from './series.ts';

/** Runs to a result or a `RecurveError` of one line; anything else fails the test. */
async function outcome<T>(run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof RecurveError)) throw error;
    expect(error.message).not.toContain('\n');
    expect(error.message).not.toMatch(/undefined|\[object/);
    return null;
  }
}

const CSV = 'date,a,b,site\n2015-01-01,1.5,7,x\n2015-01-02,2.5,,x\n2015-01-03,"3",9,y\n2015-01-04,4.5,1e3,"y ""z"""\n';
const JSON_LINES = '{"t":1420070400,"a":1}\n{"t":1420156800,"a":2.5,"b":null}\n{"t":1420243200,"a":"4"}\n';

test('any bytes give a table or one sentence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      await outcome(() => readTable(bytes));
    }),
    { numRuns: 500 },
  );
});

test('any text with any bytes changed, cut or doubled gives series without NaN, or one sentence', async () => {
  const options: SeriesOptions[] = [
    { target: 'a' },
    { target: ['a', 'b'], missing: 'linear', duplicates: 'mean' },
    { target: 'a', series: 'site', spacing: 'bin', zone: 'Europe/Rome' },
    { target: 'a', known: ['b'], spacing: 'ignore', time: null },
  ];
  const change = fc.record({
    at: fc.nat(200),
    kind: fc.constantFrom('change', 'cut', 'double', 'insert'),
    text: fc.constantFrom(
      '"',
      ',',
      ';',
      '\n',
      '\r',
      'NaN',
      'inf',
      '-',
      '1e400',
      '\t',
      '9',
      'é',
      '/',
      '2015-10-25 02:30',
      ' ',
    ),
  });
  let read = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<string>(CSV, JSON_LINES),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...options),
      async (original, changes, chosen) => {
        let text = original;
        for (const { at, kind, text: other } of changes) {
          const place = at % (text.length + 1);
          const half = text.slice(place);
          if (kind === 'cut') text = text.slice(0, place);
          else if (kind === 'double') text = text.slice(0, place) + half + half;
          else text = text.slice(0, place) + other + (kind === 'insert' ? half : half.slice(1));
        }
        const result = await outcome(async () => toSeries(await readTable(text), chosen));
        if (!result) return;
        read++;
        for (const series of result.series) {
          expect(series.history).toBeGreaterThan(0);
          expect(series.history).toBeLessThanOrEqual(series.length);
          for (const [c, values] of series.values.entries()) {
            expect(values.length).toBe(series.length);
            expect(values.every(Number.isFinite)).toBe(true);
            expect(series.observed[c]!.length).toBe(series.length);
          }
          if (series.time) expect(series.time.every((time, k) => k === 0 || time > series.time![k - 1]!)).toBe(true);
        }
        if (!text.includes('NaN')) expect(describe(result.report).join('\n')).not.toMatch(/undefined|NaN|\[object/);
      },
    ),
    { numRuns: 2000 },
  );
  // Else the property would hold for a reader that refuses everything.
  expect(read).toBeGreaterThan(100);
});

test('a table of 100,000 columns becomes a series', async () => {
  const row = (cell: (k: number) => string | number): string =>
    Array.from({ length: 100_000 }, (_, k) => cell(k)).join(',');
  const lines = Array.from({ length: 6 }, (_, r) => row((k) => (k * 31 + r * r) % 1000));
  const table = await readTable(`${row((k) => `c${k}`)}\n${lines.join('\n')}\n`);
  const { series } = toSeries(table, { target: 'c99999' });
  expect(series[0]!.names).toHaveLength(100_000);
  expect(series[0]!.values[0]![5]).toBe((99_999 * 31 + 25) % 1000);
});

test('a quote that never closes in a large file is found without reading it over and over', async () => {
  const text = `a,b\n"1,2\n${'3,4\n'.repeat(500_000)}`;
  await expect(readTable(text)).rejects.toThrow('got none closing the one that opens in row 2');
});

test('a column with more than a million distinct texts costs no more memory than a million of them', async () => {
  async function* rows(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('v,note\n');
    for (let k = 0; k < 1_100_000; k += 1000) {
      yield new TextEncoder().encode(Array.from({ length: 1000 }, (_, j) => `${k + j},n${k + j}\n`).join(''));
    }
  }
  const table = await readTable(rows());
  expect(table.columns[1]).toMatchObject({ kind: 'text', truncated: true });
  expect((table.columns[1] as { dictionary: string[] }).dictionary).toHaveLength(1_000_001);
  expect(() => toSeries(table, { target: 'v', series: 'note' })).toThrow('at most 1000000 series');
});
