import { rowNumber, type Table } from '../../data/index.ts';
import { describeFinding, type Finding } from '../../data/report.ts';
import { unnamedCovariates } from '../../data/roles.ts';
import { RecurveError } from '../../errors.ts';
import { featuresOf, labelsOf, type NumberExamples, numbersOf } from './examples.ts';

/** How the rows of a wide table are sequences. */
export interface WideOptions {
  /** Numbers per step, from 1: 28 for an image of MNIST row by row, 1 for one number over time. */
  width: number;
  label?: string;
  /** Column of names of the sequences. */
  id?: string;
  /** In the order of the numbers. Default: all others of numbers. */
  columns?: readonly string[];
}

/**
 * A sequence per row, as images and time series are often written: its columns of numbers in their order, `width` of them a step. Missing
 * cells at the end of a row make its sequence shorter.
 *
 * @throws RecurveError `usage` for a width that does not divide the columns or a column that is not there or holds no numbers, `data` for a
 *   missing number before others, an infinity, a missing name or label
 * @example
 * const table = await readTable(csv, { text: ['label'] });
 * wideExamples(table, { width: 28, label: 'label' });
 */
export function wideExamples(table: Table, { width, label, id, columns }: WideOptions): NumberExamples {
  const findings: Finding[] = [];
  const taken = [id, label].filter((name) => name !== undefined);
  const names = columns ?? unnamedCovariates(table, new Set(taken), findings).map(({ name }) => name);
  const beside = taken.map((name) => `"${name}"`).join(' and ');
  if (names.length === 0) {
    throw new RecurveError(
      'data',
      `${table.source}: expected columns of numbers${beside && ` beside ${beside}`}, got none; name them or check the file`,
    );
  }
  if (!(Number.isSafeInteger(width) && width > 0 && names.length % width === 0)) {
    throw new RecurveError(
      'usage',
      `${table.source}: expected a whole number of steps in each row, got ${names.length} columns of numbers${beside && ` beside ${beside}`} for a step width of ${width}; name another width, or the columns that are no numbers of a step`,
    );
  }
  const ids = id === undefined ? undefined : labelsOf(table, id);
  const labels = label === undefined ? undefined : labelsOf(table, label);
  return {
    kind: 'numbers',
    source: table.source,
    features: featuresOf(width),
    sequences: rowsOf(table, names, width),
    columns: names,
    ...(ids && { ids }),
    ...(labels && { labels }),
    ...(findings.length > 0 && { notes: findings.map(describeFinding) }),
  };
}

function rowsOf(table: Table, names: readonly string[], width: number): Float32Array[] {
  const rows = Array.from({ length: table.rows }, () => new Float32Array(names.length));
  // Numbers of each row before its missing end.
  const ends = new Int32Array(table.rows);
  const missing = (row: number, column: number): RecurveError =>
    new RecurveError(
      'data',
      `${table.source}: expected a number in "${names[column]}", got none in row ${rowNumber(table, row)}; fill it in, or leave whole steps at the end of a row empty`,
    );
  names.forEach((name, i) => {
    numbersOf(table, name).forEach((value, row) => {
      if (Number.isNaN(value)) return;
      if (ends[row] < i) throw missing(row, ends[row]);
      if (!Number.isFinite(value)) throw missing(row, i);
      rows[row][i] = value;
      ends[row] = i + 1;
    });
  });
  return rows.map((row, r) => {
    const end = ends[r];
    if (end % width > 0) throw missing(r, end);
    return end === names.length ? row : row.slice(0, end);
  });
}
