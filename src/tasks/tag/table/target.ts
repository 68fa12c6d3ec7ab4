import { parseNumber } from '../../../data/number.ts';
import { numbersOf } from '../../../data/roles.ts';
import { listNames, noColumn, shorten, type Table } from '../../../data/table.ts';
import { RecurveError } from '../../../errors.ts';
import { formatCount } from '../../../format.ts';

/** What the label of a row is computed from; plain data, kept in the model file. */
export type TagTarget =
  /** `column op value` of numbers: class 1 where it holds, else class 0. */
  | { kind: 'comparison'; column: string; op: Comparison; value: number }
  /** The numbers of a column, a class each. */
  | { kind: 'numbers'; column: string; values: number[] }
  /** The texts of a column, a class each. */
  | { kind: 'texts'; column: string };

const COMPARISONS = {
  '>=': (a: number, b: number) => a >= b,
  '<=': (a: number, b: number) => a <= b,
  '!=': (a: number, b: number) => a !== b,
  '==': (a: number, b: number) => a === b,
  '>': (a: number, b: number) => a > b,
  '<': (a: number, b: number) => a < b,
} as const;

export type Comparison = keyof typeof COMPARISONS;

export const COMPARISON_SIGNS = Object.keys(COMPARISONS) as Comparison[];

/** Most classes that a column of numbers is taken to name. */
const MOST_NUMBERS = 20;

/** What a target text says of a table: a column's name, or a comparison such as `precipitation > 0`. */
export function parseTarget(text: string, table: Table): { target: TagTarget; classes: string[] } {
  const names = table.columns.map(({ name }) => name);
  const plain = table.columns.find(({ name }) => name === text);
  if (plain) {
    if (plain.kind === 'text') {
      const used = new Set(plain.codes);
      const classes = plain.dictionary.filter((_, code) => used.has(code)).sort((a, b) => (a < b ? -1 : 1));
      if (plain.truncated || classes.length > 1000) {
        throw new RecurveError(
          'data',
          `tag: expected at most 1,000 classes in column "${shorten(text)}", got more; name a column of labels`,
        );
      }
      return { target: { kind: 'texts', column: text }, classes };
    }
    if (plain.kind === 'number') {
      const values = [...new Set(plain.values)].filter(Number.isFinite).sort((a, b) => a - b);
      if (values.length <= MOST_NUMBERS)
        return { target: { kind: 'numbers', column: text, values }, classes: values.map(String) };
      throw new RecurveError(
        'usage',
        `tag: expected a column of at most ${MOST_NUMBERS} classes, got ${formatCount(values.length)} numbers in "${shorten(text)}"; compare them, as in "${shorten(text)} > 0"`,
      );
    }
    throw new RecurveError(
      'usage',
      `tag: expected labels in column "${shorten(text)}", got times; name another column`,
    );
  }
  const [, column, sign, number] = /^(.+?)\s*(>=|<=|!=|==|=|>|<)\s*([-+\d.eE]+)$/.exec(text.trim()) ?? [];
  const found = table.columns.find(({ name }) => name === column);
  // Of what holds a sign of its own, such as "a > b" and "a > 0 and b > 0", no column is meant.
  if (!found && !/[<>=]/.test(column ?? text)) throw noColumn(column ?? text, table.source, names);
  const value = Number(number);
  // A number that is spoilt by some cells is told of with the first of them.
  if (found?.kind === 'text' && found.dictionary.some((cell) => !Number.isNaN(parseNumber(cell)))) {
    numbersOf(table, column);
  }
  if (found?.kind !== 'number' || !Number.isFinite(value)) {
    throw new RecurveError(
      'usage',
      `tag: expected a comparison of a column of numbers with a number, got "${shorten(text)}"; write it as in "precipitation > 0", or name a column of labels alone (columns: ${listNames(names)})`,
    );
  }
  const op = (sign === '=' ? '==' : sign) as Comparison;
  return { target: { kind: 'comparison', column, op, value }, classes: ['no', 'yes'] };
}

/** Whether the labels of the rows read are inputs too: of later steps, where they are computed from numbers. */
export function labelsRead(target: TagTarget, ahead: number): boolean {
  return ahead > 0 && target.kind !== 'texts';
}

/** The class of a row by the number in the target's column; NaN where it is missing or no class. */
export function classOf(target: TagTarget, number: number): number {
  if (Number.isNaN(number)) return Number.NaN;
  if (target.kind === 'comparison') return Number(COMPARISONS[target.op](number, target.value));
  const at = target.kind === 'numbers' ? target.values.indexOf(number) : -1;
  return at < 0 ? Number.NaN : at;
}

/** The classes of all rows of a table: NaN where there is none. A class that the model does not know is refused. */
export function classesOf(target: TagTarget, classes: readonly string[], table: Table): Float64Array {
  const column = table.columns.find(({ name }) => name === target.column);
  const wanted = target.kind === 'texts' ? 'text' : 'number';
  if (!column || column.kind !== wanted) {
    if (!column) {
      throw noColumn(
        target.column,
        table.source,
        table.columns.map(({ name }) => name),
      );
    }
    throw new RecurveError(
      'data',
      `tag: expected ${wanted === 'text' ? 'texts' : 'numbers'} in column "${shorten(target.column)}" of ${table.source}, as in training, got ${column.kind}s; give data like those of the training`,
    );
  }
  const foreign = (label: string): never => {
    throw new RecurveError(
      'data',
      `tag: expected labels out of ${listNames([...classes])} in column "${shorten(target.column)}", got "${shorten(label)}"; the model does not know it: correct the data, ${target.kind === 'texts' ? 'leave the column out to predict, ' : ''}or train again`,
    );
  };
  if (column.kind === 'text') {
    const numbers = column.dictionary.map((label) => classes.indexOf(label));
    return Float64Array.from(column.codes, (code) => {
      if (code < 0) return Number.NaN;
      return numbers[code] >= 0 ? numbers[code] : foreign(column.dictionary[code]);
    });
  }
  return (column as { values: Float64Array }).values.map((value) => {
    const label = classOf(target, value);
    return Number.isNaN(label) && !Number.isNaN(value) ? foreign(String(value)) : label;
  });
}
