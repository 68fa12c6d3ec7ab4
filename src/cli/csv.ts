/** A table as CSV, line after line; texts stand in quotes where they need them, numbers have every digit. */
export function* csvLines(header: readonly string[], rows: Iterable<readonly (string | number)[]>): Generator<string> {
  yield line(header);
  for (const row of rows) yield line(row);
}

function line(cells: readonly (string | number)[]): string {
  return `${cells.map(cell).join(',')}\n`;
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
