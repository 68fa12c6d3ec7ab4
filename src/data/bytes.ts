import { RecurveError } from '../errors.ts';
import { kindOf } from '../options.ts';
import { firstInvalid, isUtf16 } from './text/utf8.ts';

/** Bytes at any position of a file, as Parquet needs them: a file handle, a `Blob`, a buffer. */
export interface RandomAccess {
  byteLength: number;
  /** Reads bytes `start` (inclusive) to `end` (exclusive, default: the end). */
  slice(start: number, end?: number): Promise<ArrayBuffer> | ArrayBuffer;
}

/** Bytes of a table, from wherever they come. */
export interface Source {
  /** What messages call it: a path, an address, `standard input`. */
  name: string;
  stream: AsyncIterable<Uint8Array>;
  /** Where the bytes can also be read out of order; Parquet then loads only the columns it needs. */
  file?: RandomAccess;
}

/** A stream whose first bytes have been looked at and not lost. */
export interface Peeked {
  head: Uint8Array;
  stream: AsyncIterable<Uint8Array>;
  /** Closes the source, whether `stream` was read to its end, partly or not at all. */
  close(): Promise<void>;
}

/** Reads at least `size` bytes ahead (fewer only where the stream ends) without consuming them. */
export async function peek(stream: AsyncIterable<Uint8Array>, size: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  let done = false;
  while (length < size && !done) {
    const next = await iterator.next();
    if (next.done) done = true;
    else if (next.value.length > 0) {
      read.push(next.value);
      length += next.value.length;
    }
  }
  async function* again(): AsyncGenerator<Uint8Array> {
    yield* read.splice(0);
    while (!done) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  }
  const close = async (): Promise<void> => {
    await iterator.return?.();
  };
  return { head: concat(read), stream: again(), close };
}

/** Joins pieces of bytes; a single piece is returned as it is. */
function concat(pieces: Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** All bytes of a stream. */
export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return concat(pieces);
}

/** The stream of bytes of whatever may be read as a text, and what it is called. */
export function sourceOf(input: Source | AsyncIterable<Uint8Array> | Uint8Array | string, name: string): Source {
  if (typeof input === 'string') return { name, stream: streamOf(new TextEncoder().encode(input)) };
  if (input instanceof Uint8Array) return { name, stream: streamOf(input) };
  const source = typeof input === 'object' && input !== null && 'stream' in input ? input : { name, stream: input };
  if (source.stream && Symbol.asyncIterator in Object(source.stream)) return source;
  throw new RecurveError(
    'usage',
    `${name}: expected a text, bytes or a stream of bytes, got ${kindOf(source.stream)}; give the content of a file, or openSource(path) of recurve/node`,
  );
}

/** Yields bytes already in memory as a stream, in pieces small enough that texts made of them stay small. */
export async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 18) yield bytes.subarray(at, at + (1 << 18));
}

/**
 * Decodes a stream of bytes as text; a byte that is not of the encoding, or a zero, is an error with its position.
 *
 * @param encoding of a table; without, it is a text, which is in UTF-8, and errors name the line too
 */
export async function* decodeText(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  encoding?: string,
): AsyncGenerator<string> {
  const decoder = textDecoder(encoding ?? 'utf-8');
  const exact = decoder.encoding === 'utf-8';
  let position = 0;
  let line = 1;
  const placeOf = (bytes: Uint8Array, at: number): string => {
    if (!exact) return `near byte ${position}`;
    return `at byte ${position + at}${encoding === undefined ? `, line ${line + breaksIn(bytes.subarray(0, at))}` : ''}`;
  };
  for await (const bytes of stream) {
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: true });
    } catch (error) {
      if (encoding === undefined && position === 0 && isUtf16(bytes))
        throw new RecurveError('data', `${name}: expected text in UTF-8, got UTF-16; save it as UTF-8`, {
          cause: error,
        });
      throw notText(name, encoding, placeOf(bytes, exact ? firstForeign(bytes) : 0), error);
    }
    if (text.includes('\0')) throw binary(name, encoding, placeOf(bytes, bytes.indexOf(0)));
    position += bytes.length;
    if (encoding === undefined) line += breaksIn(bytes);
    if (text !== '') yield text;
  }
  try {
    const rest = decoder.decode();
    if (rest !== '') yield rest;
  } catch (error) {
    throw notText(name, encoding, placeOf(new Uint8Array(), 0), error);
  }
}

/** Texts with every line break as `\n`: `\r\n`, and the lone `\r` of old files. */
export async function* unixBreaks(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const text of texts) {
    const piece = held + text;
    // The other half of a break may be in the next piece.
    held = piece.endsWith('\r') ? '\r' : '';
    const whole = held === '' ? piece : piece.slice(0, -1);
    yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole;
  }
  if (held !== '') yield '\n';
}

/** Offset of the first byte of a piece that is no UTF-8; its first bytes may belong to a character of the piece before. */
function firstForeign(bytes: Uint8Array): number {
  let from = 0;
  while (from < 3 && (bytes[from]! & 0xc0) === 0x80) from++;
  const rest = bytes.subarray(from);
  return from + (firstInvalid(rest) ?? Math.max(0, rest.length - 1));
}

function breaksIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}

/** A decoder that refuses what is not of the encoding, a `TextDecoder` label. */
export function textDecoder(encoding: string, options: { ignoreBOM?: boolean } = {}): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true, ...options });
  } catch (error) {
    throw new RecurveError(
      'usage',
      `data: expected an encoding such as utf-8 or windows-1252, got "${encoding}"; see the labels of TextDecoder`,
      { cause: error },
    );
  }
}

function notText(name: string, encoding: string | undefined, place: string, cause: unknown): RecurveError {
  const next =
    encoding === undefined
      ? 'convert it to UTF-8, e.g. iconv -f latin1 -t utf-8'
      : 'save it as UTF-8 or name its encoding (often windows-1252)';
  return new RecurveError(
    'data',
    `${name}: expected text in ${encoding ?? 'UTF-8'}, got other bytes ${place}; ${next}`,
    { cause },
  );
}

function binary(name: string, encoding: string | undefined, place: string): RecurveError {
  const [wanted, next] =
    encoding === undefined ? ['text', 'name a text file'] : ['a table as text or Parquet', 'export the table as CSV'];
  return new RecurveError('data', `${name}: expected ${wanted}, got binary data (a zero byte ${place}); ${next}`);
}
