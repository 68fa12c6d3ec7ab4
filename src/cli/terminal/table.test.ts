import fc from 'fast-check';
import { expect, test } from 'vitest';
import { right, textTable } from './table.ts';
import { lineWidth } from './width.ts';

const columns = ['Forecaster', right('RMSE')];

test('columns line up, numbers to the right, wide characters counted', () => {
  expect(
    textTable({
      columns,
      rows: [
        ['Recurve', '2.581'],
        ['日本', '12.9'],
      ],
    }),
  ).toBe(['Forecaster   RMSE', '─────────────────', 'Recurve     2.581', '日本         12.9', ''].join('\n'));
});

test('too wide a table takes room from its widest column', () => {
  expect(textTable({ columns, rows: [['a very long name of a baseline', '2.5']], width: 20, unicode: false })).toBe(
    ['Forecaster      RMSE', '--------------------', 'a very long n~   2.5', ''].join('\n'),
  );
});

test('no line is wider than the terminal, for any cells and any width from 1', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 4 }), fc.integer({ min: 1, max: 60 }), (rows, width) => {
      for (const line of textTable({ columns, rows, width, color: true, highlight: 0 }).split('\n'))
        expect(lineWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});

test('a highlight colours the row it names, and without colour there is no escape sequence', () => {
  const options = {
    columns,
    rows: [
      ['a', '1'],
      ['b', '2'],
    ],
    highlight: 0,
  };
  expect(textTable(options)).not.toContain('\u001b');
  const colored = textTable({ ...options, color: true }).split('\n');
  expect(colored[2]).toContain('\u001b[36m');
  expect(colored[3]).toBe('b              2');
});

test('a column that is to stay whole is not cut while others can be', () => {
  const options = { rows: [['seattle-weather', 'daily weather of Seattle']], width: 24 };
  const table = (whole: boolean) => textTable({ ...options, columns: [{ header: 'name', whole }, 'holds'] });
  expect(table(true)).toContain('seattle-weather  daily …\n');
  expect(table(false)).not.toContain('seattle-weather');
});

test('a cell cannot smuggle an escape sequence or a line break in', () => {
  const text = textTable({ columns, rows: [['a\u001b[2J\nb', '1']] });
  expect(text).not.toContain('\u001b');
  expect(text.split('\n')).toHaveLength(4);
});
