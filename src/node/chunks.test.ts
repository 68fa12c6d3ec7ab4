import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inChunks } from './chunks.ts';

test('chunks hold the pieces in their order, none is empty, and only a piece of its own is longer than asked', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 12 })), fc.integer({ min: 1, max: 20 }), (pieces, size) => {
      const chunks = [...inChunks(pieces, size)];
      expect(chunks.join('')).toBe(pieces.join(''));
      for (const chunk of chunks) {
        expect(chunk).not.toBe('');
        expect(chunk.length <= size || pieces.includes(chunk)).toBe(true);
      }
      // Two neighbours could not have been one.
      chunks.slice(1).forEach((chunk, i) => {
        expect(chunks[i].length + chunk.length).toBeGreaterThan(size);
      });
    }),
  );
});

test('no more pieces are asked for than the next chunk takes', () => {
  let made = 0;
  const chunks = inChunks(
    (function* () {
      for (;;) yield String(made++ % 10);
    })(),
    100,
  );
  expect(chunks.next().value).toHaveLength(100);
  expect(made).toBe(101);
});
