import { formatClock } from '../src/civil.ts';
import { readTable } from '../src/data/read-table.ts';

/**
 * Reads a CSV that is made while it is read, and prints speed and peak memory as one JSON object.
 *
 * `node tools/measure-csv.ts [MB] [column,column…]` (default 300 MB, all nine columns)
 */

export interface CsvMeasure {
  megabytes: number;
  rows: number;
  columns: number;
  /** Reading alone: the time to make the same bytes is taken off. */
  seconds: number;
  megabytesPerSecond: number;
  /** What the typed columns need by themselves. */
  tableMebibytes: number;
  /** Peak resident memory of the whole process, Node among it. */
  peakMebibytes: number;
  /** Resident memory before reading. */
  startMebibytes: number;
}

/** A minute-by-minute sensor log: a stamp, seven numbers and a word. `spent.ms` grows by the time it takes to make it. */
async function* sensorLog(bytes: number, spent: { ms: number }): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  let row = 0;
  let text = 'time,a,b,c,d,e,f,g,state\n';
  while (sent < bytes) {
    const begin = performance.now();
    while (text.length < 1 << 18) {
      text += formatClock(row * 60_000);
      for (let c = 0; c < 7; c++) text += `,${((row * (c + 3)) % 9973) / 16}`;
      text += row % 7 ? ',on\n' : ',"off, idle"\n';
      row++;
    }
    const piece = encoder.encode(text);
    sent += piece.length;
    text = '';
    spent.ms += performance.now() - begin;
    yield piece;
  }
}

export async function measureCsv(megabytes: number, columns?: string[]): Promise<CsvMeasure> {
  const startMebibytes = process.memoryUsage.rss() / 2 ** 20;
  const spent = { ms: 0 };
  const begin = performance.now();
  const table = await readTable(sensorLog(megabytes * 1e6, spent), {
    name: 'made up',
    ...(columns ? { columns } : {}),
  });
  const seconds = (performance.now() - begin - spent.ms) / 1000;
  const size = table.columns.reduce((sum, column) => sum + table.rows * (column.kind === 'text' ? 4 : 8), 0);
  return {
    megabytes,
    rows: table.rows,
    columns: table.columns.length,
    seconds,
    megabytesPerSecond: megabytes / seconds,
    tableMebibytes: size / 2 ** 20,
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
    startMebibytes,
  };
}

if (import.meta.main) {
  const [megabytes = '300', columns] = process.argv.slice(2);
  console.log(JSON.stringify(await measureCsv(Number(megabytes), columns?.split(',')), null, 2));
}
