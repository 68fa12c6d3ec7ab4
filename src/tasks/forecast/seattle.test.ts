import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readTable, toSeries } from '../../data/index.ts';
import { trainForecast } from './train.ts';

/** A real training on real data: 1,461 days of Seattle weather, vega-datasets 3.2.1 (BSD-3-Clause), itself from NOAA. */
describe('Seattle, trained on 2012 to 2014, tested on 2015 (a real training of some seconds)', () => {
  it('forecasts the next day with an RMSE below 2.65 °C, and below all baselines, intervals within 4 and 3 points of 80 % and 95 %, while a timer fires every 100 ms', async () => {
    const file = new URL('../../../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url);
    const table = await readTable(await readFile(file), { name: 'seattle-weather.csv' });
    const data = toSeries(table, { target: 'temp_max' });
    const { scores, spans, forecasts } = await trainForecast(data, {
      seed: 1,
      unit: '°C',
      test: { from: '2015-01-01' },
    });
    expect(spans.test[0]).toEqual({ from: 1096, to: 1461 });
    expect(scores?.windows).toBe(365);
    expect(scores?.baselines.persistence.rmse).toBeCloseTo(2.907, 2);
    expect(scores?.test.rmse).toBeLessThan(2.65);
    for (const { rmse } of Object.values(scores?.baselines ?? {})) expect(scores?.test.rmse).toBeLessThan(rmse);
    expect(Math.abs((scores?.coverage['80'] as number) - 80)).toBeLessThanOrEqual(4);
    expect(Math.abs((scores?.coverage['95'] as number) - 95)).toBeLessThanOrEqual(3);
    expect(new Date(forecasts[0].times?.[0] as number).toISOString()).toBe('2016-01-01T00:00:00.000Z');
  }, 180_000);
});
