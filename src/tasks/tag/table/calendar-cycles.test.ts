import { expect, test } from 'vitest';
import { Random } from '../../../random.ts';
import { tableOf } from '../data.case.ts';
import { tagSettings } from '../options.ts';
import { fitTablePlan } from './features.ts';
import { toTagTable } from './tag-table.ts';

const DAY = 86_400_000;

/** The calendar read for labels that come with the probability `p` of a time. */
async function calendarOf(steps: number, step: number, p: (time: number) => number): Promise<string[]> {
  const random = new Random(7);
  const lines = Array.from({ length: steps }, (_, t) => {
    const time = Date.UTC(2020, 0, 1) + t * step;
    return `${new Date(time).toISOString()},${random.normal()},${Number(random.uniform() < p(time))}`;
  });
  const table = toTagTable(await tableOf(`time,x,y\n${lines.join('\n')}\n`), { target: 'y' });
  return fitTablePlan(table, [{ from: 0, to: steps }], tagSettings({})).calendar;
}

test('the season is always read, another cycle where the labels follow it', async () => {
  const year = ['year_sin_1', 'year_cos_1'];
  const week = ['week_sin_1', 'week_cos_1'];
  const weekend = (time: number) => (new Date(time).getUTCDay() % 6 === 0 ? 0.7 : 0.3);
  expect(await calendarOf(1000, DAY, () => 0.5)).toEqual(year);
  expect(await calendarOf(1000, DAY, weekend)).toEqual([...year, ...week]);
  // Of a cycle that is not held twice nothing can be said.
  expect(await calendarOf(600, DAY, weekend)).toEqual(week);
  expect(await calendarOf(1000, DAY / 24, () => 0.5)).toEqual(['day_sin_1', 'day_cos_1']);
});
