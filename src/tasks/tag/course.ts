import { type Part, splitSeries, type TaggedText } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { crc64 } from '../../model/crc64.ts';
import type { Visit } from '../../train/event-loop.ts';
import { shares, type TaggedSpans, tableBaselines } from './baselines.ts';
import { counting, type Example } from './examples.ts';
import { featureCount, fitTablePlan, regressionPlan, type TablePlan, tableInputs } from './features.ts';
import { BLOCKS } from './learn.ts';
import { logisticFits } from './logistic.ts';
import type { TagSettings } from './options.ts';
import { REGRESSION_LEFT_OUT } from './regression.ts';
import type { TagTable } from './table.ts';
import { type TestPart, tableTestPart, textTestPart } from './test-part.ts';
import { fitTextPlan, LONGEST, labelsOf, type TextPlan, textClasses, textRows } from './text.ts';

/** What is learned from and what is scored, of a table or of tagged text alike. */
export interface TagCourse {
  classes: string[];
  plan: TablePlan | TextPlan;
  /** Numbers a step is read as. */
  width: number;
  /** Whether a regression answers beside the network: then every example has its inputs. */
  regression: boolean;
  /** What is to be known, a sentence each. */
  notes: string[];
  /** Everything before the test part; steps that count have weight 1. */
  examples: Example[];
  blockOf(example: number, t: number): number;
  /** The examples before the holdout, and those in it. */
  holdout(): { training: Example[]; held: Example[] };
  /** Steps that count. */
  steps: number;
  /** Classes of the steps to learn from. */
  counts: number[];
  test: TestPart;
  baselines(visit: Visit): Promise<{ baselines: Record<string, Float64Array>; notes: Record<string, string> }>;
  /** Tells data apart. */
  fingerprint(): string;
}

export function tableCourse(table: TagTable, settings: TagSettings): TagCourse {
  const { ahead, chunk } = settings;
  const { ends, before, ...spans } = tableSpans(table, settings);
  const K = table.classes.length;
  const plan = fitTablePlan(
    table,
    ends.map((to) => ({ from: 0, to })),
    settings,
  );
  const E = featureCount(regressionPlan(plan), K);
  const N = spans.train.reduce((n, steps) => n + steps.length, 0);
  const small = logisticFits({ D: E, N }, K);
  const large = `${E.toLocaleString('en')} inputs${logisticFits({ D: E, N: 1 }, 2) ? ` of ${N.toLocaleString('en')} steps` : ''}`;
  const regression = settings.regression && small;
  const D = featureCount(plan, K);
  if (D === 0) {
    throw new RecurveError(
      'data',
      `tag: expected columns of numbers beside ${table.reading.target}, got none; name some, or tell a later step (ahead)`,
    );
  }
  const inputs = table.series.map((one) => tableInputs(plan, K, one, regression));
  const pieces = table.series.flatMap(({ labels }, k) => {
    const { rows, beside } = inputs[k];
    const own = new Set(spans.train[k]);
    const end = ends[k] - ahead;
    const half = Math.floor(chunk / 2);
    const starts = Array.from({ length: Math.max(1, Math.ceil((end - half) / half)) }, (_, i) => i * half);
    return starts.flatMap((from) => {
      const length = Math.min(chunk, end - from);
      if (length < 1) return [];
      const counts = (t: number): boolean => own.has(from + t) && (from === 0 || t >= half);
      const example: Example = {
        rows: rows.slice(from * D, (from + length) * D),
        ...(beside && { beside: beside.subarray(from * E, (from + length) * E) }),
        length,
        labels: Int32Array.from({ length }, (_, t) => labels[from + t + ahead]),
        weights: Float64Array.from({ length }, (_, t) => Number(counts(t))),
      };
      return example.weights.includes(1) ? [{ example, k, from }] : [];
    });
  });
  const examples = pieces.map(({ example }) => example);
  const inHoldout = (i: number, t: number): boolean => pieces[i].from + t + ahead >= before[pieces[i].k];
  return {
    classes: [...table.classes],
    plan,
    width: D,
    regression,
    notes: settings.regression && !small ? [`${REGRESSION_LEFT_OUT} ${large} are too many`] : [],
    examples,
    blockOf: (i, t) => Math.floor((BLOCKS * (pieces[i].from + t)) / Math.max(1, ends[pieces[i].k] - ahead)),
    holdout: () => ({
      training: counting(examples, (i, t) => !inHoldout(i, t)),
      held: counting(examples, inHoldout),
    }),
    ...totals(examples, K),
    test: tableTestPart(table, spans.test, ahead),
    baselines: (visit) => tableBaselines(table, spans, plan, visit),
    fingerprint: () =>
      crc64(
        (function* () {
          for (const { series: one, columns, names, labels } of table.series) {
            const { id, step, zone, history, time, observed } = one;
            yield new TextEncoder().encode(JSON.stringify([id, names, table.classes, step, zone, history]));
            for (const part of [labels, ...columns, ...observed, ...(time ? [time] : [])]) {
              yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
            }
          }
        })(),
      ),
  };
}

