import { civilFromDays, DAY, daysFromCivil } from '../civil.ts';
import { RecurveError } from '../errors.ts';
import type { Finding } from './report.ts';
import type { SeriesOptions } from './series.ts';
import { formatStep, type Step, stepAfter, stepsBetween } from './step.ts';
import { type Column, rowNumber, type Table } from './table.ts';
import { formatInstant, type Zone } from './zone.ts';

/** Rows of one series in the order of their times. */
export interface SortedRows {
  id: string;
  /** Table rows, ascending in time. */
  rows: Int32Array;
  /** Their instants. */
  times: Float64Array;
}

/** Which step of the series each row belongs to. */
export interface Alignment {
  id: string;
  rows: Int32Array;
  /** Ascending step numbers, one per row; equal for rows of one time. */
  slots: Int32Array;
  length: number;
  time: Float64Array | null;
  /** The zone whose clock messages show. */
  zone: Zone;
}

/** Puts the rows of a series in the order of their times; rows of one time keep the order of the file. */
export function sortRows(
  table: Table,
  id: string,
  rows: Int32Array,
  times: Float64Array,
  zone: Zone,
  findings: Finding[],
): SortedRows {
  let late = 0;
  let first = -1;
  for (let k = 1; k < times.length; k++) {
    if (times[k]! < times[k - 1]!) {
      late++;
      if (first < 0) first = k;
    }
  }
  if (late === 0) return { id, rows, times };
  findings.push({
    kind: 'unsorted',
    ...aboutSeries(id),
    count: late,
    first: { row: rowNumber(table, rows[first]!), text: formatInstant(times[first]!, zone) },
    rule: 'sorted by time',
  });
  const order = Int32Array.from(times, (_, k) => k).sort((a, b) => times[a]! - times[b]! || a - b);
  return { id, rows: order.map((k) => rows[k]!), times: Float64Array.from(order, (k) => times[k]!) };
}

/** Everything `alignRows` needs beside the rows. */
export interface Grid {
  table: Table;
  column: Column;
  step: Step;
  zone: Zone;
  spacing: Exclude<SeriesOptions['spacing'], 'ignore' | undefined>;
  maxGap: number;
  findings: Finding[];
}

/** Takes row after row as one step, whatever their times; rows of one time are of one step. */
export function alignInOrder({ id, rows, times }: SortedRows, zone: Zone): Alignment {
  const slots = new Int32Array(rows.length);
  for (let k = 1; k < slots.length; k++) slots[k] = slots[k - 1]! + (times[k] === times[k - 1] ? 0 : 1);
  const length = slots[slots.length - 1]! + 1;
  const time = new Float64Array(length);
  for (let k = 0; k < slots.length; k++) time[slots[k]!] = times[k]!;
  return { id, rows, slots, length, time, zone };
}

/** Gives each row its step by the rule of `spacing`, and reports what was uneven. */
export function alignRows(sorted: SortedRows, grid: Grid): Alignment {
  const { id, rows, times } = sorted;
  const { table, step, zone, spacing, findings } = grid;
  const slots = new Int32Array(rows.length);
  const origin = spacing === 'bin' ? binStart(times[0]!, step, zone) : times[0]!;
  let moved = 0;
  let firstMoved = -1;
  let inserted = 0;
  let firstInserted = -1;
  for (let k = 0; k < slots.length; k++) {
    const position = stepsBetween(origin, times[k]!, step, zone);
    const slot = spacing === 'bin' ? Math.floor(position) : Math.round(position);
    if (slot !== position) {
      moved++;
      if (firstMoved < 0) firstMoved = k;
      if (spacing === 'refuse' || (spacing === 'grid' && Math.abs(slot - position) > 0.25))
        throw offGrid(sorted, grid, k, position - slot);
    }
    const before = k === 0 ? -1 : slots[k - 1]!;
    if (slot > before + 1) {
      const gap = slot - before - 1;
      if (spacing === 'refuse' || gap > grid.maxGap) throw longGap(sorted, grid, k, gap);
      inserted += gap;
      if (firstInserted < 0) firstInserted = before + 1;
    }
    slots[k] = slot;
  }
  const about = aboutSeries(id);
  const example = (k: number) => ({ row: rowNumber(table, rows[k]!), text: formatInstant(times[k]!, zone) });
  if (moved > 0) {
    const rule =
      spacing === 'bin'
        ? `averaged over each ${formatStep(step)}`
        : `moved to the nearest multiple of ${formatStep(step)}`;
    findings.push({ kind: 'irregular-times', ...about, count: moved, first: example(firstMoved), rule });
  }
  const length = slots[slots.length - 1]! + 1;
  const time = Float64Array.from({ length }, (_, k) => stepAfter(origin, k, step, zone));
  if (inserted > 0) {
    const text = formatInstant(time[firstInserted]!, zone);
    findings.push({
      kind: 'missing-times',
      ...about,
      count: inserted,
      first: { text },
      rule: 'inserted as rows of missing values',
    });
  }
  return { id, rows, slots, length, time, zone };
}

/** The `series` part of a finding: nothing where the table is one series. */
export function aboutSeries(id: string): { series?: string } {
  return id === '' ? {} : { series: id };
}

/** The beginning of the step that holds `time`: midnight, Monday, the first of a month, quarter or year on the zone's clock. */
function binStart(time: number, step: Step, zone: Zone): number {
  const offset = zone.offsetAt(time);
  const clock = time + offset;
  if (step.unit === 'ms') {
    const midnight = Math.floor(clock / DAY) * DAY;
    // Steps that divide a day start at midnight, others at 1970.
    const from = DAY % step.count === 0 ? midnight : 0;
    return time - ((((clock - from) % step.count) + step.count) % step.count);
  }
  const days = Math.floor(clock / DAY);
  let start: number;
  if (step.unit === 'day') start = step.count % 7 === 0 ? days - ((((days + 3) % 7) + 7) % 7) : days;
  else {
    const { year, month } = civilFromDays(days);
    const months = 12 % step.count === 0 ? month - 1 - ((month - 1) % step.count) : month - 1;
    start = daysFromCivil(year, months + 1, 1);
  }
  return stepAfter(start * DAY - offset, 0, { unit: 'day', count: 1 }, zone);
}

function where({ id, rows, times }: SortedRows, { table, zone }: Grid, k: number): string {
  const series = id === '' ? '' : ` of series "${id}"`;
  return `${formatInstant(times[k]!, zone)} in row ${rowNumber(table, rows[k]!)}${series}`;
}

function offGrid(sorted: SortedRows, grid: Grid, k: number, off: number): RecurveError {
  const { table, column, step } = grid;
  return new RecurveError(
    'data',
    `data: expected time stamps ${formatStep(step)} apart in column "${column.name}" of ${table.source}, got ${where(sorted, grid, k)}, ${Math.abs(off).toFixed(2)} steps off; name the step, average with spacing "bin", or take rows as they come with spacing "ignore"`,
  );
}

function longGap(sorted: SortedRows, grid: Grid, k: number, gap: number): RecurveError {
  const { table, column, step, maxGap } = grid;
  const limit = grid.spacing === 'refuse' ? 'no missing time' : `at most ${maxGap} missing times in a row`;
  return new RecurveError(
    'data',
    `data: expected ${limit} (${formatStep(step)} apart) in column "${column.name}" of ${table.source}, got ${gap} before ${where(sorted, grid, k)}; cut the data there, raise maxGap, or take rows as they come with spacing "ignore"`,
  );
}
