import { type ReadOptions, tableFormatOf, type WordVectors } from '../../data/index.ts';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { counted, formatCount } from '../../format.ts';
import { crc64 } from '../../model/crc64.ts';
import { plainJson } from '../../model/index.ts';
import { createNetwork, crossEntropy, type Network } from '../../nn/index.ts';
import { expectNamed } from '../../options.ts';
import type { Visit } from '../../train/event-loop.ts';
import type { EpochRecord, FitResult, Objective } from '../../train/index.ts';
import {
  classWeightsOf,
  expectHooks,
  mostlyUnknown,
  openStages,
  type StageOptions,
  type TrainHooks,
} from '../training/index.ts';
import { classifyNetwork } from './architecture.ts';
import { type ClassifyBaselines, majorityFigures, numberBayesFigures, wordBayesFigures } from './baselines.ts';
import { type Bayes, bayesOf, countBayes } from './bayes.ts';
import { fitBlend } from './blend.ts';
import { checkExamples, countOf, type Examples, type NumberExamples } from './examples.ts';
import { batchOf, type InputPlan, type WordPlan } from './inputs.ts';
import { type ClassifyModel, type ClassifyReading, classifyModel } from './model.ts';
import { type ClassifyOptions, type ClassifySettings, classifySettings, refuseUnused } from './options.ts';
import { type Evidence, evidenceOf, weighed } from './predictor.ts';
import { architectureOf, type Part, type Prepared, prepareClassify } from './prepare.ts';
import { type ClassifyFigures, type ClassifyScores, figuresOf, scoreClasses } from './scores.ts';

/** What a training may be given beside data and options. */
export interface ClassifyHooks extends TrainHooks {
  /** A test set of its own; the examples are then split into training and validation alone. */
  test?: Examples;
  /** Pretrained word vectors to begin with, as wide as the option `embedding` says by default. */
  vectors?: WordVectors;
  /** How the data were read, kept in the model for the next ones. */
  reading?: ClassifyReading;
  /** How the file of a table was read, of which the model keeps how it was written. */
  read?: ReadOptions;
}

/** A trained classifier and how it came about. */
export interface TrainedClassify {
  model: ClassifyModel;
  /** Scores on the test examples, where there are any. */
  scores?: ClassifyScores;
  baselines?: ClassifyBaselines;
  /** The network without naive Bayes, on the test examples; where both answer together. */
  network?: ClassifyFigures;
  /** The test examples with their probabilities [N, K], for pictures. */
  tested?: Part & { probabilities: Float64Array };
  notes: string[];
  history: EpochRecord[];
  /** The epoch whose weights were kept. */
  epochs: number;
  stopped: FitResult['stopped'];
  /** Of training alone. */
  seconds: number;
}

/** Test examples from which on scoring takes seconds. */
const WORTH_A_NOTE = 5000;

/**
 * Trains a classifier of texts or of sequences of numbers: splits the examples, fits vocabulary or scales on the training part, learns,
 * weighs network and naive Bayes on the validation part, and scores the test part beside the baselines.
 *
 * @example
 * const { model, scores } = await trainClassify({ kind: 'words', source: 'reviews', texts, labels }, { seed: 7 });
 * const [{ label, probability }] = await model.classify(['a delightful film']);
 */
