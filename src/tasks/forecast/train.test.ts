import { describe, expect, it } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { Random } from '../../random.ts';
import type { EpochLog, TaskProgress } from '../training/index.ts';
import { csv, day, SMALL, seriesOf, TABLES, tableNamed, trainOn } from './data.case.ts';
import type { Forecasts } from './forecaster.ts';
import type { ForecastOptions } from './options.ts';
import { trainForecast } from './train.ts';

/** Every wider interval holds the narrower ones and the point, and all numbers are finite. */
function expectNested({ point, intervals }: Pick<Forecasts, 'point' | 'intervals'>): void {
  for (let i = 0; i < point.length; i++) {
    const chain = [
      ...intervals.map(({ lower }) => lower[i]).reverse(),
      point[i],
      ...intervals.map(({ upper }) => upper[i]),
    ];
    for (const [k, value] of chain.entries()) {
      expect(Number.isFinite(value)).toBe(true);
      if (k > 0) expect(value).toBeGreaterThanOrEqual(chain[k - 1]);
    }
  }
}

describe.each(TABLES)('trained on $name', (table) => {
  it('beats persistence by a tenth at least, in both ways to validate, with nested intervals and forecasts beyond the data', async () => {
    for (const validation of ['cross', 'holdout'] as const) {
      const { scores, scored, forecasts, data, model, history } = await trainOn(table, { validation, epochs: 10 });
      const test = scores?.test.rmse as number;
      expect(test).toBeLessThan(0.9 * (scores?.baselines.persistence.rmse as number));
      expect(scored?.truth.length).toBe((scores?.windows as number) * SMALL.horizon);
      expectNested(scored?.forecasts as Forecasts);
      expect(forecasts.map(({ id }) => id)).toEqual(data.series.map(({ id }) => id));
      for (const forecast of forecasts) {
        expect(forecast.point.length).toBe(SMALL.horizon);
        expectNested(forecast);
      }
      expect(history.length).toBeGreaterThan(0);
      expect(history.every(({ validation: v }) => v !== undefined)).toBe(true);
      expect(model.target).toBe('y');
      expect(scores?.coverage['95']).toBeGreaterThan(60);
      expect(scores?.coverage['95']).toBeGreaterThanOrEqual(scores?.coverage['80'] as number);
    }
  });
});

