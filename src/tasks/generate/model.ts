import type { TextCodec } from '../../data/text/index.ts';
import { createEngine } from '../../engine/index.ts';
import { decodeModelFile, type Json, type JsonObject, type ModelFile, plainJson } from '../../model/index.ts';
import type { Network } from '../../nn/index.ts';
import { expectText } from '../../options.ts';
import { type Visit, visitor } from '../../train/event-loop.ts';
import { VERSION } from '../../version.ts';
import { wittenBellAsItReads } from '../baselines/witten-bell.ts';
import { type LoadOptions, loadOptions } from '../load-options.ts';
import { networkOf, weightsOf } from '../training/index.ts';
import { type GenerateArchitecture, languageModel } from './architecture.ts';
import { checkGenerateDocument } from './document.ts';
import { surprises } from './objectives.ts';
import type { GenerateSettings } from './options.ts';
import { encodeForReading, scoreText, type TextScores } from './scores.ts';
import { createGenerateStream, type GenerateStream } from './stream.ts';
import { cutText } from './text.ts';
import { type BeamWriteOptions, beamText, type NextToken, nextTokens, type WriteOptions, writeText } from './write.ts';

/** All that makes a language model; what a model file holds. */
export interface GenerateParts {
  settings: GenerateSettings;
  architecture: GenerateArchitecture;
  codec: TextCodec;
  /** Steps, seconds, scores: for people and reports. */
  summary: JsonObject;
}

/** A piece of a text and what it cost. */
export interface SurprisingPiece {
  text: string;
  /** Null for the first token, which nothing predicts. */
  nats: number | null;
}

/** A trained language model. Use it with `using`, or let it go with its engine. */
export interface GenerateModel extends GenerateParts {
  /**
   * Writes: an async iterator over pieces of text, each as soon as it is certain.
   *
   * @example
   * for await (const piece of model.generate({ prompt: 'ROMEO:', temperature: 0.8, seed: 7 })) process.stdout.write(piece);
   */
  generate(options?: WriteOptions): AsyncGenerator<string, void, undefined>;
  /** The whole of {@link GenerateModel.generate} at once. */
  write(options?: WriteOptions): Promise<string>;
  /** The likeliest texts by beam search, best first. */
  beam(options?: BeamWriteOptions): Promise<{ text: string; logProbability: number }[]>;
  /** The likeliest tokens after a text. */
  next(text: string, count?: number): Promise<NextToken[]>;
  /** How well it predicts a text, read from beginning to end. */
  evaluate(text: string): Promise<TextScores>;
  /** The same of the n-gram model that learns as it reads, without any training. */
  evaluateNgram(text: string): Promise<TextScores>;
  /** The end of its training text that it was not trained on. */
  heldOut(text: string): string;
  /** What each token of a text cost. */
  surprise(text: string): Promise<{ pieces: SurprisingPiece[]; scores: TextScores }>;
  /** Reads a text piece by piece; continues from a saved state to the same bits. */
  stream(state?: Json): GenerateStream;
  /** The network, to step it otherwise. */
  readonly network: Network;
  /** For `encodeModelFile` or a run folder. */
  encode(): ModelFile;
  [Symbol.dispose](): void;
}

/** Puts a model together from its parts and a network that has its weights. */
export function generateModel(network: Network, parts: GenerateParts): GenerateModel {
  const { codec } = parts;
  const model: GenerateModel = {
    ...parts,
    network,
    generate: (options = {}) => writeText(network, codec, options),
    async write(options) {
      let text = '';
      for await (const piece of model.generate(options)) text += piece;
      return text;
    },
    beam: (options = {}) => beamText(network, codec, options),
    next: (text, count = 10) => nextTokens(network, codec, text, count),
    async evaluate(text) {
      const ids = encodeForReading(codec, text, 'evaluate');
      return scoreText(codec, text, ids, await costsOf(network, ids));
    },
    async evaluateNgram(text) {
      const ids = encodeForReading(codec, text, 'evaluate');
      return scoreText(codec, text, ids, await wittenBellAsItReads(ids, codec.size, parts.settings.order));
    },
    heldOut(text) {
      expectText('generate', 'the text of the training', text);
      return cutText(text, parts.settings.validationShare).heldOut;
    },
    async surprise(text) {
      const ids = encodeForReading(codec, text, 'surprise');
      const nats = await costsOf(network, ids);
      return { pieces: piecesOf(codec, text, ids, nats), scores: scoreText(codec, text, ids, nats) };
    },
    stream: (state) => createGenerateStream(network, codec, state),
    encode: () => ({
      tensors: weightsOf(network),
      document: {
        kind: 'model',
        task: 'generate',
        step: Number(model.summary.steps ?? 0),
        architecture: plainJson(parts.architecture),
        data: plainJson({ text: codec.toJSON() }),
        training: plainJson({ settings: parts.settings, summary: model.summary }),
        versions: { recurve: VERSION },
      },
    }),
    [Symbol.dispose]: () => network[Symbol.dispose](),
  };
  return model;
}

/** What each token after the first costs, in nats [tokens − 1]. */
export async function costsOf(network: Network, ids: Int32Array, visit: Visit = visitor()): Promise<Float64Array> {
  const all = new Float64Array(ids.length - 1);
  let done = 0;
  for (const piece of surprises(network, ids)) {
    all.set(piece, done);
    done += piece.length;
    await visit();
  }
  return all;
}

/** The text as it stands, cut into tokens; subwords that end inside a character count towards the one that completes it. */
export function piecesOf(codec: TextCodec, text: string, ids: Int32Array, nats: Float64Array): SurprisingPiece[] {
  // What is unknown is shown as it was written.
  const spelled = codec.unit === 'subwords' ? undefined : codec.split(text);
  const decoding = codec.decoder();
  const pieces: SurprisingPiece[] = [];
  let open: number | null = null;
  ids.forEach((id, i) => {
    const cost = i === 0 ? null : nats[i - 1];
    const piece = spelled ? spelled[i] : decoding.push(id);
    const total: number | null = open === null ? cost : open + (cost ?? 0);
    if (piece === '') open = total;
    else {
      pieces.push({ text: piece, nats: total });
      open = null;
    }
  });
  return pieces;
}

/**
 * Loads a language model from the bytes of its model file.
 *
 * @throws RecurveError `model` for a file that is damaged, foreign or of another task
 */
export async function loadGenerate(bytes: Uint8Array, options: LoadOptions = {}): Promise<GenerateModel> {
  const { name, engine: given } = loadOptions('loadGenerate', options);
  const { tensors, document } = decodeModelFile(bytes, { name, task: 'generate', kind: 'model' });
  const parts = checkGenerateDocument(document, name);
  const engine = given ?? (await createEngine());
  return generateModel(networkOf(engine, languageModel(parts.architecture), tensors, name), parts);
}
