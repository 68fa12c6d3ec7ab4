import { dictionary } from 'cmu-pronouncing-dictionary';
import { describe, expect, test } from 'vitest';
import { trainGenerate } from '../train.ts';
import { createRhymes, lastWord, rhymingShare, schemePairs } from './rhyme.ts';
import { writeVerse } from './write.ts';

const rhymes = createRhymes(dictionary);

describe('rhymes', () => {
  test('are the same sounds from the last stressed vowel on, of words that do not sound alike', () => {
    expect(rhymes.rhyme('feather', 'weather')).toBe(true);
    expect(rhymes.rhyme('night', 'kite')).toBe(true);
    expect(rhymes.rhyme('love', 'move')).toBe(false);
    expect(rhymes.rhyme('night', 'night')).toBe(false);
    expect(rhymes.rhyme('night', 'zzyzzy')).toBe(false);
    expect(rhymes.rhyme('see', 'sea') || rhymes.rhyme('where', 'wear')).toBe(false);
    // B AH0 N is how "been" sounds where it is not stressed.
    expect(rhymes.rhyme('been', 'one')).toBe(false);
    expect(rhymes.rhyme('been', 'in')).toBe(true);
    // Two pronunciations: r-eh-d and r-ee-d.
    expect(rhymes.rhyme('read', 'bed') && rhymes.rhyme('read', 'seed')).toBe(true);
  });

  test('syllables are counted by the dictionary, of other words by their vowels', () => {
    expect(rhymes.syllables('I am the very model of a modern Major-General')).toBe(16);
    expect(rhymes.syllables('zzblorpine')).toBe(2);
    expect(lastWord('of a modern Major-General, ')).toBe('general');
    expect(lastWord(' … 12')).toBeUndefined();
  });

  test('are counted over the pairs of a scheme', () => {
    expect(schemePairs('aabb', 6)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(schemePairs('abab', 4)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(schemePairs('aaa', 3)).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(rhymingShare('a cat\nthe hat,\n\nthe sun\na bun\nthe moon\nthe dog', 'aabb', rhymes)).toEqual({
      pairs: 3,
      rhyming: 2,
      words: 12,
      known: 12,
    });
    expect(rhymingShare('the zzyzzy', 'aabb', rhymes)).toMatchObject({ words: 2, known: 1 });
  });
});

test('verse rhymes where the text it was learned from does not, and keeps to the scheme', async () => {
  const ends = ['day', 'night', 'way', 'light', 'bright', 'say', 'sun', 'run', 'fun', 'play'];
  const text = Array.from(
    { length: 300 },
    (_, i) => `the ${['cat', 'dog'][i % 2]} and the ${ends[(i * 7) % 10]}\n`,
  ).join('');
  const { model } = await trainGenerate(text, { hidden: 24, epochs: 6, batchSize: 8, window: 32, rate: 0.01, seed: 1 });
  const words = model.summary.endings as string[];
  const options = { scheme: 'aabb', rhymes, words, lines: 8, temperature: 0.7, seed: 2 };
  const verse = await writeVerse(model, options);
  expect(verse.lines).toHaveLength(8);
  expect(verse.pairs).toBe(4);
  expect(verse.rhyming).toBe(4);
  expect(rhymingShare(verse.lines.map((line) => line.text).join('\n'), 'aabb', rhymes)).toMatchObject({
    pairs: 4,
    rhyming: 4,
  });
  expect(await writeVerse(model, options)).toEqual(verse);
  const free = await model.write({ length: 2000, temperature: 0.7, seed: 2 });
  const share = rhymingShare(free, 'aabb', rhymes);
  expect(share.rhyming / share.pairs).toBeLessThan(0.5);
  expect(await writeVerse(model, { ...options, scheme: 'AABB' })).toEqual(verse);
  // In abcd no line would rhyme.
  for (const scheme of ['A1', '', 'a', 'abcd'])
    await expect(writeVerse(model, { ...options, scheme })).rejects.toThrow(
      new RegExp(`one of them twice, such as aabb, got "${scheme}"; `),
    );
});

test('a line that opens a rhyme ends with a word that has one before it has the wanted syllables', async () => {
  const lines = ['the cat and the day\n', 'the dog and the way\n', 'the bird and the yellow orange\n'];
  const text = Array.from({ length: 300 }, (_, i) => lines[(i * i + (i >> 2)) % 3]).join('');
  const { model } = await trainGenerate(text, { hidden: 24, epochs: 6, batchSize: 8, window: 32, rate: 0.01, seed: 1 });
  const words = model.summary.endings as string[];
  expect(words).toContain('orange');
  const options = { scheme: 'aa', rhymes, words, lines: 12, syllables: 8, temperature: 0.7, seed: 2 };
  expect(await writeVerse(model, options)).toMatchObject({ pairs: 6, rhyming: 6 });
});

test('a model of another language is told that nothing of it rhymes', async () => {
  const text = 'мама мыла раму\nкот сидит дома\nthe end of the day\n'.repeat(60);
  const { model } = await trainGenerate(text, { hidden: 8, epochs: 1, batchSize: 8, window: 32, seed: 1 });
  const words = model.summary.endings as string[];
  await expect(writeVerse(model, { scheme: 'aabb', rhymes, words })).rejects.toThrow(
    'lines end with words of the pronouncing dictionary that rhyme, got 1 such words and none that rhyme; ',
  );
});
