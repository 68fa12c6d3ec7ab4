import { describe, expect, test } from 'vitest';
import { countTokens, createVocabulary, vocabularyFromCounts, vocabularyFromDocument } from './vocabulary.ts';

const counts = countTokens([
  ['b', 'a', 'b'],
  ['c', 'a', '<unk>'],
]);

describe('vocabulary', () => {
  test('puts frequent tokens first and equals in the order of their letters, whatever was read first', () => {
    expect(vocabularyFromCounts(counts).tokens).toEqual(['a', 'b', '<unk>', 'c']);
    expect(vocabularyFromCounts([...counts].reverse()).tokens).toEqual(['a', 'b', '<unk>', 'c']);
  });

  test('keeps what minCount and maxSize say', () => {
    expect(vocabularyFromCounts(counts, { minCount: 2 }).tokens).toEqual(['a', 'b']);
    expect(vocabularyFromCounts(counts, { maxSize: 3 }).tokens).toEqual(['a', 'b', '<unk>']);
    expect(() => vocabularyFromCounts(counts, { minCount: 0 })).toThrow(
      'vocabulary: expected minCount to be a whole number of at least 1, got 0',
    );
  });

  test('gives specials the first ids, which no spelling can claim', () => {
    const words = vocabularyFromCounts(counts, { specials: ['pad', 'unknown'] });
    expect(words.size).toBe(6);
    expect([...words.encode(['a', 'zebra', '<unk>'])]).toEqual([2, 1, 4]);
    expect(words.decode([0, 1, 2, 5])).toEqual([null, null, 'a', 'c']);
    expect(words.special('pad')).toBe(0);
    expect(() => words.special('end')).toThrow('expected a special token "end", got only pad, unknown');
  });

  test('refuses an unknown token where there is no special for it, and ids out of range', () => {
    const words = createVocabulary(['x', 'y']);
    expect(() => words.encode(['x', 'z'])).toThrow('vocabulary: expected one of its 2 tokens, got "z"');
    expect(() => words.decode([2])).toThrow('expected ids from 0 to 1, got 2');
    expect(() => createVocabulary(['x', 'x'])).toThrow('expected every token once, got "x" twice');
    expect(words.idOf('constructor')).toBeUndefined();
  });

  test('comes back from JSON the same, and refuses other JSON with the path', () => {
    const words = vocabularyFromCounts(counts, { specials: ['pad', 'unknown', 'start', 'end'] });
    const back = vocabularyFromDocument(JSON.parse(JSON.stringify(words)), 'm: data.vocabulary');
    expect(back.toJSON()).toEqual(words.toJSON());
    expect([...back.encode(['c', '?'])]).toEqual([...words.encode(['c', '?'])]);
    for (const foreign of [
      null,
      {},
      { specials: ['pad'], tokens: [1] },
      { specials: ['mask'], tokens: [] },
      { specials: [], tokens: ['a', 'a'] },
    ]) {
      expect(() => vocabularyFromDocument(foreign, 'm: data.vocabulary')).toThrow(
        'm: data.vocabulary: expected a vocabulary',
      );
    }
  });
});
