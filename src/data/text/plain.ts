import { expectList, expectOptions, expectText } from '../../options.ts';
import { countTokens, type Vocabulary, vocabularyFromCounts } from '../vocabulary.ts';
import { REPLACEMENT, type TextCodec } from './codec.ts';

/** Words with the space before them, numbers, single punctuation marks, single white space: put together again they are the text. */
const WORD = / ?[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*| ?\p{N}+| ?[^\s\p{L}\p{M}\p{N}]|\s/gu;

/** The characters (code points, never bytes or halves of surrogate pairs) of a text. */
function splitCharacters(text: string): string[] {
  return Array.from(text);
}

/** The words of a text, with the space before them, and what stands between. */
export function splitWords(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** Which words get an id of their own. */
export interface WordOptions {
  /** Words seen less often become unknown, at least 1; default 2, so that the model learns what to do with unknown ones. */
  minCount?: number;
  /** Most words, the most frequent, at least 1; default 20,000. */
  maxSize?: number;
}

/** A codec of the characters that occur in a text, and one token for all others. */
export function characterCodec(text: string): TextCodec {
  expectText('codec', 'what to learn the characters from', text);
  return codecOf('characters', vocabularyFromCounts(countTokens([text]), { specials: ['unknown'] }));
}

/** A codec of a text's words. */
export function wordCodec(text: string, options: WordOptions = {}): TextCodec {
  expectText('codec', 'what to learn the words from', text);
  expectOptions('codec', options, { minCount: 'number', maxSize: 'number' });
  const { minCount = 2, maxSize = 20_000 } = options;
  const counts = countTokens([splitWords(text)]);
  return codecOf('words', vocabularyFromCounts(counts, { minCount, maxSize, specials: ['unknown'] }));
}

/** A codec whose units are a vocabulary's tokens. */
export function codecOf(unit: 'characters' | 'words', vocabulary: Vocabulary): TextCodec {
  const split = unit === 'characters' ? splitCharacters : splitWords;
  const spellings = vocabulary.decode(Int32Array.from({ length: vocabulary.size }, (_, id) => id));
  const spell = (id: number): string => spellings[id] ?? vocabulary.decode([id])[0] ?? REPLACEMENT;
  return {
    unit,
    size: vocabulary.size,
    unknown: vocabulary.special('unknown'),
    encode(text) {
      expectText('codec', 'what to encode', text);
      return vocabulary.encode(unit === 'characters' ? text : splitWords(text));
    },
    decode(ids) {
      expectList('codec', 'ids', ids, 'give what encode returned');
      return Array.from(ids, spell).join('');
    },
    decoder: () => ({ push: spell, end: () => '' }),
    split(text) {
      expectText('codec', 'what to split', text);
      return split(text);
    },
    toJSON: () => ({ unit, vocabulary: vocabulary.toJSON() }),
  };
}
