import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SeriesResult } from '../../data/index.ts';
import { forecastReport } from '../../report/index.ts';
import { backtest } from './backtest.ts';
import { day, SMALL, seriesOf, TABLES } from './data.case.ts';
import { forecastReportInput } from './report.ts';
import { type TrainedForecast, trainForecast } from './train.ts';

const ROWS = 300;
const INTERRUPTED = {
  code: 'interrupted',
  message: 'backtest: expected to finish, got a request to stop; begin again, with fewer folds or later in the data',
};
let data: SeriesResult;
let trained: TrainedForecast;

beforeAll(async () => {
  data = await seriesOf(TABLES[0].text(ROWS), TABLES[0].reading);
  trained = await trainForecast(data, SMALL);
});

afterAll(() => trained.model[Symbol.dispose]());

describe('a backtest without refit', () => {
  test('in one part gives the scores of the training, to the bit', async () => {
    const { scores } = await backtest(data, SMALL, { folds: 1 }, { model: trained.model });
    expect(scores.test).toEqual(trained.scores?.test);
    expect(scores.baselines).toEqual(trained.scores?.baselines);
  });

  test('in four parts covers every step of the test span once, in order, without overlap', async () => {
    const { folds, scores } = await backtest(data, SMALL, { folds: 4 }, { model: trained.model });
    expect(folds.map(({ scores: s }) => s.windows)).toEqual([15, 15, 15, 15]);
    expect(scores.windows).toBe(60);
    folds.slice(1).forEach(({ from }, k) => {
      expect(from > folds[k].to).toBe(true);
    });
    const squares = folds.reduce((sum, fold) => sum + fold.scores.windows * fold.scores.test.rmse ** 2, 0);
    expect(scores.test.rmse).toBeCloseTo(Math.sqrt(squares / 60), 12);
  });

  test('ends where it is asked to stop', async () => {
    const signal = AbortSignal.abort();
    await expect(backtest(data, SMALL, {}, { model: trained.model, signal })).rejects.toMatchObject(INTERRUPTED);
  });

  test('asks for a model, and for parts that hold steps', async () => {
    await expect(backtest(data, SMALL)).rejects.toThrow(/expected a model, or refit/);
    await expect(backtest(data, SMALL, { folds: 0 }, { model: trained.model })).rejects.toThrow(
      /folds to be a whole number of at least 1, got 0/,
    );
    await expect(backtest(data, SMALL, { folds: 61 }, { model: trained.model })).rejects.toThrow(/none in fold/);
  });
});

describe('a backtest of new rows alone, which begin after the training', () => {
  /** The rows of the test span, and those that are read before the first of them. */
  const alone = (header: string, rows: readonly string[]) => seriesOf([header, ...rows].join('\n'), TABLES[0].reading);
  const [header, ...rows] = TABLES[0].text(ROWS).split('\n');
  const from = { ...SMALL, test: { from: day(ROWS - 70) } };

  test('scores the model as among all rows, beside the baselines that fit nothing, and says which are missing', async () => {
    const { scores } = await backtest(await alone(header, rows.slice(-70)), from, { folds: 1 }, trained);
    expect(scores.windows).toBe(60);
    expect(scores.test).toEqual(trained.scores?.test);
    expect(scores.steps).toMatchObject({ test: trained.scores?.steps.test, coverage: trained.scores?.steps.coverage });
    expect(Object.keys(scores.baselines)).toEqual(['persistence', 'seasonal naive']);
    expect(scores.baselines.persistence).toEqual(trained.scores?.baselines.persistence);
    const left = 'left out: no step before the test span to learn from';
    expect(scores.notes).toMatchObject({ climatology: left, 'ar(1)': left, ridge: left });
  });

  test('fits later parts on earlier ones, but counts over all what every part has', async () => {
    const { scores, folds } = await backtest(await alone(header, rows.slice(-70)), from, { folds: 2 }, trained);
    expect(Object.keys(folds[1].scores.baselines)).toContain('climatology');
    expect(Object.keys(scores.baselines)).toEqual(['persistence', 'seasonal naive']);
  });

  test('needs more rows than are read before the first forecast, and a training part to train again', async () => {
    const short = await alone(header, rows.slice(-10));
    await expect(backtest(short, from, { folds: 1 }, trained)).rejects.toThrow(
      'backtest: expected more than the 10 steps that are read before the first forecast, got 10; give more rows',
    );
    await expect(backtest(short, from, { folds: 1, refit: true })).rejects.toThrow(
      /at least one step in the training part/,
    );
  });

  test('of a series that begins in the test span beside one that does not leaves its learned baselines out', async () => {
    const two = TABLES[2];
    const [first, ...all] = two.text(ROWS).split('\n');
    const late = all.filter((row) => row.includes('north') || row >= day(200));
    const both = await seriesOf([first, ...late].join('\n'), two.reading);
    const whole = await seriesOf(two.text(ROWS), two.reading);
    const options = { ...SMALL, test: { from: day(190) } };
    const { model } = await trainForecast(whole, options);
    const { scores, folds } = await backtest(both, options, { folds: 1 }, { model });
    model[Symbol.dispose]();
    expect(folds).toHaveLength(1);
    expect(scores.notes['ar(1)']).toMatch(/; left out of series without a value before the test span$/);
    expect(Object.values(scores.baselines).every(({ rmse }) => rmse > 0)).toBe(true);
  });
});

describe('a backtest with refit', () => {
  test('trains its first part as the training itself, later parts on more, and never on what it scores', async () => {
    const options = { ...SMALL, validation: 'cross' as const };
    const first = await backtest(data, options, { folds: 2, refit: true });
    const fold = first.folds[0].scores;
    // The last value of the table belongs to the second part: the first one must not notice it.
    const changed = structuredClone(data);
    changed.series[0].values[0][ROWS - 1] += 100;
    const second = await backtest(changed, options, { folds: 2, refit: true });
    expect(second.folds[0].scores).toEqual(fold);
    expect(second.folds[1].scores.test.rmse).not.toBe(first.folds[1].scores.test.rmse);
    expect(first.scores.test.rmse).toBeLessThan(first.scores.baselines.persistence.rmse);
  });

  test('says when it is stopped in a training that it begins again: it cannot be resumed', async () => {
    for (const validation of ['cross', 'holdout'] as const) {
      const stop = new AbortController();
      const onProgress = () => stop.abort();
      const done = backtest(data, { ...SMALL, validation }, { refit: true }, { signal: stop.signal, onProgress });
      await expect(done).rejects.toMatchObject(INTERRUPTED);
    }
  });
});

test('the report of a training names its figures, intervals, settings and what was found in the data', () => {
  const input = forecastReportInput(trained, data);
  expect(input.test?.rmse).toBe(trained.scores?.test.rmse);
  expect(Object.keys(input.baselines ?? {})).toEqual(Object.keys(trained.scores?.baselines ?? {}));
  expect(input.nextStep?.prediction.length).toBe(60);
  expect(input.future?.prediction.length).toBe(SMALL.horizon);
  expect(input.coverage?.map(({ level }) => level)).toEqual([80, 95]);
  const html = forecastReport(input);
  for (const text of ['made.csv', 'Persistence', 'seed', '80', '95']) expect(html).toContain(text);
});
