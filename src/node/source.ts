import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RandomAccess, Source } from '../data/bytes.ts';
import { RecurveError } from '../errors.ts';
import { expectText } from '../options.ts';
import { fileError } from './file-error.ts';

/** Bytes read from a file at a time. */
const PIECE = 1 << 18;

/**
 * Opens data by path, by `http(s)` address, or `-` for standard input.
 *
 * Nothing is held open until the stream is read. A plain file can also be read at any position.
 *
 * @throws `file` where it does not exist, is a directory, may not be read, or a server answers with anything but success
 */
export async function openSource(place: string): Promise<Source> {
  expectText('openSource', 'a place', place, 'give a path, an address or - for standard input');
  if (place === '-') return standardInput();
  if (/^https?:\/\//i.test(place)) return fetchSource(place);
  return fileSource(place.startsWith('file:') ? fileURLToPath(place) : place);
}

function standardInput(): Source {
  const name = 'standard input';
  if (process.stdin.isTTY) {
    throw new RecurveError('file', `${name}: expected data piped in, got a terminal; pipe one in or name a file`);
  }
  return { name, stream: guarded(process.stdin, (error) => unreadable(name, error)) };
}

async function fileSource(path: string): Promise<Source> {
  const name = path;
  let size: number;
  try {
    const stats = await stat(path);
    if (stats.isDirectory())
      throw new RecurveError('file', `${name}: expected a file, got a directory; name a file in it`);
    // Opening it now finds a missing permission before anything else is prepared. A pipe would wait or lose its bytes.
    if (stats.isFile()) await (await open(path)).close();
    size = stats.isFile() ? stats.size : -1;
  } catch (error) {
    throw unreadable(name, error);
  }
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* guarded(createReadStream(path, { highWaterMark: PIECE }), (error) => unreadable(name, error));
  }
  const source: Source = { name, stream: stream() };
  // A pipe or a device has no positions.
  return size < 0 ? source : { ...source, file: randomAccess(path, name, size) };
}

function randomAccess(path: string, name: string, byteLength: number): RandomAccess {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
      try {
        // A handle per read leaves nothing to close when a reader stops halfway.
        const handle = await open(path);
        try {
          let at = 0;
          while (at < bytes.length) {
            const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
            if (bytesRead === 0)
              throw new RecurveError(
                'file',
                `${name}: expected ${byteLength} bytes, got fewer; it changed while it was read`,
              );
            at += bytesRead;
          }
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw unreadable(name, error);
      }
      return bytes.buffer;
    },
  };
}

async function fetchSource(address: string): Promise<Source> {
  const { url, headers, name } = readAddress(address);
  let response: Response;
  try {
    response = await fetch(url, { headers });
  } catch (error) {
    throw networkError(name, error);
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new RecurveError(
      'file',
      `${name}: expected the server to send the data, got status ${response.status} ${response.statusText}`
        .trim()
        .concat('; check the address'),
    );
  }
  return { name, stream: guarded(response.body, (error) => networkError(name, error)) };
}

/** Parses an address. User and password go where `fetch` wants them, and stay out of the name, since names are printed. */
function readAddress(address: string): { url: URL; headers: Record<string, string>; name: string } {
  let url: URL;
  try {
    url = new URL(address);
  } catch (error) {
    throw new RecurveError(
      'usage',
      `data: expected an address such as https://example.org/table.csv, got "${address}"; correct it`,
      { cause: error },
    );
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers: Record<string, string> =
    username === '' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  return { url, headers, name: url.href };
}

async function* guarded(
  stream: AsyncIterable<Uint8Array>,
  wrap: (error: unknown) => RecurveError,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw wrap(error);
  }
}

function networkError(name: string, error: unknown): RecurveError {
  if (error instanceof RecurveError) return error;
  // The reason is in the cause; what fetch itself says is "fetch failed".
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason =
    cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause);
  return new RecurveError(
    'file',
    `${name}: expected an answer from the server, got none (${reason}); check address and network`,
    { cause: error },
  );
}

function unreadable(name: string, error: unknown): RecurveError {
  return error instanceof RecurveError ? error : fileError(name, 'a file to read', error);
}
