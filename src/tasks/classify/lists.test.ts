import { expect, test } from 'vitest';
import { readTable } from '../../data/index.ts';
import { sequenceExamples } from './examples.ts';
import { stepsOfList } from './lists.ts';

const read = async (lines: string[], columns?: string[]) =>
  sequenceExamples(await readTable(lines.join('\n'), { name: 'w.jsonl', text: ['window', 'is'], missing: [''] }), {
    ...{ id: 'window', label: 'is' },
    ...(columns && { columns }),
  });

test('a column of lists of steps is a sequence per row, in JSON lines and in CSV alike', async () => {
  const made = await read([
    '{"window": [[1, 2], [3, 4.5]], "is": "walk", "user": 7}',
    '{"window": [], "is": "sit", "user": 8}',
    '{"window": [[5, 6]], "is": "walk", "user": 7}',
  ]);
  expect(made.features).toEqual(['column_1', 'column_2']);
  expect(made.sequences.map((one) => Array.from(one))).toEqual([[1, 2, 3, 4.5], [], [5, 6]]);
  expect(made.labels).toEqual(['walk', 'sit', 'walk']);
  const csv = ['window,is', '"[[1,2],[3,4.5]]",walk', '[],sit', '"[[5,6]]",walk'];
  expect((await read(csv)).sequences).toEqual(made.sequences);
  expect((await read(csv, ['column_1', 'column_2'])).sequences).toEqual(made.sequences);
  await expect(read(csv, ['ax', 'ay'])).rejects.toThrow('expected a column named "ax"');
  const flat = await read(['{"window": [1, 2, 3], "is": "a"}', '{"window": [4], "is": "b"}']);
  expect([flat.features, flat.sequences.map((one) => Array.from(one))]).toEqual([['column_1'], [[1, 2, 3], [4]]]);
});

test('ids that look like lists stay ids where other columns hold the numbers', async () => {
  const { sequences, features } = await read(['window,x,is', '"[1]",5,a', '"[1]",6,a', '"[2]",7,b']);
  expect([features, sequences.map((one) => Array.from(one))]).toEqual([['x'], [[5, 6], [7]]]);
});

test('lists that are none, of unlike steps or beyond f32 are refused with their row', async () => {
  const after = (cell: string) => read([`{"window": [[1, 2]], "is": "a"}`, `{"window": ${cell}, "is": "b"}`]);
  for (const cell of [
    '[[1]]',
    '[[1, 2], [3]]',
    '[[1, "x"]]',
    '[[1, null]]',
    '[[1, 1e39]]',
    '"soon"',
    'null',
    '{"x": 1}',
  ]) {
    await expect(after(cell)).rejects.toThrow(
      /expected a list of steps of 2 numbers in "window", got .* in row 2; repair/,
    );
  }
  expect(stepsOfList([[]])).toBeUndefined();
  expect(stepsOfList('[[1]]')).toBeUndefined();
});
