import { RecurveError } from '../errors.ts';
import { type Alignment, aboutSeries, alignRows, type SortedRows, sortRows } from './align.ts';
import { DAY, formatClock } from './civil.ts';
import { fillHoles, firstObserved, type Gridded, longestGap } from './fill.ts';
import type { DataReport, Finding } from './report.ts';
import { assignRoles, type Roles } from './roles.ts';
import { stampsOf, type TimeFormat } from './stamps.ts';
import { dayOfMonthOf, inferStep, parseStep, type Step } from './step.ts';
import { type Column, type NumberColumn, rowNumber, shorten, type Table } from './table.ts';
import { clockToInstants, UTC, type Zone, zoneOf } from './zone.ts';

/** What a column is to the model. */
export type Role = 'target' | 'covariate' | 'known';

/**
 * One series: columns of equal length, one row per step, without holes.
 *
 * Columns may be shared with the table they came from; treat them as read-only.
 */
export interface Series {
  /** The text of the id column; empty where the table is one series. */
  id: string;
  /** Instants in ms since 1970-01-01 UTC, or `null` where the table has no time. */
  time: Float64Array | null;
  step: Step | null;
  /** The time zone whose days and months `step` counts. */
  zone: string;
  /** Steps in all. */
  length: number;
  /** Steps up to the last observed target; the steps after it hold only columns known in advance. */
  history: number;
  /** Column names: targets first, then covariates, then columns known in advance. */
  names: string[];
  roles: Role[];
  /** Per column, `length` values in their own unit, never `NaN`. */
  values: Float64Array[];
  /** Per column, 1 where the value was in the data and 0 where it was filled in: give those no weight in a loss. */
  observed: Uint8Array[];
}

/** How to make series of a table. */
export interface SeriesOptions {
  /** The columns to forecast. */
  target: string | string[];
  /** Columns read up to now. Default: every other column of numbers that can be used; the others are reported. */
  covariates?: string[];
  /** Columns known in advance (holidays, prices): their future values stand in the last rows. Default none. */
  known?: string[];
  /** The time column. Default: found by type and name; `null` for none, each row being one step. */
  time?: string | null;
  timeFormat?: TimeFormat;
  /** IANA zone of stamps without one, and of days and months. Default `UTC`. */
  zone?: string;
  /** A column that tells several series apart. Default: one series. */
  series?: string;
  /** Such as `15min`, `1h`, `1d`, `1mo`. Default: the most frequent spacing. */
  step?: string;
  /**
   * What to do with stamps that are uneven. `grid` (default): move stamps within a quarter step to the grid, refuse
   * others, and insert missing rows. `bin`: average the rows of each step, beginning at its start. `ignore`: take
   * row after row as one step (trading days). `refuse`: be exact or stop.
   */
  spacing?: 'grid' | 'bin' | 'ignore' | 'refuse';
  /**
   * What to do with several rows of one time. `refuse` (default) keeps one of rows that agree in every column used and stops at others;
   * `mean` averages the observed values; `first` and `last` go by the order in the file.
   */
  duplicates?: 'refuse' | 'mean' | 'first' | 'last';
  /**
   * How to fill missing values. `forward` (default): the last value, which uses nothing of the future. `linear`: a line to the next
   * value, which does. `refuse`: stop. Either way they are marked as not observed.
   */
  missing?: 'forward' | 'linear' | 'refuse';
  /** The longest run of missing steps to fill; a longer one stops, or drops a covariate that nobody named. Default 48, minimum 0. */
  maxGap?: number;
  /** Allow a target that never changes. Default false, since there is nothing to learn. */
  constantTarget?: boolean;
}

/** Series and what was found on the way to them. */
export interface SeriesResult {
  series: Series[];
  report: DataReport;
}

/** A covariate, target or known column with its place in the table. */
interface Used {
  column: NumberColumn;
  role: Role;
  unnamed: boolean;
}

/**
 * Makes evenly spaced series without holes of a table, and reports everything it had to decide.
 *
 * Rows are grouped by the id column, sorted by time, put on a grid of equal steps (missing rows inserted), then holes
 * are filled by the stated rule and marked as not observed. Steps before the first value of every column are cut off; steps after the
 * last target are kept only where columns known in advance fill them.
 *
 * @throws `data` where the table cannot be used as it is, `usage` where a column or option does not exist
 */
