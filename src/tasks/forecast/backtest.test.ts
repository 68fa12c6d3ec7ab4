import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SeriesResult } from '../../data/index.ts';
import { forecastReport } from '../../report/index.ts';
import { backtest } from './backtest.ts';
import { SMALL, seriesOf, TABLES } from './data.case.ts';
import { reportInput } from './report-input.ts';
import { type TrainedForecast, trainForecast } from './train.ts';

const ROWS = 300;
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

  test('asks for a model, and for parts that hold steps', async () => {
    await expect(backtest(data, SMALL)).rejects.toThrow(/expected a model, or refit/);
    await expect(backtest(data, SMALL, { folds: 0 }, { model: trained.model })).rejects.toThrow(/at least 1 fold/);
    await expect(backtest(data, SMALL, { folds: 61 }, { model: trained.model })).rejects.toThrow(/none in fold/);
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
});

test('the report of a training names its figures, intervals, settings and what was found in the data', () => {
  const input = reportInput(trained, data);
  expect(input.test?.rmse).toBe(trained.scores?.test.rmse);
  expect(Object.keys(input.baselines ?? {})).toEqual(Object.keys(trained.scores?.baselines ?? {}));
  expect(input.nextStep?.prediction.length).toBe(60);
  expect(input.future?.prediction.length).toBe(SMALL.horizon);
  expect(input.coverage?.map(({ level }) => level)).toEqual([80, 95]);
  const html = forecastReport(input);
  for (const text of ['made.csv', 'Persistence', 'seed', '80', '95']) expect(html).toContain(text);
});
