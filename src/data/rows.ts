import { RecurveError } from '../errors.ts';
import { ColumnBuilder, type ColumnRules } from './columns.ts';
import { DELIMITERS } from './delimited.ts';
import { pushValue } from './json-lines.ts';
import { MissingCells } from './missing.ts';
import { parseNumber } from './number.ts';
import { stampsOf, type TimeFormat } from './stamps.ts';
import { type Column, noColumn, shorten, type Table } from './table.ts';
import { clockToInstants, UTC, zoneOf } from './zone.ts';

/** What a row that arrives alone must hold, and how it is written. */
export interface RowRules {
  /** What messages call the source. */
  name: string;
  /** Columns of numbers to read. */
  columns: string[];
  /** Column of time stamps; null for none. */
  time: string | null;
  timeFormat?: TimeFormat;
  /** IANA zone of stamps without one. Default `UTC`. */
  zone?: string;
  /** Column that tells series apart. */
  series?: string;
  /** Default: JSON where a line begins with a brace, else delimited text under a header. */
  format?: 'auto' | 'csv' | 'tsv' | 'jsonl';
  /** Default: the one of `,` `;` tab `|` under which the header names every column. */
  delimiter?: string;
  /** Default: a comma in numbers such as 1,5 where the delimiter is none, else a point. */
  decimal?: '.' | ',';
  missing?: string[];
  /**
   * A header read before, for input that goes on without one; the same line again is not a row. False where no line holds the names: the
   * columns are then `column_1`, `column_2` …
   */
  header?: string | false;
}

/** One row: a number per column, null where it is missing. */
export interface Row {
  values: Record<string, number | null>;
  /** Its stamp in ms since 1970-01-01 UTC. */
  time?: number;
  id?: string;
}

/** Reads the lines of a table one at a time, as they arrive. */
export interface RowReader {
  /**
   * Reads a line; null for the header and for blank lines.
   *
   * @param before the time of a series' row before: settles which of the two a clock time is that a change of the clock repeats
   * @throws RecurveError `data` with the row's number, `usage` for a header without a column that is needed
   */
  read(line: string, before?: (id: string) => number | undefined): Row | null;
  /** The header line, once it was read. */
  readonly header: string | undefined;
}

/** How a line falls into columns. */
interface Fields {
  delimiter: string;
  names: string[];
}

