import { describe, expect, it } from 'vitest';
import { readTagged } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { rain, rainCsv, SMALL, sentences, tableOf } from './data.case.ts';
import { evaluateTag } from './evaluate.ts';
import type { TagOptions } from './options.ts';
import { knownTagTable, toTagTable } from './table/tag-table.ts';
import { trainTag } from './train.ts';

describe('what cannot be learned is refused in a sentence', () => {
  const refused = async (csv: string, target: string, options: TagOptions = {}) => {
    const error = await (async () =>
      trainTag(toTagTable(await tableOf(csv), { target }), { ...SMALL, ...options }))().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(RecurveError);
    return error as RecurveError;
  };

  it.each([
    ['one class', 'rain > 1000', /expected at least 2 classes in rain > 1000, got only "no"/, 'data'],
    ['an unknown column', 'rian > 0', /did you mean "rain"\?/, 'usage'],
    ['numbers that are no classes', 'pressure', /compare them, as in "pressure > 0"/, 'usage'],
    ['a comparison of texts', 'sky > 0', /expected a comparison of a column of numbers/, 'usage'],
    [
      'a comparison with a text',
      'sky == wet',
      /got "sky == wet"; write it as in .*, or name a column of labels/,
      'usage',
    ],
    ['a comparison of two columns', 'rain > pressure', /a comparison of a column of numbers with a number/, 'usage'],
    ['two comparisons', 'rain > 0 and pressure > 3', /a comparison of a column of numbers with a number/, 'usage'],
    ['times', 'date', /got times/, 'usage'],
  ])('%s', async (_, target, message, code) => {
    expect(await refused(rainCsv(200), target)).toMatchObject({ message: expect.stringMatching(message), code });
  });

  it.each<[string, TagOptions, RegExp]>([
    ['rain > 0', { embedding: 8 }, /^tag: expected embedding with tagged text, got a table; leave it out/],
    ['rain > 0', { layers: 1001 }, /^tag: expected layers to be a whole number from 1 to 1,000, got 1001; set layers/],
    ['rain > 0', { patience: 2 }, /^tag: expected patience with validation holdout, got cross; set validation to/],
    ['rain > 0', { holdout: { fraction: 0.2 } }, /^tag: expected holdout with validation holdout, got cross/],
    ['rain > 0', { test: 'none', testUntil: '2020-03-01' }, /^tag: expected testUntil with a test part, got none/],
    ['cloud', { threshold: 'f1' }, /^tag: expected threshold with two classes, got 3; leave it out/],
  ])('an option without use: %s with %j', async (target, options, message) => {
    const csv = rainCsv(120)
      .replace('sky', 'sky,cloud')
      .replaceAll(/(wet|dry)$/gm, (sky, _, at) => `${sky},${'lmh'[at % 3]}`);
    expect(await refused(csv, target, options)).toMatchObject({
      message: expect.stringMatching(message),
      code: 'usage',
    });
  });

  it('text in which no word and no ending is frequent enough to be known', async () => {
    await expect(trainTag(sentences(20), { minCount: 1_000_000 })).rejects.toThrow(
      /: expected words or endings that occur at least 1,000,000 times in the training part, got none; lower minCount/,
    );
  });

  it('an option of tables with text, a positive class of three', async () => {
    await expect(trainTag(sentences(20), { chunk: 8 })).rejects.toThrow(
      'tag: expected chunk with a table, got tagged text; leave it out',
    );
    const table = await tableOf(rainCsv(30).replace(',wet', ',hail'));
    expect(() => toTagTable(table, { target: 'sky', positive: 'wet' })).toThrow(
      'tag: expected positive with two classes, got 3 in sky; leave it out',
    );
  });

  it('numbers too large to be scaled, before anything is trained', async () => {
    const { message, code } = await refused(rainCsv(120).replace(/^(2020-01-20),[^,]+/m, '$1,1e300'), 'rain > 0');
    expect(message).toBe(
      'tag: expected numbers in "pressure" whose squares can be added, got some about 1e+300; repair the column, or leave it out',
    );
    expect(code).toBe('data');
  });

  it('a cell that is no number in the column compared, by its row', async () => {
    for (const cell of ['inf', 'wet']) {
      const { message, code } = await refused(
        rainCsv(60).replace(/^(2020-01-20,[^,]+),[^,]+/m, `$1,${cell}`),
        'rain > 0',
      );
      expect(message).toMatch(new RegExp(`numbers in column "rain" of .*, got "${cell}" in row 21; `));
      expect(code).toBe('data');
    }
  });

  it('labels that count as missing, and none to measure by', async () => {
    const csv = rainCsv(200).replaceAll(',dry', ',none');
    expect((await refused(csv, 'sky')).message).toMatch(
      /got only "wet"; [0-9]+ cells count as missing, as "none" and "NA" do: where they are labels, list what is missing/,
    );
    const { model } = await trainTag(toTagTable(await tableOf(rainCsv(200)), { target: 'sky' }), {
      ...SMALL,
      epochs: 1,
    });
    const known = {
      ...(model.plan as never as { target: never; columns: string[]; ahead: number }),
      classes: model.classes,
    };
    const unlabelled = await tableOf(rainCsv(200).replaceAll(/,[^,\n]+$/gm, ''));
    await expect(evaluateTag(model, knownTagTable(unlabelled, model.reading as never, known))).rejects.toThrow(
      /expected labels in column "sky" of .*, got none; give data with them, or use predict/,
    );
  });

  it('a table with nothing to read beside the label', async () => {
    const bare = toTagTable(await tableOf(rainCsv(200)), { target: 'rain > 0', covariates: [] }, 0);
    await expect(trainTag(bare, { ...SMALL, ahead: 0, calendar: false })).rejects.toThrow(
      'tag: expected columns of numbers beside rain > 0, got none; name some, or tell a later step (ahead)',
    );
  });

  it('a test span that ends before it begins', async () => {
    const { message } = await refused(rainCsv(200), 'rain > 0', {
      test: { from: '2020-05-01' },
      testUntil: '2020-04-01',
    });
    expect(message).toMatch(/at least one step in the test part \(from 2020-05-01 until 2020-04-01\), got none/);
  });

  it('too few steps, one class before the test span', async () => {
    expect((await refused(rainCsv(40), 'rain > 0')).message).toMatch(/at least 50 steps with labels/);
    const late = `date,x\n${Array.from({ length: 200 }, (_, t) => `${new Date(Date.UTC(2020, 0, 1 + t)).toISOString().slice(0, 10)},${t % 7 === 3 && t > 180 ? 1 : 0}`).join('\n')}\n`;
    expect((await refused(late, 'x')).message).toMatch(/got only "0" before the test part/);
  });

  it('a holdout that has a class alone is told of, and refused where only one class is left before it', async () => {
    const days = Array.from({ length: 200 }, (_, t) => new Date(Date.UTC(2020, 0, 1 + t)).toISOString().slice(0, 10));
    const table = async (label: (t: number) => string) =>
      toTagTable(await tableOf(`date,x,sky\n${days.map((day, t) => `${day},${t % 5},${label(t)}`).join('\n')}\n`), {
        target: 'sky',
      });
    const options = { ...SMALL, epochs: 1, validation: 'holdout' } as const;
    // The test part is the last quarter, the holdout the last 15 % before it.
    const late = (name: string, t: number) => (t > 130 ? name : '');
    const { notes } = await trainTag(await table((t) => late('hail', t) || (t % 3 === 0 ? 'wet' : 'dry')), options);
    expect(notes).toContain('class "hail" is in the holdout alone: nothing is learned of it');
    const one = trainTag(await table((t) => late('wet', t) || 'dry'), options);
    await expect(one).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(/^tag: expected at least 2 classes before the holdout, got only "dry"; move/),
    });
  });

  it('a class with one example is told of and learned from as well as it can be', async () => {
    const csv = rainCsv(200).replace(',wet', ',hail');
    const { notes, model } = await trainTag(toTagTable(await tableOf(csv), { target: 'sky' }), { ...SMALL, epochs: 1 });
    expect(model.classes).toEqual(['dry', 'hail', 'wet']);
    expect(notes).toEqual(['class "hail" has one example only to learn from: it will hardly ever be told']);
  });

  it('text of one class, without labels, or with too few sentences', async () => {
    const tagged = async (text: string) =>
      trainTag(await readTagged(text)).catch((thrown: RecurveError) => thrown.message);
    expect(await tagged('a\tX\nb\tX\n')).toMatch(/expected at least 2 classes of labels, got only "X"/);
    expect(await tagged('a\tX\nb\tY\n')).toBe(
      'text: expected at least 6 sentences to learn from and to test on, got 1; give more text',
    );
    expect(await tagged('{"tokens": ["a"]}\n')).toMatch(/expected a label for every word/);
    // Every word is a class: before the training, whose scores count K² pairs.
    expect(await tagged(Array.from({ length: 10_001 }, (_, i) => `x\tword${i}\n`).join('\n'))).toBe(
      'text: expected at most 10,000 classes of labels, got 10,001; look whether words and labels are swapped',
    );
  });

  it('data that are not the model’s: a table for words, other columns, labels it does not know', async () => {
    const { model } = await trainTag(await rain(200), { ...SMALL, epochs: 1 });
    expect(() => model.predict(sentences(1))).toThrow(/expected a table, got text/);
    const { model: tagger } = await trainTag(sentences(60), { hidden: 4, embedding: 4, epochs: 1 });
    await expect(evaluateTag(tagger, { source: 'x', sentences: [{ tokens: ['a'], labels: ['Q'] }] })).rejects.toThrow(
      /expected labels out of D, N, V, got "Q"; the model does not know it/,
    );
    const { model: sky } = await trainTag(toTagTable(await tableOf(rainCsv(200)), { target: 'sky' }), {
      ...SMALL,
      epochs: 1,
    });
    const other = await tableOf(rainCsv(60).replace(',wet', ',snow'));
    const known = {
      ...(sky.plan as never as { target: never; columns: string[]; ahead: number }),
      classes: sky.classes,
    };
    expect(() => knownTagTable(other, sky.reading as never, known)).toThrow(/got "snow"; the model does not know it/);
  });
});
