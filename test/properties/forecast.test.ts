import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeriesResult } from '../../src/data/index.ts';
import { createEngine } from '../../src/engine/index.ts';
import { SMALL, seriesOf, TABLES } from '../../src/tasks/forecast/data.case.ts';
import { type ForecastOptions, type TrainedForecast, trainForecast } from '../../src/tasks/index.ts';

const ROWS = 200;
const TEST = 40;

/** The data with one value, or a hole, somewhere from step `from` of one series on. */
function changed(data: SeriesResult, which: number, from: number, pick: number, value: number | null): SeriesResult {
  const k = which % data.series.length;
  const series = data.series.map((one, n) => {
    if (n !== k) return one;
    const c = pick % one.names.length;
    const t = from + ((pick * 7919) % (one.history - from));
    const values = one.values.map((column) => column.slice());
    const observed = one.observed.map((column) => column.slice());
    if (value === null) observed[c][t] = 0;
    else values[c][t] = value;
    return { ...one, values, observed };
  });
  return { ...data, series };
}

/** All that is learned: weights, scalers, scales, calibration, the number of epochs. */
function learned({ model, epochs, history }: TrainedForecast): object {
  const { tensors, document } = model.encode();
  return {
    weights: Object.entries(tensors).map(([name, { data }]) => [name, ...(data as Float32Array)]),
    data: document.data,
    epochs,
    history: history.map(({ seconds: _, ...record }) => record),
  };
}

const SETTINGS: ForecastOptions[] = [
  { validation: 'cross' },
  { validation: 'holdout', epochs: 3, patience: 1 },
  { validation: 'cross', scalePerSeries: false, scaler: 'robust', output: 'gaussian' },
  { validation: 'holdout', scaler: 'min-max', anchor: 'none', output: 'point' },
];

describe('the test span', () => {
  it('changes no weight, scaler, calibration or number of epochs, whatever stands in it (100 cases)', async () => {
    const engine = await createEngine();
    const tables = await Promise.all(TABLES.map(({ text, reading }) => seriesOf(text(ROWS), reading)));
    const base = new Map<string, object>();
    let differences = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(TABLES.length - 1),
        fc.nat(SETTINGS.length - 1),
        fc.nat(5),
        fc.nat(9999),
        fc.option(fc.constantFrom(-1e5, 0, 3.5, 1e8)),
        async (table, setting, which, pick, value) => {
          const options = { ...SMALL, epochs: 1, test: { count: TEST }, ...SETTINGS[setting] };
          const train = (data: SeriesResult) => trainForecast(data, options, { engine });
          const key = `${table} ${setting}`;
          const wanted = base.get(key) ?? learned(await train(tables[table]));
          base.set(key, wanted);
          const from = Math.min(...tables[table].series.map(({ history }) => history)) - TEST;
          const last = tables[table].series[which % tables[table].series.length].history - TEST;
          const other = await train(changed(tables[table], which, Math.max(from, last), pick, value));
          expect(learned(other)).toEqual(wanted);
          differences++;
        },
      ),
      { numRuns: 100, seed: 8 },
    );
    expect(differences).toBe(100);
  });

  it('does not hide that the training span counts: a value there changes the weights', async () => {
    const data = await seriesOf(TABLES[0].text(ROWS), TABLES[0].reading);
    for (const setting of SETTINGS) {
      const options = { ...SMALL, epochs: 1, test: { count: TEST }, ...setting };
      const wanted = learned(await trainForecast(data, options));
      // The last value before the test span.
      const other = {
        ...data,
        series: data.series.map((one) => ({ ...one, values: one.values.map((v) => v.slice()) })),
      };
      other.series[0].values[0][ROWS - TEST - 1] += 1;
      expect(learned(await trainForecast(other, options))).not.toEqual(wanted);
    }
  });
});

describe('forecasts of the test span', () => {
  it('are made of what lies before their origin: later values change none of them (24 cases)', async () => {
    const engine = await createEngine();
    for (const { text, reading, name } of TABLES.filter(({ name }) => !name.includes('known'))) {
      const data = await seriesOf(text(ROWS), reading);
      const { model } = await trainForecast(data, { ...SMALL, epochs: 1, validation: 'holdout' }, { engine });
      const at = async (result: SeriesResult, origin: number) => {
        const prepared = model.prepare(result.series[0]);
        const { point, intervals } = await model.forecasts([{ prepared, origin, end: origin }]);
        return [...point, ...intervals.flatMap(({ lower, upper }) => [...lower, ...upper])];
      };
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 150, max: 190 }), fc.nat(999), async (origin, pick) => {
          const wanted = await at(data, origin);
          expect(await at(changed(data, 0, origin, pick, 1e6), origin), name).toEqual(wanted);
        }),
        { numRuns: 24, seed: 9 },
      );
    }
  });
});
