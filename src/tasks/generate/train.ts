import { createTextCodec, type TextCodec } from '../../data/text/index.ts';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import { crc64 } from '../../model/crc64.ts';
import { plainJson } from '../../model/index.ts';
import { createNetwork, type Network } from '../../nn/index.ts';
import { expectText } from '../../options.ts';
import type { Visit } from '../../train/event-loop.ts';
import type { EpochRecord, FitResult, Schedule } from '../../train/index.ts';
import { wittenBell } from '../baselines/witten-bell.ts';
import { expectHooks, mostlyUnknown, openStages, type StageOptions, type TrainHooks } from '../training/index.ts';
import { type GenerateArchitecture, type LanguageModel, languageModel } from './architecture.ts';
import { costsOf, type GenerateModel, generateModel, piecesOf, type SurprisingPiece } from './model.ts';
import { readingOf, trainingObjective, validationObjective } from './objectives.ts';
import { type GenerateOptions, type GenerateSettings, generateSettings } from './options.ts';
import { scoreText, type TextScores } from './scores.ts';
import { cutText } from './text.ts';
import { lastWord } from './verse/rhyme.ts';

/** A trained model and how it came about. */
export interface TrainedGenerate {
  model: GenerateModel;
  /** On the validation part, read from beginning to end, if there is one. */
  validation?: TextScores;
  /** n-gram models on the same part, by name, best first. */
  baselines: Record<string, TextScores>;
  /** A text it wrote at temperature 0.8. */
  sample: string;
  /** The beginning of the validation part, and what each token of it cost. */
  excerpt: SurprisingPiece[];
  history: EpochRecord[];
  /** The epoch whose weights were kept. */
  epochs: number;
  stopped: FitResult['stopped'];
  /** Of training alone. */
  seconds: number;
  /** Tokens trained on. */
  tokens: number;
}

/** Tokens of the sample, characters of the excerpt. */
const SAMPLE = 400;
const EXCERPT = 1500;

/** Fewest tokens to train on. */
const FEWEST = 64;

/** Tokens from which on reading them one after another takes seconds; counting is ten times as fast. */
const WORTH_A_NOTE = 100_000;

/**
 * Trains a language model on a text: its end measures the model, beside an n-gram model of the same tokens.
 *
 * @example
 * const { model, validation } = await trainGenerate(text, { hidden: 128, epochs: 4, seed: 7 });
 * console.log(validation?.bits, await model.write({ prompt: 'ROMEO:', length: 200 }));
 */
export async function trainGenerate(
  text: string,
  options: GenerateOptions = {},
  hooks: TrainHooks = {},
): Promise<TrainedGenerate> {
  expectHooks('generate', hooks, {});
  const asked = generateSettings(options);
  expectText('generate', 'a text to learn from', text);
  const { learned, heldOut } = cutText(text, asked.validationShare);
  const codec = createTextCodec(asked.unit, learned, {
    minCount: asked.minCount,
    ...(asked.unit === 'words' && { maxSize: asked.vocabulary }),
    ...(asked.unit === 'subwords' && { size: asked.vocabulary }),
  });
  const ids = codec.encode(learned);
  const settings = generateSettings(options, ids.length);
  const held = codec.encode(heldOut);
  expectEnough(ids, codec);
  const known = ids.reduce((n, id) => n + Number(id !== codec.unknown), 0);
  const unknown = mostlyUnknown(known, ids.length, `${codec.unit} of the text`);
  if (unknown) hooks.onNote?.(unknown);
  const architecture = architectureOf(settings, codec.size);
  const root = languageModel(architecture);
  const engine = hooks.engine ?? (await createEngine());
  const stages = openStages(
    { task: 'generate', settings: plainJson(settings), data: fingerprintOf(text), stages: 1 },
    hooks,
  );
  const { network, result } = await stages.run(
    'training',
    () => createNetwork(engine, root, { seed: settings.seed }),
    () => stageOf(root, settings, ids, held),
  );
  const model = generateModel(network, { settings, architecture, codec, summary: {} });
  const { visit } = stages;
  const measured = held.length >= 2;
  // However much of it is unknown: a training that has succeeded does not fail for its score, which tells the unknown.
  if (held.length >= WORTH_A_NOTE) hooks.onNote?.(`scoring ${formatCount(held.length)} ${codec.unit}`);
  const validation = measured ? scoreText(codec, heldOut, held, await costsOf(network, held, visit)) : undefined;
  if (ids.length >= 10 * WORTH_A_NOTE)
    hooks.onNote?.(`counting ${settings.order}-grams of ${formatCount(ids.length)} ${codec.unit}`);
  const baselines = measured ? await ngrams(codec, ids, heldOut, held, settings.order, visit) : {};
  const { steps, seconds, stopped, bestEpoch, history } = result;
  const epochs = Math.max(bestEpoch, 1);
  model.summary = plainJson({
    ...{ steps, seconds, epochs, stopped, tokens: ids.length, baselines, endings: lineEndings(learned) },
    ...(validation && { validation }),
  });
  let sample = '';
  for await (const piece of model.generate({ length: SAMPLE, temperature: 0.8, seed: settings.seed })) {
    sample += piece;
    await visit();
  }
  return {
    ...{ sample, excerpt: await excerptOf(network, codec, heldOut, visit) },
    ...{ model, baselines, history, epochs, stopped, seconds, tokens: ids.length },
    ...(validation && { validation }),
  };
}

