/**
 * A visible character for each of the 256 bytes, as GPT-2's byte-level tokenizers write them: printable Latin-1 stands for itself, the
 * other bytes for U+0100 and up, in order. Radford et al. 2019.
 */
const VISIBLE: readonly string[] = (() => {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const BYTE = new Map(VISIBLE.map((character, byte) => [character, byte]));

/** All 256 characters, in the order of their code points: the first tokens of a vocabulary. */
export const BYTE_ALPHABET: readonly string[] = [...VISIBLE].sort((a, b) => (a < b ? -1 : 1));

const encoder = new TextEncoder();

/** A text's UTF-8 bytes in visible characters. */
export function toByteText(text: string): string {
  let result = '';
  for (const byte of encoder.encode(text)) result += VISIBLE[byte];
  return result;
}

/** The bytes behind visible characters; undefined where one is none of them. */
export function bytesOf(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = BYTE.get(text[i]);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
