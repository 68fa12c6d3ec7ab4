import { textDecoder } from '../data/bytes.ts';
import { isUtf16 } from '../data/text/utf8.ts';
import { RecurveError } from '../errors.ts';

const BREAK = 0x0a;

/**
 * The lines of standard input as they come, without their breaks.
 *
 * @param encoding in which a line break is the byte 10, as a `TextDecoder` label
 * @throws RecurveError `data` at a line that is not in the encoding; the lines before it have been given
 */
export async function* inputLines(encoding = 'utf-8'): AsyncGenerator<string, void, undefined> {
  const utf8 = textDecoder(encoding).encoding === 'utf-8';
  let begun: Uint8Array[] = [];
  let count = 0;
  const decode = (bytes: Uint8Array): string => {
    count++;
    try {
      // A byte order mark stands at the beginning only.
      const decoder = textDecoder(encoding, { ignoreBOM: count > 1 });
      return decoder.decode(bytes).replace(/\r$/, '');
    } catch (cause) {
      if (!utf8) {
        throw new RecurveError(
          'data',
          `standard input, line ${count}: expected text in ${encoding}, got other bytes; name its encoding with --encoding`,
          { cause },
        );
      }
      if (count === 1 && isUtf16(bytes))
        throw new RecurveError('data', 'standard input: expected text in UTF-8, got UTF-16; convert it', { cause });
      throw new RecurveError(
        'data',
        `standard input, line ${count}: expected text in UTF-8, got other bytes; convert it, e.g. iconv -f latin1 -t utf-8`,
        { cause },
      );
    }
  };
  // Whoever typed the command sees that it waits, and for what.
  if (process.stdin.isTTY) process.stderr.write('reading lines from the terminal; Ctrl-D ends\n');
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    let from = 0;
    for (let end = chunk.indexOf(BREAK); end >= 0; end = chunk.indexOf(BREAK, from)) {
      begun.push(chunk.subarray(from, end));
      yield decode(Buffer.concat(begun));
      begun = [];
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  if (begun.length > 0) yield decode(Buffer.concat(begun));
}
