/**
 * CRC-64/XZ (ECMA-182 polynomial, reflected), the checksum inside model files.
 *
 * Why a checksum and not SHA-256: the fingerprint travels in the file it guards, so it can only ever show accidents, never
 * forgery, and against accidents a CRC is the stronger promise: every change that fits in 64 neighbouring bits is found with
 * certainty, anything else but for one case in 2^64. It is also synchronous and works on every page, where WebCrypto's
 * `subtle.digest` is asynchronous and missing on plain http.
 */
const [tableLow, tableHigh] = buildTables();

/** One table entry per byte value, each 64-bit entry as two 32-bit halves because bitwise operators see 32 bits. */
function buildTables(): [Int32Array, Int32Array] {
  const low = new Int32Array(256);
  const high = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const carry = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (carry) {
        l ^= 0xd7870f42;
        h ^= 0xc96c5795;
      }
    }
    low[byte] = l;
    high[byte] = h;
  }
  return [low, high];
}

/** Returns the CRC-64/XZ of the chunks, read as one run of bytes, as 16 hexadecimal digits. */
export function crc64(chunks: Iterable<Uint8Array>): string {
  let low = -1;
  let high = -1;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      const entry = (low ^ chunk[i]) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ tableLow[entry];
      high = (high >>> 8) ^ tableHigh[entry];
    }
  }
  return hex(~high) + hex(~low);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