export function toSeries(table: Table, options: SeriesOptions): SeriesResult {
  const findings: Finding[] = [];
  const maxGap = options.maxGap ?? 48;
  if (!(maxGap >= 0))
    throw new RecurveError('usage', `data: expected maxGap of at least 0 steps, got ${maxGap}; raise it`);
  const roles = assignRoles(table, options, findings);
  const groups = groupRows(table, roles.id);
  const timing = roles.time ? alignTimes(table, roles.time, groups, options, maxGap, findings) : null;
  const alignments = timing?.alignments ?? groups.map(({ id, rows }) => alignByOrder(id, rows));

  const used = usedColumns(roles);
  const merging = options.duplicates ?? (options.spacing === 'bin' ? 'mean' : 'refuse');
  const grids = alignments.map((alignment) => {
    reportDuplicates(table, alignment, merging, options, findings);
    return used.map(({ column }) => gridded(table, column, alignment, merging, roles));
  });

  const kept = keptColumns(used, alignments, grids, options.missing ?? 'forward', maxGap, findings);
  const names = kept.map((k) => used[k]!.column.name);
  for (const k of kept) reportMissing(table, used[k]!.column, options, findings);
  const series: Series[] = [];
  for (const [g, alignment] of alignments.entries()) {
    const columns = kept.map((k) => grids[g]![k]!);
    const span = spanOf(
      kept.map((k) => used[k]!),
      columns,
      alignment,
      findings,
    );
    if (!span) continue;
    const { from, to, history } = span;
    for (const [c, column] of columns.entries()) {
      checkGap(table, used[kept[c]!]!, column.observed, span, alignment, options.missing ?? 'forward', maxGap);
      fillHoles(column, to, options.missing === 'linear' ? 'linear' : 'forward');
    }
    series.push({
      id: alignment.id,
      time: alignment.time ? alignment.time.subarray(from, to) : null,
      step: timing?.step ?? null,
      zone: timing?.zone.name ?? 'UTC',
      length: to - from,
      history: history - from,
      names,
      roles: kept.map((k) => used[k]!.role),
      values: columns.map(({ values }) => values.subarray(from, to)),
      observed: columns.map(({ observed }) => observed.subarray(from, to)),
    });
  }
  if (series.length === 0) {
    throw new RecurveError(
      'data',
      `data: expected a series with values in every column used, got none in ${table.source}; name fewer columns`,
    );
  }
  return { series, report: reportOf(table, roles, timing, used, kept, series, findings) };
}

function usedColumns(roles: Roles): Used[] {
  const of = (columns: NumberColumn[], role: Role): Used[] =>
    columns.map((column) => ({ column, role, unnamed: role === 'covariate' && roles.unnamed.has(column.name) }));
  return [...of(roles.targets, 'target'), ...of(roles.covariates, 'covariate'), ...of(roles.known, 'known')];
}

