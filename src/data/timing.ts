import { DAY, formatClock } from '../civil.ts';
import { RecurveError } from '../errors.ts';
import { type Alignment, aboutSeries, alignInOrder, alignRows, type SortedRows, sortRows } from './align.ts';
import type { Finding } from './report.ts';
import type { SeriesOptions } from './series.ts';
import { stampsOf, type TimeFormat } from './stamps.ts';
import { dayOfMonthOf, inferStep, parseStep, type Step } from './step.ts';
import { type Column, rowNumber, type Table } from './table.ts';
import { clockToInstants, UTC, type Zone, zoneOf } from './zone.ts';

/** Splits the rows of a table by the text of a column, in order of first appearance. */
export function groupRows(table: Table, id: Column | null): { id: string; rows: Int32Array }[] {
  if (!id) return [{ id: '', rows: Int32Array.from({ length: table.rows }, (_, k) => k) }];
  const textAt = (row: number): string | null => {
    if (id.kind === 'text') return id.codes[row]! < 0 ? null : id.dictionary[id.codes[row]!]!;
    const value = id.values[row]!;
    if (Number.isNaN(value)) return null;
    return id.kind === 'time' ? formatClock(value) : String(value);
  };
  if (id.kind === 'text' && id.truncated) {
    throw new RecurveError(
      'data',
      `data: expected a column with at most ${id.dictionary.length - 1} series, got more in "${id.name}" of ${table.source}; name another column`,
    );
  }
  const groups = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    const text = textAt(row);
    if (text === null) {
      throw new RecurveError(
        'data',
        `data: expected a series id in every row of column "${id.name}" of ${table.source}, got a missing cell in row ${rowNumber(table, row)}; fill it in`,
      );
    }
    const rows = groups.get(text);
    if (rows) rows.push(row);
    else groups.set(text, [row]);
  }
  return [...groups].map(([text, rows]) => ({ id: text, rows: Int32Array.from(rows) }));
}

/** What the time column says, and which step each row of each series belongs to. */
export interface Timing {
  format: TimeFormat;
  step: Step | null;
  zone: Zone;
  alignments: Alignment[];
}

/** Reads the time column, applies the zone, finds the step where it is not known and puts the rows of every series on the grid. */
export function alignTimes(
  table: Table,
  column: Column,
  groups: { id: string; rows: Int32Array }[],
  options: SeriesOptions,
  { maxGap, step: known }: { maxGap: number; step?: Step | undefined },
  findings: Finding[],
): Timing {
  const { values, zoned, format } = stampsOf(table, column, options.timeFormat ?? 'auto');
  const hole = values.findIndex((value) => Number.isNaN(value));
  if (hole >= 0) {
    throw new RecurveError(
      'data',
      `data: expected a time stamp in every row of column "${column.name}" of ${table.source}, got a missing cell in row ${rowNumber(table, hole)}; fill it in or remove the row`,
    );
  }
  const zone = options.zone === undefined ? UTC : zoneOf(options.zone);
  const sorted = groups.map(({ id, rows }) => {
    const times = Float64Array.from(rows, (row) => values[row]!);
    if (!zoned) applyZone(table, id, rows, times, zone, findings);
    return sortRows(table, id, rows, times, zone, findings);
  });
  const step = known ?? stepOf(table, sorted, zone, options);
  if (options.spacing === 'ignore') {
    return { format, step: null, zone, alignments: sorted.map((rows) => alignInOrder(rows, zone)) };
  }
  if (!step) {
    throw new RecurveError(
      'data',
      `data: expected at least two different times in column "${column.name}" of ${table.source}, got one; give more rows, or name the step`,
    );
  }
  const grid = { table, column, step, zone, spacing: options.spacing ?? 'grid', maxGap, findings };
  return {
    format,
    step,
    zone,
    alignments: sorted.map((rows) => alignRows(rows, grid)),
  };
}

function stepOf(table: Table, sorted: SortedRows[], zone: Zone, options: SeriesOptions): Step | null {
  const runs = sorted.map(({ times }) => times);
  if (options.step === undefined) return table.rows < 2 ? null : inferStep(runs, zone);
  const step = parseStep(options.step);
  if (step.unit !== 'month') return step;
  if (options.spacing === 'bin') return { ...step, dayOfMonth: 1 };
  const days = runs.flatMap((times) =>
    Array.from(times.subarray(0, 10_000), (time) => Math.floor((time + zone.offsetAt(time)) / DAY)),
  );
  return { ...step, dayOfMonth: dayOfMonthOf(days) || 1 };
}

function applyZone(
  table: Table,
  id: string,
  rows: Int32Array,
  times: Float64Array,
  zone: Zone,
  findings: Finding[],
): void {
  const clock = zone === UTC ? times : times.slice();
  const { gaps, firstGap, overlaps, firstOverlap } = clockToInstants(times, zone);
  const example = (at: number | undefined) =>
    at === undefined ? {} : { first: { row: rowNumber(table, rows[at]!), text: formatClock(clock[at]!) } };
  if (gaps > 0) {
    const rule = `moved forward by what the clock of ${zone.name} skipped`;
    findings.push({ kind: 'clock-gap', ...aboutSeries(id), count: gaps, ...example(firstGap), rule });
  }
  if (overlaps > 0) {
    const rule = 'taken as the first, or as the second where the first is not after the row before';
    findings.push({ kind: 'clock-overlap', ...aboutSeries(id), count: overlaps, ...example(firstOverlap), rule });
  }
}

/** One step per row, where there is no time. */
export function alignByOrder(id: string, rows: Int32Array): Alignment {
  return { id, rows, slots: Int32Array.from(rows, (_, k) => k), length: rows.length, time: null, zone: UTC };
}
