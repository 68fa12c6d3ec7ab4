import { RecurveError } from '../errors.ts';
import { counted } from '../format.ts';
import { ColumnBuilder, type ColumnRules } from './columns.ts';
import type { MissingCells } from './missing.ts';
import { parseNumber } from './number.ts';
import { noColumn, shorten, type Table } from './table.ts';

export interface DelimitedRules {
  name: string;
  /** Undefined: found by looking at the first rows. */
  delimiter: string | undefined;
  /** Undefined: a comma where the first rows write decimals so. */
  decimal: '.' | ',' | undefined;
  header: boolean;
  /** Keep only these columns, in this order; undefined keeps all. */
  columns: string[] | undefined;
  /** Names of columns kept as exact texts. */
  text: ReadonlySet<string>;
  missing: MissingCells;
}

/** Text to look at before deciding on delimiter and decimal sign. */
const SAMPLE = 65_536;
/** A record longer than this is taken for a quote that was never closed. */
const MAX_RECORD = 1 << 26;
/** Text parsed at a time. */
const BATCH = 1 << 18;

/** What may part the fields, tried in this order. */
export const DELIMITERS = [',', ';', '\t', '|'];

type Parse = (text: string, last: boolean) => { data: string[][]; cursor: number; unclosed: number; malformed: number };

/**
 * Reads delimited text (RFC 4180 with any one-character delimiter) into typed columns, a piece at a time.
 *
 * Memory is that of the columns kept plus about a megabyte. Blank lines are skipped. A row with too few or too many
 * fields, a quote out of place, and two columns of one name are errors.
 */
export async function readDelimited(texts: AsyncIterable<string>, rules: DelimitedRules): Promise<Table> {
  const papa = await import('papaparse');
  const Parser = (papa.default ?? papa).Parser;
  const parserOf = (delimiter: string, newline: '\n' | '\r'): Parse => {
    return (text, last) => {
      const result = new Parser({ delimiter, newline }).parse(text, 0, !last);
      // An error in the unfinished last row is judged when the row is complete.
      let unclosed = -1;
      let malformed = -1;
      for (const error of result.errors) {
        if (error.row >= result.data.length) continue;
        if (error.code === 'MissingQuotes') unclosed = error.row;
        else if (malformed < 0) malformed = error.row;
      }
      return { data: result.data, cursor: result.meta.cursor, unclosed, malformed };
    };
  };

  let state: DelimitedState | undefined;
  let pending = '';
  let wanted = SAMPLE;
  for await (const text of texts) {
    pending += text;
    if (pending.length < wanted) continue;
    if (!state) {
      const newline = newlineOf(pending);
      // Without a whole first line there is nothing to look at yet.
      if (!pending.includes(newline)) {
        wanted = longer(pending, rules.name, 1);
        continue;
      }
      state = startState(pending, newline, rules, parserOf);
    }
    const { data, cursor, malformed } = state.parse(pending, false);
    addRows(state, data, malformed);
    pending = pending.slice(cursor);
    wanted = cursor === 0 ? longer(pending, rules.name, state.record + 1) : Math.max(BATCH, pending.length * 2);
  }
  state ??= startState(pending, newlineOf(pending), rules, parserOf);
  const { data, malformed, unclosed } = state.parse(pending, true);
  if (unclosed >= 0 && malformed < 0) throw unclosedQuote(rules.name, state.record + unclosed + 1);
  addRows(state, data, malformed);
  if (!state.fields) throw emptyTable(rules.name);
  return {
    source: rules.name,
    rows: state.rows,
    columns: state.kept.map(({ builder }) => builder.finish()),
    firstRow: state.firstRow,
    blanks: state.blanks,
  };
}

interface DelimitedState {
  rules: DelimitedRules;
  parse: Parse;
  delimiter: string;
  decimal: '.' | ',';
  strip: boolean;
  /** Records seen, the header and blank lines among them. */
  record: number;
  rows: number;
  firstRow: number;
  blanks: number[];
  /** Fields in each record; 0 before the first. */
  fields: number;
  kept: { at: number; builder: ColumnBuilder }[];
}

function startState(
  sample: string,
  newline: '\n' | '\r',
  rules: DelimitedRules,
  parserOf: (delimiter: string, newline: '\n' | '\r') => Parse,
): DelimitedState {
  const lines = sample.slice(0, Math.max(SAMPLE, sample.indexOf(newline) * 3));
  const rowsOf = (delimiter: string): string[][] => {
    const whole = lines.length === sample.length;
    return parserOf(delimiter, newline)(lines, whole)
      .data.slice(0, 200)
      .filter((row) => row.length > 1 || row[0]!.trim() !== '');
  };
  const delimiter = rules.delimiter ?? findDelimiter(rowsOf);
  const decimal = rules.decimal ?? findDecimal(delimiter, rowsOf(delimiter));
  return {
    rules,
    parse: parserOf(delimiter, newline),
    delimiter,
    decimal,
    strip: newline === '\n',
    record: 0,
    rows: 0,
    firstRow: 1,
    blanks: [],
    fields: 0,
    kept: [],
  };
}

