import { RecurveError } from '../errors.ts';
import { type Alignment, aboutSeries } from './align.ts';
import type { Gridded } from './fill.ts';
import type { Finding } from './report.ts';
import type { Roles } from './roles.ts';
import type { SeriesOptions } from './series.ts';
import { type NumberColumn, rowNumber, type Table } from './table.ts';
import { formatInstant } from './zone.ts';

/** How several rows of one step become one; see `SeriesOptions.duplicates`. */
export type Merging = NonNullable<SeriesOptions['duplicates']>;

/** Reports how many rows stand for a time that has one already. */
export function reportDuplicates(
  table: Table,
  { id, rows, slots, time, zone }: Alignment,
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
  const text = time ? formatInstant(time[slots[first]!]!, zone) : '';
  findings.push({
    kind: 'duplicate-times',
    ...aboutSeries(id),
    count,
    first: { row: rowNumber(table, rows[first]!), text },
    rule: rules[merging],
  });
}

/** Puts a column of the table on the grid of a series, merging the rows of one step; those of classes have to agree, not to be averaged. */
export function gridded(
  table: Table,
  column: NumberColumn,
  alignment: Alignment,
  rule: Merging,
  roles: Roles,
  classes: boolean,
): Gridded {
  const merging = classes && rule === 'mean' ? 'refuse' : rule;
  const { rows, slots, length } = alignment;
  if (
    column.missing === 0 &&
    rows.length === length &&
    length === table.rows &&
    rows.every((row, k) => row === k && slots[k] === k)
  ) {
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
      throw conflict(table, column, alignment, [from[slot]!, k], roles, classes);
    }
    if (merging === 'refuse' && observed[slot] === 0) from[slot] = k;
    observed[slot] = 1;
  }
  return { values, observed };
}

function conflict(
  table: Table,
  column: NumberColumn,
  { rows, slots, time, zone }: Alignment,
  [a, b]: readonly [number, number],
  roles: Roles,
  classes: boolean,
): RecurveError {
  const hint = table.columns.find((c) => c.kind === 'text' && c !== roles.id && c.dictionary.length * 2 <= table.rows);
  const move =
    hint && !roles.id
      ? `name the column that tells several series apart (perhaps series: "${hint.name}")`
      : `set duplicates to ${classes ? '' : 'mean, '}first or last`;
  const at = time ? ` at ${formatInstant(time[slots[a]!]!, zone)}` : '';
  return new RecurveError(
    'data',
    `data: expected one row per time in ${table.source}, got rows ${rowNumber(table, rows[a]!)} and ${rowNumber(table, rows[b]!)}${at} that differ in column "${column.name}"; ${move}, or the zone if these are local clock times`,
  );
}
