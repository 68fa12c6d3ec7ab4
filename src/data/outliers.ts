import type { Finding } from './report.ts';
import { type NumberColumn, rowNumber, type Table } from './table.ts';

/** Fewest values of which one can be said to lie apart from the others. */
const FEWEST = 20;
/** Values that are sorted, evenly spaced over a longer column. */
const SAMPLE = 65_536;
/** Share of the sample beyond each end of its middle. */
const TAIL = 0.01;
/** Widths of the middle beyond which a value lies apart: a logger's -9999 does, the heaviest rain of Seattle and New York does not. */
const WIDTHS = 20;

/**
 * Reports values so far from the middle 98 % of their column that they rather stand for something else, such as the -9999 of many loggers.
 * One of them sets the scale of its column, in which all others then look alike. They are kept, since only people can tell.
 */
export function reportOutliers(table: Table, { name, values }: NumberColumn, findings: Finding[]): void {
  const middle = middleOf(values);
  if (!middle) return;
  const reach = WIDTHS * (middle.to - middle.from);
  let row = 0;
  let count = 0;
  for (let k = 0; k < values.length; k++) {
    if (!(values[k] < middle.from - reach || values[k] > middle.to + reach)) continue;
    if (count === 0) row = k;
    count++;
  }
  if (count === 0) return;
  findings.push({
    kind: 'outliers',
    column: name,
    count,
    first: { row: rowNumber(table, row), text: String(values[row]) },
    rule: `kept, though the others lie around ${rounded(middle.from)} to ${rounded(middle.to)}; where that is a fault or means missing, list it among the texts that mean missing`,
  });
}

/** The middle 98 % of a column; undefined of few values, and where they are all one number, as those of a rare event are. */
function middleOf(values: Float64Array): { from: number; to: number } | undefined {
  const stride = Math.ceil(values.length / SAMPLE);
  const seen: number[] = [];
  for (let k = 0; k < values.length; k += stride) if (!Number.isNaN(values[k])) seen.push(values[k]);
  const sample = Float64Array.from(seen).sort();
  if (sample.length < FEWEST) return;
  const tail = Math.max(1, Math.floor(sample.length * TAIL));
  const [from, to] = [sample[tail], sample[sample.length - 1 - tail]];
  return to > from ? { from, to } : undefined;
}

/** For people: four digits tell where a column lies. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
