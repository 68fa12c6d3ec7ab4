import type { TableFormat } from '../../data/index.ts';
import { listNames, shorten } from '../../data/table.ts';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { decodeModelFile, type JsonObject, type ModelFile, plainJson, type StoredTensors } from '../../model/index.ts';
import type { Network } from '../../nn/index.ts';
import { VERSION } from '../../version.ts';
import { type LoadOptions, loadOptions } from '../load-options.ts';
import { expectProbabilities } from '../probabilities.ts';
import { networkOf, weightsOf } from '../training/index.ts';
import { type ClassifyArchitecture, classifyNetwork } from './architecture.ts';
import { majorityFigures, wordBayesFigures } from './baselines.ts';
import { type Bayes, type BayesCounts, bayesOf } from './bayes.ts';
import type { Blend } from './blend.ts';
import { checkClassifyDocument } from './document.ts';
import { checkExamples, countOf, type Examples } from './examples.ts';
import { explainSequence, explainText, type StepContribution, type WordContribution } from './explain.ts';
import { encodeExamples, type InputPlan, type WordPlan } from './inputs.ts';
import type { ClassifySettings } from './options.ts';
import { type Answerer, choices, probabilitiesOf } from './predictor.ts';
import { type ClassifyFigures, type ClassifyScores, numbersOfLabels, scoreClasses } from './scores.ts';

/** The class of an example. */
export interface Classification {
  label: string;
  /** Of the label, calibrated on the validation examples. */
  probability: number;
  /** Of each class, in the model's order, [K]. */
  probabilities: Float64Array;
  /** Share of a text's words that training has seen; 1 for sequences, 0 for an empty text. */
  known: number;
}

/** Why an example got its label: its words, or stretches of its steps. */
export interface Explanation extends Classification {
  /** The label explained. */
  about: string;
  words?: WordContribution[];
  steps?: StepContribution[];
}

/** How a model does on examples, and how simple rules do that know the training alone. */
export interface ClassifyEvaluation {
  scores: ClassifyScores;
  /** Naive Bayes of texts, where the model has one. */
  baselines: { majority: ClassifyFigures; bayes?: ClassifyFigures };
}

/** Which columns a table's examples stand in. */
export interface ClassifyReading {
  text?: string;
  label?: string;
  /** Column that tells sequences apart. */
  id?: string;
  /** Where each row is a sequence: numbers per step, and the columns that hold them, in order. */
  width?: number;
  columns?: readonly string[];
}

/** All that makes a classifier; what a model file holds. */
export interface ClassifyParts {
  settings: ClassifySettings;
  /** Labels, in the order of all lists of classes [K]. */
  classes: readonly string[];
  /** Share of each class in training, [K]. */
  shares: readonly number[];
  plan: InputPlan;
  architecture: ClassifyArchitecture;
  blend: Blend;
  /** How its data were read, and how the next are to be read. */
  reading: ClassifyReading;
  /** How their table was written, where it was said, for `readTable` of the next one. */
  written: TableFormat;
  /** Steps, seconds, scores: for people and reports. */
  summary: JsonObject;
}

/** A trained classifier. Use it with `using`, or let it go with its engine. */
export interface ClassifyModel extends ClassifyParts {
  /** The class of each example. A text without a word is answered with the shares of the training. */
  predict(examples: Examples): Promise<Classification[]>;
  /** The classes of texts, or of sequences of steps. */
  classify(texts: readonly string[]): Promise<Classification[]>;
  /**
   * What the words of a text, or the steps of a sequence [T·D], speak for.
   *
   * @param label explained; default the most probable
   */
  explain(example: string | Float32Array, label?: string): Promise<Explanation>;
  /** Scores on examples with labels, beside the baselines that the model file holds. */
  evaluate(examples: Examples): Promise<ClassifyEvaluation>;
  /** Of texts, unless it was left out. */
  readonly bayes: Bayes | undefined;
  readonly network: Network;
  /** For `encodeModelFile` or a run folder. */
  encode(): ModelFile;
  [Symbol.dispose](): void;
}

const COUNTS = ['texts', 'words', 'pairs', 'pairTexts'] as const;

