import { describe, expect, test } from 'vitest';
import { withTables } from './page.ts';
import { merged, type Recorded } from './record.ts';
import type { Row } from './sequences.ts';
import { markdown, narrowTable, sequenceTable, time } from './tables.ts';

const row = (cell: string, H: number, ms: number, pytorchMs: number | null, more: Partial<Row> = {}): Row => ({
  ...{ cell, T: 2, B: 3, D: 4, H, ms, pytorchMs, ratio: pytorchMs && pytorchMs / ms },
  ...{ cpuRatio: null, gflops: 1, numerics: 'exact', tier: 'simd', way: null, rounds: 7 },
  ...{ layerMs: null, layerRatio: null, isaMs: null, isaRatio: null },
  ...more,
});

describe('sequenceTable', () => {
  test('has a row a size, three columns a cell, and says how the ratios stand to the aim', () => {
    const rows = [row('LSTM', 8, 2, 4), row('GRU', 8, 1, 8), row('LSTM', 16, 4, 2)];
    expect(sequenceTable(rows, { exact: { each: 0.8, mean: 2.3 } })).toBe(
      [
        '**exact** (tier simd): geometric mean × 2.00 (to reach 2.3), worst × 0.500 (to reach 0.8)',
        '',
        '| T, B, D, H | LSTM | PyTorch | ratio | GRU | PyTorch | ratio |',
        '| --: | --: | --: | --: | --: | --: | --: |',
        '| 2, 3, 4, 8 | 2 ms | 4 ms | × 2.00 | 1 ms | 8 ms | × 8.00 |',
        '| 2, 3, 4, 16 | 4 ms | 2 ms | × 0.500 |  |  |  |',
      ].join('\n'),
    );
  });

  test('says that PyTorch was absent instead of inventing a ratio', () => {
    const text = sequenceTable([row('RNN', 8, 0.0123, null)], {});
    expect(text).toContain('PyTorch absent');
    expect(text).toContain('| 12.3 µs | absent |  |');
  });
});

test('narrowTable speaks only where narrower instructions were timed', () => {
  expect(narrowTable([row('LSTM', 8, 1, 2)], 'AVX2')).toBeUndefined();
  const rows = [row('LSTM', 8, 1, 2, { isaRatio: 4 }), row('RNN', 8, 1, 2, { isaRatio: 1 })];
  expect(narrowTable(rows, 'AVX2')).toBe(
    'PyTorch kept to AVX2, exact: geometric mean × 2.00 (LSTM × 4.00, RNN × 1.00), worst × 1.00.',
  );
});

test('time takes the unit that suits and three figures', () => {
  expect([0.00123456, 0.9996, 12.345, 2345.6].map(time)).toEqual(['1.23 µs', '1000 µs', '12.3 ms', '2350 ms']);
});

test('markdown sets words to the left and figures to the right', () => {
  expect(markdown(['a', 'b'], [['x', 1]])).toBe('| a | b |\n| --- | --: |\n| x | 1 |');
});

test('withTables renews what stands between the marks and nothing else', () => {
  const page = 'Head\n<!-- bench one -->\nold\n<!-- /bench -->\ntail\n<!-- bench two -->\nkept\n<!-- /bench -->\n';
  expect(withTables(page, { one: 'new $1' })).toBe(
    'Head\n<!-- bench one -->\n\nnew $1\n\n<!-- /bench -->\ntail\n<!-- bench two -->\nkept\n<!-- /bench -->\n',
  );
});

describe('merged', () => {
  const run = (node: string, rest: object): Recorded =>
    ({ machine: { cpu: 'c', node }, run: { threads: 1, sections: {} }, pytorch: null, summary: {}, ...rest }) as never;

  test('keeps sections of an earlier run on the same machine and Node', () => {
    expect(merged(run('24', { growth: [1], tiers: [1] }), run('24', { tiers: [2] }))).toMatchObject({
      growth: [1],
      tiers: [2],
    });
  });

  test('keeps what an earlier run says of a PyTorch with fewer instructions', () => {
    const [narrow, wide] = [{ limited: { capability: 'AVX2' } }, { limited: null }];
    expect(merged(run('24', { pytorch: narrow }), run('24', { pytorch: wide }))).toMatchObject({ pytorch: narrow });
  });

  test('drops them where Node is another', () => {
    expect(merged(run('22', { growth: [1] }), run('24', {}))).not.toHaveProperty('growth');
  });
});
