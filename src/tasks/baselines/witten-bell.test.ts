import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wittenBell, wittenBellAsItReads } from './witten-bell.ts';

/** The definition, from the text itself. */
function defined(text: readonly number[], K: number, context: readonly number[], w: number): number {
  const shorter = context.length === 0 ? 1 / K : defined(text, K, context.slice(1), w);
  const followers = text.filter(
    (_, i) => i >= context.length && context.every((token, n) => text[i - context.length + n] === token),
  );
  const kinds = new Set(followers).size;
  if (kinds === 0) return shorter;
  return (followers.filter((token) => token === w).length + kinds * shorter) / (followers.length + kinds);
}

const texts = fc.array(fc.nat(3), { minLength: 2, maxLength: 40 });

describe('Witten-Bell n-grams', () => {
  test.each([1, 2, 4])('of order %i have the probabilities of their definition, within 1e-12', async (order) => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (learned, read) => {
        const model = await wittenBell(Int32Array.from(learned), 4, order);
        const surprises = await model.surprises(Int32Array.from(read));
        for (let i = 1; i < read.length; i++) {
          const p = defined(learned, 4, read.slice(Math.max(0, i - order + 1), i), read[i]);
          expect(surprises[i - 1]).toBeCloseTo(-Math.log(p), 12);
        }
      }),
    );
  });

  test('that learn as they read know each token once they have predicted it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (read) => {
        const surprises = await wittenBellAsItReads(Int32Array.from(read), 4, 3);
        for (let i = 1; i < read.length; i++) {
          const p = defined(read.slice(0, i), 4, read.slice(Math.max(0, i - 2), i), read[i]);
          expect(surprises[i - 1]).toBeCloseTo(-Math.log(p), 12);
        }
      }),
    );
  });
});
