import type { TaggedSentence, TaggedText } from '../../../data/index.ts';
import { shorten } from '../../../data/table.ts';
import { RecurveError } from '../../../errors.ts';
import { formatCount } from '../../../format.ts';
import { MOST_CLASSES } from '../../../train/class-metrics.ts';

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
      `${source}: expected at most ${formatCount(MOST_CLASSES)} classes of labels, got ${formatCount(classes.length)}; look whether words and labels are swapped`,
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