/**
 * The steps of a table to learn from and to be scored, where the training part of each series ends, and where its holdout begins. Step t
 * tells the label of step t + `ahead`, and belongs where that one does. Without a holdout there may be nothing to learn from: the table is
 * measured only.
 */
export function tableSpans(
  { series }: TagTable,
  { ahead, test, testUntil, holdout }: Pick<TagSettings, 'ahead' | 'test' | 'testUntil'> & { holdout?: Part },
): TaggedSpans & { ends: number[]; before: number[] } {
  const plain = series.map(({ series: one }) => one);
  const split = splitSeries(plain, {
    ...(test !== 'none' && { test, ...(testUntil !== undefined && { testUntil }) }),
    ...(holdout ? { validation: holdout } : { measureOnly: true }),
  });
  const ends = split.validation.map(({ to }) => to);
  const told = (from: number, to: number, k: number): number[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i - ahead).filter(
      (t) => t >= 0 && series[k].labels[t + ahead] >= 0,
    );
  return {
    ends,
    before: split.validation.map(({ from }) => from),
    train: ends.map((to, k) => told(0, to, k)),
    test: split.test.map(({ from, to }, k) => told(from, to, k)),
  };
}

export function textCourse(text: TaggedText, settings: TagSettings): TagCourse {
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
      training: counting(examples, (e) => pieces[e].i < holdFrom),
      held: counting(examples, (e) => pieces[e].i >= holdFrom),
    }),
    ...totals(examples, K),
    test: textTestPart({ ...text, sentences: tested }, classes),
    baselines: async () => ({ baselines: textBaselines(training, tested, classes), notes: {} }),
    fingerprint: () => crc64([new TextEncoder().encode(JSON.stringify(sentences))]),
  };
}

/** The share of each class, and its share among the word's own occurrences: what most taggers have to beat. */
function textBaselines(
  training: TaggedText['sentences'],
  tested: TaggedText['sentences'],
  classes: readonly string[],
): Record<string, Float64Array> {
  const K = classes.length;
  const byWord = new Map<string, Float64Array>();
  const all: number[] = [];
  for (const sentence of training) {
    labelsOf(sentence, classes, '').forEach((label, t) => {
      const word = sentence.tokens[t];
      const counts = byWord.get(word) ?? new Float64Array(K);
      counts[label]++;
      byWord.set(word, counts);
      all.push(label);
    });
  }
  const constant = shares(all, K);
  const words = tested.flatMap(({ tokens }) => tokens);
  const said = (rows: (word: string) => ArrayLike<number>): Float64Array => {
    const out = new Float64Array(words.length * K);
    words.forEach((word, i) => {
      out.set(rows(word), i * K);
    });
    return out;
  };
  return {
    constant: said(() => constant),
    word: said((word) => {
      const counts = byWord.get(word);
      if (!counts) return constant;
      const total = counts.reduce((a, b) => a + b, 0);
      return counts.map((count, k) => (count + constant[k]) / (total + 1));
    }),
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

/** Steps with labels, in all and of each class. */
export function totals(examples: readonly Example[], K: number): { steps: number; counts: number[] } {
  const counts = new Array<number>(K).fill(0);
  for (const { labels, weights } of examples) {
    for (let t = 0; t < labels.length; t++) if (weights[t] > 0) counts[labels[t]]++;
  }
  return { steps: counts.reduce((a, b) => a + b, 0), counts };
}
