import { RecurveError } from '../errors.ts';
import { expectList } from '../options.ts';
import { parseNumber } from './number.ts';
import type { Finding } from './report.ts';
import type { SeriesOptions } from './series.ts';
import { findTimeColumn } from './stamps.ts';
import {
  type Cell,
  type Column,
  columnOf,
  listNames,
  type NumberColumn,
  rowNumber,
  shorten,
  type Table,
  type TextColumn,
} from './table.ts';

/** The columns of a table by what they are for. */
export interface Roles {
  time: Column | null;
  id: Column | null;
  targets: NumberColumn[];
  covariates: NumberColumn[];
  known: NumberColumn[];
  /** Covariates that nobody named: dropped, not refused, where they cannot be used. */
  unnamed: ReadonlySet<string>;
}

/** Gives each column its role; named columns that cannot be used are errors, others are left out and reported. */
export function assignRoles(table: Table, options: SeriesOptions, findings: Finding[]): Roles {
  const targetNames = typeof options.target === 'string' ? [options.target] : options.target;
  expectList('data', 'target columns', targetNames, "name one, as in { target: 'temperature' }");
  if (targetNames.length === 0)
    throw new RecurveError('usage', 'data: expected at least one target column, got none; name one');
  const knownNames = options.known ?? [];
  for (const [role, names] of Object.entries({ known: knownNames, covariates: options.covariates ?? [] }))
    expectList('data', `${role} columns`, names, 'put names into brackets');
  const named = [...targetNames, ...knownNames, ...(options.covariates ?? [])];
  const id = options.series === undefined ? null : columnOf(table, options.series);
  const taken = new Set(named);
  if (id) taken.add(id.name);
  if (taken.size !== named.length + (id ? 1 : 0)) {
    throw new RecurveError(
      'usage',
      `data: expected every column in one role, got one twice among ${listNames([...named, ...(id ? [id.name] : [])])}; name each once`,
    );
  }
  const time =
    options.time === null
      ? null
      : options.time
        ? columnOf(table, options.time)
        : findTimeColumn(table, taken, id !== null);
  if (time && taken.has(time.name)) {
    throw new RecurveError(
      'usage',
      `data: expected the time column in no other role, got "${time.name}" twice; name another target or time column`,
    );
  }
  const targets = targetNames.map((name) => numbersOf(table, name));
  const known = knownNames.map((name) => numbersOf(table, name));
  for (const column of targets) {
    if (!options.constantTarget && isConstant(column)) {
      throw new RecurveError(
        'data',
        `data: expected a target that varies, got ${firstValue(column)} in every row of column "${column.name}" of ${table.source}; name another target, or set constantTarget`,
      );
    }
  }
  const covariates = options.covariates
    ? options.covariates.map((name) => numbersOf(table, name))
    : unnamedCovariates(table, new Set([...taken, ...(time ? [time.name] : [])]), findings);
  return {
    time,
    id,
    targets,
    covariates: options.keepConstant ? covariates : varying(covariates, findings),
    known: options.keepConstant ? known : varying(known, findings),
    unnamed: new Set(options.covariates ? [] : covariates.map((column) => column.name)),
  };
}

/**
 * A column the user named: numbers, at least one of them.
 *
 * @throws RecurveError `usage` where there is no such column, `data` with the first cell that is no number
 */
export function numbersOf(table: Table, name: string): NumberColumn {
  const column = columnOf(table, name);
  if (column.kind === 'number') {
    if (column.missing < table.rows) return column;
    throw new RecurveError(
      'data',
      `data: expected numbers in column "${name}" of ${table.source}, got only missing cells; name another column`,
    );
  }
  throw notNumbers(table, column, column.kind === 'time' ? { row: 0, text: 'time stamps' } : firstNonNumber(column));
}

function notNumbers(table: Table, column: Column, cell: Cell): RecurveError {
  const infinite = isInfinite(cell.text);
  const comma = !infinite && /^[-+]?\d+,\d+$/.test(cell.text.trim());
  const grouped = /^\D{0,4}\d{1,3}([.,'’\s]\d{3})+(\D|$)/.test(cell.text.trim());
  const move = comma
    ? 'name a decimal comma if that is what it is'
    : grouped
      ? 'write numbers without signs between thousands and without units'
      : infinite
        ? 'remove the value, or list its text as missing'
        : 'repair the cell, list its text as missing, or name another column';
  return new RecurveError(
    'data',
    `data: expected ${infinite ? 'finite ' : ''}numbers in column "${column.name}" of ${table.source}, got "${shorten(cell.text)}" in row ${rowNumber(table, cell.row)}; ${move}`,
  );
}

function isInfinite(text: string): boolean {
  return Math.abs(parseNumber(text)) === Number.POSITIVE_INFINITY;
}

function firstNonNumber(column: TextColumn): Cell {
  if (column.breaks) return column.breaks;
  // Codes go by first appearance, so the first such text also stands first in the column.
  const code = Math.max(
    0,
    column.dictionary.findIndex((text) => !Number.isFinite(parseNumber(text))),
  );
  return { row: column.codes.indexOf(code), text: column.dictionary[code] ?? '' };
}

/**
 * The columns of numbers that nobody named; why another is not one of them is added to the findings.
 *
 * @throws RecurveError `data` for a column with an infinity
 */
export function unnamedCovariates(table: Table, taken: ReadonlySet<string>, findings: Finding[]): NumberColumn[] {
  const found: NumberColumn[] = [];
  for (const column of table.columns) {
    if (taken.has(column.name)) continue;
    const ignore = (rule: string, first?: Finding['first']): void => {
      findings.push({ kind: 'ignored-column', column: column.name, count: 1, rule, ...(first ? { first } : {}) });
    };
    if (column.kind === 'number') {
      if (column.missing < table.rows) found.push(column);
      else ignore('it has no values');
    } else if (column.kind === 'time') ignore('it holds time stamps');
    else {
      const cell = firstNonNumber(column);
      // A sensor's infinity is a fault to look at, not a column of words.
      if (isInfinite(cell.text)) throw notNumbers(table, column, cell);
      ignore('it holds text', { row: rowNumber(table, cell.row), text: shorten(cell.text) });
    }
  }
  return found;
}

/** Leaves out columns that never change, since they tell nothing. */
function varying(columns: NumberColumn[], findings: Finding[]): NumberColumn[] {
  return columns.filter((column) => {
    if (!isConstant(column)) return true;
    findings.push({
      kind: 'constant',
      column: column.name,
      count: 1,
      first: { text: String(firstValue(column)) },
      rule: 'column left out',
    });
    return false;
  });
}

function isConstant(column: NumberColumn): boolean {
  const first = firstValue(column);
  return column.values.every((value) => value === first || Number.isNaN(value));
}

function firstValue(column: NumberColumn): number {
  return column.values.find((value) => !Number.isNaN(value)) ?? Number.NaN;
}
