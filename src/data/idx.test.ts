import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readIdx } from './idx.ts';

/** An IDX file by the format's description: 0, 0, type, axes, sizes and numbers, big-endian. */
function idx(code: number, shape: readonly number[], numbers: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  head.setUint32(0, (code << 8) | shape.length);
  shape.forEach((size, axis) => {
    head.setUint32(4 + 4 * axis, size);
  });
  return new Uint8Array([...new Uint8Array(head.buffer), ...numbers]);
}

describe('readIdx', () => {
  test('reads bytes of any shape, plain and gzip', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (shape, packed) => {
          const numbers = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (37 * i) % 256);
          const file = idx(8, shape, numbers);
          expect(await readIdx(packed ? gzipSync(file) : file)).toEqual({ shape, values: numbers });
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([
    [9, new Int8Array([-128, 127, -1]), [0x80, 0x7f, 0xff]],
    [11, new Int16Array([-32768, 258]), [0x80, 0, 1, 2]],
    [12, new Int32Array([-2, 16909060]), [0xff, 0xff, 0xff, 0xfe, 1, 2, 3, 4]],
    [13, new Float32Array([1.5, -0.25]), [0x3f, 0xc0, 0, 0, 0xbe, 0x80, 0, 0]],
    [14, new Float64Array([1.5]), [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
  ])('reads type %i big-endian', async (code, values, bytes) => {
    expect(await readIdx(idx(code, [values.length], Uint8Array.from(bytes)))).toEqual({
      shape: [values.length],
      values,
    });
  });

  test('reads bytes that lie inside a larger buffer', async () => {
    const file = idx(8, [2], Uint8Array.of(5, 6));
    const inside = new Uint8Array([9, 9, 9, ...file, 9]).subarray(3, 3 + file.length);
    expect((await readIdx(inside)).values).toEqual(Uint8Array.of(5, 6));
  });

  test.each([
    ['nothing', new Uint8Array(0), 'expected an IDX file (00 00, type 08 to 0e, number of axes), got no bytes'],
    ['text', new TextEncoder().encode('a,b\n1,2\n'), 'got 61 2c 62 0a'],
    ['an unknown type', idx(10, [1], Uint8Array.of(1)), 'got 00 00 0a 01'],
    ['no axes', idx(8, [], Uint8Array.of(1)), 'got 00 00 08 00'],
    ['a file cut in its head', idx(8, [2, 2], new Uint8Array(4)).subarray(0, 9), 'expected a head of 12 bytes, got 9'],
    ['a file cut in its numbers', idx(8, [3], Uint8Array.of(1, 2)), 'expected 11 bytes for shape [3], got 10'],
    ['numbers left over', idx(8, [1], Uint8Array.of(1, 2)), 'expected 9 bytes for shape [1], got 10'],
    ['a size that cannot be', idx(8, [4e9, 4e9], new Uint8Array(0)), 'got 12'],
  ])('refuses %s with the file’s name', async (_, bytes, message) => {
    const reading = readIdx(bytes, { name: 'digits.idx' });
    await expect(reading).rejects.toMatchObject({ code: 'data', message: expect.stringContaining(message) });
    await expect(reading).rejects.toThrow(/^digits\.idx: /);
  });

  test('refuses gzip that is cut off', async () => {
    const packed = gzipSync(
      idx(
        8,
        [1000],
        new Uint8Array(1000).map((_, i) => i * i),
      ),
    );
    await expect(readIdx(packed.subarray(0, packed.length - 20), { name: 'digits.gz' })).rejects.toMatchObject({
      code: 'data',
      message: expect.stringContaining('digits.gz: expected whole gzip data'),
    });
  });
});
