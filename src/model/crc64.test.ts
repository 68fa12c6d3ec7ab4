import { describe, expect, it } from 'vitest';
import { crc64 } from './crc64.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('crc64', () => {
  it('gives the published check value of CRC-64/XZ, 995dc9bbdf1939fa, for "123456789"', () => {
    expect(crc64([bytes('123456789')])).toBe('995dc9bbdf1939fa');
  });

  it('agrees with a bit-by-bit computation in BigInt over all byte values', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => (i * 167 + 13) & 255);
    let crc = 0xffffffffffffffffn;
    for (const byte of all) {
      crc ^= BigInt(byte);
      for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
    }
    expect(crc64([all])).toBe((crc ^ 0xffffffffffffffffn).toString(16).padStart(16, '0'));
  });

  it('does not depend on how the bytes are cut into chunks', () => {
    expect(crc64([bytes('1234'), bytes(''), bytes('56789')])).toBe(crc64([bytes('123456789')]));
  });
});
