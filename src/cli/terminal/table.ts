import pico from 'picocolors';
import { lineWidth, pad, printable, truncate } from './width.ts';

export interface TextColumn {
  header: string;
  /** Default `left`; numbers want `right`. */
  align?: 'left' | 'right';
  /** Never cut in favour of other columns: names that a user has to type, and short columns beside long ones. */
  whole?: boolean;
}

/** A column of numbers. */
export function right(header: string): TextColumn {
  return { header, align: 'right' };
}

export interface TextTableOptions {
  /** A header alone is a column of texts. */
  columns: readonly (string | TextColumn)[];
  /** Plain text; control characters in it are made harmless. */
  rows: readonly (readonly string[])[];
  /** A row to set off by colour. */
  highlight?: number;
  /** Most columns of the terminal a line may take. Default 80. */
  width?: number;
  /** Default false. */
  color?: boolean;
  /** Default true; false draws the rule with ASCII. */
  unicode?: boolean;
}

const GAP = 2;
const NARROWEST = 4;

/**
 * A table as lines of text, ending in a line break: header, rule, rows. Lines never exceed `width`: the widest columns are cut
 * first, and what still does not fit is cut at the end of the line.
 */
export function textTable(options: TextTableOptions): string {
  const { width = 80, unicode = true } = options;
  const colors = pico.createColors(options.color ?? false);
  const ellipsis = unicode ? '…' : '~';
  const columns = options.columns.map((column) => (typeof column === 'string' ? { header: column } : column));
  const cells = options.rows.map((row) => columns.map((_, column) => printable(row[column] ?? '')));
  const headers = columns.map((column) => printable(column.header));
  const widths = headers.map((header, column) =>
    Math.max(lineWidth(header), ...cells.map((row) => lineWidth(row[column]!))),
  );
  const kept = (column: number) => columns[column]!.whole === true;
  shrink(widths, width - GAP * (widths.length - 1), kept);

  const line = (row: readonly string[], style: (cell: string) => string): string => {
    const parts = row.map((cell, column) =>
      style(pad(truncate(cell, widths[column]!, ellipsis), widths[column]!, columns[column]!.align)),
    );
    return truncate(parts.join(' '.repeat(GAP)), width, ellipsis).trimEnd();
  };
  const total = Math.min(width, widths.reduce((sum, one) => sum + one, 0) + GAP * Math.max(0, widths.length - 1));
  const lines = [line(headers, (cell) => colors.dim(cell)), colors.dim((unicode ? '─' : '-').repeat(total))];
  cells.forEach((row, index) => {
    lines.push(line(row, (cell) => (options.highlight === index ? colors.cyan(cell) : cell)));
  });
  return `${lines.join('\n')}\n`;
}

/** Takes from the widest columns, one character at a time, until all fit or all but those `kept` are as narrow as they may be. */
function shrink(widths: number[], room: number, kept: (column: number) => boolean): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const loose = widths.map((width, column) => (kept(column) ? 0 : width));
    const widest = loose.indexOf(Math.max(...loose));
    if (loose[widest]! <= NARROWEST) return;
    widths[widest]!--;
    excess--;
  }
}