/** Splits the rows of a table by the text of a column, in order of first appearance. */
function groupRows(table: Table, id: Column | null): { id: string; rows: Int32Array }[] {
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

interface Timing {
  column: Column;
  format: string;
  step: Step | null;
  zone: Zone;
  alignments: Alignment[];
}

function alignTimes(
  table: Table,
  column: Column,
  groups: { id: string; rows: Int32Array }[],
  options: SeriesOptions,
  maxGap: number,
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
    return sortRows(table, id, rows, times, findings);
  });
  const step = stepOf(table, sorted, zone, options);
  if (!step) {
    throw new RecurveError(
      'data',
      `data: expected at least two different times in column "${column.name}" of ${table.source}, got one; give more rows, or name the step`,
    );
  }
  const grid = { table, column, step, zone, spacing: options.spacing ?? 'grid', maxGap, findings };
  return {
    column,
    format,
    step: options.spacing === 'ignore' ? null : step,
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

function alignByOrder(id: string, rows: Int32Array): Alignment {
  return { id, rows, slots: Int32Array.from(rows, (_, k) => k), length: rows.length, time: null };
}

function reportMissing(table: Table, column: NumberColumn, options: SeriesOptions, findings: Finding[]): void {
  if (column.missing === 0) return;
  const row = column.values.findIndex((value) => Number.isNaN(value));
  const rule =
    options.missing === 'linear'
      ? 'filled by a line between the values around them, marked as not observed'
      : options.missing === 'refuse'
        ? 'not filled'
        : 'filled with the last value before them, marked as not observed';
  findings.push({
    kind: 'missing',
    column: column.name,
    count: column.missing,
    first: { row: rowNumber(table, row), text: '' },
    rule,
  });
}

type Merging = NonNullable<SeriesOptions['duplicates']>;

function reportDuplicates(
  table: Table,
  { id, rows, slots, time }: Alignment,
  merging: Merging,
  options: SeriesOptions,
  findings: Finding[],
): void {
  if (options.spacing === 'bin' && options.duplicates === undefined) return;
  let count = 0;
  let first = -1;
  for (let k = 1; k < slots.length; k++) {
    if (slots[k] !== slots[k - 1]) continue;
    count++;
    if (first < 0) first = k;
  }
  if (count === 0) return;
  const rules: Record<Merging, string> = {
    refuse: 'their rows agree, one of each kept',
    mean: 'their rows averaged',
    first: 'the first row of each kept',
    last: 'the last row of each kept',
  };
  const text = time ? formatClock(time[slots[first]!]!) : '';
  findings.push({
    kind: 'duplicate-times',
    ...aboutSeries(id),
    count,
    first: { row: rowNumber(table, rows[first]!), text },
    rule: rules[merging],
  });
}

/** Puts a column of the table on the grid of a series, merging the rows of one step. */
function gridded(table: Table, column: NumberColumn, alignment: Alignment, merging: Merging, roles: Roles): Gridded {
  const { rows, slots, length } = alignment;
  if (column.missing === 0 && rows.length === length && length === table.rows && rows.every((row, k) => row === k)) {
    return { values: column.values, observed: new Uint8Array(length).fill(1) };
  }
  const values = new Float64Array(length).fill(Number.NaN);
  const observed = new Uint8Array(length);
  const from = new Int32Array(merging === 'refuse' ? length : 0);
  const counts = new Int32Array(merging === 'mean' ? length : 0);
  for (let k = 0; k < rows.length; k++) {
    const value = column.values[rows[k]!]!;
    if (Number.isNaN(value)) continue;
    const slot = slots[k]!;
    if (merging === 'mean') {
      // A running mean, which large values cannot overflow.
      counts[slot]!++;
      values[slot] = observed[slot] ? values[slot]! + (value - values[slot]!) / counts[slot]! : value;
    } else if (observed[slot] === 0 || merging === 'last') values[slot] = value;
    else if (merging === 'refuse' && values[slot] !== value) {
      throw conflict(table, column, alignment, from[slot]!, k, roles);
    }
    if (merging === 'refuse' && observed[slot] === 0) from[slot] = k;
    observed[slot] = 1;
  }
  return { values, observed };
}

function conflict(
  table: Table,
  column: NumberColumn,
  { rows, slots, time }: Alignment,
  a: number,
  b: number,
  roles: Roles,
): RecurveError {
  const hint = table.columns.find((c) => c.kind === 'text' && c !== roles.id && c.dictionary.length * 2 <= table.rows);
  const move =
    hint && !roles.id
      ? `name the column that tells several series apart (perhaps series: "${hint.name}")`
      : 'set duplicates to mean, first or last';
  const at = time ? ` at ${formatClock(time[slots[a]!]!)}` : '';
  return new RecurveError(
    'data',
    `data: expected one row per time in ${table.source}, got rows ${rowNumber(table, rows[a]!)} and ${rowNumber(table, rows[b]!)}${at} that differ in column "${column.name}"; ${move}, or the zone if these are local clock times`,
  );
}

/** The columns that stay: all named ones, and those covariates whose holes can be filled in every series. */
function keptColumns(
  used: Used[],
  alignments: Alignment[],
  grids: Gridded[][],
  rule: 'forward' | 'linear' | 'refuse',
  maxGap: number,
  findings: Finding[],
): number[] {
  const limit = rule === 'refuse' ? 0 : maxGap;
  return used.flatMap(({ column, unnamed }, k) => {
    if (!unnamed) return [k];
    for (const [g, { id }] of alignments.entries()) {
      const columns = grids[g]!;
      const { from, history } = namedSpan(used, columns);
      const { observed } = columns[k]!;
      const { length } = longestGap(observed, from, history);
      if (length <= limit) continue;
      const about = id === '' ? '' : ` in series "${shorten(id)}"`;
      findings.push({
        kind: 'ignored-column',
        column: column.name,
        count: 1,
        rule: `it has ${length} missing values in a row${about}, more than maxGap ${limit}`,
      });
      return [];
    }
    return [k];
  });
}

/** From the first step at which every named column has had a value to the last with a target. */
function namedSpan(used: Used[], columns: Gridded[]): { from: number; history: number } {
  let from = 0;
  let history = 0;
  for (const [k, { role, unnamed }] of used.entries()) {
    const { observed } = columns[k]!;
    if (!unnamed) from = Math.max(from, firstObserved(observed));
    if (role === 'target') history = Math.max(history, observed.lastIndexOf(1) + 1);
  }
  return { from, history };
}

/** Steps of a grid that are used: `from` to `to`, the last target before `history`. */
interface Span {
  from: number;
  to: number;
  history: number;
}

/** Which steps of a series are used; `null` where there are none. */
function spanOf(used: Used[], columns: Gridded[], alignment: Alignment, findings: Finding[]): Span | null {
  const { history } = namedSpan(used, columns);
  const from = columns.reduce((latest, { observed }) => Math.max(latest, firstObserved(observed)), 0);
  const about = aboutSeries(alignment.id);
  if (from >= history) {
    findings.push({ kind: 'short-series', ...about, count: 0, rule: 'left out, a column it needs has no values' });
    return null;
  }
  const known = used.flatMap(({ role }, k) => (role === 'known' ? [columns[k]!.observed] : []));
  let to = history;
  while (known.length > 0 && to < alignment.length && known.every((observed) => observed[to] === 1)) to++;
  if (from > 0) {
    findings.push({ kind: 'leading-gap', ...about, count: from, rule: 'cut off' });
  }
  if (to < alignment.length) {
    findings.push({ kind: 'trailing-gap', ...about, count: alignment.length - to, rule: 'cut off' });
  }
  return { from, to, history };
}

function checkGap(
  table: Table,
  { column, role }: Used,
  observed: Uint8Array,
  { from, to, history }: Span,
  { id, rows, slots, time }: Alignment,
  rule: 'forward' | 'linear' | 'refuse',
  maxGap: number,
): void {
  const { length, at } = longestGap(observed, from, role === 'known' ? to : history);
  const limit = rule === 'refuse' ? 0 : maxGap;
  if (length <= limit) return;
  const about = id === '' ? '' : ` of series "${shorten(id)}"`;
  const slot = slots.indexOf(at);
  const place = slot >= 0 ? `row ${rowNumber(table, rows[slot]!)}` : time ? formatClock(time[at]!) : `step ${at}`;
  const move =
    rule === 'refuse'
      ? 'fill it in, or choose to fill forward or linear'
      : 'name another column, cut the data, or raise maxGap';
  throw new RecurveError(
    'data',
    `data: expected at most ${limit} missing values in a row in column "${column.name}"${about} of ${table.source}, got ${length} from ${place} on; ${move}`,
  );
}

function reportOf(
  table: Table,
  roles: Roles,
  timing: Timing | null,
  used: Used[],
  kept: number[],
  series: Series[],
  findings: Finding[],
): DataReport {
  const named = (role: Role): string[] => kept.filter((k) => used[k]!.role === role).map((k) => used[k]!.column.name);
  const lists = series.flatMap(({ time }) => (time ? [time] : []));
  return {
    source: table.source,
    rows: table.rows,
    targets: named('target'),
    covariates: named('covariate'),
    known: named('known'),
    series: series.map(({ id, length }) => ({ id, length })),
    time:
      timing && roles.time
        ? {
            column: roles.time.name,
            format: timing.format,
            zone: timing.zone.name,
            step: timing.step,
            from: lists.reduce((low, time) => Math.min(low, time[0]!), Number.POSITIVE_INFINITY),
            to: lists.reduce((high, time) => Math.max(high, time[time.length - 1]!), Number.NEGATIVE_INFINITY),
          }
        : null,
    findings,
  };
}
