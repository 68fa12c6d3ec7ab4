import { describe, expect, test } from 'vitest';
import { wordTokenizer } from './words.ts';

const { words, locate } = wordTokenizer();

describe('words', () => {
  test.each([
    [
      'punctuation is a word, apostrophes inside one are not',
      "It's good, isn't it?!",
      ["it's", 'good', ',', "isn't", 'it', '?', '!'],
    ],
    ['hyphens part, quotes around do not join', "'too-tepid'", ["'", 'too', '-', 'tepid', "'"]],
    ['curly apostrophes are straight', 'don’t', ["don't"]],
    ['numbers keep points and commas', '1,000.5 v2 3.', ['1,000.5', 'v2', '3', '.']],
    ['composed and decomposed are one', 'caf\u00e9 cafe\u0301', ['caf\u00e9', 'caf\u00e9']],
    ['compatibility forms are plain', 'ﬁlm ＡＢ Ⅳ', ['film', 'ab', 'iv']],
    ['an emoji with skin, join or flag is one', '👍🏽 👩‍👩‍👧‍👦🇮🇹❤️ 1️⃣', ['👍🏽', '👩‍👩‍👧‍👦', '🇮🇹', '❤️', '1️⃣']],
    ['scripts without spaces give a letter each', '映画が好き ดี', ['映', '画', 'が', '好', 'き', 'ดี']],
    ['a letter run ends where a spaceless script begins', 'ab映', ['ab', '映']],
    ['scripts with spaces give words with their marks', 'हिन्दी ΑΒΓ', ['हिन्दी', 'αβγ']],
    ['nothing visible gives nothing', ' \u200b\u00ad\t\r\n\u0000\u0301\ud800', []],
    ['what no pattern knows is a word of one sign', '→$€', ['→', '$', '€']],
  ])('%s', (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test('places point into the text as it was given', () => {
    const text = 'A ﬁne 👩‍👩‍👧 e\u0301!';
    expect(locate(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'A',
      'ﬁne',
      '👩‍👩‍👧',
      'e\u0301',
      '!',
    ]);
  });

  test('a text of more than maxWords keeps its first and last halves', () => {
    expect(wordTokenizer({ maxWords: 5 }).words('a b c d e f g h')).toEqual(['a', 'b', 'c', 'g', 'h']);
    expect(() => wordTokenizer({ maxWords: 1 })).toThrow(
      'words: expected maxWords to be a whole number of at least 2, got 1',
    );
  });

  test('a megabyte without a space is cut into pieces of 100 letters', () => {
    const pieces = wordTokenizer({ maxWords: 1e6 }).words('x'.repeat(1e6));
    expect(pieces).toHaveLength(1e4);
    expect(new Set(pieces)).toEqual(new Set(['x'.repeat(100)]));
    expect(wordTokenizer().words('7'.repeat(1e6))).toHaveLength(512);
    for (const bound of ['1,', "a'", '1.5,', '👍\u200d']) {
      const words = wordTokenizer({ maxWords: 1e6 }).words(bound.repeat(1e5));
      expect(Math.max(...words.map(({ length }) => length))).toBeLessThan(1000);
    }
  });

  test('case stays where it is asked to', () => {
    expect(wordTokenizer({ lowercase: false }).words('Good US')).toEqual(['Good', 'US']);
  });
});
