import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../civil.ts';
import { formatStep, inferStep, nextTimes, parseStep, type Step, stepAfter, stepsBetween } from './step.ts';
import { parseStamp } from './time.ts';
import { UTC, zoneOf } from './zone.ts';

const at = (text: string): number => parseStamp(text)!.ms;
const iso = (times: Float64Array): string[] => Array.from(times, (ms) => new Date(ms).toISOString().slice(0, 10));

test('n steps on and back is n, for every unit, in UTC and in Rome', () => {
  const steps: Step[] = [
    { unit: 'ms', count: 15 * MINUTE },
    { unit: 'day', count: 1 },
    { unit: 'day', count: 7 },
    { unit: 'month', count: 1, dayOfMonth: 1 },
    { unit: 'month', count: 3, dayOfMonth: 31 },
    { unit: 'month', count: 12, dayOfMonth: 29 },
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...steps),
      fc.constantFrom(UTC, zoneOf('Europe/Rome')),
      fc.integer({ min: -300, max: 300 }),
      (step, zone, n) => {
        const aim = step.dayOfMonth ?? 1;
        const clock = at(`2012-01-${String(aim).padStart(2, '0')} 12:00`);
        const origin = clock - zone.offsetAt(clock);
        expect(stepsBetween(origin, stepAfter(origin, n, step, zone), step, zone)).toBe(n);
      },
    ),
    { numRuns: 1000 },
  );
});

test('months that aim at the 31st end on the last day of each month', () => {
  expect(iso(nextTimes(at('2015-01-31'), { unit: 'month', count: 1, dayOfMonth: 31 }, 4))).toEqual([
    '2015-02-28',
    '2015-03-31',
    '2015-04-30',
    '2015-05-31',
  ]);
  expect(iso(nextTimes(at('2015-02-28'), { unit: 'month', count: 1, dayOfMonth: 31 }, 1))).toEqual(['2015-03-31']);
});

test('a day on the clock of Rome lasts 23 hours in March and 25 in October', () => {
  const rome = zoneOf('Europe/Rome');
  const day: Step = { unit: 'day', count: 1 };
  const march = at('2015-03-28 23:00');
  expect(nextTimes(march, day, 1, rome)[0]! - march).toBe(23 * HOUR);
  const october = at('2015-10-24 22:00');
  expect(nextTimes(october, day, 1, rome)[0]! - october).toBe(25 * HOUR);
});

test('the step is found for hours, days, weeks, month ends, quarters and years, whatever is missing', () => {
  const cases: [Step, string][] = [
    [{ unit: 'ms', count: 10_000 }, '2015-03-01'],
    [{ unit: 'ms', count: HOUR }, '2015-03-01'],
    [{ unit: 'day', count: 1 }, '2015-03-01'],
    [{ unit: 'day', count: 7 }, '2015-03-01'],
    [{ unit: 'day', count: 28 }, '2015-03-01'],
    [{ unit: 'month', count: 1, dayOfMonth: 1 }, '2015-03-01'],
    [{ unit: 'month', count: 1, dayOfMonth: 31 }, '2015-03-31'],
    [{ unit: 'month', count: 1, dayOfMonth: 30 }, '2015-03-30'],
    [{ unit: 'month', count: 3, dayOfMonth: 1 }, '2015-01-01'],
    [{ unit: 'month', count: 12, dayOfMonth: 1 }, '1950-01-01'],
  ];
  for (const [step, from] of cases) {
    const times = [at(from), ...nextTimes(at(from), step, 40)].filter((_, k) => k % 11 !== 5);
    expect(inferStep([Float64Array.from(times)], UTC), formatStep(step)).toEqual(step);
  }
});

test('jittered minutes are taken for minutes', () => {
  const times = Float64Array.from({ length: 60 }, (_, k) => k * MINUTE + ((k * 7919) % 900));
  expect(inferStep([times], UTC)).toEqual({ unit: 'ms', count: MINUTE });
});

test('steps are read and written as people do', () => {
  for (const [text, shown] of [
    ['15min', '15 minutes'],
    ['1h', '1 hour'],
    ['d', '1 day'],
    ['2 w', '2 weeks'],
    ['1mo', '1 month'],
    ['q', '1 quarter'],
    ['1y', '1 year'],
    ['250ms', '250 milliseconds'],
  ]) {
    expect(formatStep(parseStep(text!))).toBe(shown);
  }
  expect(parseStep('1d')).toEqual({ unit: 'day', count: 1 });
  for (const bad of ['', '0h', 'fortnight', '1.5h', '-1d'])
    expect(() => parseStep(bad), bad).toThrow(/expected a step such as/);
  expect(inferStep([Float64Array.of(3 * DAY)], UTC)).toBeNull();
});
