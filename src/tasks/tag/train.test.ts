import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTagged, type TaggedText } from '../../data/index.ts';
import type { RecurveError } from '../../errors.ts';
import { decodeModelFile, encodeModelFile, type ModelFile } from '../../model/index.ts';
import type { TrainHooks } from '../training/index.ts';
import { rain, rainCsv, SMALL, sentences, tableOf } from './data.case.ts';
import type { TagModel } from './model.ts';
import type { TagOptions } from './options.ts';
import { type TagTable, toTagTable } from './table/tag-table.ts';
import { trainTag } from './train.ts';

/** The model file's bytes without the seconds the training took. */
function bytesOf(model: TagModel): string {
  const { tensors, document } = model.encode();
  const { seconds: _, ...summary } = document.training.summary as { seconds: number };
  const training = { ...document.training, summary };
  return Buffer.from(encodeModelFile({ tensors, document: { ...document, training } })).toString('base64');
}

describe('a training', () => {
  it('of 180,000 rows is scored beside its baselines, and says that this takes a while', async () => {
    const table = await rain(180_000);
    const told: string[] = [];
    const hooks: TrainHooks = { maxSeconds: 0.5, onNote: (line) => told.push(line) };
    const { scores } = await trainTag(table, { ...SMALL, regression: false }, hooks);
    expect(told).toEqual(['scoring 45,000 steps and the baselines']);
    expect(Object.keys(scores?.baselines ?? {})).toEqual(expect.arrayContaining(['climatology', 'markov']));
  });

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

/** Hours of one of K kinds, which a number tells. */
async function kinds(hours: number, K: number): Promise<TagTable> {
  const lines = Array.from(
    { length: hours },
    (_, hour) => `${((hour * 7) % K) + 0.1 * (hour % 3)},kind ${(hour * 7) % K}\n`,
  );
  return toTagTable(await tableOf(`x,kind\n${lines.join('')}`), { target: 'kind', time: null }, 0);
}

/** Through bytes, as on disk. */
function stored(file: ModelFile): ModelFile {
  return decodeModelFile(encodeModelFile(file), { name: 'checkpoint', kind: 'checkpoint', task: 'tag' });
}

const CASES: [string, TagOptions, () => Promise<TagTable | TaggedText>][] = [
  ['blocks and three networks', { ...SMALL, epochs: 2, members: 3 }, () => rain(150)],
  // Of which weights are kept after each epoch, not logits.
  ['blocks and many classes', { ...SMALL, epochs: 2, hidden: 2, regression: false }, () => kinds(400, 25)],
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
    const without = (file: ModelFile, gone: string): ModelFile => {
      const training = structuredClone(file.document.training) as { done: { kept: string[] } };
      expect(training.done.kept).toContain(gone);
      training.done.kept = training.done.kept.filter((name) => name !== gone);
      return { ...file, document: { ...file.document, training: training as never } };
    };
    for (const gone of ['curve.0', 'told.1', 'member.0', 'history'])
      expect(await refused(data, options, without(resume, gone)), gone).toMatchObject({ code: 'model' });
    const among = files.find((file) => Object.keys(file.tensors).includes('kept.logits.2.1')) as ModelFile;
    for (const gone of ['curve.0', 'logits.1.1', 'logits.2.1'])
      expect(await refused(data, options, without(among, gone)), gone).toMatchObject({ code: 'model' });
  });

  it('holds the outputs of a block after each epoch, of many classes the weights instead, and in the end of the best epoch alone', async () => {
    const keptBy = async (data: TagTable) => {
      const files: ModelFile[] = [];
      const options = { ...SMALL, epochs: 3, hidden: 2, regression: false };
      await trainTag(data, options, { checkpoint: { everySeconds: 0, save: async (file) => void files.push(file) } });
      const names = files.map((file) => Object.keys(file.tensors).filter((name) => name.startsWith('kept.')));
      const last = names.at(-1) as string[];
      const most = names.reduce((a, b) => (b.length > a.length ? b : a));
      return [most.filter((name) => /weights/.test(name)), most.filter((name) => /logits/.test(name)), last].map(
        (list) => list.length,
      );
    };
    // Curves and logits of five blocks.
    expect(await keptBy(await rain(150))).toEqual([0, 15, 10]);
    expect(await keptBy(await kinds(400, 25))).toEqual([15, 0, 10]);
  });
});
