import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitScaler } from './scaler.ts';
import type { Series } from './series.ts';
import { parsePart, splitSeries } from './split.ts';
import { gather, gatherObserved, windowCount, windows } from './windows.ts';

/** A series whose value in column c at step t is 1000 * id + 100 * c + t. */
function made(id: number, length: number, columns = 2, history = length): Series {
  const day = 86_400_000;
  return {
    id: String(id),
    time: Float64Array.from({ length }, (_, t) => Date.UTC(2015, 0, 1) + t * day),
    step: { unit: 'day', count: 1 },
    zone: 'UTC',
    length,
    history,
    names: Array.from({ length: columns }, (_, c) => `c${c}`),
    roles: Array.from({ length: columns }, (_, c) => (c === 0 ? 'target' : 'covariate')),
    values: Array.from({ length: columns }, (_, c) => Float64Array.from({ length }, (_, t) => 1000 * id + 100 * c + t)),
    observed: Array.from({ length: columns }, (_, c) =>
      Uint8Array.from({ length }, (_, t) => ((t + c) % 5 === 0 ? 0 : 1)),
    ),
  };
}

test('the count of windows is that of counting them one by one', () => {
  fc.assert(
    fc.property(
      fc.nat(60),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 9 }),
      (length, context, horizon, stride) => {
        let count = 0;
        for (let start = 0; start + context + horizon <= length; start += stride) count++;
        expect(windowCount(length, context, horizon, stride)).toBe(count);
      },
    ),
  );
});

test('every window’s horizon lies inside its span, its context inside the series, and together they cover the span', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 5 }),
      fc.double({ min: 0.1, max: 0.6, noNaN: true }),
      (sizes, context, horizon, fraction) => {
        const series = sizes.map((size, k) => made(k, size));
        let split: ReturnType<typeof splitSeries>;
        try {
          split = splitSeries(series, { test: { fraction }, validation: { fraction: 0.2 } });
        } catch {
          return; // a part came out empty, which is refused
        }
        for (const spans of [split.train, split.validation, split.test]) {
          const index = windows(series, { context, horizon, spans, allowNone: true });
          const covered = new Set<string>();
          for (let k = 0; k < index.count; k++) {
            const which = index.seriesOf[k]!;
            const begin = index.start[k]! + context;
            expect(index.start[k]).toBeGreaterThanOrEqual(0);
            expect(begin).toBeGreaterThanOrEqual(spans[which]!.from);
            expect(begin + horizon).toBeLessThanOrEqual(spans[which]!.to);
            for (let t = begin; t < begin + horizon; t++) covered.add(`${which}/${t}`);
          }
          for (const [which, { from, to }] of spans.entries()) {
            const first = Math.max(from, context);
            if (to - first < horizon) continue;
            for (let t = first; t < to; t++) expect(covered.has(`${which}/${t}`)).toBe(true);
          }
        }
      },
    ),
  );
});

test('gathered batches hold the values of their windows, scaled, in the columns and places asked for', () => {
  const series = [made(1, 20), made(2, 15)];
  const index = windows(series, { context: 4, horizon: 2, stride: 3 });
  expect(Array.from(index.start)).toEqual([0, 3, 6, 9, 12, 0, 3, 6, 9]);
  const into = new Float32Array(2 * 4 * 3).fill(-1);
  gather(index, [5, 1], into, { part: 'context', columns: [1, 0], width: 3, offset: 1 });
  expect(Array.from(into)).toEqual([
    ...[-1, 2100, 2000, -1, 2101, 2001, -1, 2102, 2002, -1, 2103, 2003],
    ...[-1, 1103, 1003, -1, 1104, 1004, -1, 1105, 1005, -1, 1106, 1006],
  ]);
  const targets = new Float32Array(4);
  gather(index, [5, 1], targets, { part: 'horizon', columns: [0] });
  expect(Array.from(targets)).toEqual([2004, 2005, 1007, 1008]);
  const scaler = fitScaler(series, { kind: 'min-max', perSeries: true });
  gather(index, [5, 1], targets, { part: 'horizon', columns: [0], scaler });
  // Step 0 is not observed, so series 2 runs from 1 to 14 and series 1 from 1 to 19.
  expect(Array.from(targets)).toEqual([3 / 13, 4 / 13, 6 / 18, 7 / 18].map(Math.fround));
  gatherObserved(index, [5, 1], targets, { part: 'horizon', columns: [0] });
  expect(Array.from(targets)).toEqual([1, 0, 1, 1]);
  gather(index, [0], into, { part: 'all', columns: [0] });
  expect(Array.from(into.subarray(0, 6))).toEqual([1000, 1001, 1002, 1003, 1004, 1005]);
});

