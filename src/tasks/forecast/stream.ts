import { nextTimes, type Series, scaleFor, zoneOf } from '../../data/index.ts';
import { listNames, shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import type { Json } from '../../model/index.ts';
import { array, instant, nullable, number, object, record } from '../../model/validate.ts';
import { stepsToRow } from '../row-gap.ts';
import { expectRow, type RowPlace } from '../stream-row.ts';
import type { Forecast, ForecastModel } from './model.ts';

/** One row as it arrives: numbers by column; null, undefined or NaN for a missing one. */
export type StreamRow = Readonly<Record<string, number | null | undefined>>;

/** A forecaster fed row by row. Its state is the last `context` rows of each series, so it can be saved after any row. */
export interface ForecastStream {
  /**
   * Takes the next row of a series and forecasts the steps after it; null until `context` rows are there.
   * Gives the bits of `predict` on the same rows. Where the last row's target is missing, the stream fills it with the one before
   * and goes on, while a table ends at its last observed target.
   *
   * @param at time in ms since 1970-01-01 UTC (needed where the model was trained with time stamps) and id of the series
   */
  push(row: StreamRow, at?: RowPlace): Forecast | null;
  /** Rows taken so far. */
  readonly rows: number;
  /** Plain JSON to go on from. */
  state(): Json;
}

interface Buffer {
  times: (number | null)[];
  /** Rows of raw values in the order of the model's columns. */
  values: number[][];
}

const checkState = object({
  rows: number({ integer: true, min: 0 }),
  series: record(object({ times: array(nullable(instant)), values: array(array(number())) })),
});

export function createForecastStream(model: ForecastModel, saved?: Json): ForecastStream {
  const { plan } = model;
  if (plan.known > 0) {
    throw new RecurveError(
      'usage',
      `stream: expected a model without columns known in advance, got ${listNames(plan.columns.slice(-plan.known))}; a row cannot carry their future, use predict`,
    );
  }
  const state = saved === undefined ? { rows: 0, series: {} } : checkState(saved, 'stream state');
  const buffers = new Map<string, Buffer>(Object.entries(structuredClone(state.series)));
  for (const [id, { times, values }] of buffers) {
    if (
      times.length !== values.length ||
      values.length > plan.context ||
      values.some((row) => row.length !== plan.columns.length) ||
      (plan.calendar.length > 0 && times.includes(null))
    ) {
      throw new RecurveError(
        'model',
        `stream: expected a state of up to ${plan.context} rows of ${plan.columns.length} columns, got another for series "${id}"; use the state with the model it came from`,
      );
    }
  }
  let rows = state.rows;

  return {
    get rows() {
      return rows;
    },
    state: () => ({
      rows,
      series: Object.fromEntries(
        [...buffers].map(([id, { times, values }]) => [id, structuredClone({ times, values })]),
      ),
    }),
    push(row, at = {}) {
      expectRow(row, at);
      const { time, id = '' } = at;
      // Not when the context is full: a series without a scale is refused with its first row.
      scaleFor(plan.scaler, id, plan.columns[0]);
      const buffer = buffers.get(id) ?? { times: [], values: [] };
      const values = readRow(model, row, buffer);
      const gap = stepsSince(model, buffer, at);
      if (values === undefined) {
        rows++;
        return null;
      }
      buffers.set(id, buffer);
      for (let k = 1; k < gap; k++) append(buffer, buffer.values[buffer.values.length - 1], timeAfter(model, buffer));
      append(buffer, values, time ?? timeAfter(model, buffer));
      rows++;
      return buffer.values.length < plan.context ? null : model.predict(seriesOf(model, buffer, id));
    },
  };

  function append(buffer: Buffer, values: number[], time: number | null): void {
    buffer.values.push(values);
    buffer.times.push(time);
    if (buffer.values.length > plan.context) {
      buffer.values.shift();
      buffer.times.shift();
    }
  }
}

/** The row's values, missing ones taken from the row before; undefined where there is no row before. */
function readRow({ plan }: ForecastModel, row: StreamRow, buffer: Buffer): number[] | undefined {
  const before = buffer.values.at(-1);
  const values = plan.columns.map((name, c) => {
    if (!Object.hasOwn(row, name)) {
      throw new RecurveError(
        'data',
        `stream: expected a row with ${listNames(plan.columns)}, got none of "${shorten(name)}"; send every column, empty where it is missing`,
      );
    }
    const value = row[name];
    if (value === null || value === undefined || Number.isNaN(value)) return before?.[c];
    if (!Number.isFinite(value)) {
      throw new RecurveError(
        'data',
        `stream: expected finite numbers, got ${value} in "${name}"; send an empty value where it is missing`,
      );
    }
    return value;
  });
  return values.every((v) => v !== undefined) ? values : undefined;
}

/** Steps from the last row to this one: 1 where they are neighbours. */
function stepsSince({ plan }: ForecastModel, buffer: Buffer, { time, id = '' }: RowPlace): number {
  const last = buffer.times.at(-1);
  if (plan.step === null || last === undefined || last === null) {
    if (plan.calendar.length > 0 && time === undefined) {
      throw new RecurveError(
        'data',
        'stream: expected a time with the first row, got none; the model was trained with time stamps',
      );
    }
    return 1;
  }
  if (time === undefined) return 1;
  // A longer gap would leave nothing that was seen in the context.
  return stepsToRow({ step: plan.step, zone: plan.zone }, last, { time, id }, plan.context - 1);
}

function timeAfter({ plan }: ForecastModel, buffer: Buffer): number | null {
  const last = buffer.times.at(-1);
  if (plan.step === null || last === undefined || last === null) return null;
  return nextTimes(last, plan.step, 1, zoneOf(plan.zone))[0];
}

function seriesOf({ plan }: ForecastModel, { times, values }: Buffer, id: string): Series {
  const n = values.length;
  const timed = times.every((t) => t !== null);
  return {
    id,
    time: timed ? Float64Array.from(times as number[]) : null,
    step: plan.step,
    zone: plan.zone,
    length: n,
    history: n,
    names: plan.columns,
    roles: plan.columns.map((_, c) => (c === 0 ? 'target' : 'covariate')),
    values: plan.columns.map((_, c) => Float64Array.from(values, (row) => row[c])),
    observed: plan.columns.map(() => new Uint8Array(n).fill(1)),
  };
}
