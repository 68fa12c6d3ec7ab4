import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecurveError } from '../../errors.ts';
import { decodeModelFile, encodeModelFile, type ModelFile } from '../../model/index.ts';
import { csv, day, SMALL, seriesOf, tableNamed, trainOn } from './data.case.ts';
import type { ForecastModel } from './model.ts';
import type { ForecastOptions } from './options.ts';
import { type ForecastHooks, trainForecast } from './train.ts';

/** The model file's bytes without the seconds the training took. */
function bytesOf(model: ForecastModel): string {
  const { tensors, document } = model.encode();
  const { seconds: _, ...summary } = document.training.summary as { seconds: number };
  const training = { ...document.training, summary };
  return Buffer.from(encodeModelFile({ tensors, document: { ...document, training } })).toString('base64');
}

/** Through bytes, as on disk. */
function stored(file: ModelFile): ModelFile {
  return decodeModelFile(encodeModelFile(file), { name: 'checkpoint', kind: 'checkpoint', task: 'forecast' });
}

const CASES: [string, ForecastOptions, string][] = [
  ['blocks and a final training', { validation: 'cross', epochs: 3 }, 'missing'],
  ['early stopping on a holdout', { validation: 'holdout', epochs: 8, rate: 0.1, patience: 2 }, 'days'],
  [
    'several series, LSTM, plateau',
    { cell: 'lstm', schedule: { kind: 'plateau', patience: 1 }, epochs: 2 },
    'two series',
  ],
  [
    'a Gaussian without dropout',
    { output: 'gaussian', dropout: 0, optimizer: { kind: 'rmsprop' }, epochs: 2 },
    'known',
  ],
];

describe.each(CASES)('a training with %s, interrupted at any step', (_name, options, part) => {
  it('goes on, from what was saved, to the bytes of the uninterrupted one (8 cases)', async () => {
    const run = (hooks: ForecastHooks = {}) => trainOn(tableNamed(part), options, hooks, 200);
    const { model } = await run();
    const wanted = bytesOf(model);
    const steps = model.summary.steps as number;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: steps - 1 }), fc.nat(steps), async (first, more) => {
        let file: ModelFile | undefined;
        // Twice, the second time `more` steps later or at the end.
        for (const count of [first, more + 1]) {
          const stop = new AbortController();
          let seen = 0;
          const done = await run({
            signal: stop.signal,
            onProgress: () => ++seen === count && stop.abort(),
            checkpoint: {
              everySeconds: 1e9,
              save: async (f) => {
                file = stored(f);
              },
            },
            ...(file && { resume: file }),
          }).catch((error) => error);
          if (!(done instanceof Error)) {
            expect(bytesOf(done.model)).toBe(wanted);
            return;
          }
          expect((done as RecurveError).code).toBe('interrupted');
          expect(done.message).toMatch(/^train: expected to finish, got a request to stop in .+; resume to go on$/);
        }
        const end = await run({ resume: file as ModelFile });
        expect(bytesOf(end.model)).toBe(wanted);
      }),
      { numRuns: 8, seed: 6 },
    );
  });
});

