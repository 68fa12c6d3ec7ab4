import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSampler, type SampleOptions } from './sample.ts';

/** Share of each token in n draws. */
function shares(logits: readonly number[], options: SampleOptions, n = 40_000, allowed?: readonly number[]): number[] {
  const sampler = createSampler(options);
  const counts = logits.map(() => 0);
  for (let i = 0; i < n; i++) counts[sampler.pick(logits, allowed)]++;
  return counts.map((count) => count / n);
}

/** The distribution by its definition, in the stated order of filters. */
function defined(
  logits: readonly number[],
  { temperature = 1, topK = Infinity, topP = 1, minP = 0 }: SampleOptions,
): number[] {
  const normal = (w: number[]) => w.map((x) => x / w.reduce((a, b) => a + b, 0));
  let p = normal(logits.map((x) => Math.exp(x / temperature)));
  const ranked = p.map((_, k) => k).sort((a, b) => p[b] - p[a] || a - b);
  p = normal(p.map((x, k) => (ranked.indexOf(k) < topK ? x : 0)));
  const before = (k: number) => ranked.slice(0, ranked.indexOf(k)).reduce((sum, j) => sum + p[j], 0);
  p = normal(p.map((x, k) => (before(k) < topP ? x : 0)));
  const top = Math.max(...p);
  return normal(p.map((x) => (x >= minP * top ? x : 0)));
}

const logits = [1.3, -0.4, 2.2, 0.1, -3, 0.9];

describe('a sampler', () => {
  test.each<SampleOptions>([
    {},
    { temperature: 0.5 },
    { temperature: 2.5 },
    { topK: 2 },
    { topP: 0.7 },
    { minP: 0.2 },
    { topK: 2, topP: 0.65 },
    { temperature: 1.5, topK: 4, topP: 0.8, minP: 0.3 },
  ])('draws with the defined probabilities: %o, within 0.012 in 40,000 draws', (options) => {
    const drawn = shares(logits, options);
    const exact = defined(logits, options);
    for (let k = 0; k < logits.length; k++) {
      expect(Math.abs(drawn[k] - exact[k]), `token ${k}`).toBeLessThan(0.012);
      if (exact[k] === 0) expect(drawn[k], `token ${k}`).toBe(0);
    }
  });

  test('takes the likeliest token at temperature 0, the lowest of equals', () => {
    expect(createSampler({ temperature: 0 }).pick([0, 3, 3, 1])).toBe(1);
  });

  test('keeps exactly k of equals, those of the lowest numbers', () => {
    expect(shares([1, 1, 1, 1], { topK: 2 }, 200).map((share) => share > 0)).toEqual([true, true, false, false]);
  });

  test('draws only what is allowed, filters counting among that', () => {
    const drawn = shares(logits, { topK: 1 }, 100, [1, 1, 0, 1, 1, 1]);
    expect(drawn).toEqual([1, 0, 0, 0, 0, 0]);
    expect(() => createSampler().pick([1, 2], [0, 0])).toThrow(/at least one allowed token of 2, got none/);
  });

  test('weakens recent tokens whatever the sign of their logits, and forgets them after the window', () => {
    const sampler = createSampler({ temperature: 0, repetitionPenalty: 2, repetitionWindow: 2 });
    // 3 counts 1.5 while it is recent, 2 counts 1; after two picks of the first the second is forgotten.
    expect([1, 2, 3, 4, 5].map(() => sampler.pick([3, 2, 1.2]))).toEqual([0, 1, 0, 0, 1]);
    const negative = createSampler({ temperature: 0, repetitionPenalty: 2 });
    negative.note(0);
    negative.note(0);
    expect(negative.pick([-1, -1.9])).toBe(1);
    expect(createSampler({ temperature: 0, repetitionPenalty: 2 }).pick([-1, -1.9])).toBe(0);
  });

  test('gives the same tokens for the same seed, others for another, and goes on from its state', () => {
    const draw = (seed: number, n: number) => {
      const sampler = createSampler({ seed });
      return { tokens: Array.from({ length: n }, () => sampler.pick(logits)), state: sampler.state };
    };
    expect(draw(3, 50).tokens).toEqual(draw(3, 50).tokens);
    expect(draw(3, 50).tokens).not.toEqual(draw(4, 50).tokens);
    const later = createSampler({}, draw(3, 20).state);
    expect(Array.from({ length: 30 }, () => later.pick(logits))).toEqual(draw(3, 50).tokens.slice(20));
  });

  test('never draws what a filter removed, for any logits and filters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.float({ min: Math.fround(0.05), max: 1, noNaN: true }),
        fc.nat(),
        (values, topK, topP, seed) => {
          const token = createSampler({ topK, topP, seed }).pick(values);
          expect(values.filter((v) => v > values[token]).length).toBeLessThan(topK);
        },
      ),
    );
  });

  test('an extreme repetition penalty forbids what was said as long as anything else is left', () => {
    for (const repetitionPenalty of [1e308, 1e-308, 5e-324]) {
      const sampler = createSampler({ repetitionPenalty, temperature: 0.5 });
      const drawn = Array.from({ length: 6 }, () => sampler.pick(logits.map((x) => x - 5)));
      expect(new Set(drawn).size, String(repetitionPenalty)).toBe(repetitionPenalty > 1 ? 6 : 1);
    }
    expect(() => createSampler({ repetitionPenalty: 2 }).pick([1, Infinity])).toThrow(/got Infinity for token 1/);
  });

  test('refuses logits that are not finite, and settings without sense', () => {
    expect(() => createSampler().pick([1, Number.NaN])).toThrow(/expected finite logits, got NaN for token 1/);
    for (const bad of [{ temperature: -1 }, { topK: 0 }, { topP: 0 }, { topP: 1.1 }, { minP: -0.1 }])
      expect(() => createSampler(bad), JSON.stringify(bad)).toThrow(/sampler: expected/);
    expect(() => createSampler({ repetitionPenalty: 0 })).toThrow(/above 0, got 0/);
  });
});