export async function trainClassify(
  examples: Examples,
  options: ClassifyOptions = {},
  hooks: ClassifyHooks = {},
): Promise<TrainedClassify> {
  expectNamed('classify', options, 'hidden');
  expectHooks('classify', hooks, { test: true, vectors: true, reading: true, read: true });
  for (const one of hooks.test ? [examples, hooks.test] : [examples]) checkExamples(one);
  refuseUnused(options, examples.kind, hooks.test !== undefined);
  const settings = classifySettings(
    { ...(hooks.vectors && { embedding: hooks.vectors.width }), ...options },
    examples.kind,
    countOf(examples),
  );
  const prepared = prepareClassify(examples, settings, hooks.test);
  const { classes, shares, plan, train, validation, test, notes } = prepared;
  const K = classes.length;
  if (plan.kind === 'words') {
    const unknown = unknownWords(plan, train, settings);
    if (unknown) hooks.onNote?.(unknown);
  }
  const architecture = architectureOf(settings, prepared);
  const engine = hooks.engine ?? (await createEngine());
  const identity = {
    task: 'classify',
    settings: plainJson(settings),
    data: fingerprintOf(examples, hooks.test, hooks.vectors),
    stages: 1,
  };
  const stages = openStages(identity, hooks);
  const create = (): Network => {
    const network = createNetwork(engine, classifyNetwork(architecture), { seed: settings.seed });
    if (hooks.vectors && plan.kind === 'words') notes.push(placeVectors(network, plan, hooks.vectors, settings));
    return network;
  };
  const weights =
    settings.classWeights === 'none'
      ? undefined
      : classWeightsOf('classify', settings.classWeights, classes, prepared.counts);
  const { network, result } = await stages.run('training', create, (made) =>
    fitOptions(made, prepared, settings, architecture.members, weights),
  );
  const { visit } = stages;
  const counted =
    plan.kind === 'words'
      ? bayesOf(await countBayes(train.encoded.sequences as Int32Array[], train.truth, plan.vocabulary.size, K, visit))
      : undefined;
  const bayes = settings.bayes ? counted : undefined;
  const answerer = { network, plan, bayes, shares };
  const { logits, scores: counts } = await evidenceOf(answerer, validation.encoded, visit);
  const blend = fitBlend(logits, counts, validation.truth, K, weights);
  const columns = examples.kind === 'numbers' ? examples.columns : undefined;
  const reading = { ...hooks.reading, ...(columns && { columns }) };
  const model = classifyModel(network, bayes, {
    settings,
    classes,
    shares,
    plan,
    architecture,
    blend,
    reading,
    written: tableFormatOf(hooks.read ?? {}),
    summary: {},
  });
  if (test && test.truth.length >= WORTH_A_NOTE) {
    hooks.onNote?.(`scoring ${formatCount(test.truth.length)} examples and the baselines`);
  }
  const evidence = test && (await evidenceOf(answerer, test.encoded, visit));
  const tested = test && evidence && { ...test, probabilities: weighed(evidence, test.encoded, model) };
  const scores = tested && scoreClasses(tested.probabilities, tested.truth, classes);
  const baselines = tested && (await baselineFigures(prepared, tested, counted, visit));
  const alone = test && evidence && bayes && networkFigures(test, evidence);
  model.summary = plainJson({
    steps: result.steps,
    seconds: result.seconds,
    epochs: result.bestEpoch,
    stopped: result.stopped,
    examples: { train: train.truth.length, validation: validation.truth.length, test: test?.truth.length ?? 0 },
    ...(scores && { test: figuresOf(scores), baselines }),
  });
  return {
    model,
    ...(scores && { scores }),
    ...(baselines && { baselines }),
    ...(alone && { network: alone }),
    ...(tested && { tested }),
    notes,
    history: result.history,
    epochs: result.bestEpoch,
    stopped: result.stopped,
    seconds: result.seconds,
  };

  /** The network alone, with the temperature it would have had alone. */
  function networkFigures({ encoded, truth }: Part, { logits: own }: Evidence): ClassifyFigures {
    const temperature = fitBlend(logits, undefined, validation.truth, K, weights);
    return figuresOf(scoreClasses(weighed({ logits: own }, encoded, { blend: temperature, shares }), truth, classes));
  }
}

function fitOptions(
  network: Network,
  { plan, train, validation }: Prepared,
  settings: ClassifySettings,
  members: number,
  weights: readonly number[] | undefined,
): StageOptions {
  const { epochs, batchSize, rate, clip, patience, seed } = settings;
  return {
    training: objectiveOf(network, plan, train, members, weights),
    validation: objectiveOf(network, plan, validation, members, weights),
    epochs,
    batchSize,
    bucketing: { lengths: train.encoded.lengths },
    optimizer: { kind: 'adamW', weightDecay: 0 },
    rate,
    schedule: { kind: 'cosine' },
    clip: { norm: clip },
    seed,
    patience,
    restoreBest: true,
  };
}

