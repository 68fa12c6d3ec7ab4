import {
  countTokens,
  type TaggedSentence,
  type TaggedText,
  type Vocabulary,
  vocabularyFromCounts,
} from '../../data/index.ts';
import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { MOST_CLASSES } from '../../train/class-metrics.ts';

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

/** The classes of labelled sentences, by name. */
export function textClasses({ source, sentences }: TaggedText): string[] {
  const unlabelled = sentences.findIndex(({ labels }) => labels === undefined);
  if (unlabelled >= 0) {
    throw new RecurveError(
      'data',
      `${source}: expected a label for every word, got none in sentence ${unlabelled + 1}; give tagged text to learn from, or of a table name the target`,
    );
  }
  const classes = [...new Set(sentences.flatMap(({ labels }) => labels ?? []))].sort((a, b) => (a < b ? -1 : 1));
  if (classes.length > MOST_CLASSES) {
    throw new RecurveError(
      'data',
      `${source}: expected at most ${MOST_CLASSES.toLocaleString('en')} classes of labels, got ${classes.length.toLocaleString('en')}; look whether words and labels are swapped`,
    );
  }
  if (classes.length >= 2) return classes;
  throw new RecurveError(
    'data',
    `${source}: expected at least 2 classes of labels, got only "${shorten(classes[0])}"; there is nothing to learn`,
  );
}

/** Numbers of the classes of a sentence; −1 without labels. A class that is not known is refused. */
export function labelsOf({ tokens, labels }: TaggedSentence, classes: readonly string[], source: string): Int32Array {
  if (!labels) return new Int32Array(tokens.length).fill(-1);
  if (labels.length !== tokens.length) {
    throw new RecurveError(
      'data',
      `${source}: expected a label for each of ${tokens.length} words, got ${labels.length} in the sentence that begins with "${shorten(tokens[0] ?? '')}"; align them`,
    );
  }
  return Int32Array.from(labels, (label) => {
    const k = classes.indexOf(label);
    if (k >= 0) return k;
    throw new RecurveError(
      'data',
      `${source}: expected labels out of ${classes.slice(0, 8).map(shorten).join(', ')}${classes.length > 8 ? ', …' : ''}, got "${shorten(label)}"; the model does not know it: correct the data, or train again`,
    );
  });
}
