import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineWidth, pad, printable, truncate } from './width.ts';

const RED = '\u001b[31m';
const END = '\u001b[39m';

test('colours take no columns, wide characters two', () => {
  expect(lineWidth(`${RED}loss${END} 日本`)).toBe(9);
  expect(pad('日', 4)).toBe('日  ');
  expect(pad('日', 4, 'right')).toBe('  日');
  expect(pad('long', 2)).toBe('long');
});

test('a line is cut at a whole grapheme, and colours begun are ended', () => {
  expect(truncate('temperature', 8)).toBe('tempera…');
  expect(truncate('日本語', 4)).toBe('日…');
  expect(truncate('日本', 4)).toBe('日本');
  expect(truncate(`${RED}temperature${END}`, 5)).toBe(`${RED}temp…${END}`);
  expect(truncate('abc', 0)).toBe('');
});

test('no line is ever wider than asked, whatever it holds', () => {
  const part = fc.constantFrom('a', '日', '👩‍👩‍👧', RED, END, 'e\u0301', ' ', '…');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), fc.integer({ min: 0, max: 30 }), (parts, columns) => {
      const line = parts.join('');
      const cut = truncate(line, columns);
      expect(lineWidth(cut)).toBeLessThanOrEqual(columns);
      if (lineWidth(line) <= columns) expect(cut).toBe(line);
    }),
  );
});

test('text from outside cannot move the cursor, ring, start a line or reverse the writing direction', () => {
  expect(printable('a\u001b[2Jb\u0007c\nd\te\u202ef\u0000')).toBe('a·[2Jb·c d e·f·');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (value) => !/\p{Control}/u.test(printable(value))),
    { numRuns: 50 },
  );
});
