import type { Part, TaggedText } from '../../../data/index.ts';
import { RecurveError } from '../../../errors.ts';
import { formatCount } from '../../../format.ts';
import { crc64 } from '../../../model/crc64.ts';
import { type TagDataset, totals } from '../dataset.ts';
import type { TagSettings } from '../options.ts';
import { textTestPart } from '../test-part.ts';
import { BLOCKS } from '../training/cross-validation.ts';
import { type Example, onlySteps } from '../training/examples.ts';
import { textBaselines } from './baselines.ts';
import { fitTextPlan, LONGEST, textRows } from './features.ts';
import { labelsOf, textClasses } from './labels.ts';

/** Cuts tagged text into training sentences and its test part. */
export function textDataset(text: TaggedText, settings: TagSettings): TagDataset {
  const { sentences, source } = text;
  const classes = textClasses(text);
  const fewest = BLOCKS + (settings.test === 'none' ? 0 : 1);
  if (sentences.length < fewest) {
    throw new RecurveError(
      'data',
      `${source}: expected at least ${fewest} sentences to learn from and to test on, got ${sentences.length}; give more text`,
    );
  }
  const testFrom =
    settings.test === 'none' ? sentences.length : sentences.length - partOf(settings.test, sentences.length, 'test');
  const training = sentences.slice(0, testFrom);
  const holdFrom = testFrom - partOf(settings.holdout, testFrom, 'holdout');
  if (training.length < BLOCKS) {
    throw new RecurveError(
      'data',
      `${source}: expected at least ${BLOCKS} sentences before the test part, got ${training.length}; give more text`,
    );
  }
  const plan = fitTextPlan(training, settings.minCount);
  if (plan.words.size === 1 && plan.endings.size === 1) {
    throw new RecurveError(
      'data',
      `${source}: expected words or endings that occur at least ${formatCount(settings.minCount)} times in the training part, got none; lower minCount, or give more text`,
    );
  }
  const K = classes.length;
  const pieces = training.flatMap((sentence, i) => {
    const rows = textRows(plan, sentence.tokens);
    const labels = labelsOf(sentence, classes, source);
    return Array.from({ length: Math.ceil(labels.length / LONGEST) }, (_, part) => {
      const own = labels.slice(part * LONGEST, (part + 1) * LONGEST);
      const example: Example = {
        rows: rows.slice(2 * part * LONGEST, 2 * (part + 1) * LONGEST),
        length: own.length,
        labels: own,
        weights: new Float64Array(own.length).fill(1),
      };
      return { example, i };
    });
  });
  const examples = pieces.map(({ example }) => example);
  const tested = sentences.slice(testFrom);
  return {
    classes,
    plan,
    width: 2,
    regression: false,
    notes: [],
    examples,
    blockOf: (e) => Math.floor((BLOCKS * pieces[e].i) / training.length),
    holdout: () => ({
      training: onlySteps(examples, (e) => pieces[e].i < holdFrom),
      held: onlySteps(examples, (e) => pieces[e].i >= holdFrom),
    }),
    ...totals(examples, K),
    test: textTestPart({ ...text, sentences: tested }, classes),
    baselines: async () => ({ baselines: textBaselines(training, tested, classes), notes: {} }),
    fingerprint: () => crc64([new TextEncoder().encode(JSON.stringify(sentences))]),
  };
}

function partOf(part: Part, count: number, name: string): number {
  const n = 'fraction' in part ? Math.round(part.fraction * count) : 'count' in part ? part.count : Number.NaN;
  if (n >= 1 && n < count) return n;
  throw new RecurveError(
    'data',
    `tag: expected a ${name} part of 1 to ${count - 1} sentences, got ${Number.isNaN(n) ? 'a date' : n}; give a fraction or a count that fits`,
  );
}
