import type { Row } from '../data/rows.ts';
import type { Json } from '../model/index.ts';
import { anyObject, instant, nullable, number, object, oneOf, record, string } from '../model/validate.ts';
import { refuseForeignState } from './stream-state.ts';

/** What `--state` keeps: where the stream is, and the answer to the last row of each series, which may not have been read. */
export interface SavedStream {
  format: 1;
  /** Fingerprint of the model's file. */
  model: string;
  /** Rows taken. */
  rows: number;
  /** The header line of the input; null for JSON lines. */
  header: string | null;
  /** Per series, the time of its last row and the answer to it, as printed. */
  last: Record<string, { row: number; time: number | null; answer: string }>;
  stream: Json;
}

/** What became of a row. */
export type Taken =
  | { kind: 'new' | 'repeated'; answer: string }
  /** It was taken before, and answered in its time. */
  | { kind: 'seen' };

/** A stream of rows in which none is taken twice, whatever is sent again after a kill. */
export interface StreamSession {
  take(row: Row): Taken;
  /** The time of the last row of a series. */
  lastTime(id: string): number | undefined;
  /** Everything to go on from. */
  save(header: string | undefined): SavedStream;
}

export interface SessionOptions {
  fingerprint: string;
  saved?: SavedStream | undefined;
  /** The input begins with the first row ever sent. */
  skipSeen: boolean;
}

const checkSaved = object({
  format: oneOf(1),
  model: string({ min: 1 }),
  rows: number({ integer: true, min: 0 }),
  header: nullable(string()),
  last: record(object({ row: number({ integer: true, min: 1 }), time: nullable(instant), answer: string() })),
  stream: anyObject,
});

/** Checks a saved stream that may come from anywhere. */
export function checkSavedStream(value: unknown, path: string): SavedStream {
  return checkSaved(value, path) as SavedStream;
}

/** A model that is fed row by row. */
export interface RowStream<T> {
  /** Takes the next row and answers it. */
  push(values: Row['values'], at: { time?: number; id?: string }): T;
  /** Plain JSON to go on from. */
  state(): Json;
}

/**
 * Begins a stream, or goes on with a saved one of the same model.
 *
 * @param open begins the model's stream, or goes on with its saved state
 * @param answerOf what is printed of an answer, beside row, id and time
 */
export function streamSession<T>(
  open: (saved?: Json) => RowStream<T>,
  answerOf: (answer: T) => object,
  { fingerprint, saved, skipSeen }: SessionOptions,
): StreamSession {
  if (saved) refuseForeignState(fingerprint, saved.model);
  const stream = open(saved?.stream);
  const last = new Map(Object.entries(saved?.last ?? {}));
  let rows = saved?.rows ?? 0;
  let seen = 0;

  return {
    lastTime: (id) => last.get(id)?.time ?? undefined,
    take({ values, time, id = '' }) {
      const before = last.get(id);
      if (skipSeen && seen < (saved?.rows ?? 0)) {
        seen++;
        // Nobody can know whether the answer to the very last row was read.
        return before && seen === saved?.rows ? { kind: 'repeated', answer: before.answer } : { kind: 'seen' };
      }
      if (before && time !== undefined && before.time !== null && time <= before.time) {
        return time === before.time ? { kind: 'repeated', answer: before.answer } : { kind: 'seen' };
      }
      const answered = stream.push(values, { ...(time !== undefined && { time }), ...(id !== '' && { id }) });
      rows++;
      const answer = JSON.stringify({
        row: rows,
        ...(id !== '' && { id }),
        ...(time !== undefined && { time: new Date(time).toISOString() }),
        ...answerOf(answered),
      });
      last.set(id, { row: rows, time: time ?? null, answer });
      return { kind: 'new', answer };
    },
    save: (header) => ({
      format: 1,
      model: fingerprint,
      rows,
      header: header ?? null,
      last: Object.fromEntries(last),
      stream: stream.state(),
    }),
  };
}