/** Mean cross-entropy of all members, examples weighing as their classes do. */
function objectiveOf(
  network: Network,
  plan: InputPlan,
  { encoded, truth }: Part,
  M: number,
  weights: readonly number[] | undefined,
): Objective {
  return {
    examples: truth.length,
    ...(weights && { weight: (batch) => batch.reduce((sum, i) => sum + weights[truth[i]], 0) }),
    loss(batch, pass, tape) {
      const { values, shape, lengths } = batchOf(plan, encoded, batch);
      const y = network.root.forward(tape.constant(values, shape), { ...pass, lengths });
      const targets = Int32Array.from({ length: batch.length * M }, (_, i) => truth[batch[Math.floor(i / M)]]);
      return crossEntropy(
        y,
        { values: targets, shape: [batch.length, M] },
        { ...(weights && { weights: Float64Array.from(targets, (k) => weights[k]) }) },
      );
    },
  };
}

async function baselineFigures(
  { classes, shares, train }: Prepared,
  test: Part,
  counted: Bayes | undefined,
  visit: Visit,
): Promise<ClassifyBaselines> {
  const majority = majorityFigures(shares, test.truth, classes);
  if (counted) return { majority, bayes: await wordBayesFigures(counted, test.encoded, test.truth, classes, visit) };
  const numbers = (part: Part) => ({ examples: part.examples as NumberExamples, truth: part.truth });
  return { majority, bayes: await numberBayesFigures(numbers(train), numbers(test), classes, visit) };
}

/** Refuses words of which the network would know none, and says where it knows few. */
function unknownWords({ known }: WordPlan, { encoded }: Part, { minCount }: ClassifySettings): string | undefined {
  if (known === 1) {
    throw new RecurveError(
      'data',
      `classify: expected words that occur at least ${counted(minCount, 'time')} in the training part, got none; lower minCount, or give more texts`,
    );
  }
  let words = 0;
  let seen = 0;
  for (const ids of encoded.sequences) {
    words += ids.length;
    for (const id of ids) if (id > 0 && id < known) seen++;
  }
  return mostlyUnknown(seen, words, 'words of the training part');
}

/** Puts pretrained vectors in the place of first values; tells how many words have one. */
function placeVectors(
  network: Network,
  { vocabulary, known }: WordPlan,
  vectors: WordVectors,
  { embedding }: ClassifySettings,
): string {
  if (vectors.width !== embedding) {
    throw new RecurveError(
      'usage',
      `classify: expected vectors of width ${embedding}, got ${vectors.width} in ${vectors.source}; leave embedding out, or set it to ${vectors.width}`,
    );
  }
  const words = vocabulary.decode(Array.from({ length: known }, (_, id) => id));
  let found = 0;
  for (const { name, parameter } of network.entries) {
    if (!name.endsWith('.embedding.weight')) continue;
    found = 0;
    words.forEach((word, id) => {
      const vector = word === null ? undefined : vectors.vectors.get(word);
      if (!vector) return;
      network.engine.write(parameter.tensor.address + id * embedding, vector);
      found++;
    });
  }
  if (found === 0) {
    throw new RecurveError(
      'data',
      `classify: expected vectors of words of the data, got none of ${formatCount(known - 1)} in ${vectors.source}; give vectors of the same language, in lower case unless case is kept`,
    );
  }
  return `${formatCount(found)} of ${formatCount(known - 1)} words begin with a vector of ${vectors.source}`;
}

/** Tells data apart: kinds, labels, texts or numbers, in their order. */
function fingerprintOf(examples: Examples, test: Examples | undefined, vectors: WordVectors | undefined): string {
  const text = new TextEncoder();
  return crc64(
    (function* () {
      for (const one of test ? [examples, test] : [examples]) {
        yield text.encode(JSON.stringify([one.kind, one.labels, one.kind === 'words' ? one.texts : one.features]));
        if (one.kind === 'words') continue;
        for (const { buffer, byteOffset, byteLength } of one.sequences) {
          yield new Uint8Array(buffer, byteOffset, byteLength);
        }
        yield text.encode(one.sequences.map(({ length }) => length).join());
      }
      for (const [word, vector] of vectors?.vectors ?? []) yield text.encode(`\n${word} ${vector.join(' ')}`);
    })(),
  );
}
