import { expect, test } from 'vitest';
import { readTable } from '../../data/index.ts';
import { type WideOptions, wideExamples } from './wide.ts';

const read = async (lines: string[], options: WideOptions) =>
  wideExamples(await readTable(lines.join('\n'), { name: 'w.csv', text: ['label', 'id'], missing: [''] }), options);

test('a row is a sequence: its columns of numbers in their order, so many of them a step', async () => {
  const lines = ['label,p0,p1,p2,p3', '07,1,2,3,4.5', 'b,0,0,0,0'];
  const made = await read(lines, { width: 2, label: 'label' });
  expect(made).toMatchObject({ kind: 'numbers', features: ['column_1', 'column_2'], labels: ['07', 'b'] });
  expect(made.columns).toEqual(['p0', 'p1', 'p2', 'p3']);
  expect(made.sequences.map((one) => Array.from(one))).toEqual([
    [1, 2, 3, 4.5],
    [0, 0, 0, 0],
  ]);
  expect(made.ids).toBeUndefined();
  const turned = await read(['p3,other,p2,p1,p0', '4,9,3,2,1'], { width: 4, columns: ['p0', 'p1', 'p2', 'p3'] });
  expect(Array.from(turned.sequences[0])).toEqual([1, 2, 3, 4]);
  const named = await read(['id,p0,p1', '7,1,2'], { width: 1, id: 'id' });
  expect([named.ids, Array.from(named.sequences[0])]).toEqual([['7'], [1, 2]]);
  expect((await read(['p0,note,p1', '1,x,2'], { width: 1 })).notes?.join()).toContain('note');
});

test('cells that are missing at the end of a row end its sequence there, after whole steps', async () => {
  const lines = ['a,b,c,d', '1,2,3,4', '5,6,,', ',,,'];
  const { sequences } = await read(lines, { width: 2 });
  expect(sequences.map((one) => Array.from(one))).toEqual([[1, 2, 3, 4], [5, 6], []]);
  await expect(read(['a,b,c,d', '1,2,3,4', '5,6,7,'], { width: 2 })).rejects.toThrow(
    'w.csv: expected a number in "d", got none in row 3; fill it in',
  );
  await expect(read(['a,b,c,d', '1,,3,4', '5,6,7,8'], { width: 2 })).rejects.toThrow('in "b", got none in row 2');
});

test.each([
  [3, 'usage'],
  [0, 'usage'],
  [-1, 'usage'],
  [1.5, 'usage'],
])('a step width of %s does not divide four columns', async (width, code) => {
  await expect(read(['a,b,c,d', '1,2,3,4'], { width })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(`got 4 columns of numbers for a step width of ${width}`),
  });
});

test('columns of no numbers, and rows without a label, are refused', async () => {
  await expect(read(['label,a', 'x,y'], { width: 1, label: 'label' })).rejects.toThrow('expected columns of numbers');
  await expect(read(['label,a', 'x,1', ',2'], { width: 1, label: 'label' })).rejects.toThrow('value of "label"');
  await expect(read(['a,b', '1,1e39'], { width: 1 })).rejects.toThrow('numbers below 3.4e38 in "b"');
});
