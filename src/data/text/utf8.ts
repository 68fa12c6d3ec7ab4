import { RecurveError } from '../../errors.ts';
import { expectBytes, expectOptions } from '../../options.ts';

/**
 * The text of a file's bytes: UTF-8, a byte order mark left out, `\r\n` read as `\n`.
 *
 * @param name names the text in messages
 * @throws RecurveError `data` for an empty file, a binary one, UTF-16, or bytes that are no UTF-8
 */
export function decodeText(bytes: Uint8Array, options: { name?: string } = {}): string {
  expectBytes('decodeText', bytes);
  expectOptions('decodeText', options, { name: true });
  const { name = 'text' } = options;
  const refuse = (expected: string, got: string, next: string): RecurveError =>
    new RecurveError('data', `${name}: expected ${expected}, got ${got}; ${next}`);
  if (bytes.length === 0) throw refuse('a text', 'an empty file', 'check that it was written completely');
  if (isUtf16(bytes)) throw refuse('a text in UTF-8', 'UTF-16', 'save it as UTF-8');
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw refuse('a text', `a binary file (a zero byte at offset ${zero})`, 'name a text file');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const offset = firstInvalid(bytes);
    if (offset === undefined)
      throw refuse('a text that fits into a string', `${bytes.length} bytes`, 'take a part of it, of at most 500 MB');
    const byte = bytes[offset].toString(16).padStart(2, '0');
    throw refuse(
      'a text in UTF-8',
      `the byte 0x${byte} at offset ${offset}, line ${lineOf(bytes, offset)}`,
      'convert the file to UTF-8 (e.g. iconv -f latin1 -t utf-8), or repair the place',
    );
  }
  return text.replaceAll('\r\n', '\n');
}

/** Whether a file begins with the mark of UTF-16. */
export function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** Offset of the first byte that does not continue valid UTF-8 (RFC 3629), if there is one. */
export function firstInvalid(bytes: Uint8Array): number | undefined {
  let i = 0;
  while (i < bytes.length) {
    const length = lengthOf(bytes, i);
    if (length === 0) return i;
    i += length;
  }
  return undefined;
}

/** Bytes of the character that starts at i, 0 where none does. */
function lengthOf(bytes: Uint8Array, i: number): number {
  const first = bytes[i];
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  for (let k = 1; k < length; k++) if ((bytes[i + k] & 0xc0) !== 0x80) return 0;
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  const second = bytes[i + 1];
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second >= 0xa0) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second >= 0x90) return 0;
  return length;
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) if (bytes[i] === 0x0a) line++;
  return line;
}
