// The kernels travel inside the library as text. Unlike in base64 a byte is the same text wherever it stands, and repeated bytes are
// what compression looks for: a page loads 15 kB of gzip for them instead of 22.

/** Digits that are written as they are; two more characters say that the digit behind them is {@link DIGITS} or twice that higher. */
const DIGITS = 86;
/** 0xfd begins every vector instruction: so moved it is digit 0, and small numbers stay below {@link DIGITS}. */
const SHIFT = 3;

/** The 88 printable characters that need no escape in a string, a template or a script element, in order. */
function alphabet(): string {
  const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  return printable.filter((character) => !'"$\'<\\`'.includes(character)).join('');
}

/** The bytes that `tools/build.mjs` wrote as text. */
export function decodeEmbedded(text: string, byteLength: number): Uint8Array<ArrayBuffer> {
  const digits = new Uint8Array(128);
  for (const [digit, character] of [...alphabet()].entries()) digits[character.charCodeAt(0)] = digit;
  const bytes = new Uint8Array(byteLength);
  let higher = 0;
  for (let i = 0, at = 0; i < text.length; i++) {
    const digit = digits[text.charCodeAt(i)];
    if (digit >= DIGITS) {
      higher = (digit - DIGITS + 1) * DIGITS;
    } else {
      bytes[at++] = digit + higher - SHIFT;
      higher = 0;
    }
  }
  return bytes;
}
