import { expect, test } from 'vitest';
import { describe, readTable } from '../../../data/index.ts';
import { rain, rainCsv, SMALL, tableOf } from '../data.case.ts';
import { trainTag } from '../train.ts';
import type { TablePlan } from './features.ts';
import { knownTagTable, toTagTable } from './tag-table.ts';

test('a table for a trained model is read by the step of its training: one row, every second day, a month of gaps', async () => {
  const { model } = await trainTag(await rain(300), { ...SMALL, epochs: 1, validation: 'holdout' });
  const plan = model.plan as TablePlan;
  const lines = rainCsv(60).trimEnd().split('\n');
  const tell = async (rows: string[]) => {
    const table = await tableOf([lines[0], ...rows].join('\n'));
    const [told] = model.predict(knownTagTable(table, model.reading as never, { ...plan, classes: model.classes }));
    return { days: Array.from(told.times ?? [], (time) => (time - Date.UTC(2020, 0, 1)) / 86_400_000), told };
  };
  const one = await tell([lines[1]]);
  expect(one.days).toEqual([1]);
  const single = knownTagTable(await tableOf([lines[0], lines[1]].join('\n')), model.reading as never, {
    ...plan,
    classes: model.classes,
  });
  expect(describe(single.report)[0]).toMatch(/^days.csv: 1 row, 1 step, 1 day apart, /);
  const second = await tell(lines.slice(1, 40).filter((_, i) => i % 2 === 0));
  expect(second.days).toEqual(Array.from({ length: 39 }, (_, i) => i + 1));
  // To the bits of a stream, which has the step of the training too.
  const stream = model.stream();
  const answers = lines.slice(1, 40).flatMap((line, i) => {
    if (i % 2 === 1) return [];
    const [date, pressure, fallen] = line.split(',');
    return [stream.push({ pressure: Number(pressure), rain: Number(fallen) }, { time: Date.parse(date) })];
  });
  expect(answers.map(({ probabilities }) => probabilities.yes)).toEqual(
    answers.map((_, i) => second.told.probabilities[2 * (2 * i) + 1]),
  );
  expect((await tell([lines[1], lines[31]])).days).toHaveLength(31);
  // Rows that lie between the steps are refused, not taken for steps.
  const hours = ['2020-01-01 00:00,1,0,dry', '2020-01-01 12:00,1,0,dry', '2020-01-02 00:00,1,0,dry'];
  await expect(tell(hours)).rejects.toThrow(/expected time stamps 1 day apart .*, got 2020-01-01 12:00 in row 3/);
});

test('labels that differ in case or spaces alone are told of, and of many rare classes ten by name', async () => {
  const rows = Array.from({ length: 240 }, (_, i) => `${i % 5},${i < 20 ? `rare ${i}` : ['dry', 'Dry', 'wet'][i % 3]}`);
  const data = toTagTable(await tableOf(`x,sky\n${rows.join('\n')}\n`), { target: 'sky' });
  const { notes } = await trainTag(data, { ...SMALL, epochs: 1, validation: 'holdout', regression: false });
  expect(notes[0]).toBe(
    'classes that differ in case or spaces alone are learned apart: "Dry", "dry"; write them alike if they are one',
  );
  expect(
    notes.slice(1, 11).every((note) => /^class "rare \d+" has (no example|one example only) to learn from/.test(note)),
  ).toBe(true);
  expect(notes.slice(11)).toEqual(['so have 10 more classes']);
});

test('a label that counts as missing, as none does, is told of by its text', async () => {
  const rows = Array.from({ length: 90 }, (_, i) => `${i % 5},${['low', 'none', 'high', ''][i % 4]}`);
  const read = (missing?: string[]) =>
    readTable(`x,level\n${rows.join('\n')}\n`, { name: 'l.csv', ...(missing && { missing }) });
  const data = toTagTable(await read(), { target: 'level' });
  expect(data.classes).toEqual(['high', 'low']);
  const lines = ({ report }: typeof data) => describe(report).filter((line) => line.startsWith('column "level"'));
  expect(lines(data)).toEqual([
    'column "level": missing values: 45 (first "none" in row 3); filled with the last value before them, marked as not observed; where such cells are labels, list what is missing instead',
  ]);
  const listed = toTagTable(await read(['', 'NA']), { target: 'level' });
  expect(listed.classes).toEqual(['high', 'low', 'none']);
  expect(lines(listed)[0]).not.toContain('where such cells are labels');
});

test('one row is enough too for a model whose rows are steps whatever their times', async () => {
  const options = { target: 'rain > 0', spacing: 'ignore' } as const;
  const data = toTagTable(await tableOf(rainCsv(200)), options);
  const { model } = await trainTag(data, { ...SMALL, epochs: 1, validation: 'holdout', regression: false });
  const known = { ...(model.plan as TablePlan), classes: model.classes };
  const [one] = model.predict(knownTagTable(await tableOf('date,pressure,rain\n2021-05-01,1,0\n'), options, known));
  expect([one.labels.length, one.times]).toEqual([1, null]);
});
