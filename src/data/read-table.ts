import { RecurveError } from '../errors.ts';
import { expectOptions, type OptionNames } from '../options.ts';
import { decodeText, type Peeked, peek, type RandomAccess, readAll, type Source, sourceOf } from './bytes.ts';
import { type DelimitedRules, emptyTable, readDelimited } from './delimited.ts';
import { gunzip } from './gzip.ts';
import { readJsonLines } from './json-lines.ts';
import { MissingCells } from './missing.ts';
import { readParquet } from './parquet.ts';
import type { Table } from './table.ts';

/** How to read a table. Everything has a default that looks at the data itself. */
export interface ReadOptions {
  /** What messages call the source; a `Source` brings its own. Default `table`. */
  name?: string;
  /** Default `auto`: told from the first bytes, never from the name. Gzip around any of them is undone by itself. */
  format?: 'auto' | 'csv' | 'tsv' | 'jsonl' | 'parquet';
  /** One character. Default: the one of `,` `;` tab `|` that gives the most even rows; tab for `tsv`. */
  delimiter?: string;
  /** Default: a comma where the first rows write numbers so and the delimiter is none, else a point. */
  decimal?: '.' | ',';
  /** False where the first line already holds data; the columns are then `column_1`, `column_2` … Default true. */
  header?: boolean;
  /** Keep only these columns, in this order; the others cost no memory. Default: all. */
  columns?: string[];
  /** Columns kept as exact texts even where they look like numbers, such as ids with leading zeros. Default none. */
  text?: string[];
  /**
   * Texts that mean a missing cell, compared without case; of a number, such as `-9999`, its value counts, so that `-9999.0` is the same.
   * Default: empty, NA, N/A, NaN, null, none, nil, `-`, `--`, `?`.
   */
  missing?: string[];
  /** Text encoding as a `TextDecoder` label. Default `utf-8`, or UTF-16 where the file starts with its mark. */
  encoding?: string;
}

const READ_OPTIONS: OptionNames<ReadOptions> = {
  name: true,
  format: true,
  delimiter: true,
  decimal: true,
  header: 'boolean',
  columns: true,
  text: true,
  missing: true,
  encoding: true,
};

/**
 * Reads a table (CSV, TSV, JSON lines or Parquet, plain or gzip) into typed columns, in memory bounded by the columns kept.
 *
 * @param input bytes, a stream of bytes, a `Source`, or the text of the table itself
 * @throws `data` where the table cannot be read, with source, row and column; `usage` where a column asked for is not there
 */
export async function readTable(
  input: Source | AsyncIterable<Uint8Array> | Uint8Array | string,
  options: ReadOptions = {},
): Promise<Table> {
  expectOptions('readTable', options, READ_OPTIONS);
  const { name, stream, file } = sourceOf(input, options.name ?? 'table');
  const table = await readSource(stream, file, name, options);
  if (table.rows > 0) return table;
  throw new RecurveError(
    'data',
    `${name}: expected at least one row of data, got a header only; check that it was written completely`,
  );
}

async function readSource(
  stream: AsyncIterable<Uint8Array>,
  file: RandomAccess | undefined,
  name: string,
  options: ReadOptions,
): Promise<Table> {
  const peeked = await peek(stream, 8);
  try {
    return await readPeeked(peeked, file, name, options);
  } finally {
    await peeked.close();
  }
}

async function readPeeked(
  peeked: Peeked,
  file: RandomAccess | undefined,
  name: string,
  options: ReadOptions,
): Promise<Table> {
  if (peeked.head.length === 0) throw emptyTable(name);
  const kind = magicOf(peeked.head);
  if (kind === 'gzip') return readSource(gunzip(peeked.stream, name), undefined, name, options);
  const format = options.format ?? 'auto';
  if (kind === 'parquet' || format === 'parquet') {
    if (kind !== 'parquet')
      throw new RecurveError(
        'data',
        `${name}: expected a Parquet file, got other data; leave the format out to have it found`,
      );
    return readParquet(file ?? (await wholeOf(peeked.stream)), name, rulesOf(name, options));
  }
  if (kind) {
    throw new RecurveError(
      'data',
      `${name}: expected CSV, TSV, JSON lines or Parquet (plain or gzip), got ${kind}; export the table as CSV`,
    );
  }
  const encoding = options.encoding ?? encodingOf(peeked.head);
  const texts = decodeText(peeked.stream, name, encoding);
  const first = await texts.next();
  if (first.done) throw emptyTable(name);
  const again = prepend(first.value, texts);
  const rules = rulesOf(name, options);
  if (format === 'jsonl') return readJsonLines(again, rules);
  if (format === 'auto') {
    const start = first.value.trimStart()[0];
    if (start === '{') return readJsonLines(again, rules);
    if (start === '[') {
      throw new RecurveError(
        'data',
        `${name}: expected JSON lines, got a JSON array; write one object per line, as jq -c '.[]' does`,
      );
    }
  }
  return readDelimited(again, rules);
}

function rulesOf(name: string, options: ReadOptions): DelimitedRules {
  const { delimiter, decimal, format } = options;
  if (delimiter !== undefined && (delimiter.length !== 1 || '"\r\n\ufeff'.includes(delimiter))) {
    throw new RecurveError(
      'usage',
      `data: expected a delimiter of one character, got "${delimiter}"; try , ; | or a tab`,
    );
  }
  if (delimiter !== undefined && delimiter === decimal) {
    throw new RecurveError(
      'usage',
      `data: expected delimiter and decimal sign to differ, got "${decimal}" for both; change one`,
    );
  }
  return {
    name,
    delimiter: delimiter ?? (format === 'tsv' ? '\t' : undefined),
    decimal,
    header: options.header ?? true,
    columns: options.columns,
    text: new Set(options.text),
    missing: new MissingCells(options.missing),
  };
}

/** Names what a file is by its first bytes; `null` where it may be text. */
function magicOf(head: Uint8Array): 'gzip' | 'parquet' | string | null {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, k) => head[k] === byte);
  if (starts(0x1f, 0x8b)) return 'gzip';
  if (starts(0x50, 0x41, 0x52, 0x31)) return 'parquet';
  if (starts(0x50, 0x4b, 3, 4)) return 'a zip archive or a spreadsheet (xlsx, ods)';
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) return 'an old spreadsheet (xls)';
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd data';
  if (starts(0x42, 0x5a, 0x68)) return 'bzip2 data';
  if (starts(0xfd, 0x37, 0x7a, 0x58)) return 'xz data';
  if (starts(0x41, 0x52, 0x52, 0x4f, 0x57, 0x31)) return 'an Arrow file';
  if (starts(0x25, 0x50, 0x44, 0x46)) return 'a PDF';
  if (starts(0x89, 0x50, 0x4e, 0x47) || starts(0xff, 0xd8, 0xff)) return 'a picture';
  return null;
}

function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

async function* prepend(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

async function wholeOf(stream: AsyncIterable<Uint8Array>): Promise<RandomAccess> {
  const bytes = await readAll(stream);
  return {
    byteLength: bytes.length,
    slice: (start, end) => bytes.slice(start, end).buffer as ArrayBuffer,
  };
}
