import { expect, test } from 'vitest';
import { readTagged } from '../../data/index.ts';
import { rain, rainCsv, SMALL, tableOf } from './data.case.ts';
import { toTagTable } from './table/tag-table.ts';
import { labelsOf } from './text/labels.ts';
import { trainTag } from './train.ts';

const QUICK = { ...SMALL, epochs: 1, validation: 'holdout', regression: false } as const;
const DAY = 86_400_000;

test('a row that plain JavaScript gives wrongly is refused, and the next one is answered as if it had not come', async () => {
  const { model } = await trainTag(await rain(200), QUICK);
  const [stream, whole] = [model.stream(), model.stream()];
  const push = (row: object, time: unknown) => stream.push(row as never, { time: time as number });
  expect(push({ pressure: 1, rain: 0 }, 0)).toEqual(whole.push({ pressure: 1, rain: 0 }, { time: 0 }));
  expect(() => push({ pressure: '0.5', rain: 0 }, DAY)).toThrow(
    'stream: expected a finite number as "pressure", got the text "0.5"; correct the row',
  );
  for (const time of ['1970-01-02', Number.NaN, new Date(DAY), 1e18]) {
    expect(() => push({ pressure: 1, rain: 0 }, time)).toThrow(
      /^stream: expected a time in ms since 1970-01-01 UTC, got /,
    );
  }
  expect(() => push({ pressure: 1e308, rain: 0 }, DAY)).toThrow(
    'stream: expected finite probabilities, got NaN; look for extreme values',
  );
  expect(push({ pressure: null, rain: Number.NaN }, DAY)).toEqual(whole.push({ pressure: 1, rain: 0 }, { time: DAY }));
});

test('rows that go back, lie off the grid or leave too many out are refused as a forecast stream refuses them', async () => {
  const { model } = await trainTag(await rain(200), QUICK);
  const stream = model.stream();
  const push = (time: number) => stream.push({ pressure: 1, rain: 0 }, { time, id: 'north' });
  push(DAY);
  for (const time of [0, DAY, 1.5 * DAY]) {
    expect(() => push(time)).toThrow(
      `stream: expected the next row of series "north" 1 day after 1970-01-02T00:00:00.000Z, got ${new Date(time).toISOString()}; send rows in order and evenly apart`,
    );
  }
  expect(() => push(51 * DAY)).toThrow(
    'stream: expected at most 48 missing rows of series "north", got 49 before 1970-02-21T00:00:00.000Z; begin a new stream',
  );
  expect(push(50 * DAY).probabilities).toBeDefined();
});

test('a class of numbers that the training did not hold is refused, as predict refuses it', async () => {
  const csv = rainCsv(200).replaceAll(',wet', ',1').replaceAll(',dry', ',0');
  const { model } = await trainTag(toTagTable(await tableOf(csv), { target: 'sky' }), QUICK);
  const stream = model.stream();
  expect(() => stream.push({ pressure: 1, rain: 0, sky: 7 }, { time: 0 })).toThrow(
    'stream: expected "sky" out of "0", "1", got 7; the model does not know it',
  );
  expect(stream.push({ pressure: 1, rain: 0, sky: 1 }, { time: 0 }).probabilities).toBeDefined();
});

test('words and labels of unlike number are refused', async () => {
  const [sentence] = (await readTagged('a X\nb Y\n')).sentences;
  expect(Array.from(labelsOf(sentence, ['X', 'Y'], 't'))).toEqual([0, 1]);
  expect(() => labelsOf({ ...sentence, labels: ['X'] }, ['X', 'Y'], 't')).toThrow(
    't: expected a label for each of 2 words, got 1 in the sentence that begins with "a"; align them',
  );
});
