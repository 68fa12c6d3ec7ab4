import { textDecoder } from '../data/bytes.ts';
import { readLike, type SeriesOptions, type TableFormat } from '../data/index.ts';
import { rowReader } from '../data/rows.ts';
import { RecurveError } from '../errors.ts';
import type { Json } from '../model/index.ts';
import { inputLines } from './input-lines.ts';
import type { OpenedModel } from './models.ts';
import { given } from './options.ts';
import { writeOut } from './output.ts';
import { type ReadValues, readOptionsOf } from './read-options.ts';
import { checkSavedStream, type RowStream, streamSession } from './stream-session.ts';
import { fingerprintOf, readState, writeState } from './stream-state.ts';

/** Values of the options of `recurve stream` that say how rows come and where the state is kept. */
export interface StreamValues extends Omit<ReadValues, 'format'> {
  state?: string;
  skipSeen?: boolean;
  /** Parquet has no lines. */
  format?: 'auto' | 'csv' | 'tsv' | 'jsonl';
}

/** A model that answers rows of a table. */
export interface RowModel<T> {
  /** How the table of its training was read. */
  reading: SeriesOptions;
  /** How it was written, where it was said. */
  written?: TableFormat;
  /** Columns of numbers it needs. */
  columns: string[];
  zone: string;
  open(saved?: Json): RowStream<T>;
  /** What is printed of an answer, beside row, id and time. */
  answerOf(answer: T): object;
}

/** Answers each row of standard input on a line, with the state on disk before the answer is printed. */
export async function streamRows<T>(opened: OpenedModel, model: RowModel<T>, values: StreamValues): Promise<void> {
  // Series bring their own names.
  const saved = await readState(values.state, checkSavedStream, { anyKey: true });
  const session = streamSession(model.open, model.answerOf, {
    fingerprint: fingerprintOf(opened),
    saved,
    skipSeen: values.skipSeen ?? false,
  });
  const { reading, columns, zone } = model;
  const { encoding, format: _, ...written } = readLike(model.written ?? {}, readOptionsOf(values));
  // Names of the columns that were read before hold for the rows that follow without.
  const header = saved?.header ?? (written.header === false ? false : undefined);
  const reader = await rowReader({
    name: 'standard input',
    columns,
    time: reading.time ?? null,
    zone,
    ...given({ ...written, header, format: values.format ?? model.written?.format }),
    ...given({ series: reading.series, timeFormat: reading.timeFormat }),
  });
  if (saved) process.stderr.write(`going on after row ${saved.rows}\n`);

  let passedOver = 0;
  for await (const line of inputLines(lineEncoding(encoding, values.encoding))) {
    const row = reader.read(line, session.lastTime);
    if (row === null) continue;
    const taken = session.take(row);
    if (taken.kind === 'seen') {
      passedOver++;
      continue;
    }
    // In this order an answer that was read is never forgotten.
    if (taken.kind === 'new' && values.state !== undefined) {
      await writeState(values.state, session.save(reader.header));
    }
    await writeOut(`${taken.answer}\n`);
  }
  if (passedOver > 0)
    process.stderr.write(
      `passed over ${passedOver} ${passedOver === 1 ? 'row that was' : 'rows that were'} taken before\n`,
    );
}

/** The encoding of the lines. In UTF-16 a table is a file: its lines cannot be told apart by bytes, and a stream of them is in UTF-8. */
function lineEncoding(encoding: string | undefined, asked: string | undefined): string | undefined {
  if (encoding === undefined || !textDecoder(encoding).encoding.startsWith('utf-16')) return encoding;
  if (asked === undefined) return undefined;
  throw new RecurveError(
    'usage',
    `stream: expected --encoding of lines that extend ASCII, got ${asked}; convert them, e.g. iconv -f utf-16 -t utf-8`,
  );
}
