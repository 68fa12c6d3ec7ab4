import { nextTimes, stepAfter, zoneOf } from '../../data/index.ts';
import { listNames, shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import type { Json } from '../../model/index.ts';
import { array, instant, nullable, number, object, record } from '../../model/validate.ts';
import type { Carry } from '../../nn/index.ts';
import { expectProbabilities, softmaxRows } from '../probabilities.ts';
import { stepsToRow } from '../row-gap.ts';
import { expectRow, type RowPlace } from '../stream-row.ts';
import { labelAt } from './calibration.ts';
import type { TagModel } from './model.ts';
import { calendarOf, featureCount, regressionPlan, type TablePlan, writeFeatures } from './table/features.ts';
import { classOf } from './table/target.ts';

/** One row as it arrives: numbers by column; null, undefined or NaN for a missing one. */
export type TagRow = Readonly<Record<string, number | null | undefined>>;

/** What is said after a row. */
export interface TagAnswer {
  /** When the step told is, in ms since 1970-01-01 UTC; null without time stamps. */
  time: number | null;
  label: string;
  /** By class. */
  probabilities: Record<string, number>;
}

/** A tagger fed row by row. Its state is the networks' own and the last few rows of each series, so it can be saved after any row. */
export interface TagStream {
  /**
   * Takes the next row of a series and tells the label of its step, or of the step `ahead` of it. Gives the bits of `predict` on the same
   * rows; missing values take the value of the row before.
   *
   * @param at time in ms since 1970-01-01 UTC (needed where the model was trained with time stamps) and id of the series
   */
  push(row: TagRow, at?: RowPlace): TagAnswer;
  /** Rows taken so far. */
  readonly rows: number;
  /** Columns a row should have. */
  readonly columns: readonly string[];
  /** Plain JSON to go on from. */
  state(): Json;
}

interface Buffer {
  time: number | null;
  /** Raw columns of the last rows that are read, the newest first, and their classes. */
  values: number[][];
  labels: number[];
  /** Per network and layer, the states by name. */
  carries: Record<string, number[]>[][];
}

const count = number({ integer: true, min: 0 });
const checkState = object({
  rows: count,
  series: record(
    object({
      time: nullable(instant),
      values: array(array(number())),
      labels: array(number({ integer: true })),
      carries: array(array(record(array(number())))),
    }),
  ),
});

/** Missing rows that are filled in with the row before, where there are time stamps. */
const MOST_MISSING = 48;

/** Columns a row must have: those read and the one that the label is computed from. */
export function streamColumns({ columns, labels, target }: TablePlan): string[] {
  return labels && !columns.includes(target.column) ? [...columns, target.column] : [...columns];
}

export function createTagStream(model: TagModel, saved?: Json): TagStream {
  const { plan, classes, calibration, architecture, members } = model;
  if (plan.kind !== 'table') {
    throw new RecurveError('usage', 'stream: expected a model of a table, got one of text; use predict with sentences');
  }
  if (architecture.bidirectional) {
    throw new RecurveError(
      'usage',
      'stream: expected a model that reads forwards, got a bidirectional one; a row cannot know those after it, train without bidirectional or use predict',
    );
  }
  const K = classes.length;
  const regression = model.regression && regressionPlan(plan);
  const memory = Math.max(plan.lags, regression?.lags ?? 1);
  const columns = streamColumns(plan);
  const state = saved === undefined ? { rows: 0, series: {} } : checkState(saved, 'stream state');
  const buffers = new Map<string, Buffer>(Object.entries(structuredClone(state.series) as Record<string, Buffer>));
  for (const [id, { values, labels, carries }] of buffers) {
    const sizes =
      values.length === labels.length &&
      values.length >= 1 &&
      values.length <= memory &&
      values.every((row) => row.length === plan.columns.length) &&
      labels.every((label) => label >= 0 && label < K) &&
      carries.length === members.length &&
      carries.every(
        (layers) =>
          layers.length === architecture.layers &&
          layers.every((states) => Object.values(states).every(({ length }) => length === architecture.hidden)),
      );
    if (sizes) continue;
    throw new RecurveError(
      'model',
      `stream: expected a state of this model for series "${id}", got another; use the state with the model it came from`,
    );
  }
  let rows = state.rows;

  const carriesOf = (buffer: Buffer | undefined): Carry[] =>
    members.map(({ root }, m) => {
      const { recurrent } = root.children ?? {};
      return buffer ? new Map([[recurrent, buffer.carries[m]]]) : new Map();
    });
  const advance = (before: Buffer | undefined, values: number[], label: number, time: number | null) => {
    const buffer: Buffer = {
      time,
      values: [values, ...(before?.values ?? [])].slice(0, memory),
      labels: [label, ...(before?.labels ?? [])].slice(0, memory),
      carries: [],
    };
    const target = time === null ? null : targetTime(plan, time);
    const row = (k: number) => {
      const at = Math.min(k, buffer.values.length - 1);
      return { values: buffer.values[at], label: buffer.labels[at] };
    };
    const read = (reader: TablePlan): Float64Array => {
      const calendar = calendarOf(reader, target === null ? null : [target]).map(([value]) => value);
      const out = new Float64Array(featureCount(reader, K));
      writeFeatures(reader, K, row, calendar, out, 0);
      return out;
    };
    const carries = carriesOf(before);
    const logits = model.advance(
      { rows: read(plan), ...(regression && { regressionRows: read(regression) }) },
      carries,
    );
    buffer.carries = carries.map((carry) =>
      [...carry.values()]
        .flat()
        .map((states) => Object.fromEntries(Object.entries(states).map(([name, data]) => [name, Array.from(data)]))),
    );
    return { buffer, probabilities: softmaxRows(logits, K, calibration.temperature), target };
  };

  return {
    get rows() {
      return rows;
    },
    columns,
    push(row, at = {}) {
      expectRow(row, at);
      const { time, id = '' } = at;
      let before = buffers.get(id);
      if (plan.step && time === undefined) {
        throw new RecurveError('data', 'stream: expected a time with each row, as in training, got none; give it');
      }
      const filled = (column: string, last: number | undefined): number => {
        const value: unknown = row[column];
        if (value !== null && value !== undefined && !Number.isNaN(value)) {
          if (typeof value === 'number' && Number.isFinite(value)) return value;
          throw new RecurveError(
            'data',
            `stream: expected a finite number as "${column}", got ${typeof value === 'string' ? `the text "${shorten(value)}"` : String(value)}; correct the row`,
          );
        }
        if (last !== undefined) return last;
        throw new RecurveError(
          'data',
          `stream: expected a number as "${column}" in the first row, got none; begin with a row that has every column`,
        );
      };
      const values = plan.columns.map((column, c) => filled(column, before?.values[0][c]));
      const own = plan.labels ? filled(plan.target.column, before ? Number.NaN : undefined) : Number.NaN;
      const known = classOf(plan.target, own);
      if (Number.isNaN(known) && !Number.isNaN(own)) {
        throw new RecurveError(
          'data',
          `stream: expected "${plan.target.column}" out of ${listNames([...classes])}, got ${own}; the model does not know it: correct the row, or train again`,
        );
      }
      const label = plan.labels ? (Number.isNaN(known) ? (before?.labels[0] ?? 0) : known) : 0;
      for (const missing of missingTimes(plan, before, time, id)) {
        const last = before as Buffer;
        before = advance(last, last.values[0], last.labels[0], missing).buffer;
      }
      const { buffer, probabilities, target } = advance(before, values, label, time ?? null);
      // Before the state is that of the row: the next one goes on from the row before.
      expectProbabilities('stream', probabilities);
      buffers.set(id, buffer);
      rows++;
      return {
        time: target,
        label: classes[labelAt(probabilities, 0, K, calibration)],
        probabilities: Object.fromEntries(classes.map((name, k) => [name, probabilities[k]])),
      };
    },
    state: () => ({ rows, series: Object.fromEntries(structuredClone([...buffers])) }) as unknown as Json,
  };
}

function targetTime({ step, ahead, zone }: TablePlan, time: number): number | null {
  if (!step) return null;
  return ahead === 0 ? time : stepAfter(time, ahead, step, zoneOf(zone));
}

/** Times of the rows that are missing before this one. */
function missingTimes(plan: TablePlan, before: Buffer | undefined, time: number | undefined, id: string): number[] {
  if (!plan.step || !before || before.time === null || time === undefined) return [];
  const steps = stepsToRow({ step: plan.step, zone: plan.zone }, before.time, { time, id }, MOST_MISSING);
  return Array.from(nextTimes(before.time, plan.step, steps - 1, zoneOf(plan.zone)));
}
