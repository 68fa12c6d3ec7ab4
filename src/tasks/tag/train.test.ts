import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable, readTagged, type TaggedText } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { decodeModelFile, encodeModelFile, type ModelFile } from '../../model/index.ts';
import { Random } from '../../random.ts';
import type { TrainHooks } from '../training/index.ts';
import { rain, rainCsv, SMALL, sentences, tableOf } from './data.case.ts';
import { evaluateTag } from './evaluate.ts';
import { type TablePlan, tableInputs } from './features.ts';
import { type Logistic, logisticLogits } from './logistic.ts';
import { loadTag, type TagModel } from './model.ts';
import type { TagOptions } from './options.ts';
import { knownTagTable, type TagTable, type TagTableOptions, toTagTable } from './table.ts';
import { trainTag } from './train.ts';

/** The model file's bytes without the seconds the training took. */
function bytesOf(model: TagModel): string {
  const { tensors, document } = model.encode();
  const { seconds: _, ...summary } = document.training.summary as { seconds: number };
  const training = { ...document.training, summary };
  return Buffer.from(encodeModelFile({ tensors, document: { ...document, training } })).toString('base64');
}

describe('a training', () => {
  it('tells the next day of a table with at most 0.8 of the best baseline’s log loss, where the rule needs three rows', async () => {
    const { scores, next, model } = await trainTag(await rain(500, {}), { ...SMALL, epochs: 30, lags: 1, hidden: 12 });
    const { test, baselines } = scores as NonNullable<typeof scores>;
    expect(Object.keys(baselines)).toEqual(['constant', 'climatology', 'markov', 'logistic']);
    for (const simple of [baselines.constant, baselines.climatology, baselines.markov]) {
      expect(test.logLoss).toBeLessThan(0.8 * simple.logLoss);
      expect(test.accuracy).toBeGreaterThan(simple.accuracy + 0.1);
    }
    expect(model.classes).toEqual(['no', 'yes']);
    expect(next).toEqual([
      {
        id: '',
        time: Date.UTC(2020, 0, 501),
        label: expect.stringMatching(/yes|no/),
        probabilities: expect.anything(),
      },
    ]);
  });

  it('tells the classes of a column of texts, the same day, read both ways', async () => {
    const data = toTagTable(await tableOf(rainCsv(300)), { target: 'sky', covariates: ['pressure'] }, 0);
    const { scores, model, next } = await trainTag(data, {
      ...{ ...SMALL, ahead: 0, bidirectional: true },
      ...{ epochs: 30, hidden: 12, rate: 0.02 },
    });
    expect(model.classes).toEqual(['dry', 'wet']);
    expect(next).toEqual([]);
    expect(scores?.test.logLoss).toBeLessThan(0.85 * (scores?.baselines.constant.logLoss ?? 0));
  });

  it('labels the words of sentences where the word alone does not tell, at most a tenth of that baseline’s errors', async () => {
    const { scores, model } = await trainTag(sentences(300), {
      ...{ hidden: 12, embedding: 8, epochs: 12, dropout: 0.1, rate: 0.02, seed: 2 },
    });
    const errors = (figures?: { accuracy: number }) => 1 - (figures?.accuracy ?? 0);
    expect(errors(scores?.test)).toBeLessThan(0.1 * errors(scores?.baselines.word));
    const [told] = model.predict(await readTagged('the run walk a swim\n', { format: 'plain' }));
    expect(told.labels).toEqual(['D', 'N', 'V', 'D', 'N']);
  });

  it('with one seed gives one file to the bit, with another seed another', async () => {
    const data = await rain(200);
    const [a, b, c] = [4, 4, 5].map(async (seed) =>
      bytesOf((await trainTag(data, { ...SMALL, epochs: 3, seed })).model),
    );
    expect(await a).toBe(await b);
    expect(await a).not.toBe(await c);
  });

  it('does not look at the test span: other values there change no weight', async () => {
    const text = rainCsv(300);
    const lines = text.trimEnd().split('\n');
    const changed = lines.map((line, i) => (i > 290 ? line.replace(/,-?\d+\.\d+,/, ',3.5,') : line)).join('\n');
    const weights = async (csv: string) => {
      const data = toTagTable(await tableOf(csv), { target: 'rain > 0' });
      const { model } = await trainTag(data, { ...SMALL, epochs: 2, test: { count: 30 } });
      return [model.encode().tensors, model.calibration, model.plan];
    };
    expect(await weights(changed)).toEqual(await weights(text));
  });

  it('balanced class weights find more of a rare class', async () => {
    const data = toTagTable(await tableOf(rainCsv(400)), { target: 'rain > 6' });
    const recall = async (classWeights: 'none' | 'balanced') => {
      const { scores } = await trainTag(data, { ...SMALL, epochs: 15, threshold: 0.5, classWeights });
      const [, row] = scores?.confusion ?? [];
      return row[1] / (row[0] + row[1]);
    };
    expect(await recall('balanced')).toBeGreaterThan((await recall('none')) + 0.1);
  });
});

