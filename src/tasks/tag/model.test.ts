import { describe, expect, it } from 'vitest';
import { readTable } from '../../data/index.ts';
import { encodeModelFile } from '../../model/index.ts';
import { rain, rainCsv, SMALL, sentences, tableOf } from './data.case.ts';
import { evaluateTag } from './evaluate.ts';
import { loadTag } from './model.ts';
import type { TablePlan } from './table/features.ts';
import { knownTagTable, toTagTable } from './table/tag-table.ts';
import { trainTag } from './train.ts';

describe('a model', () => {
  it('saved and loaded says the same to the bit, streams the bits of predict, and goes on from a saved state', async () => {
    const data = await rain(200);
    const { model } = await trainTag(data, { ...SMALL, epochs: 2, members: 2, test: 'none' });
    const loaded = await loadTag(encodeModelFile(model.encode()));
    const [told] = model.predict(data);
    expect(loaded.predict(data)).toEqual([told]);
    let stream = loaded.stream();
    const { series } = data.series[0];
    for (let t = 0; t < series.length; t++) {
      if (t === 90) stream = loaded.stream(JSON.parse(JSON.stringify(stream.state())));
      const row = Object.fromEntries(data.series[0].names.map((name, c) => [name, data.series[0].columns[c][t]]));
      const { probabilities, label, time } = stream.push(row, { time: series.time?.[t] as number });
      expect([probabilities.no, probabilities.yes]).toEqual(Array.from(told.probabilities.subarray(2 * t, 2 * t + 2)));
      expect([label, time]).toEqual([told.labels[t], told.times?.[t]]);
    }
  });

  it('streams rows that are missing as predict fills them', async () => {
    const { model } = await trainTag(await rain(200), { ...SMALL, epochs: 1, test: 'none' });
    const lines = rainCsv(60).trimEnd().split('\n');
    const holes = lines.filter((_, i) => ![20, 21, 40].includes(i)).join('\n');
    const data = knownTagTable(await tableOf(holes), model.reading as never, {
      ...(model.plan as never as { target: never; columns: string[]; ahead: number }),
      classes: model.classes,
    });
    const [told] = model.predict(data);
    const stream = model.stream();
    const answers = holes
      .split('\n')
      .slice(1)
      .map((line) => {
        const [date, pressure, rained] = line.split(',');
        return stream.push({ pressure: Number(pressure), rain: Number(rained) }, { time: Date.parse(date) });
      });
    const last = told.labels.length - 1;
    expect(answers.at(-1)?.probabilities.yes).toBe(told.probabilities[2 * last + 1]);
  });

  it('is measured by evaluateTag as at the end of its training', async () => {
    const data = await rain(300);
    const { model, scores } = await trainTag(data, { ...SMALL, epochs: 2 });
    expect(await evaluateTag(model, data)).toEqual(scores);
  });

  it('of text is measured by evaluateTag as at the end of its training, a sentence of 600 words too', async () => {
    const text = sentences(60);
    const long = sentences(200, 2).sentences.flatMap(({ tokens, labels = [] }) => tokens.map((t, i) => [t, labels[i]]));
    const [tokens, labels] = [0, 1].map((part) => long.slice(0, 600).map((word) => word[part]));
    const tested = { ...text, sentences: [...text.sentences.slice(50), { tokens, labels }] };
    const data = { ...text, sentences: [...text.sentences.slice(0, 50), ...tested.sentences] };
    const options = { hidden: 4, embedding: 4, epochs: 3, rate: 0.05, test: { count: tested.sentences.length } };
    const { model, scores, scored } = await trainTag(data, options);
    const { baselines, ...measured } = await evaluateTag(model, tested);
    expect(scores).toMatchObject(measured);
    expect(measured.steps).toBe(tested.sentences.flatMap((one) => one.tokens).length);
    expect(Object.keys(baselines)).toEqual(['constant']);
    expect(scored?.probabilities.slice(-2 * 3)).toEqual(
      model
        .predict(tested)
        .at(-1)
        ?.probabilities.slice(-2 * 3),
    );
  });

  it('of text takes unknown words, emoji and sentences longer than any batch', async () => {
    const { model } = await trainTag(sentences(60), { hidden: 4, embedding: 4, epochs: 1 });
    const tokens = Array.from({ length: 1500 }, (_, i) => ['the', '🦊🦊', 'Ünknown', '7'][i % 4]);
    const [told] = model.predict({ source: 'x', sentences: [{ tokens }] });
    expect(told.labels).toHaveLength(1500);
    expect(told.probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
  });
});

it('evaluate measures a table that begins after the training, beside the shares of the training', async () => {
  const lines = rainCsv(300).trimEnd().split('\n');
  const whole = await tableOf(lines.join('\n'));
  const { model } = await trainTag(toTagTable(whole, { target: 'rain > 0' }), {
    ...SMALL,
    epochs: 2,
    test: { from: '2020-08-01' },
  });
  const at = lines.findIndex((line) => line.startsWith('2020-08-02'));
  const known = { ...(model.plan as TablePlan), classes: model.classes };
  const later = knownTagTable(await tableOf([lines[0], ...lines.slice(at)].join('\n')), model.reading as never, known);
  const scores = await evaluateTag(model, later);
  expect(scores.steps).toBe(lines.length - at - 1);
  expect(Object.keys(scores.baselines)).toEqual(['constant']);
  expect(scores.notes).toEqual({
    logistic: 'left out: no step before the test span to learn from',
    markov: 'left out: no step before the test span to learn from',
  });
  const counts = model.summary.counts as number[];
  const wet = later.series[0].labels.slice(1).reduce((n, label) => n + label, 0) / scores.steps;
  const p = (counts[1] + 1) / (counts[0] + counts[1] + 2);
  expect(scores.baselines.constant.brier).toBeCloseTo(wet * (1 - p) ** 2 + (1 - wet) * p ** 2, 12);
});

it('a border of the test part before the data is named', async () => {
  await expect(trainTag(await rain(200), { ...SMALL, test: { from: '2000-01-01' } })).rejects.toThrow(
    'data: expected at least one step in the training part (from 2000-01-01), got none of data from',
  );
});

it('series without a step before the test part are told by what the others say, climatology too', async () => {
  const [head, ...lines] = rainCsv(200).trimEnd().split('\n');
  const csv = [
    `${head},place`,
    ...lines.map((line) => `${line},long`),
    ...lines.slice(190, 192).map((line) => `${line},new`),
  ];
  const table = await readTable(csv.join('\n'), { text: ['place'] });
  const data = toTagTable(table, { target: 'rain > 0', series: 'place' });
  const { scores } = await trainTag(data, { ...SMALL, epochs: 1, test: { from: '2020-07-01' } });
  expect(scores?.baselines.climatology.brier).toBeGreaterThan(0);
});
