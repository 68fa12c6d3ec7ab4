import { countTokens, vocabularyFromCounts, wordTokenizer } from '../../data/index.ts';
import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { firstOf, formatCount } from '../../format.ts';
import { Random } from '../../random.ts';
import { alikeNotes } from '../training/index.ts';
import type { ClassifyArchitecture } from './architecture.ts';
import { countOf, type Examples, pick, type TextExamples } from './examples.ts';
import { encodeExamples, fitNumbers, type InputPlan, UNKNOWN, type WordPlan } from './inputs.ts';
import type { ClassifySettings } from './options.ts';
import { numbersOfLabels } from './scores.ts';
import { stratify } from './split.ts';

/** Examples of one use, encoded, with their classes. */
export interface Part {
  examples: Examples;
  encoded: ReturnType<typeof encodeExamples>;
  truth: Int32Array;
}

/** What a training learns from, and how examples become numbers. */
export interface Prepared {
  classes: readonly string[];
  /** Training examples of each class, [K]. */
  counts: readonly number[];
  /** The same as shares of all. */
  shares: readonly number[];
  plan: InputPlan;
  train: Part;
  validation: Part;
  test: Part | undefined;
  /** What was found and done, a sentence each. */
  notes: string[];
}

/**
 * Classes, split and plan of a training: vocabulary and scales come from the training part alone.
 *
 * @param given a test set of its own
 * @throws RecurveError `data` for no examples, no labels, one class, a class too small to split, or no words at all
 */
export function prepareClassify(examples: Examples, settings: ClassifySettings, given: Examples | undefined): Prepared {
  const { labels, source } = examples;
  if (!labels || countOf(examples) === 0) {
    throw new RecurveError(
      'data',
      `${source}: expected examples with labels, got ${labels ? 'no example' : 'no labels'}; name the column that holds them, or check the file`,
    );
  }
  const notes = examples.kind === 'numbers' ? [...(examples.notes ?? [])] : [];
  const usable = withSteps(examples, settings, notes);
  const classes = namesOf(usable.labels ?? []);
  if (classes.length < 2) {
    throw new RecurveError(
      'data',
      `${source}: expected at least two classes, got ${classes.length === 1 ? `only "${shorten(classes[0])}"` : 'none'}; give examples of each`,
    );
  }
  const truth = numbersOfLabels(usable.labels ?? [], classes, source);
  const shared = { ...settings, testShare: given ? 0 : settings.testShare };
  const split = stratify(truth, classes, shared, new Random(settings.seed).fork('split'));
  const part = (which: ArrayLike<number>, plan: InputPlan, of: Examples = usable): Part => {
    const some = pick(of, which);
    return {
      examples: some,
      encoded: encodeExamples(plan, some),
      truth: numbersOfLabels(some.labels ?? [], classes, some.source),
    };
  };
  const training = pick(usable, split.train);
  const plan = training.kind === 'words' ? planOfWords(training, settings) : fitNumbers(training);
  const train = part(split.train, plan);
  const counts = new Array<number>(classes.length).fill(0);
  for (const k of train.truth) counts[k]++;
  if (given && !given.labels) {
    throw new RecurveError(
      'data',
      `${given.source}: expected a test set with labels, got none; name the column that holds them`,
    );
  }
  const test = given
    ? part(
        Array.from({ length: countOf(given) }, (_, i) => i),
        plan,
        given,
      )
    : part(split.test, plan);
  return {
    classes,
    counts,
    shares: counts.map((count) => count / train.truth.length),
    plan,
    train,
    validation: part(split.validation, plan),
    test: test.truth.length > 0 ? test : undefined,
    notes: [
      ...notes,
      `${formatCount(train.truth.length)} examples to train, ${formatCount(split.validation.length)} to validate, ${formatCount(test.truth.length)} to test`,
      ...classesNote(classes, counts),
      ...alikeNotes(classes),
    ],
  };
}

/** What shapes the network has to have. */
export function architectureOf(settings: ClassifySettings, { plan, classes }: Prepared): ClassifyArchitecture {
  const { cell, hidden, layers, bidirectional, pooling, dropout, inputDropout, wordDropout, members, embedding } =
    settings;
  return {
    input:
      plan.kind === 'words'
        ? { kind: 'words', vocabulary: plan.known, unknown: UNKNOWN, width: embedding }
        : { kind: 'numbers', features: plan.features.length },
    ...{ cell, hidden, layers, bidirectional, pooling, dropout, inputDropout },
    wordDropout: plan.kind === 'words' ? wordDropout : 0,
    members,
    classes: classes.length,
  };
}

/** Examples that hold something; there is nothing to learn from the others. */
function withSteps(examples: Examples, settings: ClassifySettings, notes: string[]): Examples {
  const tokenizer = wordTokenizer({ lowercase: settings.lowercase, maxWords: settings.maxWords });
  const empty =
    examples.kind === 'words'
      ? examples.texts.map((text) => tokenizer.words(text).length === 0)
      : examples.sequences.map(({ length }) => length === 0);
  const kept = Array.from(empty, (_, i) => i).filter((i) => !empty[i]);
  if (kept.length === 0) {
    throw new RecurveError(
      'data',
      `${examples.source}: expected ${examples.kind === 'words' ? 'texts with at least one word' : 'sequences of at least one step'}, got only empty ones; check which column holds them`,
    );
  }
  if (kept.length === empty.length) return examples;
  notes.push(`${formatCount(empty.length - kept.length)} empty examples left out`);
  return pick(examples, kept);
}

function planOfWords({ texts }: TextExamples, settings: ClassifySettings): WordPlan {
  const { lowercase, maxWords, minCount, maxVocabulary } = settings;
  const tokenizer = wordTokenizer({ lowercase, maxWords });
  const counts = countTokens(texts.map((text) => tokenizer.words(text)));
  const vocabulary = vocabularyFromCounts(counts, { maxSize: maxVocabulary, specials: ['unknown'] });
  // The vocabulary is in the order of counts, so that the frequent words are its beginning.
  const frequent = vocabulary.tokens.filter((token) => (counts.get(token) ?? 0) >= minCount).length;
  return { kind: 'words', rules: tokenizer.rules, vocabulary, known: 1 + frequent };
}

/** Names of the classes, numbers by value, else by their UTF-16 units. */
function namesOf(labels: readonly string[]): string[] {
  const names = [...new Set(labels)];
  const numbers = names.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return names.sort((a, b) => (numbers ? Number(a) - Number(b) : 0) || (a < b ? -1 : 1));
}

function classesNote(classes: readonly string[], counts: readonly number[]): string[] {
  const named = classes.map((name, k) => `${shorten(name)} ${formatCount(counts[k])}`);
  return [`${formatCount(classes.length)} classes in training: ${firstOf(named, 10)}`];
}