/** Through bytes, as on disk. */
function stored(file: ModelFile): ModelFile {
  return decodeModelFile(encodeModelFile(file), { name: 'checkpoint', kind: 'checkpoint', task: 'tag' });
}

const CASES: [string, TagOptions, () => Promise<TagTable | TaggedText>][] = [
  ['blocks and three networks', { ...SMALL, epochs: 2, members: 3 }, () => rain(150)],
  [
    'early stopping of two networks',
    { ...SMALL, epochs: 6, members: 2, validation: 'holdout', patience: 2 },
    () => rain(250),
  ],
  [
    'sentences of unlike lengths',
    { hidden: 4, embedding: 4, epochs: 3, batchSize: 4, validation: 'holdout' },
    async () => sentences(40),
  ],
];

describe.each(CASES)('a training with %s, interrupted at any step', (_name, options, dataOf) => {
  it('goes on, from what was saved, to the bytes of the uninterrupted one (6 cases)', async () => {
    const data = await dataOf();
    const run = (hooks: TrainHooks = {}) => trainTag(data, options, hooks);
    const { model } = await run();
    const wanted = bytesOf(model);
    const steps = model.summary.steps as number;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: steps - 1 }), async (count) => {
        const files: ModelFile[] = [];
        const stop = new AbortController();
        let seen = 0;
        const error = await run({
          signal: stop.signal,
          onProgress: () => ++seen === count && stop.abort(),
          checkpoint: { everySeconds: 1e9, save: async (file) => void files.push(stored(file)) },
        }).catch((thrown) => thrown);
        // The very last step of a stage is not interrupted: the next stage's first one is.
        if (error instanceof Error) expect((error as RecurveError).code).toBe('interrupted');
        expect(bytesOf((await run({ resume: files.at(-1) as ModelFile })).model)).toBe(wanted);
      }),
      { numRuns: 6, seed: 3 },
    );
  });
});

describe('a checkpoint', () => {
  it('is refused with other data, other settings and where it is damaged', async () => {
    const data = await rain(150);
    const options = { ...SMALL, epochs: 2, members: 2 };
    const files: ModelFile[] = [];
    await trainTag(data, options, {
      checkpoint: { everySeconds: 0, save: async (file) => void files.push(stored(file)) },
    });
    const resume = files.at(-1) as ModelFile;
    const refused = async (d: TagTable, o: TagOptions, file: ModelFile) =>
      (await trainTag(d, o, { resume: file }).catch((thrown) => thrown)) as RecurveError;
    expect(await refused(await rain(151), options, resume)).toMatchObject({
      code: 'data',
      message: expect.stringMatching(/other data/),
    });
    expect(await refused(data, { ...options, seed: 9 }, resume)).toMatchObject({ code: 'usage' });
    expect(await refused(data, { ...options, members: 3 }, resume)).toMatchObject({ code: 'usage' });
    for (const gone of ['curve.0', 'logits.1.1', 'member.0', 'history']) {
      const training = structuredClone(resume.document.training) as { done: { kept: string[] } };
      training.done.kept = training.done.kept.filter((name) => name !== gone);
      const damaged = { ...resume, document: { ...resume.document, training: training as never } };
      expect(await refused(data, options, damaged), gone).toMatchObject({ code: 'model' });
    }
  });
});

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
    const text = sentences(60);
    const { model: tagger } = await trainTag(text, { hidden: 4, embedding: 4, epochs: 1 });
    expect((await evaluateTag(tagger, text)).steps).toBe(text.sentences.flatMap(({ tokens }) => tokens).length);
  });

  it('of text takes unknown words, emoji and sentences longer than any batch', async () => {
    const { model } = await trainTag(sentences(60), { hidden: 4, embedding: 4, epochs: 1 });
    const tokens = Array.from({ length: 1500 }, (_, i) => ['the', '🦊🦊', 'Ünknown', '7'][i % 4]);
    const [told] = model.predict({ source: 'x', sentences: [{ tokens }] });
    expect(told.labels).toHaveLength(1500);
    expect(told.probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
  });
});

