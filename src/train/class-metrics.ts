/**
 * Scores of classifications on plain arrays: classes are numbers from 0. All throw on unlike lengths (code `shape`) and on nothing to
 * score (code `data`).
 */
import { RecurveError } from '../errors.ts';
import { expectList, expectWhole } from '../options.ts';

/** K² counts: of more a confusion matrix would end the process. */
export const MOST_CLASSES = 10_000;

/** `confusion[truth][prediction]`: how often class `truth` was taken for class `prediction`; [K, K]. */
export function confusionMatrix(truth: ArrayLike<number>, prediction: ArrayLike<number>, classes: number): number[][] {
  expectScores('confusion', truth, prediction);
  if (classes > MOST_CLASSES) {
    throw new RecurveError(
      'usage',
      `confusion: expected at most ${MOST_CLASSES} classes, got ${classes}; give how many kinds of labels there are`,
    );
  }
  expectWhole('confusion', 'classes', classes);
  const counts = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) {
    for (const k of [truth[i], prediction[i]]) {
      if (counts[k]) continue;
      throw new RecurveError(
        'data',
        `confusion: expected classes from 0 to ${classes - 1}, got ${k} at ${i}; give the number of all classes`,
      );
    }
    counts[truth[i]][prediction[i]]++;
  }
  return counts;
}

/** Precision, recall and F1 of one class; 0 where nothing is below the line, as scikit-learn's `zero_division=0`. */
export interface ClassScores {
  precision: number;
  recall: number;
  f1: number;
  /** Examples that are of the class. */
  support: number;
}

/**
 * Accuracy, macro F1 and the scores of each class. Macro F1 (van Rijsbergen 1979) is the plain mean over the classes that occur, as truth or as
 * prediction, as scikit-learn's.
 */
export function classScores(confusion: readonly (readonly number[])[]): {
  accuracy: number;
  f1: number;
  classes: ClassScores[];
} {
  const next = 'give what confusionMatrix returned';
  expectList('classScores', 'counts [K, K]', confusion, next);
  if (confusion.some((row) => row?.length !== confusion.length))
    throw new RecurveError('shape', `classScores: expected counts [K, K], got rows of another length; ${next}`);
  const total = confusion.flat().reduce((a, b) => a + b, 0);
  const right = confusion.reduce((sum, row, k) => sum + row[k], 0);
  const classes = confusion.map((row, k) => {
    const support = row.reduce((a, b) => a + b, 0);
    const taken = confusion.reduce((sum, other) => sum + other[k], 0);
    return {
      precision: share(row[k], taken),
      recall: share(row[k], support),
      f1: share(2 * row[k], taken + support),
      support,
      occurs: taken + support > 0,
    };
  });
  const occurring = classes.filter(({ occurs }) => occurs);
  const f1 = occurring.reduce((sum, one) => sum + one.f1, 0) / occurring.length;
  return { accuracy: share(right, total), f1, classes: classes.map(({ occurs, ...scores }) => scores) };
}

/** A receiver operating characteristic: for ever lower thresholds the shares of negatives and of positives at or above them, from (0, 0) to (1, 1). */
export interface RocCurve {
  falsePositive: number[];
  truePositive: number[];
  /** Area under it: the chance that a random positive scores above a random negative, ties by half. Hanley & McNeil 1982. */
  auc: number;
}

/** The curve of scores where `positive[i]` says which examples are. Needs one of each kind; null where there is none. */
export function rocCurve(scores: ArrayLike<number>, positive: ArrayLike<boolean>): RocCurve | null {
  expectScores('roc', scores, positive);
  // Numbers are sorted ten times as fast as places by a function.
  const descending = (wanted: boolean): Float64Array => {
    const own = new Float64Array(scores.length);
    let count = 0;
    for (let i = 0; i < scores.length; i++) if (Boolean(positive[i]) === wanted) own[count++] = scores[i];
    return own.subarray(0, count).sort().reverse();
  };
  const [positives, negatives] = [descending(true), descending(false)];
  const [P, N] = [positives.length, negatives.length];
  if (P === 0 || N === 0) return null;
  if (Number.isNaN(positives[0]) || Number.isNaN(negatives[0])) {
    throw new RecurveError('numeric', 'roc: expected numbers as scores, got NaN; look for extreme values in the data');
  }
  const falsePositive = [0];
  const truePositive = [0];
  let [hits, misses, area] = [0, 0, 0];
  while (hits < P || misses < N) {
    const [hitsBefore, missesBefore] = [hits, misses];
    const threshold = Math.max(positives[hits] ?? negatives[misses], negatives[misses] ?? positives[hits]);
    while (positives[hits] >= threshold) hits++;
    while (negatives[misses] >= threshold) misses++;
    area += ((misses - missesBefore) * (hitsBefore + hits)) / 2;
    falsePositive.push(misses / N);
    truePositive.push(hits / P);
  }
  return { falsePositive, truePositive, auc: area / (P * N) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function expectScores(who: string, truth: ArrayLike<unknown>, other: ArrayLike<unknown>): void {
  for (const list of [truth, other]) {
    expectList(who, 'examples and predictions', list, 'give a number for each');
  }
  if (truth.length !== other.length) {
    throw new RecurveError(
      'shape',
      `${who}: expected one prediction per example, got ${other.length} for ${truth.length}; align them first`,
    );
  }
  if (truth.length === 0)
    throw new RecurveError('data', `${who}: expected at least one example to score, got none; give a test set`);
}