/** Picks the delimiter by which most rows have as many fields as the header, and more than one; the larger count wins. */
function findDelimiter(rowsOf: (delimiter: string) => string[][]): string {
  let best = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const rows = rowsOf(delimiter);
    const fields = rows[0]?.length ?? 0;
    if (fields < 2) continue;
    const even = rows.filter((row) => row.length === fields).length / rows.length;
    const score = even * even * (1 + fields / (fields + 10));
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Takes a comma as decimal sign where the first rows hold numbers such as 1,5 and none such as 1.5. */
function findDecimal(delimiter: string, rows: string[][]): '.' | ',' {
  if (delimiter === ',') return '.';
  const cells = rows.slice(1).flat();
  if (cells.some((cell) => /^\s*[-+]?\d*\.\d+\s*$/.test(cell))) return '.';
  return cells.some((cell) => cell.includes(',') && Number.isFinite(parseNumber(cell, ','))) ? ',' : '.';
}

function newlineOf(text: string): '\n' | '\r' {
  return text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
}

function longer(pending: string, name: string, record: number): number {
  if (pending.length > MAX_RECORD) throw unclosedQuote(name, record);
  return pending.length * 2;
}

function addRows(state: DelimitedState, data: string[][], malformed: number): void {
  const { rules, kept, blanks } = state;
  for (let k = 0; k < data.length; k++) {
    const row = data[k]!;
    const last = row.length - 1;
    if (state.strip && row[last]!.endsWith('\r')) row[last] = row[last]!.slice(0, -1);
    state.record++;
    if (k === malformed) {
      throw new RecurveError(
        'data',
        `${rules.name}: expected quoted fields to end before the delimiter, got a quote inside a field at row ${state.record}; write quotes inside a field twice`,
      );
    }
    if (last === 0 && row[0]!.trim() === '') {
      if (state.fields) blanks.push(state.rows);
      continue;
    }
    if (!state.fields) {
      startColumns(state, row);
      state.firstRow = rules.header ? state.record + 1 : state.record;
      if (rules.header) continue;
    }
    if (row.length !== state.fields) throw ragged(state, row.length);
    for (let c = 0; c < kept.length; c++) {
      const column = kept[c]!;
      column.builder.push(row[column.at]!);
    }
    state.rows++;
  }
}

function startColumns(state: DelimitedState, row: string[]): void {
  const { rules } = state;
  const names = rules.header
    ? row.map((cell, k) => cell.trim() || `column_${k + 1}`)
    : row.map((_, k) => `column_${k + 1}`);
  if (rules.header && row.every((cell) => Number.isFinite(parseNumber(cell, state.decimal)))) {
    throw new RecurveError(
      'data',
      `${rules.name}: expected column names in the first line, got numbers only ("${shorten(row.join(state.delimiter))}"); add a header line, or read it with header: false`,
    );
  }
  const positions = uniquePositions(names, rules.name);
  const wanted = rules.columns ?? names;
  for (const name of wanted) {
    const at = positions.get(name);
    if (at === undefined) {
      throw noColumn(name, rules.name, names);
    }
    const column: ColumnRules = { decimal: state.decimal, missing: rules.missing, asText: rules.text.has(name) };
    state.kept.push({ at, builder: new ColumnBuilder(name, column) });
  }
  state.fields = names.length;
}

/** Maps each name to its position; two columns of one name are an error. */
export function uniquePositions(names: string[], source: string): Map<string, number> {
  const positions = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    const before = positions.get(name);
    if (before !== undefined) {
      throw new RecurveError(
        'data',
        `${source}: expected every column to have its own name, got "${shorten(name)}" for columns ${before + 1} and ${at + 1}; rename one`,
      );
    }
    positions.set(name, at);
  }
  return positions;
}

function ragged(state: DelimitedState, got: number): RecurveError {
  const { rules, fields, delimiter, record } = state;
  const shown = delimiter === '\t' ? 'tab' : `"${delimiter}"`;
  return new RecurveError(
    'data',
    `${rules.name}: expected ${counted(fields, 'field')} in every row, got ${got} in row ${record} (delimiter ${shown}); repair the row, or name the delimiter`,
  );
}

function unclosedQuote(name: string, record: number): RecurveError {
  return new RecurveError(
    'data',
    `${name}: expected every quoted field to be closed, got none closing the one that opens in row ${record}; repair the quote`,
  );
}

/** The error for a source without a single record. */
export function emptyTable(name: string): RecurveError {
  return new RecurveError('data', `${name}: expected a table, got an empty file; check that it was written completely`);
}
