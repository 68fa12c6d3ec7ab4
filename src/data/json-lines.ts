import { RecurveError } from '../errors.ts';
import { unixBreaks } from './bytes.ts';
import { ColumnBuilder } from './columns.ts';
import type { DelimitedRules } from './delimited.ts';
import { nestedText } from './nested.ts';
import { noColumn, shorten, type Table } from './table.ts';

/** A line longer than this is taken for a file that is not JSON lines. */
const MAX_LINE = 1 << 26;

/**
 * Reads JSON lines (one object a line) into typed columns, a piece at a time.
 *
 * Numbers stay numbers, `true` and `false` become 1 and 0, `null` and absent keys are missing, texts are read as in CSV;
 * a nested object or list counts as text. Keys may come in any order, and new ones may appear late.
 */
export async function readJsonLines(texts: AsyncIterable<string>, rules: DelimitedRules): Promise<Table> {
  const builders = new Map<string, ColumnBuilder>();
  const keep = rules.columns ? new Set(rules.columns) : undefined;
  const seen = new Set<string>();
  const blanks: number[] = [];
  let rows = 0;
  let line = 0;

  const add = (text: string): void => {
    line++;
    if (text.trim() === '') {
      blanks.push(rows);
      return;
    }
    const record = parseLine(text, line, rules.name);
    for (const key in record) {
      let builder = builders.get(key);
      if (!builder) {
        seen.add(key);
        if (keep && !keep.has(key)) continue;
        const asText = rules.text.has(key);
        builder = new ColumnBuilder(key, { decimal: rules.decimal ?? '.', missing: rules.missing, asText });
        builder.skip(rows);
        builders.set(key, builder);
      }
      pushValue(builder, record[key]);
    }
    rows++;
    for (const builder of builders.values()) if (builder.length < rows) builder.pushMissing();
  };

  let pending = '';
  for await (const text of unixBreaks(texts)) {
    pending += text;
    let start = 0;
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n', start)) {
      add(pending.slice(start, end));
      start = end + 1;
    }
    pending = pending.slice(start);
    if (pending.length > MAX_LINE) {
      throw new RecurveError(
        'data',
        `${rules.name}: expected one object per line, got a line ${line + 1} longer than 64 MiB; check the format`,
      );
    }
  }
  if (pending.trim() !== '') add(pending);

  const names = rules.columns ?? [...builders.keys()];
  const columns = names.map((name) => {
    const builder = builders.get(name);
    if (builder) return builder.finish();
    throw noColumn(name, rules.name, [...seen]);
  });
  return { source: rules.name, rows, columns, firstRow: 1, blanks };
}

function parseLine(text: string, line: number, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecurveError(
      'data',
      `${name}: expected a JSON object in row ${line}, got "${shorten(text)}"; write one object per line (NaN and Infinity are not JSON, null is)`,
      { cause: error },
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RecurveError(
    'data',
    `${name}: expected a JSON object in row ${line}, got "${shorten(text)}"; write one object per line`,
  );
}

/** Adds any value that JSON or Parquet can hold. */
export function pushValue(builder: ColumnBuilder, value: unknown): void {
  if (typeof value === 'number') builder.pushNumber(value);
  else if (value === null || value === undefined) builder.pushMissing();
  else if (typeof value === 'string') builder.push(value);
  else if (typeof value === 'boolean') builder.pushNumber(value ? 1 : 0);
  else if (typeof value === 'bigint') builder.pushNumber(Number(value));
  else if (value instanceof Date) builder.pushTime(value.getTime(), true);
  else builder.push(nestedText(value as object, builder.name));
}