/** Puts a model together from its parts and a network that has its weights. */
export function classifyModel(network: Network, bayes: Bayes | undefined, parts: ClassifyParts): ClassifyModel {
  const { classes, plan, shares, blend } = parts;
  const K = classes.length;
  const answerer: Answerer = { network, plan, bayes, blend, shares };
  const told = (probabilities: Float64Array, known: number): Classification => {
    const [k] = choices(probabilities, K);
    return { label: classes[k], probability: probabilities[k], probabilities, known };
  };
  const model: ClassifyModel = {
    ...parts,
    bayes,
    network,
    async predict(examples) {
      const encoded = encodeExamples(plan, examples);
      const probabilities = await probabilitiesOf(answerer, encoded);
      expectProbabilities('classify', probabilities);
      return encoded.sequences.map((sequence, i) =>
        told(probabilities.slice(i * K, (i + 1) * K), plan.kind === 'words' ? knownShare(sequence as Int32Array) : 1),
      );
    },
    classify: (texts) => model.predict({ kind: 'words', source: 'classify', texts }),
    async explain(example, label) {
      const about = label === undefined ? undefined : classes.indexOf(label);
      if (about === -1) {
        throw new RecurveError(
          'usage',
          `explain: expected a label of ${listNames(classes)}, got "${shorten(String(label))}"; name one of the model's classes`,
        );
      }
      const source = 'explain';
      const examples: Examples =
        typeof example === 'string'
          ? { kind: 'words', source, texts: [example] }
          : { kind: 'numbers', source, features: plan.kind === 'numbers' ? plan.features : [], sequences: [example] };
      const [answer] = await model.predict(examples);
      if (typeof example === 'string') {
        const { class: k, words } = await explainText(answerer as Answerer & { plan: WordPlan }, example, about);
        return { ...answer, about: classes[k], words };
      }
      const [scaled] = encodeExamples(plan, examples).sequences;
      const D = plan.kind === 'numbers' ? plan.features.length : 1;
      const { class: k, steps } = await explainSequence(answerer, scaled as Float32Array, D, about);
      return { ...answer, about: classes[k], steps };
    },
    async evaluate(examples) {
      checkExamples(examples);
      const { labels, source } = examples;
      if (!labels || countOf(examples) === 0) {
        throw new RecurveError(
          'data',
          `${source}: expected examples with labels, got ${labels ? 'no example' : 'no labels'}; name the column that holds them`,
        );
      }
      const truth = numbersOfLabels(labels, classes, source);
      const encoded = encodeExamples(plan, examples);
      return {
        scores: scoreClasses(await probabilitiesOf(answerer, encoded), truth, classes),
        baselines: {
          majority: majorityFigures(shares, truth, classes),
          ...(bayes && { bayes: await wordBayesFigures(bayes, encoded, truth, classes) }),
        },
      };
    },
    encode: () => ({
      tensors: { ...weightsOf(network), ...(bayes && storedCounts(bayes.counts, K)) },
      document: {
        kind: 'model',
        task: 'classify',
        step: Number(model.summary.steps ?? 0),
        architecture: plainJson(parts.architecture),
        data: plainJson({ plan, classes, shares, blend, reading: parts.reading, written: parts.written }),
        training: plainJson({ settings: parts.settings, summary: model.summary }),
        versions: { recurve: VERSION },
      },
    }),
    [Symbol.dispose]: () => network[Symbol.dispose](),
  };
  return model;
}

/**
 * Loads a classifier from the bytes of its model file.
 *
 * @throws RecurveError `model` for a file that is damaged, foreign or of another task
 */
export async function loadClassify(bytes: Uint8Array, options: LoadOptions = {}): Promise<ClassifyModel> {
  const { name, engine: given } = loadOptions('loadClassify', options);
  const { tensors, document } = decodeModelFile(bytes, { name, task: 'classify', kind: 'model' });
  const parts = checkClassifyDocument(document, name);
  const weights: Record<string, StoredTensors[string]> = {};
  const counts: Record<string, StoredTensors[string]> = {};
  for (const [key, tensor] of Object.entries(tensors)) {
    if (key.startsWith('bayes.')) counts[key.slice('bayes.'.length)] = tensor;
    else weights[key] = tensor;
  }
  const bayes =
    parts.settings.bayes && parts.plan.kind === 'words' ? bayesOf(countsOf(counts, parts, name)) : undefined;
  const engine = given ?? (await createEngine());
  return classifyModel(networkOf(engine, classifyNetwork(parts.architecture), weights, name), bayes, parts);
}

function knownShare(ids: Int32Array): number {
  return ids.length === 0 ? 0 : ids.reduce((n, id) => n + (id === 0 ? 0 : 1), 0) / ids.length;
}

function storedCounts(counts: BayesCounts, K: number): StoredTensors {
  const { texts, words, pairs, pairTexts } = counts;
  return {
    'bayes.texts': { dtype: 'F32', shape: [K], data: texts },
    'bayes.words': { dtype: 'F32', shape: [words.length / K, K], data: words },
    'bayes.pairs': { dtype: 'I32', shape: [pairs.length / 2, 2], data: pairs },
    'bayes.pairTexts': { dtype: 'F32', shape: [pairTexts.length / K, K], data: pairTexts },
  } as StoredTensors;
}

function countsOf(tensors: StoredTensors, { classes, plan }: ClassifyParts, name: string): BayesCounts {
  const K = classes.length;
  const size = (plan as WordPlan).vocabulary.size;
  const [texts, words, pairs, pairTexts] = COUNTS.map((key) => tensors[key]?.data);
  const fits =
    texts?.length === K &&
    words?.length === size * K &&
    pairs instanceof Int32Array &&
    pairTexts?.length === (pairs.length / 2) * K &&
    pairs.every((id) => id >= 0 && id <= size) &&
    [texts, words, pairTexts].every(
      (data) => data instanceof Float32Array && data.every((n) => n >= 0 && n < 2 ** 31),
    ) &&
    (texts as Float32Array).every((count) => count > 0);
  if (fits) return { texts, words, pairs, pairTexts } as BayesCounts;
  throw new RecurveError(
    'model',
    `${name}: expected counts of ${size} words and of pairs for ${K} classes, got others; the file is damaged`,
  );
}