describe('a training', () => {
  const table = tableNamed('days');

  it('forecasts the next steps at the next times of each series, in its zone', async () => {
    const { forecasts, data } = await trainOn(tableNamed('Berlin'), { epochs: 1, validation: 'holdout' });
    const last = data.series[0].time?.at(-1) as number;
    expect([...(forecasts[0].times ?? [])]).toEqual([1, 2, 3].map((h) => last + h * 3_600_000));
    const none = await trainOn(tableNamed('no time'), { epochs: 1, validation: 'holdout' });
    expect(none.forecasts[0].times).toBeNull();
    expect(none.model.plan.calendar).toEqual([]);
  });

  it('has scales for each series or one for all', async () => {
    const two = tableNamed('two series');
    const own = await trainOn(two, { epochs: 1, validation: 'holdout' });
    expect(own.model.plan.scaler.ids).toEqual(['north', 'south']);
    const one = await trainOn(two, { epochs: 1, validation: 'holdout', scalePerSeries: false });
    expect(one.model.plan.scaler.ids).toBeNull();
    // Only the shared scaler can forecast a series it has not seen.
    const stranger = { ...one.data.series[0], id: 'east' };
    expect(one.model.predict(stranger).id).toBe('east');
    expect(() => own.model.predict(stranger)).toThrow(/"north", "south"\), got series "east"/);
  });

  const combinations: ForecastOptions[] = [
    { cell: 'gru', output: 'quantile', scaler: 'standard', validation: 'cross' },
    { cell: 'lstm', output: 'quantile', scaler: 'robust', validation: 'holdout', layers: 2 },
    { cell: 'rnn', output: 'quantile', scaler: 'min-max', validation: 'cross', anchor: 'none' },
    { cell: 'gru', output: 'gaussian', scaler: 'min-max', validation: 'holdout', levels: [50] },
    { cell: 'lstm', output: 'gaussian', scaler: 'standard', validation: 'cross', levels: [90, 50, 80] },
    { cell: 'rnn', output: 'gaussian', scaler: 'robust', validation: 'holdout', calendar: false },
    { cell: 'gru', output: 'point', scaler: 'none', validation: 'cross' },
    { cell: 'lstm', output: 'point', scaler: 'robust', validation: 'holdout', stride: 2 },
    { cell: 'rnn', output: 'point', scaler: 'standard', validation: 'cross', layers: 2, horizon: 1 },
  ];
  it.each(combinations)(
    '%j beats persistence by a tenth, intervals nested and wider with the level',
    async (options) => {
      const { scores, scored, model } = await trainOn(table, { ...options, epochs: 12, rate: 0.01 });
      expect(scores?.test.rmse).toBeLessThan(0.9 * (scores?.baselines.persistence.rmse as number));
      expectNested(scored?.forecasts as Forecasts);
      const levels = [...(options.levels ?? [80, 95])].sort((a, b) => a - b);
      expect(model.settings.levels).toEqual(levels);
      expect(Object.keys(scores?.coverage ?? {})).toEqual(levels.map(String));
      const widths = levels.map((level) => scores?.steps.width[String(level)][0] as number);
      widths.forEach((width, l) => {
        expect(width).toBeGreaterThan(l === 0 ? 0 : widths[l - 1]);
      });
    },
  );

  it('with one seed gives one file to the bit, with another seed another', async () => {
    const file = async (seed: number) => {
      const { tensors } = (await trainOn(table, { seed, epochs: 2 })).model.encode();
      return Object.entries(tensors).map(([name, { data }]) => [name, ...(data as Float32Array)]);
    };
    const first = await file(4);
    expect(await file(4)).toEqual(first);
    expect(await file(5)).not.toEqual(first);
  });

  it('reports every step of every stage, and every epoch once', async () => {
    const progress: TaskProgress[] = [];
    const epochs: EpochLog[] = [];
    const { model } = await trainOn(
      table,
      { epochs: 3 },
      { onProgress: (p) => progress.push(p), onEpoch: (e) => epochs.push(e) },
    );
    const stages = [...new Set(progress.map(({ stage }) => stage))];
    expect(stages).toEqual([...[1, 2, 3, 4, 5].map((k) => `block ${k} of 5`), 'final']);
    expect(progress.every(({ stageIndex, stages: n, stage }) => n === 6 && stage === stages[stageIndex])).toBe(true);
    expect(epochs.slice(0, 15).every(({ validation }) => Number.isFinite(validation))).toBe(true);
    expect(epochs.map(({ step }) => step)).toEqual([...new Set(epochs.map(({ step }) => step))].sort((a, b) => a - b));
    expect(epochs.at(-1)?.step).toBe(model.summary.steps);
    expect(progress.length).toBe(model.summary.steps);
  });

  it('leaves out of a block’s training all windows whose targets overlap the block’s', async () => {
    const steps = new Map<string, number>();
    await trainOn(
      table,
      { batchSize: 1, epochs: 1, hidden: 1 },
      { onProgress: ({ stage, steps: all }) => steps.set(stage, all) },
    );
    // 240 steps before the test span give 228 windows; blocks of 45, 46, 45, 46, 46, and 2 windows beside each inner border.
    expect([...steps.values()]).toEqual([228 - 45 - 2, 228 - 46 - 4, 228 - 45 - 4, 228 - 46 - 4, 228 - 46 - 2, 228]);
  });

  it('takes its memory back: the arena holds one network after it, nothing after its model ends', async () => {
    const engine = await createEngine();
    const { persistent } = engine.arena.usage();
    const { model } = await trainOn(table, { epochs: 1 }, { engine });
    expect(engine.arena.usage().persistent).toBeGreaterThan(persistent);
    model[Symbol.dispose]();
    expect(engine.arena.usage()).toMatchObject({ persistent, workspace: 0 });
  });

  it('without a test span learns from everything and has no scores', async () => {
    const { scores, scored, forecasts, spans } = await trainOn(table, { test: 'none', epochs: 1 });
    expect(scores).toBeUndefined();
    expect(scored).toBeUndefined();
    expect(spans.train).toEqual([{ from: 0, to: 300 }]);
    expectNested(forecasts[0]);
  });

  it('in limited time gives a model all the same', async () => {
    const { model, stopped, forecasts } = await trainOn(table, { epochs: 100_000, test: 'none' }, { maxSeconds: 0.3 });
    expect(stopped).toBe('time');
    expect(model.summary.stopped).toBe('time');
    expectNested(forecasts[0]);
    const none = await trainOn(table, { epochs: 100, test: 'none' }, { maxSeconds: 0 });
    expectNested(none.forecasts[0]);
  });

  it('forecasts nothing beyond the data where a column known in advance ends with it', async () => {
    const { text, reading } = tableNamed('known');
    const rows = text(300).split('\n').slice(0, 301).join('\n');
    const { forecasts, scores } = await trainOn({ name: '', reading, text: () => rows }, { epochs: 1 });
    expect(forecasts).toEqual([]);
    expect(Number.isFinite(scores?.test.rmse)).toBe(true);
    expect(scores?.windows).toBe(58);
  });
});

describe('missing target values', () => {
  it('weigh nothing, in training, calibration and scores, also where a whole batch has no others', async () => {
    const { text, reading } = tableNamed('missing');
    const holes = (t: number): boolean => (t >= 100 && t < 140) || t === 270;
    const [header, ...rows] = text(300).split('\n');
    const made = [header, ...rows.map((row, t) => (holes(t) ? row.replace(/,.*?,/, ',,') : row))].join('\n');
    const { scored, data } = await trainOn(
      { name: '', reading, text: () => made },
      { batchSize: 1, epochs: 1, validation: 'cross' },
    );
    const { observed } = data.series[0];
    expect(observed[0].slice(100, 140).every((o) => o === 0)).toBe(true);
    scored?.windows.forEach(({ origin }, i) => {
      for (let h = 0; h < SMALL.horizon; h++) {
        const counts = origin + h < 300 && observed[0][origin + h] === 1;
        expect(Number.isNaN(scored.truth[i * SMALL.horizon + h])).toBe(!counts);
      }
    });
  });
});

