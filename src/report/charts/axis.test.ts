import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, HOUR } from '../../civil.ts';
import { extent, niceStep, numberAxis, timeAxis } from './axis.ts';

const labels = (axis: { ticks(length: number): { label: string }[] }, length: number) =>
  axis.ticks(length).map((tick) => tick.label);

test('ticks are round numbers with just the decimals they need', () => {
  expect(labels(numberAxis([0.3, 37]), 200)).toEqual(['0', '10', '20', '30', '40']);
  expect(labels(numberAxis([0.112, 0.118], { nice: false }), 200)).toEqual([
    '0.112',
    '0.113',
    '0.114',
    '0.115',
    '0.116',
    '0.117',
    '0.118',
  ]);
  expect(labels(numberAxis([-5, 5]), 100)).toEqual(['−5', '0', '5']);
  expect(labels(numberAxis([0, 40000]), 200)).toEqual(['0', '10k', '20k', '30k', '40k']);
  expect(labels(numberAxis([0, 3e6]), 120)).toEqual(['0', '1M', '2M', '3M']);
});

test('the domain holds the data, and ticks lie inside it, ascending and with distinct labels, for any range up to 1e30', () => {
  const bound = fc.double({ min: -1e30, max: 1e30, noNaN: true });
  fc.assert(
    fc.property(bound, bound, fc.integer({ min: 60, max: 1000 }), (a, b, length) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      fc.pre(high - low > Math.max(Math.abs(low), Math.abs(high)) * 1e-6 && high - low > 1e-30);
      const axis = numberAxis([low, high]);
      const slack = (axis.domain[1] - axis.domain[0]) * 1e-9;
      const ticks = axis.ticks(length);
      expect(axis.domain[0]).toBeLessThanOrEqual(low + slack);
      expect(axis.domain[1]).toBeGreaterThanOrEqual(high - slack);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(60);
      for (const { value } of ticks) {
        expect(value).toBeGreaterThanOrEqual(axis.domain[0] - slack);
        expect(value).toBeLessThanOrEqual(axis.domain[1] + slack);
      }
      for (let i = 1; i < ticks.length; i++) expect(ticks[i]!.value).toBeGreaterThan(ticks[i - 1]!.value);
    }),
  );
});

test('a range of a single value is widened around it', () => {
  for (const value of [0, 5, -1e-9, 1e30]) {
    const [low, high] = numberAxis([value, value]).domain;
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  }
});

test('a range as narrow as rounding noise, or of the smallest numbers, has a few ticks and an end', () => {
  for (const [low, high] of [
    [1 - 2 ** -53, 1],
    [0.9999999999999997, 1],
    [1e9, 1e9 + 2 ** -23],
    [-1, -1 + 2 ** -53],
    [0, 5e-324],
    [-1e-310, 1e-310],
  ]) {
    for (const options of [{}, { nice: false }, { zero: true }, { integers: true }]) {
      const ticks = numberAxis([low!, high!], options).ticks(600);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(60);
    }
  }
});

test('whole numbers get ticks only at whole numbers', () => {
  for (const { value } of numberAxis([1, 3], { integers: true, nice: false }).ticks(900))
    expect(Number.isInteger(value)).toBe(true);
});

test('niceStep is 1, 2 or 5 times a power of ten', () => {
  expect([0.7, 1.3, 1.5, 3.1, 3.2, 7.0, 7.2, 130].map(niceStep)).toEqual([0.5, 1, 2, 2, 5, 5, 10, 100]);
});

test('a year is ticked by months', () => {
  const axis = timeAxis([Date.UTC(2015, 0, 1), Date.UTC(2015, 11, 31)]);
  const ticks = axis.ticks(1000);
  expect(ticks.map((tick) => tick.label)).toEqual([
    'Jan',
    'Feb',
    'Mar',
    'Apr',
    'May',
    'Jun',
    'Jul',
    'Aug',
    'Sep',
    'Oct',
    'Nov',
    'Dec',
  ]);
  expect(new Set(ticks.map((tick) => tick.context))).toEqual(new Set(['2015']));
});

test('a few weeks are ticked on Mondays, a day on round hours, decades on round years', () => {
  const weeks = timeAxis([Date.UTC(2015, 11, 1), Date.UTC(2016, 0, 7)]).ticks(500);
  expect(weeks.map((tick) => new Date(tick.value).getUTCDay())).toEqual([1, 1, 1, 1, 1]);
  expect(weeks.map((tick) => tick.context)).toEqual(['2015', '2015', '2015', '2015', '2016']);
  expect(labels(timeAxis([0, DAY]), 400)).toEqual(['00:00', '06:00', '12:00', '18:00', '00:00']);
  expect(labels(timeAxis([Date.UTC(1961, 4, 1), Date.UTC(2001, 4, 1)]), 400)).toEqual(['1970', '1980', '1990', '2000']);
});

test('every span of time from a second to ten thousand years has 1 to 40 ticks inside it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e12, max: 4e12 }),
      fc.double({ min: 1000, max: 3e14, noNaN: true }),
      (start, span) => {
        const ticks = timeAxis([start, start + span]).ticks(900);
        expect(ticks.length).toBeLessThan(40);
        for (const { value } of ticks) expect(value >= start && value <= start + span).toBe(true);
      },
    ),
  );
  expect(timeAxis([0, HOUR]).ticks(600).length).toBeGreaterThan(2);
});

test('extent ignores what cannot be drawn', () => {
  expect(extent([Number.NaN, 3, Number.POSITIVE_INFINITY, -2, Number.MAX_VALUE])).toEqual([-2, 3]);
  expect(extent([], [Number.NaN])).toBeUndefined();
});