async function excerptOf(
  network: Network,
  codec: TextCodec,
  heldOut: string,
  visit: Visit,
): Promise<SurprisingPiece[]> {
  // Half a surrogate pair at its end is no character.
  const text = heldOut.slice(0, EXCERPT).replace(/[\ud800-\udbff]$/, '');
  const ids = codec.encode(text);
  return ids.length >= 2 ? piecesOf(codec, text, ids, await costsOf(network, ids, visit)) : [];
}

function expectEnough(ids: Int32Array, codec: TextCodec): void {
  if (ids.length < FEWEST) {
    throw new RecurveError(
      'data',
      `generate: expected at least ${FEWEST} ${codec.unit} to learn from, got ${ids.length}; give a longer text`,
    );
  }
  if (ids.every((id) => id === codec.unknown)) {
    throw new RecurveError(
      'data',
      `generate: expected ${codec.unit} that occur often enough to be learned, got none; lower minCount, or give a longer text`,
    );
  }
  if (ids.every((id) => id === ids[0])) {
    throw new RecurveError(
      'data',
      `generate: expected a text of at least two different ${codec.unit}, got ${JSON.stringify(codec.decode(ids.subarray(0, 1)))} only; there is nothing to predict in it`,
    );
  }
}

function architectureOf(settings: GenerateSettings, vocabulary: number): GenerateArchitecture {
  const { cell, embedding, hidden, layers, tied, dropout, inputDropout, weightDrop } = settings;
  return { cell, vocabulary, embedding, hidden, layers, tied, dropout, inputDropout, weightDrop };
}

/** Most steps over which the learning rate rises, and their share of a short training. */
const WARMUP = { steps: 100, share: 0.1 };

function stageOf(model: LanguageModel, settings: GenerateSettings, ids: Int32Array, held: Int32Array): StageOptions {
  const { epochs, rate, weightDecay, clip, seed, average, patience } = settings;
  const training = trainingObjective(model, ids, readingOf(ids.length, settings));
  const warmup = Math.min(WARMUP.steps, Math.floor(WARMUP.share * training.examples * epochs));
  const schedule: Schedule = { kind: 'cosine', ...(warmup > 0 && { warmup }) };
  return {
    ...{ training, epochs, rate, schedule, seed },
    ...(held.length >= 2 && { validation: validationObjective(model, held) }),
    optimizer: { kind: 'adamW', beta2: 0.99, weightDecay },
    clip: { norm: clip },
    ...(average > 0 && { average: { decay: average } }),
    ...(patience !== null && { patience }),
  };
}

async function ngrams(
  codec: TextCodec,
  ids: Int32Array,
  text: string,
  held: Int32Array,
  order: number,
  visit: Visit,
): Promise<Record<string, TextScores>> {
  const found: [string, TextScores][] = [];
  for (const n of new Set([order, 1])) {
    const model = await wittenBell(ids, codec.size, n, visit);
    found.push([`${n}-gram`, scoreText(codec, text, held, await model.surprises(held))]);
  }
  return Object.fromEntries(found.sort(([, a], [, b]) => a.nats - b.nats));
}

/** Most words that lines end with, kept for rhymes. */
const ENDINGS = 5000;

/** The words that the lines of a text end with, the frequent ones first. */
function lineEndings(text: string): string[] {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const word = lastWord(line);
    if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ranked.slice(0, ENDINGS).map(([word]) => word);
}

function fingerprintOf(text: string): string {
  return crc64([new TextEncoder().encode(text)]);
}
