import { expectOptions, expectWhole } from '../../options.ts';

/** How a text becomes words. Plain data: it travels in the model, so that every later text is cut as the training's were. */
export interface WordRules {
  /** Letters to lower case, by Unicode's rules and no language's own. Default true. */
  lowercase?: boolean;
  /**
   * Longest text in words, at least 2; default 512. Of a longer one the first half and the last half stay, where a text says most of
   * what it is about (Sun et al. 2019).
   */
  maxWords?: number;
}

/** A word as the vocabulary knows it, and where in the text it stands (UTF-16 units, end exclusive). */
export interface Word {
  word: string;
  start: number;
  end: number;
}

/** Cuts texts into words by one stated rule. */
export interface WordTokenizer {
  readonly rules: Required<WordRules>;
  /** Words of a text with their places. */
  locate(text: string): Word[];
  /** Words of a text. */
  words(text: string): string[];
}

/** Longer runs of letters, and of parts that points, apostrophes or joiners bind, are no words; they are cut here, so that a megabyte without a space is no megabyte of vocabulary. */
const LONGEST = 100;

/** Written without spaces between words: a letter with its marks is the smallest piece that means something. */
const SPACELESS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((script) => `\\p{Script=${script}}`)
  .join('');

const PICTURE = '\\p{Extended_Pictographic}\\uFE0F?\\p{Emoji_Modifier}?';

/**
 * In this order: a flag; a keycap; an emoji with all that is joined to it; a letter of a script without spaces; a number with its
 * points and commas; a word with its marks and inner apostrophes; any other visible sign. Spaces, controls, invisible format signs,
 * lone marks and halves of broken pairs part words and are dropped. Unicode properties instead of a dictionary: Intl.Segmenter gives
 * other words with another version of its data, and then a model no longer reads what it was trained on.
 */
const WORD = new RegExp(
  [
    '\\p{Regional_Indicator}{2}',
    '[0-9#*]\\uFE0F?\\u20E3',
    `${PICTURE}(?:\\u200D${PICTURE}){0,${LONGEST}}`,
    `[${SPACELESS}]\\p{M}*`,
    `\\p{Nd}{1,${LONGEST}}(?:[.,]\\p{Nd}{1,${LONGEST}}){0,${LONGEST}}(?![\\p{L}\\p{N}])`,
    `(?:(?![${SPACELESS}])[\\p{L}\\p{N}]\\p{M}*){1,${LONGEST}}(?:['\\u2019](?![${SPACELESS}])[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}]{0,${LONGEST}}){0,${LONGEST}}`,
    '[^\\s\\p{C}\\p{M}]',
  ].join('|'),
  'gu',
);

/**
 * Cuts texts into words: NFKC form of each piece, so that a composed and a decomposed é, `ﬁ` and `fi`, full-width and plain letters are one;
 * curly apostrophes straight; lower case. The same words on every machine, for all characters its Unicode version knows.
 */
export function wordTokenizer(rules: WordRules = {}): WordTokenizer {
  expectOptions('words', rules, { lowercase: 'boolean', maxWords: 'number' });
  const { lowercase = true, maxWords = 512 } = rules;
  expectWhole('words', 'maxWords', maxWords, { least: 2, next: 'it is the longest text in words, try 512' });
  const spelling = (piece: string): string => {
    const plain = piece.normalize('NFKC').replaceAll('\u2019', "'");
    return lowercase ? plain.toLowerCase() : plain;
  };
  const tokenizer: WordTokenizer = {
    rules: { lowercase, maxWords },
    locate(text) {
      const found: Word[] = [];
      for (const { 0: piece, index } of text.matchAll(WORD)) {
        found.push({ word: piece, start: index, end: index + piece.length });
      }
      const kept =
        found.length <= maxWords
          ? found
          : [...found.slice(0, Math.ceil(maxWords / 2)), ...found.slice(found.length - Math.floor(maxWords / 2))];
      for (const place of kept) place.word = spelling(place.word);
      return kept;
    },
    words: (text) => tokenizer.locate(text).map(({ word }) => word),
  };
  return tokenizer;
}
