import { describe, expect, test } from 'vitest';
import { readWordVectors } from './vectors.ts';

const read = (text: string, options = {}) => readWordVectors([text], options);

describe('word vectors', () => {
  test('read with a head (word2vec, fastText) and without one (GloVe) give the same', async () => {
    const bodies = 'film 1 -2.5e-1 3\nbad 0 1 2\n';
    for (const text of [`2 3\n${bodies}`, bodies, bodies.replaceAll('\n', ' \r\n')]) {
      const { width, vectors } = await read(text);
      expect(width).toBe(3);
      expect([...vectors].map(([word, vector]) => [word, ...vector])).toEqual([
        ['film', 1, -0.25, 3],
        ['bad', 0, 1, 2],
      ]);
    }
  });

  test('lines may be cut anywhere, words may hold spaces, the first of two counts', async () => {
    const { vectors } = await readWordVectors(['a 1 2\n. . .', ' 3 4', '\na 5', ' 6']);
    expect([...vectors.keys()]).toEqual(['a', '. . .']);
    expect([...(vectors.get('a') ?? [])]).toEqual([1, 2]);
  });

  test('only wanted words are kept', async () => {
    const { vectors } = await read('a 1\nb 2\nc 3', { words: new Set(['b', 'z']) });
    expect([...vectors.keys()]).toEqual(['b']);
  });

  test.each([
    ['', 'vectors: expected words with their vectors, got an empty file'],
    ['a 1 2\nb 3\n', 'expected a word and 2 numbers in line 2, got 1 numbers'],
    ['a 1 x', 'expected finite numbers in line 1, got "x"'],
    ['3 2\na 1 2\nb 1 2\n', 'vectors: expected 3 words, as its first line says, got 2; the file is cut off'],
    ['lonely\n', 'expected a word and its numbers in line 1, got "lonely"'],
    ['y'.repeat(2 ** 20 + 1), 'got a line of over 1,048,576 characters'],
  ])('refuses %#', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
