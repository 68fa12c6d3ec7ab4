import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces } from './json-pieces.ts';
import { lazily } from './lazily.ts';

const joined = (value: unknown, most?: number): string => [...jsonPieces(value, most)].join('');

test('pieces of any size make the text of JSON.stringify', () => {
  fc.assert(
    fc.property(
      fc.anything({ maxDepth: 3, maxKeys: 3, values: plainValues() }),
      fc.integer({ min: 1, max: 60 }),
      (value, most) => {
        expect(joined({ value }, most)).toBe(JSON.stringify({ value }));
      },
    ),
  );
});

function plainValues() {
  const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u2028', 'é', '😀', '\ud83d', '\ude00') });
  return [text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined)];
}

test.each([undefined, 1, 2, 5])(
  'typed arrays and lists made on the way are lists, what is no number is null (%s)',
  (most) => {
    const value = {
      wide: Float64Array.of(1.5, Number.NaN, -0, Number.POSITIVE_INFINITY),
      none: undefined,
      empty: new Int32Array(0),
      rows: lazily([1, 2], (n, i) => ({ n, i, own: Uint8Array.of(n), none: undefined })),
      nothing: [undefined],
    };
    expect(joined(value, most)).toBe(
      '{"wide":[1.5,null,0,null],"empty":[],"rows":[{"n":1,"i":0,"own":[1]},{"n":2,"i":1,"own":[2]}],"nothing":[null]}',
    );
  },
);

test('what is small is one piece, and no piece of what is large is long', () => {
  const small = { values: new Float64Array(4000), text: 'a' };
  expect([...jsonPieces(small)]).toHaveLength(1);
  const large = { texts: [`${'"'.repeat(100_001)}😀`], values: lazily(new Uint8Array(10_000), () => 1 / 3) };
  let longest = 0;
  for (const { length } of jsonPieces(large)) longest = Math.max(longest, length);
  expect(longest).toBeLessThan(10_000);
  expect(JSON.parse(joined(large))).toEqual({ texts: large.texts, values: [...large.values] });
});