describe('the regression beside the network', () => {
  it('answers with half a say, and is not there with regression: false', async () => {
    const data = await rain(300);
    const both = (await trainTag(data, { ...SMALL, epochs: 2 })).model;
    const { model: alone, notes } = await trainTag(data, { ...SMALL, epochs: 2, regression: false });
    expect([both.regression !== undefined, alone.regression, notes]).toEqual([true, undefined, []]);
    const odds = ({ model, T }: { model: TagModel; T: number }): number[] => {
      const [{ probabilities: p }] = model.predict(data);
      return Array.from({ length: 300 }, (_, t) => T * Math.log(p[2 * t + 1] / p[2 * t]));
    };
    const inputs = tableInputs(both.plan as TablePlan, 2, data.series[0], true);
    const regression = logisticLogits(both.regression as Logistic, inputs.beside as Float64Array, 2);
    const blend = odds({ model: both, T: both.calibration.temperature });
    odds({ model: alone, T: alone.calibration.temperature }).forEach((z, t) => {
      expect(Math.abs(blend[t] - (z + regression[2 * t + 1]) / 2)).toBeLessThan(1e-6);
    });
  });

  it('is left out with a note where it would be too large, and where the network is clearly better without', async () => {
    const wide = rainCsv(200).split('\n').filter(Boolean);
    const more = (name: (c: number) => string) => Array.from({ length: 90 }, (_, c) => name(c)).join(',');
    const random = new Random(2);
    const csv = wide.map((line, i) => `${line},${more((c) => (i === 0 ? `x${c}` : random.normal().toFixed(2)))}`);
    const large = await trainTag(toTagTable(await tableOf(csv.join('\n')), { target: 'rain > 0' }), {
      ...SMALL,
      epochs: 1,
    });
    expect(large.model.regression).toBeUndefined();
    expect(large.notes).toEqual(['the regression beside the network is left out: 644 inputs are too many']);
    expect(large.scores?.notes).toEqual({ logistic: 'left out: too large, 644 inputs' });
    // Whether two numbers have one sign is nothing that a sum of them tells.
    const signs = Array.from({ length: 600 }, () => [random.normal(), random.normal()]);
    const lines = signs.map(([a, b]) => `${a.toFixed(3)},${b.toFixed(3)},${Number(a * b > 0)}`);
    const data = toTagTable(await tableOf(`a,b,y\n${lines.join('\n')}\n`), { target: 'y' }, 0);
    const { model, notes, scores } = await trainTag(data, {
      ...{ ...SMALL, ahead: 0, epochs: 30, hidden: 16, lags: 1, rate: 0.02 },
    });
    expect(model.regression).toBeUndefined();
    expect(notes).toEqual([
      'the regression beside the network is left out: on held-out steps the network does clearly better alone',
    ]);
    expect(scores?.test.logLoss).toBeLessThan(0.7 * (scores?.baselines.logistic.logLoss ?? 0));
  });

  it('goes into the model file; a file whose regression is not that of its document is refused in a sentence', async () => {
    const { model } = await trainTag(await rain(200), { ...SMALL, epochs: 1, test: 'none' });
    const { tensors, document } = model.encode();
    const weight = tensors['regression.weight'].data as Float64Array;
    const changed = async (name: string, data: unknown, more: object = {}) =>
      loadTag(
        encodeModelFile({
          tensors: { ...tensors, [name]: { ...tensors[name], ...(data as object) } },
          document,
          ...more,
        }),
        {
          name: 'rain.safetensors',
        },
      ).catch((thrown: RecurveError) => [thrown.code, thrown.message]);
    const refusal = [
      'model',
      expect.stringMatching(/^rain\.safetensors: expected 14 finite numbers as regression\.weight and 1 as/),
    ];
    expect(await changed('regression.weight', { data: weight.slice(1), shape: [1, 13] })).toEqual(refusal);
    expect(await changed('regression.weight', { data: weight.map(() => Number.NaN) })).toEqual(refusal);
    expect(await changed('regression.weight', { data: Float32Array.from(weight), dtype: 'F32' })).toEqual(refusal);
    expect(await changed('regression.bias', { data: Float64Array.of(1, 2), shape: [2] })).toEqual(refusal);
    const { 'regression.bias': _, ...without } = tensors;
    expect(await changed('regression.weight', {}, { tensors: without })).toEqual(refusal);
    // Files of before there was one do not say whether there is one.
    const { regression: __, ...architecture } = document.architecture;
    expect(await changed('regression.weight', {}, { document: { ...document, architecture } })).toEqual([
      'model',
      expect.stringMatching(
        /architecture\.regression: expected a value, got nothing; the file .* another version of Recurve/,
      ),
    ]);
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

describe('rows and labels that are not one to one', () => {
  const days = (rows: (t: number) => string[]) =>
    `t,x,y\n${Array.from({ length: 60 }, (_, t) =>
      rows(t).map((row) => `${new Date(Date.UTC(2020, 0, 1 + t)).toISOString().slice(0, 10)} ${row}\n`),
    )
      .flat(2)
      .join('')}`;
  const read = async (csv: string, target: string, options: object = {}) =>
    toTagTable(await tableOf(csv), { target, step: '1d', spacing: 'bin', ...options }, 0);

  it('a comparison is made of the mean of a step, classes of one step are not averaged', async () => {
    const two = days((t) => [`06:00,${t % 3},a`, `18:00,1,${t === 7 ? 'c' : 'a'}`]);
    const above = await read(two, 'x > 0.6');
    expect(Array.from(above.series[0].labels.subarray(0, 6))).toEqual([0, 1, 1, 0, 1, 1]);
    await expect(read(two, 'y')).rejects.toThrow(
      /got rows 16 and 17 at 2020-01-08 that differ in column "y"; set duplicates to first or last/,
    );
    const { series } = await read(two, 'y', { duplicates: 'last' });
    expect(Array.from(series[0].labels.subarray(5, 9))).toEqual([0, 0, 1, 0]);
  });

  it('a missing label is the one before, never one between', async () => {
    const holes = days((t) => [`00:00,${t % 5},${t % 4 === 1 ? '' : 'abc'[t % 3]}`]);
    for (const missing of ['linear', 'forward'] as const) {
      const { series } = await read(holes, 'y', { missing });
      expect(Array.from(series[0].filled.subarray(0, 7))).toEqual([0, 0, 2, 0, 1, 1, 0]);
      expect(Array.from(series[0].labels.subarray(0, 7))).toEqual([0, -1, 2, 0, 1, -1, 0]);
    }
    const gaps = days((t) => [`00:00,${t % 4 === 1 ? '' : t % 5},a`]);
    const { series } = await read(gaps, 'x > 1', { missing: 'linear' });
    // 0, a hole, 2: the line is at 1.
    expect(Array.from(series[0].filled.subarray(0, 3))).toEqual([0, 0, 1]);
    expect(Array.from(series[0].labels.subarray(0, 3))).toEqual([0, -1, 1]);
  });

  it('rows at the end without a label are told of, as by the stream; they are not scored', async () => {
    const csv = rainCsv(200);
    const { model, scores } = await trainTag(toTagTable(await tableOf(csv), { target: 'sky' }, 0), {
      ...{ ...SMALL, epochs: 1, ahead: 0 },
    });
    const known = { ...(model.plan as TablePlan), classes: model.classes };
    const table = async (text: string) => knownTagTable(await tableOf(text), model.reading as TagTableOptions, known);
    const blank = csv.replace(/((?:.*\n){30})$/, (end) => end.replaceAll(/,(wet|dry)\n/g, ',\n'));
    const [whole] = model.predict(await table(csv));
    const all = csv.replaceAll(/,(wet|dry)$/gm, ',');
    for (const text of [
      blank,
      all,
      csv.replace(/^((?:.*\n){80})/, (head) => head.replaceAll(/,(wet|dry)\n/g, ',\n')),
    ]) {
      const [told] = model.predict(await table(text));
      expect(told.labels).toHaveLength(200);
      expect(told).toEqual(whole);
    }
    await expect(evaluateTag(model, await table(all))).rejects.toThrow(
      /expected labels in column "sky"|at least one step/,
    );
    const { steps } = await evaluateTag(model, await table(blank), { from: '2020-05-30' });
    expect([scores?.steps, steps]).toEqual([50, 200 - 30 - 150]);
  });
});

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
