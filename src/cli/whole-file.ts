import { RecurveError } from '../errors.ts';
import { openSource } from '../node/source.ts';

/** Most bytes that are read: all of them are held in memory. */
const MOST = 2 ** 30;

/**
 * The bytes of a file, an address, or standard input (`-`), with the name that messages give it.
 *
 * @throws RecurveError `file` where it cannot be read, `data` for more than a gibibyte
 */
export async function readWhole(place: string): Promise<{ name: string; bytes: Uint8Array }> {
  const { name, stream } = await openSource(place);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    size += piece.length;
    if (size > MOST) {
      throw new RecurveError('data', `${name}: expected at most 1 GiB, got more; take a part of it`);
    }
  }
  return { name, bytes: Buffer.concat(pieces) };
}
