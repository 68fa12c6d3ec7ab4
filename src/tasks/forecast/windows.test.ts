import { expect, test } from 'vitest';
import { csv, day, seriesOf } from './data.case.ts';
import { forecastSettings } from './options.ts';
import { fitPlan } from './plan.ts';
import { keepable, MOST_FORECASTS, scoringWindows, spansOf } from './windows.ts';

async function scoredOf(rows: number, horizon: number, parts = 1) {
  const { series } = await seriesOf(
    csv(['date', 'y'], rows, (t) => [day(t), Math.sin(t)]),
    { target: 'y' },
  );
  const settings = forecastSettings({ calendar: false, context: 4 });
  const spans = spansOf(series, settings);
  const { prepared } = fitPlan(series, spans.train, settings);
  const all = scoringWindows(prepared, spans.test, { context: 4, horizon });
  return { windows: keepable(all, horizon, MOST_FORECASTS / parts), test: spans.test[0] };
}

test('a window begins at every step of the test span', async () => {
  const { windows, test } = await scoredOf(400, 3);
  expect(windows.map(({ origin }) => origin)).toEqual(Array.from({ length: 100 }, (_, i) => test.from + i));
});

test('of more forecasts than memory holds the last ones are scored, one after the other', async () => {
  const { windows, test } = await scoredOf(400, 200_000);
  expect(windows.map(({ origin }) => origin)).toEqual(Array.from({ length: 40 }, (_, i) => test.to - 40 + i));
  expect((await scoredOf(400, 200_000, 4)).windows).toHaveLength(10);
});

test('each series keeps its share of windows, and at least one', async () => {
  const { windows } = await scoredOf(400, 3);
  const [first, other] = [windows, windows.slice(0, 1).map((one) => ({ ...one, prepared: { ...one.prepared } }))];
  const kept = keepable([...first, ...other], 10, 500);
  expect(kept.filter(({ prepared }) => prepared === first[0].prepared)).toEqual(first.slice(50));
  expect(kept.at(-1)).toBe(other[0]);
  expect(keepable(first, 10, 1000)).toEqual(first);
});