test('windows stop at the last observed target', () => {
  expect(windows([made(1, 20, 1, 12)], { context: 4, horizon: 2 }).count).toBe(7);
});

test('too little data, a batch too small and values past f32 are refused', () => {
  expect(() => windows([made(1, 5)], { context: 4, horizon: 2 })).toThrow(
    'windows: expected at least 6 steps (context 4 + horizon 2), got 5',
  );
  expect(() => windows([made(1, 5)], { context: 0, horizon: 2 })).toThrow(
    'windows: expected context to be a whole number of at least 1, got 0',
  );
  const index = windows([made(1, 9)], { context: 4, horizon: 2 });
  expect(() => gather(index, [0, 1], new Float32Array(7), { part: 'context' })).toThrow('expected room for [2, 4, 2]');
  index.series[0]!.values[1]![2] = 1e60;
  expect(() => gather(index, [0], new Float32Array(8), { part: 'context' })).toThrow(
    'got 1e+60 in column "c1" at step 2',
  );
});

test('parts are read as fraction, count or date, and cut the end of the history', () => {
  const series = [made(1, 100), made(2, 60)];
  const split = splitSeries(series, { test: parsePart('2015-02-20'), validation: parsePart('10') });
  expect(split.train).toEqual([
    { from: 0, to: 40 },
    { from: 0, to: 40 },
  ]);
  expect(split.validation).toEqual([
    { from: 40, to: 50 },
    { from: 40, to: 50 },
  ]);
  expect(split.test).toEqual([
    { from: 50, to: 100 },
    { from: 50, to: 60 },
  ]);
  expect(splitSeries(series, { test: parsePart('20%') }).test).toEqual([
    { from: 80, to: 100 },
    { from: 48, to: 60 },
  ]);
  expect(parsePart('0.2')).toEqual({ fraction: 0.2 });
  expect(parsePart('2015')).toEqual({ from: '2015-01-01' });
  expect(() => parsePart('some')).toThrow(/expected a part such as/);
  expect(() => splitSeries(series, { test: { from: '2020-01-01' } })).toThrow(
    /at least one step in the test part \(from 2020-01-01\), got none of data from 2015-01-01 to 2015-04-10/,
  );
  expect(() => splitSeries(series, { test: { from: '2014-01-01' } })).toThrow(/in the training part/);
  expect(() => splitSeries([{ ...made(1, 9), time: null }], { test: { from: '2015-01-01' } })).toThrow(
    /expected a time column/,
  );
});

test('the test part ends where it is said to, with the data at the latest, and not before it begins', () => {
  const series = [made(1, 100), made(2, 60)];
  const ending = (testUntil: string) => splitSeries(series, { test: parsePart('2015-02-20'), testUntil }).test;
  expect(ending('2015-02-25')).toEqual([
    { from: 50, to: 55 },
    { from: 50, to: 55 },
  ]);
  for (const late of ['2015-04-11', '2030-01-01']) {
    expect(ending(late)).toEqual([
      { from: 50, to: 100 },
      { from: 50, to: 60 },
    ]);
  }
  for (const early of ['2015-02-20', '2014-01-01']) {
    expect(() => ending(early)).toThrow(
      `data: expected at least one step in the test part (from 2015-02-20 until ${early}), got none of data from 2015-01-01 to 2015-04-10; move the border`,
    );
  }
  const timeless = [{ ...made(1, 9), time: null }];
  expect(() => splitSeries(timeless, { test: parsePart('3'), testUntil: '2015-01-05' })).toThrow(
    'expected a time column to end the test part before 2015-01-05, got none',
  );
});