describe('checkpoints', () => {
  it('are nothing to resume from where none was asked for', async () => {
    const stop = new AbortController();
    const hooks = { signal: stop.signal, onProgress: () => stop.abort() };
    await expect(trainOn(tableNamed('days'), { epochs: 2 }, hooks, 200)).rejects.toThrow(
      /^train: expected to finish, got a request to stop in .+ s; begin again, with checkpoint to be able to resume$/,
    );
  });

  it('saved after every step, without a request to stop, each lead to the same bytes', async () => {
    const options = {
      validation: 'holdout',
      epochs: 12,
      patience: 2,
      rate: 0.3,
      schedule: { kind: 'constant' },
    } as const;
    const files: ModelFile[] = [];
    const checkpoint = { everySeconds: 0, save: async (file: ModelFile) => void files.push(stored(file)) };
    const table = tableNamed('days');
    const { model, epochs, history } = await trainOn(table, options, { checkpoint }, 200);
    const wanted = bytesOf(model);
    expect(files.length).toBeGreaterThan(4);
    // The best weights are older than the last checkpoints, which must have kept them.
    expect(epochs).toBeLessThan(history.length);
    for (const resume of files) {
      expect(bytesOf((await trainOn(table, options, { resume }, 200)).model)).toBe(wanted);
    }
  });

  const table = (changed?: (t: number) => string) =>
    seriesOf(
      csv(['date', 'y', 'x'], 120, (t) => [day(t), changed?.(t) ?? Math.sin(t).toFixed(3), Math.cos(3 * t).toFixed(3)]),
      { target: 'y' },
    );
  const options = { ...SMALL, epochs: 2, test: { count: 20 } } as const;
  const interrupted = async () => {
    const stop = new AbortController();
    const files: ModelFile[] = [];
    await trainForecast(await table(), options, {
      signal: stop.signal,
      onProgress: ({ stageIndex }) => stageIndex === 1 && stop.abort(),
      checkpoint: { everySeconds: 1e9, save: async (file) => void files.push(file) },
    }).catch(() => {});
    return stored(files.at(-1) as ModelFile);
  };

  it('are refused with other data: a value, a hole, dates, names', async () => {
    const resume = await interrupted();
    const good = await table();
    const [series] = good.series;
    const others = [
      await table((t) => (t === 119 ? '0.5' : Math.sin(t).toFixed(3))),
      {
        ...good,
        series: [{ ...series, observed: series.observed.map((o) => o.map((seen, t) => (t === 5 ? 0 : seen))) }],
      },
      { ...good, series: [{ ...series, time: (series.time as Float64Array).map((t) => t + 86_400_000 * 31) }] },
      { ...good, series: [{ ...series, names: ['y', 'z'] }] },
      { ...good, series: [{ ...series, id: 'other' }] },
      { ...good, series: [series, { ...series, id: 'second' }] },
    ];
    for (const data of others) {
      const error = await trainForecast(data, options, { resume }).catch((e) => e);
      expect(error).toBeInstanceOf(RecurveError);
      expect(error.code).toBe('data');
      expect(error.message).toMatch(/^resume: expected the data the training began with, got other data/);
    }
    expect((await trainForecast(good, options, { resume })).model).toBeDefined();
  });

  it('are refused with other settings, each of them', async () => {
    const resume = await interrupted();
    const data = await table();
    for (const change of [
      { seed: 5 },
      { epochs: 3 },
      { rate: 0.01 },
      { hidden: 9 },
      { clip: 2 },
      { validation: 'holdout' },
      { levels: [80] },
      { optimizer: { kind: 'sgd' } },
      { test: { count: 21 } },
    ] satisfies ForecastOptions[]) {
      const error = await trainForecast(data, { ...options, ...change }, { resume }).catch((e) => e);
      expect(error, JSON.stringify(change)).toBeInstanceOf(RecurveError);
      expect(error.code).toBe('usage');
      expect(error.message).toMatch(/^resume: expected the settings the training began with, got others/);
    }
  });

  it('are refused with code model where a tensor is gone or the document is not one', async () => {
    const { tensors, document } = await interrupted();
    const data = await table();
    const without = (name: string) => Object.fromEntries(Object.entries(tensors).filter(([key]) => key !== name));
    const training = document.training as Record<string, never>;
    const fit = training.fit as Record<string, unknown>;
    const { kept } = training.done as { kept: string[] };
    const bad: ModelFile[] = [
      ...['weights', 'moment.mean', 'kept.outputs.0.1'].map((name) => ({ tensors: without(name), document })),
      { tensors: { ...tensors, weights: { dtype: 'F32', shape: [3], data: new Float32Array(3) } }, document },
      { tensors: { ...tensors, weights: { dtype: 'I32', shape: [1], data: new Int32Array(1) } }, document },
      ...[
        { fit: { ...fit, step: -1 } },
        { fit: { ...fit, step: 1.5 } },
        { fit: 'none' },
        { done: {} },
        { done: { ...(training.done as object), stage: 1e9 } },
        { done: { ...(training.done as object), kept: 'none' } },
        // A loss curve, or the outputs of an epoch, that the document does not know of.
        ...['curve.0', 'outputs.0.1', 'outputs.0.0'].map((gone) => ({
          done: { ...(training.done as object), kept: kept.filter((name) => name !== gone) },
        })),
      ].map((change) => ({ tensors, document: { ...document, training: { ...training, ...change } as never } })),
    ];
    for (const resume of bad) {
      const error = await trainForecast(data, options, { resume }).catch((e) => e);
      expect(error, JSON.stringify(resume.document.training).slice(0, 300)).toBeInstanceOf(RecurveError);
      expect(error.code).toBe('model');
    }
  });
});
