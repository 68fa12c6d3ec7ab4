import { RecurveError } from '../errors.ts';
import { expectOptions, kindOf, type OptionNames } from '../options.ts';
import { fillHoles, firstObserved } from './fill.ts';
import { checkGap, keptColumns, reportMissing, spanOf, type Used } from './holes.ts';
import { gridded, reportDuplicates } from './merge.ts';
import { reportOutliers } from './outliers.ts';
import type { DataReport, Finding } from './report.ts';
import { assignRoles, type Roles } from './roles.ts';
import type { TimeFormat } from './stamps.ts';
import type { Step } from './step.ts';
import { expectTable, type NumberColumn, type Table } from './table.ts';
import { alignByOrder, alignTimes, groupRows, type Timing } from './timing.ts';

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

/** Refuses what is no list of series. */
export function expectSeries(who: string, given: readonly Series[]): void {
  const list = Array.isArray(given);
  const strange = list ? given.findIndex((one) => !Array.isArray(one?.values)) : -1;
  if (list && given.length > 0 && strange < 0) return;
  const got = !list ? kindOf(given) : given.length === 0 ? 'none' : `${kindOf(given[strange])} in it`;
  throw new RecurveError(
    'usage',
    `${who}: expected series as a list, got ${got}; give the series that toSeries returned`,
  );
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
  /** Keep covariates and known columns that never change: a trained model needs its columns in a short table too. Default false. */
  keepConstant?: boolean;
}

/** What a task knows of its targets. */
export interface TargetRules {
  /**
   * They are numbers of classes: rows of one step have to agree in them, where others are averaged, and a missing one is the one before,
   * where others lie on a line. Default false.
   */
  classes?: boolean;
  /** What becomes of steps after the last of them: `cut` (default), or `keep` them beyond `history`, filled in as others are. */
  tail?: 'cut' | 'keep';
  /** Steps before the first of them are kept too, and series without any. Default false. */
  optional?: boolean;
  /** The distance of rows where it is known, that of a trained model, whatever the table's own spacing suggests. */
  step?: Step;
}

const SERIES_OPTIONS: OptionNames<SeriesOptions> = {
  target: true,
  covariates: true,
  known: true,
  time: null,
  timeFormat: true,
  zone: true,
  series: true,
  step: true,
  spacing: true,
  duplicates: true,
  missing: true,
  maxGap: 'number',
  constantTarget: 'boolean',
  keepConstant: 'boolean',
};

/** Series and what was found on the way to them. */
export interface SeriesResult {
  series: Series[];
  report: DataReport;
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
export function toSeries(
  table: Table,
  options: SeriesOptions,
  { classes = false, tail = 'cut', optional = false, step }: TargetRules = {},
): SeriesResult {
  expectTable(table);
  expectOptions('data', options, SERIES_OPTIONS);
  const findings: Finding[] = [];
  const maxGap = options.maxGap ?? 48;
  if (!(maxGap >= 0))
    throw new RecurveError('usage', `data: expected maxGap of at least 0 steps, got ${maxGap}; raise it`);
  const roles = assignRoles(table, options, findings);
  const groups = groupRows(table, roles.id);
  const timing = roles.time ? alignTimes(table, roles.time, groups, options, { maxGap, step }, findings) : null;
  const alignments = timing?.alignments ?? groups.map(({ id, rows }) => alignByOrder(id, rows));

  const used = usedColumns(roles);
  const merging = options.duplicates ?? (options.spacing === 'bin' ? 'mean' : 'refuse');
  const grids = alignments.map((alignment) => {
    reportDuplicates(table, alignment, merging, options, findings);
    return used.map(({ column, role }) =>
      gridded(table, column, alignment, merging, roles, classes && role === 'target'),
    );
  });

  const kept = keptColumns(used, alignments, grids, options.missing ?? 'forward', maxGap, findings);
  const names = kept.map((k) => used[k]!.column.name);
  for (const k of kept) {
    reportMissing(table, used[k]!.column, options, findings);
    reportOutliers(table, used[k]!.column, findings);
  }
  const series: Series[] = [];
  for (const [g, alignment] of alignments.entries()) {
    const columns = kept.map((k) => grids[g]![k]!);
    const span = spanOf(
      kept.map((k) => used[k]!),
      columns,
      alignment,
      { tail, optional },
      findings,
    );
    if (!span) continue;
    const { from, to, history } = span;
    for (const [c, column] of columns.entries()) {
      const isTarget = used[kept[c]!]!.role === 'target';
      if (!(optional && isTarget))
        checkGap(table, used[kept[c]!]!, column.observed, span, alignment, options.missing ?? 'forward', maxGap);
      fillHoles(column, to, options.missing === 'linear' && !(classes && isTarget) ? 'linear' : 'forward');
      const first = firstObserved(column.observed);
      if (first > from) column.values.fill(column.values[first] ?? 0, 0, first);
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
