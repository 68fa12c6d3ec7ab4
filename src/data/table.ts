import { RecurveError } from '../errors.ts';
import { firstOf } from '../format.ts';
import { nearest } from '../nearest.ts';
import { kindOf } from '../options.ts';

/** A column of numbers; `NaN` in `values` means the cell was missing. */
export interface NumberColumn {
  kind: 'number';
  name: string;
  values: Float64Array;
  /** How many cells are missing. */
  missing: number;
}

/**
 * A column of time stamps in milliseconds since 1970-01-01; `NaN` means missing.
 *
 * Zoned stamps (`Z`, `+02:00`) are instants. The others are clock readings, kept as if the clock stood in UTC,
 * until a time zone is applied to them.
 */
export interface TimeColumn {
  kind: 'time';
  name: string;
  values: Float64Array;
  missing: number;
  zoned: boolean;
  /**
   * How the dates are written. `day-first` and `month-first` are proven by a cell such as 31/12/2015 or 12/31/2015;
   * `ambiguous` means every cell reads both ways (stored day first); `conflict` means cells prove both.
   */
  order: 'year-first' | 'day-first' | 'month-first' | 'ambiguous' | 'conflict';
  /** The first cell that proves `month-first`, and the first that proves `day-first`, where there is one. */
  evidence: { dayFirst?: Cell; monthFirst?: Cell };
}

/** A column of texts, coded by first appearance; code -1 means missing. */
export interface TextColumn {
  kind: 'text';
  name: string;
  codes: Int32Array;
  dictionary: string[];
  missing: number;
  /** The cell at which the column stopped being numbers or times; the cells before it are kept in canonical form. */
  breaks?: Cell;
  /** The first cell that counts as missing though something stands there, such as `none`. */
  spelt?: Cell;
  /** True when there are so many distinct texts that the later ones share the last dictionary entry. */
  truncated: boolean;
}

/** A typed column of a table. */
export type Column = NumberColumn | TimeColumn | TextColumn;

/** One cell: its row in the table (0 = first data row) and what it says. */
export interface Cell {
  row: number;
  text: string;
}

/** Columns of equal length read from one source. */
export interface Table {
  /** Where it came from, for messages: a path, an address, `standard input`. */
  source: string;
  rows: number;
  columns: Column[];
  /** The number people give to table row 0: 2 below a header line, 1 where there is none. */
  firstRow: number;
  /** For each blank line that was skipped, ascending: how many table rows stood above it. */
  blanks: number[];
}

/** Returns the row number a person sees in an editor or spreadsheet for table row `row` (0-based). */
export function rowNumber(table: Table, row: number): number {
  expectTable(table);
  let low = 0;
  let high = table.blanks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table.blanks[middle]! <= row) low = middle + 1;
    else high = middle;
  }
  return table.firstRow + row + low;
}

/** Returns the column called `name`, or throws `usage` with the names there are. */
export function columnOf(table: Table, name: string): Column {
  expectTable(table);
  const found = table.columns.find((column) => column.name === name);
  if (found) return found;
  throw noColumn(
    name,
    table.source,
    table.columns.map((column) => column.name),
  );
}

/** Refuses what is no table. */
export function expectTable(given: Table): void {
  if (Array.isArray(given?.columns)) return;
  throw new RecurveError(
    'usage',
    `data: expected a table, got ${kindOf(given)}; await readTable(…) and give what it returns`,
  );
}

/** The error for a column that is not there, with the one that was probably meant. */
export function noColumn(name: string, source: string, names: string[]): RecurveError {
  const meant = nearest(String(name), names);
  const headless = names.some((one) => /^-?\d+([.,]\d+)?$/.test(one));
  const next = headless
    ? 'name one of these, or say that the first line is no header (--no-header)'
    : 'name one of these';
  return new RecurveError(
    'usage',
    `data: expected a column named ${typeof name === 'string' ? `"${shorten(name)}"` : kindOf(name)} in ${source}, got ${listNames(names)}; ${meant === undefined ? next : `did you mean "${shorten(meant)}"?`}`,
  );
}

/** Writes up to eight names for a message: `"a", "b" and 12 more`. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'no columns';
  return firstOf(
    names.map((name) => `"${shorten(name)}"`),
    8,
  );
}

/** Cuts a text from a file to 40 characters, without control characters, for a message. */
export function shorten(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
  return clean.length > 40 ? `${clean.slice(0, 39)}…` : clean;
}
