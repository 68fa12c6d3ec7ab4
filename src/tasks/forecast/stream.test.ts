import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Series } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { tableNamed, trainOn } from './data.case.ts';
import type { Forecast, ForecastModel } from './model.ts';

/** The series as it was known after `rows` rows. */
function until(series: Series, rows: number): Series {
  return {
    ...series,
    length: rows,
    history: rows,
    time: series.time?.slice(0, rows) ?? null,
    values: series.values.map((column) => column.slice(0, rows)),
    observed: series.observed.map((column) => column.slice(0, rows)),
  };
}

function rowAt({ names, values, time, id }: Series, t: number) {
  return {
    row: Object.fromEntries(names.map((name, c) => [name, values[c][t]])),
    at: { id, ...(time && { time: time[t] }) },
  };
}

/** As lists, so that comparison is to the bit. */
function plain({ times, point, intervals, id }: Forecast): object {
  return {
    id,
    times: times && [...times],
    point: [...point],
    intervals: intervals.map(({ level, lower, upper }) => [level, ...lower, ...upper]),
  };
}

const quick = { epochs: 1, validation: 'holdout' } as const;

describe.each(['days', 'no time', 'two series', 'Berlin'])('a stream of %s', async (part) => {
  const { model, data } = await trainOn(tableNamed(part), quick);

  it('gives null until the context is there, then the bits of predict after every row, saved and restored anywhere', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40), { maxLength: 3 }), fc.nat(200), (cuts, from) => {
        let stream = model.stream();
        for (let t = from; t < from + 40; t++) {
          if (cuts.includes(t - from)) stream = model.stream(JSON.parse(JSON.stringify(stream.state())));
          for (const series of data.series) {
            const { row, at } = rowAt(series, t);
            const got = stream.push(row, at);
            if (t - from + 1 < model.plan.context) expect(got).toBeNull();
            else expect(plain(got as Forecast)).toEqual(plain(model.predict(until(series, t + 1))));
          }
        }
        expect(stream.rows).toBe(40 * data.series.length);
      }),
      { numRuns: 8, seed: 5 },
    );
  });
});

describe('a stream', async () => {
  const { model, data } = await trainOn(tableNamed('days'), quick);
  const [series] = data.series;
  const fed = (rows: number, one: ForecastModel = model) => {
    const stream = one.stream();
    for (let t = 0; t < rows; t++) stream.push(rowAt(series, t).row, rowAt(series, t).at);
    return stream;
  };

  it('takes a missing value as the one before it', () => {
    const [a, b] = [fed(20), fed(20)];
    const { row, at } = rowAt(series, 20);
    for (const missing of [null, undefined, Number.NaN]) {
      const before = rowAt(series, 19).row.x;
      expect(plain(model.stream(a.state()).push({ ...row, x: missing }, at) as Forecast)).toEqual(
        plain(model.stream(b.state()).push({ ...row, x: before }, at) as Forecast),
      );
    }
  });

  it('waits where the first rows miss a value', () => {
    const stream = model.stream();
    expect(stream.push({ ...rowAt(series, 0).row, x: null }, rowAt(series, 0).at)).toBeNull();
    expect(stream.rows).toBe(1);
  });

  it('fills a gap with the row before it, step by step', () => {
    const [gap, filled] = [fed(20), fed(20)];
    for (const t of [20, 21]) filled.push(rowAt(series, 19).row, rowAt(series, t).at);
    const { row, at } = rowAt(series, 22);
    expect(plain(gap.push(row, at) as Forecast)).toEqual(plain(filled.push(row, at) as Forecast));
    expect(gap.state()).toMatchObject({ series: (filled.state() as { series: object }).series });
  });

  it('refuses rows it cannot take, and goes on as if they had not come', () => {
    const { row, at } = rowAt(series, 20);
    const { x: _, ...short } = row;
    const cases: [object, object, RegExp][] = [
      [short, at, /^stream: expected a row with "y", "x", got none of "x"/],
      [{ ...row, y: Number.POSITIVE_INFINITY }, at, /^stream: expected finite numbers, got Infinity in "y"/],
      [
        row,
        { time: at.time ? at.time + 3600_000 : 0 },
        /^stream: expected the next row 1 day after .*, got .*; send rows in order and evenly apart$/,
      ],
      [row, rowAt(series, 19).at, /expected the next row 1 day after/],
      [row, rowAt(series, 3).at, /expected the next row 1 day after/],
      [row, rowAt(series, 200).at, /^stream: expected at most 9 missing rows, got 180 before .*; begin a new stream$/],
    ];
    for (const [bad, when, message] of cases) {
      const stream = fed(20);
      const before = JSON.stringify(stream.state());
      expect(() => stream.push(bad as never, when)).toThrow(message);
      expect(JSON.stringify(stream.state())).toBe(before);
      expect(plain(stream.push(row, at) as Forecast)).toEqual(plain(model.predict(until(series, 21))));
    }
    expect(() => model.stream().push(row)).toThrow(/^stream: expected a time with the first row, got none/);
  });

  it('refuses a series it has no scale for with the first row', async () => {
    const two = await trainOn(tableNamed('two series'), quick);
    const { row, at } = rowAt(two.data.series[0], 0);
    const stream = two.model.stream();
    expect(() => stream.push(row, { ...at, id: 'east' })).toThrow(/series "east"/);
    expect(stream.state()).toEqual({ rows: 0, series: {} });
  });

  it('keeps series with odd names apart', async () => {
    const { model: shared, data: two } = await trainOn(tableNamed('two series'), { ...quick, scalePerSeries: false });
    let stream = shared.stream();
    for (let t = 0; t < 12; t++) {
      for (const id of ['__proto__', 'constructor', '']) {
        const { row, at } = rowAt(two.series[0], t);
        stream.push(row, { ...at, id });
        stream = shared.stream(JSON.parse(JSON.stringify(stream.state())));
      }
    }
    expect(Object.keys((stream.state() as { series: object }).series).sort()).toEqual(['', '__proto__', 'constructor']);
  });

  it('refuses states of another model or of no stream with code model', () => {
    const good = fed(20).state() as { rows: number; series: Record<string, { times: number[]; values: number[][] }> };
    const buffer = good.series[''];
    for (const bad of [
      null,
      [],
      'text',
      {},
      { ...good, rows: -1 },
      { ...good, more: 1 },
      { ...good, series: { '': { ...buffer, times: buffer.times.slice(1) } } },
      { ...good, series: { '': { ...buffer, values: buffer.values.map((row) => row.slice(1)) } } },
      { ...good, series: { '': { times: [...buffer.times, 1], values: [...buffer.values, [1, 2]] } } },
      { ...good, series: { '': { ...buffer, values: buffer.values.map(() => ['1', '2']) } } },
      { ...good, series: { '': { ...buffer, times: buffer.times.map(() => null) } } },
    ]) {
      const error = (() => {
        try {
          model.stream(bad as never);
        } catch (e) {
          return e;
        }
      })();
      expect(error, JSON.stringify(bad)?.slice(0, 60)).toBeInstanceOf(RecurveError);
      expect((error as RecurveError).code).toBe('model');
    }
  });

  it('is not to be had of a model that reads columns known in advance', async () => {
    const { model: known } = await trainOn(tableNamed('known'), quick);
    expect(() => known.stream()).toThrow(/^stream: expected a model without columns known in advance, got "promotion"/);
  });
});
