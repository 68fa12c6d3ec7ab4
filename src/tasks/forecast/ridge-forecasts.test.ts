import { describe, expect, it } from 'vitest';
import { Random } from '../../random.ts';
import { fitRidge } from '../baselines.ts';
import { csv, day, seriesOf, wave } from './data.case.ts';
import { inputWidth, inUnit } from './features.ts';
import { type ForecastOptions, forecastSettings } from './options.ts';
import { fitPlan } from './plan.ts';
import { ridgeForecasts } from './ridge-forecasts.ts';
import { inputsOf, spansOf, targetsOf, trainingWindows, type Window } from './windows.ts';

const visit = () => Promise.resolve();

/** Windows before and after row `rows − 100` of a wave with a second column. */
async function windowsOf(rows: number, options: ForecastOptions) {
  const noise = new Random(3);
  const text = csv(['date', 'y', 'x'], rows, (t) => [day(t), wave(t, noise), noise.uniform()]);
  const { series } = await seriesOf(text, { target: 'y' });
  const settings = forecastSettings({ calendar: false, test: { count: 100 }, ...options });
  const spans = spansOf(series, settings);
  const { plan, prepared } = fitPlan(series, spans.train, settings);
  const of = (which: 'train' | 'test') => trainingWindows(prepared, spans[which], settings);
  return { plan, training: of('train'), test: of('test') };
}

describe('ridge forecasts', () => {
  it('are those of the regression on all windows at once, over several batches', async () => {
    const { plan, training, test } = await windowsOf(700, { context: 6, horizon: 2 });
    const F = inputWidth(plan);
    const ridge = fitRidge(
      { inputs: inputsOf(plan, training), targets: targetsOf(plan, training).targets, features: F, horizon: 2 },
      { penalties: [1e-3, 1e-2, 0.1, 1, 10] },
    );
    expect(training.length).toBeGreaterThan(2 * 256);
    expect(await ridgeForecasts(plan, training, test, visit)).toEqual({
      forecasts: inUnit(plan, test, ridge.predict(inputsOf(plan, test))),
      notes: [],
    });
  });

  it('read the target alone where all columns would be too many', async () => {
    const { plan, training, test } = await windowsOf(700, { context: 301, horizon: 1 });
    const ridge = await ridgeForecasts(plan, training, test, visit);
    expect(ridge?.notes).toEqual(['reads the target’s window and what is known ahead, not all columns']);
    const [before] = test;
    const other = {
      ...before,
      prepared: { ...before.prepared, columns: [before.prepared.columns[0], new Float64Array(700)] },
    };
    expect((await ridgeForecasts(plan, training, [other] as Window[], visit))?.forecasts[0]).toBe(ridge?.forecasts[0]);
  });

  it('are learned from an even share of very many windows', async () => {
    const { plan, training, test } = await windowsOf(40_000, { context: 4, horizon: 1 });
    const ridge = await ridgeForecasts(plan, training, test, visit);
    expect(ridge?.notes).toEqual([`learned from ${Math.ceil(training.length / 2)} of ${training.length} windows`]);
    const half = await ridgeForecasts(
      plan,
      training.filter((_, i) => i % 2 === 0),
      test,
      visit,
    );
    expect(ridge?.forecasts).toEqual(half?.forecasts);
  });

  it('need twenty whole windows', async () => {
    const { plan, training, test } = await windowsOf(700, { context: 6, horizon: 2 });
    expect(await ridgeForecasts(plan, training.slice(0, 19), test, visit)).toBeUndefined();
  });
});
