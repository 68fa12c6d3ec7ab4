/** Characters that are written at once: few enough to wait after, many enough not to wait often. */
const CHUNK = 2 ** 16;

/**
 * Joins pieces of a text to chunks worth a write. The whole, which may be longer than a string can be (V8: 2²⁹ − 24 characters), is never
 * one; nor is a character cut that no piece cuts.
 */
export function* inChunks(pieces: Iterable<string>, size = CHUNK): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    if (chunk !== '' && chunk.length + piece.length > size) {
      yield chunk;
      chunk = '';
    }
    chunk += piece;
  }
  if (chunk !== '') yield chunk;
}
