import { RecurveError } from '../errors.ts';
import { type Alignment, aboutSeries } from './align.ts';
import { firstObserved, type Gridded, longestGap } from './fill.ts';
import type { Finding } from './report.ts';
import type { Role, SeriesOptions } from './series.ts';
import { type NumberColumn, rowNumber, shorten, type Table } from './table.ts';
import { formatInstant } from './zone.ts';

/** A column with its role; `unnamed` ones are dropped, not refused, where they cannot be used. */
export interface Used {
  column: NumberColumn;
  role: Role;
  unnamed: boolean;
}

export type HoleRule = NonNullable<SeriesOptions['missing']>;

/** Reports the missing cells of a column. */
export function reportMissing(table: Table, column: NumberColumn, options: SeriesOptions, findings: Finding[]): void {
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

/** The columns that stay: all named ones, and those covariates whose holes can be filled in every series. */
export function keptColumns(
  used: Used[],
  alignments: Alignment[],
  grids: Gridded[][],
  rule: HoleRule,
  maxGap: number,
  findings: Finding[],
): number[] {
  const limit = rule === 'refuse' ? 0 : maxGap;
  const spans = grids.map((columns) => namedSpan(used, columns));
  return used.flatMap(({ column, unnamed }, k) => {
    if (!unnamed) return [k];
    for (const [g, { id }] of alignments.entries()) {
      const { from, history } = spans[g]!;
      const { observed } = grids[g]![k]!;
      const { length } = longestGap(observed, from, history);
      if (length <= limit && firstObserved(observed) < history) continue;
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

/** Steps of a grid that are used: `from` to `to`, the last target before `history`, covariates up to `covariates`. */
export interface GridSpan {
  from: number;
  to: number;
  history: number;
  covariates: number;
}

/** Which steps of a series are used; `null` where there are none. */
export function spanOf(
  used: Used[],
  columns: Gridded[],
  alignment: Alignment,
  { tail, optional }: { tail: 'cut' | 'keep'; optional: boolean },
  findings: Finding[],
): GridSpan | null {
  const from = columns.reduce(
    (latest, { observed }, k) =>
      optional && used[k]!.role === 'target' ? latest : Math.max(latest, firstObserved(observed)),
    0,
  );
  const last = namedSpan(used, columns).history;
  const history = optional ? Math.max(from, last) : last;
  const about = aboutSeries(alignment.id);
  if (from >= (tail === 'keep' ? alignment.length : history)) {
    findings.push({ kind: 'empty-series', ...about, count: 0, rule: 'left out, a column it needs has no values' });
    return null;
  }
  const known = used.flatMap(({ role }, k) => (role === 'known' ? [columns[k]!.observed] : []));
  let to = tail === 'keep' ? alignment.length : history;
  while (known.length > 0 && to < alignment.length && known.every((observed) => observed[to] === 1)) to++;
  if (from > 0) {
    findings.push({ kind: 'leading-gap', ...about, count: from, rule: 'cut off' });
  }
  if (to < alignment.length) {
    findings.push({ kind: 'trailing-gap', ...about, count: alignment.length - to, rule: 'cut off' });
  }
  return { from, to, history, covariates: tail === 'keep' ? to : history };
}

/** Refuses a run of missing values longer than the limit. */
export function checkGap(
  table: Table,
  { column, role }: Used,
  observed: Uint8Array,
  span: GridSpan,
  { id, rows, slots, time, zone }: Alignment,
  rule: HoleRule,
  maxGap: number,
): void {
  const end = { known: span.to, covariate: span.covariates, target: span.history }[role];
  const { length, at } = longestGap(observed, span.from, end);
  const limit = rule === 'refuse' ? 0 : maxGap;
  if (length <= limit) return;
  const about = id === '' ? '' : ` of series "${shorten(id)}"`;
  const slot = slots.indexOf(at);
  const place =
    slot >= 0 ? `row ${rowNumber(table, rows[slot]!)}` : time ? formatInstant(time[at]!, zone) : `step ${at}`;
  const move =
    rule === 'refuse'
      ? 'fill it in, or choose to fill forward or linear'
      : 'name another column, cut the data, or raise maxGap';
  throw new RecurveError(
    'data',
    `data: expected at most ${limit} missing values in a row in column "${column.name}"${about} of ${table.source}, got ${length} from ${place} on; ${move}`,
  );
}