describe('data that cannot be learned from is refused with what is needed', () => {
  const made = (rows: number, y: (t: number) => number | string, options = {}) =>
    seriesOf(
      csv(['date', 'y'], rows, (t) => [day(t), y(t)]),
      { target: 'y', ...options },
    );
  const failure = async (data: Parameters<typeof trainForecast>[0], options: ForecastOptions = {}) => {
    const error = await trainForecast(data, { ...SMALL, epochs: 1, ...options }).catch((e) => e);
    expect(error).toBeInstanceOf(RecurveError);
    return error as RecurveError;
  };
  const random = new Random(8);
  const y = (t: number): number => wave(t);
  const wave = (t: number): number => Math.sin(t) + 0.1 * random.normal();

  it('too few rows, a context or a horizon longer than the data', async () => {
    for (const [rows, options] of [
      [12, { test: { count: 2 } }],
      [40, {}],
      [200, { context: 500 }],
      [200, { horizon: 500 }],
      [200, { context: 70, horizon: 70 }],
    ] as [number, ForecastOptions][]) {
      const { code, message } = await failure(await made(rows, y), options);
      expect(code).toBe('data');
      expect(message).toMatch(/^(forecast|data): expected at least .+, got .+; .+/);
    }
  });

  it('as many rows as the message asks for are enough', async () => {
    const { message } = await failure(await made(80, y), { test: { count: 10 }, context: 60 });
    const needed = Number(/at least (\d+) steps/.exec(message)?.[1]);
    const { model } = await trainForecast(await made(needed + 10, y), {
      ...SMALL,
      epochs: 1,
      test: { count: 10 },
      context: 60,
    });
    expect(model.plan.context).toBe(60);
  });

  it('two targets', async () => {
    const data = await seriesOf(
      csv(['date', 'y', 'z'], 200, (t) => [day(t), y(t), y(t)]),
      { target: ['y', 'z'] },
    );
    const { code, message } = await failure(data);
    expect(code).toBe('usage');
    expect(message).toMatch(/^forecast: expected one target, got "y", "z"; train one model per target/);
  });

  it('a holdout that leaves nothing on one side', async () => {
    for (const holdout of [{ count: 1 }, { count: 129 }]) {
      const { code } = await failure(await made(200, y), { validation: 'holdout', holdout });
      expect(code).toBe('data');
    }
  });

  it('numbers whose squares overflow, before anything is trained', async () => {
    const data = await made(300, (t) => (t === 250 ? -1e300 : y(t)));
    const { code, message } = await failure(data);
    expect(code).toBe('data');
    expect(message).toBe(
      'forecast: expected numbers in "y" whose squares can be added, got -1e+300; repair the column, or leave it out',
    );
  });
});

describe('odd data that can be learned from', () => {
  const train = async (y: (t: number) => number | string, options: ForecastOptions = {}, reading = {}) => {
    const data = await seriesOf(
      csv(['date', 'y'], 300, (t) => [day(t), y(t)]),
      { target: 'y', ...reading },
    );
    return trainForecast(data, { ...SMALL, epochs: 2, ...options });
  };

  it('a target that never changes in the training span', async () => {
    for (const output of ['quantile', 'gaussian', 'point'] as const) {
      const { forecasts, scores } = await train((t) => (t < 240 ? 7 : 7 + (t % 3)), { output });
      expectNested(forecasts[0]);
      expect(scores?.test.mase).toBeNaN();
      expect(Number.isFinite(scores?.test.rmse)).toBe(true);
    }
  });

  it('values around 1e30, beside values around 1e-30', async () => {
    const random = new Random(12);
    for (const size of [1e30, 1e-30]) {
      const { forecasts, scores } = await train((t) => size * (3 + Math.sin(t) + 0.1 * random.normal()));
      expectNested(forecasts[0]);
      expect(Math.abs(forecasts[0].point[0] / size - 3)).toBeLessThan(3);
      expect(scores?.test.rmse).toBeLessThan(2 * size);
    }
  });

  it('a single value of 1e30', async () => {
    const { forecasts } = await train((t) => (t === 77 ? 1e30 : 3 + Math.sin(t)));
    expectNested(forecasts[0]);
  });

  it('a tail without any target: it forecasts from the last one observed', async () => {
    const { forecasts, spans } = await train((t) => (t < 260 ? Math.sin(t) : ''));
    expect(spans.test[0].to).toBe(260);
    expect(new Date(forecasts[0].times?.[0] as number).toISOString().slice(0, 10)).toBe(day(260));
  });

  it('a test span with one step, and one with a hole', async () => {
    const one = await train((t) => Math.sin(t), { test: { count: 1 } });
    expect(one.scores?.windows).toBe(1);
    expect(one.scores?.steps.test.length).toBe(1);
    const hole = await train((t) => (t > 245 && t < 270 ? '' : Math.sin(t)));
    expect(Number.isFinite(hole.scores?.test.rmse)).toBe(true);
  });
});
