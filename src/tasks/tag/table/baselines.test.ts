import { expect, test } from 'vitest';
import { rain } from '../data.case.ts';
import { tagSettings } from '../options.ts';
import { tableBaselines } from './baselines.ts';
import { fitTablePlan } from './features.ts';

test('logistic regression of too many steps learns from every second one, and says so', async () => {
  // Classes that never come cost a plan, not time: what is too large with them is small enough to be learned here.
  const K = 10_000;
  const N = 9000;
  const { classes, ...data } = await rain(N + 10, { time: null }, 0);
  const settings = tagSettings({ ahead: 0 });
  const steps = Array.from({ length: N }, (_, t) => t);
  const test = [Array.from({ length: 10 }, (_, t) => N + t)];
  const plan = fitTablePlan({ ...data, classes }, [{ from: 0, to: N }], settings);
  const few = await tableBaselines({ ...data, classes }, { train: [steps], test }, plan);
  expect(few.notes).toEqual({});
  const many = { ...data, classes: [...classes, ...Array.from({ length: K - 2 }, (_, k) => `never ${k}`)] };
  const { baselines, notes } = await tableBaselines(many, { train: [steps], test }, plan);
  expect(notes).toEqual({ logistic: 'learned from 4,500 of 9,000 steps, evenly spread' });
  const half = await tableBaselines({ ...data, classes }, { train: [steps.filter((t) => t % 2 === 0)], test }, plan);
  test[0].forEach((_, i) => {
    const said = baselines.logistic[i * K + 1] / (baselines.logistic[i * K] + baselines.logistic[i * K + 1]);
    // One against the other, in place of each against the rest.
    expect(Math.abs(said - half.baselines.logistic[2 * i + 1])).toBeLessThan(0.02);
  });
});
