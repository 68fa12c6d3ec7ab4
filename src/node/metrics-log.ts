import { closeSync, constants, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { RecurveError } from '../errors.ts';
import { type JsonObject, writeJson } from '../model/json.ts';
import { fileError } from './file-error.ts';
import { readFileIfThere } from './files.ts';

/** One line of `metrics.jsonl`: the step it belongs to, and whatever was measured. */
export type MetricsRecord = { readonly step: number } & JsonObject;

/** An open `metrics.jsonl`. Nothing but whole lines is ever left in it, short of a kill in the middle of a line. */
export interface MetricsLog {
  /** Adds one line. Lines of step `s` go in before the checkpoint of step `s` is saved, so that `rewind` finds them. */
  append(record: MetricsRecord): void;
  /** Removes every line behind `step`, as if the training had just reached it. */
  rewind(step: number): void;
  /** Flushes to disk. */
  sync(): void;
  close(): void;
}

const newline = 0x0a;

/**
 * Opens a metrics log, making it where it is missing and taking away a torn last line. Writing is synchronous: a line is about a hundred bytes, and once
 * `append` returns no kill of the process can lose it.
 *
 * @throws RecurveError `file`
 */
export function openMetricsLog(path: string): MetricsLog {
  const attempt = <T>(wanted: string, action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw error instanceof RecurveError ? error : fileError(path, wanted, error);
    }
  };
  // Not append mode, in which Windows does not allow cutting.
  const file = attempt('to open the metrics log', () => openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666));
  let size = 0;
  const cut = (length: number): void => {
    ftruncateSync(file, length);
    size = length;
  };
  attempt('to open the metrics log', () => cut(readFileSync(path).lastIndexOf(newline) + 1));
  return {
    append(record) {
      checkStep(record.step, path);
      const line = new TextEncoder().encode(`${writeJson(record, path)}\n`);
      attempt(`to add ${line.length} bytes`, () => {
        try {
          for (let at = 0; at < line.length; ) at += writeSync(file, line, at, line.length - at, size + at);
        } catch (error) {
          // The disk filled up halfway: take the half back.
          cut(size);
          throw error;
        }
        size += line.length;
      });
    },
    rewind(step) {
      attempt('to cut the metrics log', () => cut(lengthUpTo(readFileSync(path), step, path)));
    },
    sync() {
      attempt('to flush the metrics log', () => fsyncSync(file));
    },
    close() {
      attempt('to close the metrics log', () => closeSync(file));
    },
  };
}

function checkStep(step: unknown, who: string): number {
  if (Number.isSafeInteger(step) && (step as number) >= 0) return step as number;
  throw new RecurveError('usage', `${who}: expected a record with a step from 0, got ${step}; count optimiser steps`);
}

/**
 * Reads a metrics log. A torn last line, left by a kill, is passed over; a missing file is an empty log.
 *
 * @throws RecurveError `file` for a damaged line, with its number
 */
export async function readMetricsLog(path: string): Promise<MetricsRecord[]> {
  const bytes = await readFileIfThere(path);
  return bytes === undefined ? [] : [...lines(bytes, path)].map(({ record }) => record);
}

/** Bytes of the log up to the first line behind `step`. */
function lengthUpTo(bytes: Uint8Array, step: number, path: string): number {
  let length = 0;
  for (const { record, end } of lines(bytes, path)) {
    if (record.step > step) break;
    length = end;
  }
  return length;
}

/** The whole lines of a log, each with the offset behind its newline. */
function* lines(bytes: Uint8Array, path: string): Generator<{ record: MetricsRecord; end: number }> {
  const decoder = new TextDecoder();
  let begin = 0;
  for (let number = 1; ; number++) {
    const end = bytes.indexOf(newline, begin);
    if (end < 0) return;
    yield { record: parseLine(decoder.decode(bytes.subarray(begin, end)), number, path), end: end + 1 };
    begin = end + 1;
  }
}

function parseLine(text: string, number: number, path: string): MetricsRecord {
  let record: MetricsRecord | undefined;
  let cause: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  if (Number.isSafeInteger(record?.step)) return record as MetricsRecord;
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
  throw new RecurveError(
    'file',
    `${path}: line ${number}: expected a JSON object with a step, got ${shown}; delete the line or the file`,
    { cause },
  );
}