/** Makes a reader of single rows. */
export async function rowReader(rules: RowRules): Promise<RowReader> {
  const papa = await import('papaparse');
  const parse = (papa.default ?? papa).parse;
  const { name, columns, time, series, format = 'auto' } = rules;
  const needed = [...columns, ...(time === null ? [] : [time]), ...(series === undefined ? [] : [series])];
  const missing = new MissingCells(rules.missing);
  const zone = rules.zone === undefined ? UTC : zoneOf(rules.zone);
  const headless = rules.header === false;
  let header = rules.header || undefined;
  let fields = header === undefined ? undefined : readHeader(header);
  let lines = 0;

  return {
    get header() {
      return header;
    },
    read(text, before = () => undefined) {
      lines++;
      const line = text.replace(/^\uFEFF|\r$/g, '');
      if (line.trim() === '') return null;
      const json = format === 'jsonl' || (format === 'auto' && line.trimStart().startsWith('{'));
      if (!json && headless) fields ??= fieldsOf(line);
      else if (!json && (header === undefined || line === header)) {
        header = line;
        fields = readHeader(line);
        return null;
      }
      const cells = json ? readJson(line) : readCells(line);
      return rowOf(cells, json, before);
    },
  };

  function split(line: string, delimiter: string): string[] {
    const { data, errors } = parse<string[]>(line, { delimiter });
    if (errors.length > 0) throw bad('quoted fields that end in their line', shorten(line), 'repair the quote');
    if (data.length !== 1)
      throw bad('lines that end with a line feed', `carriage returns in "${shorten(line)}"`, 'convert the line ends');
    return data[0];
  }

  function readHeader(line: string): Fields {
    return wholeOf(cut(line).map(({ delimiter, cells }) => ({ delimiter, names: cells.map((cell) => cell.trim()) })));
  }

  /** The fields of a line of data under no header: cut where the greatest share of them, and of such the most, are numbers. */
  function fieldsOf(line: string): Fields {
    const choices = cut(line).map(({ delimiter, cells }) => {
      const signs = delimiter === ',' ? (['.'] as const) : (['.', ','] as const);
      const numbers = cells.filter((cell) => signs.some((sign) => Number.isFinite(parseNumber(cell, sign)))).length;
      return { delimiter, names: cells.map((_, k) => `column_${k + 1}`), share: numbers / cells.length };
    });
    return wholeOf(choices.sort((a, b) => b.share - a.share || b.names.length - a.names.length));
  }

  function cut(line: string): { delimiter: string; cells: string[] }[] {
    const tab = format === 'tsv' ? '\t' : undefined;
    return [rules.delimiter ?? tab ?? DELIMITERS]
      .flat()
      .map((delimiter) => ({ delimiter, cells: split(line, delimiter) }));
  }

  /** The first choice that has every column. */
  function wholeOf(choices: readonly Fields[]): Fields {
    const whole = choices.find(({ names }) => needed.every((column) => names.includes(column)));
    if (whole) return whole;
    const { names } = choices.reduce((a, b) => (b.names.length > a.names.length ? b : a));
    throw noColumn(needed.find((column) => !names.includes(column)) as string, name, names);
  }

  function readCells(line: string): Map<string, unknown> {
    const { delimiter, names } = fields as NonNullable<typeof fields>;
    const cells = split(line, delimiter);
    if (cells.length !== names.length) {
      throw bad(`${names.length} fields`, `${cells.length} fields`, 'repair the row');
    }
    return new Map(names.map((column, k) => [column, cells[k]]));
  }

  function readJson(line: string): Map<string, unknown> {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // Said below, with everything else that is no object.
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw bad('a JSON object', `"${shorten(line)}"`, 'write one object per line');
    }
    return new Map(Object.entries(value));
  }

  function rowOf(cells: Map<string, unknown>, json: boolean, before: (id: string) => number | undefined): Row {
    // Not by assignment, which would lose a column called __proto__.
    const values: Row['values'] = Object.fromEntries(
      columns.map((column) => {
        if (!cells.has(column)) throw bad(`a value of "${column}"`, 'none', 'send null where it is missing');
        return [column, numberOf(column, cells.get(column), json)];
      }),
    );
    const id = series === undefined ? undefined : idOf(series, cells.get(series));
    return {
      values,
      ...(time !== null && { time: instantOf(time, cells.get(time), before(id ?? '')) }),
      ...(id !== undefined && { id }),
    };
  }

  function numberOf(column: string, cell: unknown, json: boolean): number | null {
    const comma = !json && fields?.delimiter !== ',' && /^\s*[-+]?\d+,\d+\s*$/.test(String(cell));
    const built = build(column, cell, { decimal: rules.decimal ?? (comma ? ',' : '.'), missing, asText: false });
    if (built.kind !== 'number')
      throw bad(`a finite number in "${column}"`, `"${shorten(String(cell))}"`, 'repair the cell, or leave it empty');
    return Number.isNaN(built.values[0]) ? null : built.values[0];
  }

  function instantOf(column: string, cell: unknown, after = Number.NEGATIVE_INFINITY): number {
    const built = build(column, cell, { decimal: '.', missing, asText: false });
    const table: Table = { source: name, rows: 1, columns: [built], firstRow: lines, blanks: [] };
    const { values, zoned } = stampsOf(table, built, rules.timeFormat ?? 'auto');
    const stamp = values[0];
    if (Number.isNaN(stamp)) throw bad(`a time stamp in "${column}"`, 'a missing cell', 'fill it in');
    if (zoned || zone === UTC) return stamp;
    // Told the same reading twice, it takes the second one for the later of two instants that show it.
    const readings = Float64Array.of(stamp, stamp);
    clockToInstants(readings, zone);
    return readings[0] > after ? readings[0] : readings[1];
  }

  function idOf(column: string, cell: unknown): string {
    const built = build(column, cell, { decimal: '.', missing, asText: true });
    if (built.kind === 'text' && built.codes[0] >= 0) return built.dictionary[built.codes[0]];
    if (built.kind === 'number' && !Number.isNaN(built.values[0])) return String(built.values[0]);
    throw bad(`a series id in "${column}"`, 'a missing cell', 'fill it in');
  }

  function build(column: string, cell: unknown, columnRules: ColumnRules): Column {
    const builder = new ColumnBuilder(column, columnRules);
    pushValue(builder, cell);
    return builder.finish();
  }

  function bad(expected: string, got: string, next: string): RecurveError {
    return new RecurveError('data', `${name}: expected ${expected} in line ${lines}, got ${got}; ${next}`);
  }
}
