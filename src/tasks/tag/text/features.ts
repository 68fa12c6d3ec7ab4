import { countTokens, type TaggedSentence, type Vocabulary, vocabularyFromCounts } from '../../../data/index.ts';

/** How words become the network's inputs. */
export interface TextPlan {
  kind: 'text';
  /** Words in lower case. */
  words: Vocabulary;
  /** How words end and what they look like: for those that are not known, and to tell like ones. */
  endings: Vocabulary;
}

/** Longest piece of a sentence that is read at once; longer sentences are cut, so that no batch outgrows the memory. */
export const LONGEST = 512;

export function fitTextPlan(sentences: readonly TaggedSentence[], minCount: number): TextPlan {
  const specials = ['unknown'] as const;
  const words = countTokens(sentences.map(({ tokens }) => tokens.map(wordOf)));
  const endings = countTokens(sentences.map(({ tokens }) => tokens.map(endingOf)));
  return {
    kind: 'text',
    words: vocabularyFromCounts(words, { minCount, specials }),
    endings: vocabularyFromCounts(endings, { minCount, specials }),
  };
}

/** Numbers of words and endings, [T, 2]. */
export function textRows({ words, endings }: TextPlan, tokens: readonly string[]): Float64Array {
  const [w, e] = [words.encode(tokens.map(wordOf)), endings.encode(tokens.map(endingOf))];
  return Float64Array.from({ length: 2 * tokens.length }, (_, i) => (i % 2 === 0 ? w[i >> 1] : e[i >> 1]));
}

function wordOf(token: string): string {
  return token.normalize('NFC').toLowerCase();
}

/** The last three code points in lower case, after a sign for capitals and for digits. */
function endingOf(token: string): string {
  const points = [...token.normalize('NFC')];
  const [first] = points;
  const shape = /\p{Number}/u.test(token) ? '9' : first !== first.toLowerCase() ? (points.length > 1 ? 'A' : 'AA') : '';
  return `${shape}|${points.slice(-3).join('').toLowerCase()}`;
}
