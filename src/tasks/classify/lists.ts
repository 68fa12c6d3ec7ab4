import { type Column, columnOf, rowNumber, type Table } from '../../data/index.ts';
import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';

/** Steps of a sequence written as a list: D numbers each, one after the other. */
export interface ListedSteps {
  /** Numbers per step; undefined for a list without a step. */
  D: number | undefined;
  values: number[];
}

/** Reads `[[1, 2], [3, 4]]`, or `[1, 2]` for steps of one number; undefined where it is none of these, or a number is beyond f32. */
export function stepsOfList(list: unknown): ListedSteps | undefined {
  if (!Array.isArray(list)) return undefined;
  const steps = list.map((step: unknown) => (Array.isArray(step) ? step : [step]));
  const D = steps[0]?.length;
  const whole = steps.every(
    (step) =>
      step.length === D && step.every((one: unknown) => typeof one === 'number' && Number.isFinite(Math.fround(one))),
  );
  return whole && D !== 0 ? { D, values: steps.flat() } : undefined;
}

/** Whether a column holds such lists, by its first cell: a list of lists, or of numbers where there is nothing else to read. */
export function holdsLists(column: Column, others: boolean): boolean {
  if (column.kind !== 'text' || column.codes[0] < 0) return false;
  const first = parsed(column.dictionary[column.codes[0]]);
  const steps = stepsOfList(first);
  return steps !== undefined && steps.D !== undefined && (!others || Array.isArray((first as unknown[])[0]));
}

/**
 * The sequences of a column of lists, one per row.
 *
 * @throws RecurveError `data` for a cell that is no list of steps, with its row
 */
export function listedSequences(table: Table, name: string): { D: number; sequences: Float32Array[] } {
  const column = columnOf(table, name) as Extract<Column, { kind: 'text' }>;
  let D: number | undefined;
  const sequences = Array.from(column.codes, (code, row) => {
    const cell = code < 0 ? '' : column.dictionary[code];
    const steps = stepsOfList(parsed(cell));
    D ??= steps?.D;
    if (steps && (steps.D === undefined || steps.D === D)) return Float32Array.from(steps.values);
    throw new RecurveError(
      'data',
      `${table.source}: expected a list of steps of ${D ?? 'as many'} numbers in "${name}", got "${shorten(cell)}" in row ${rowNumber(table, row)}; repair it or leave the row out`,
    );
  });
  return { D: D ?? 1, sequences };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No list: said by whoever expects one.
    return undefined;
  }
}
