import type { MusicPiece, Score } from '../../data/music/index.ts';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { decodeModelFile, type Json, type JsonObject, type ModelFile, plainJson } from '../../model/index.ts';
import type { Network } from '../../nn/index.ts';
import { expectText } from '../../options.ts';
import { VERSION } from '../../version.ts';
import { type LoadOptions, loadOptions } from '../load-options.ts';
import { networkOf, weightsOf } from '../training/index.ts';
import { expectPieces, splitPieces } from './corpus.ts';
import { checkComposeDocument } from './document.ts';
import type { Likely } from './kind.ts';
import { KIND_BY_NAME } from './kinds.ts';
import type { ComposeBeginning } from './listener.ts';
import type { ComposeKind, ComposeSettings } from './options.ts';
import { type ComposeRequest, checkRequest } from './request.ts';
import { type ComposeScores, scorePieces } from './scores.ts';
import { type ComposeStream, createComposeStream } from './stream.ts';
import type { Accompaniment, AccompanyOptions } from './voices/accompany.ts';

/** All that makes a composer; what a model file holds. */
export interface ComposeParts {
  settings: ComposeSettings;
  /** Plain JSON; what is in it is the kind's business. */
  architecture: object;
  /** Steps, seconds, scores: for people and reports. */
  summary: JsonObject;
}

/** A trained composer. Use it with `using`, or let it go with its engine. */
export interface ComposeModel extends ComposeParts {
  readonly kind: ComposeKind;
  /** A new piece: the same request gives the same notes. */
  compose(request?: ComposeRequest): Score;
  /** Characters of a title that a model of melodies has not seen and passes over; empty for other models, which read no titles. */
  unknownIn(title: string): string[];
  /** What comes after a piece, the likeliest first. */
  next(piece: MusicPiece): Likely[];
  /**
   * Hears music step by step.
   *
   * @param saved what `state()` gave, to go on from
   * @param beginning what stands before the notes of each melody
   */
  stream(saved?: Json, beginning?: ComposeBeginning): ComposeStream;
  /**
   * Finds alto, tenor and bass to a soprano step by step, as it is played: what `compose({ soprano })` does with a whole one. Of `voices`.
   *
   * @param saved what `state()` gave, to go on from
   * @throws RecurveError `usage` for another kind of model
   */
  accompany(options?: AccompanyOptions, saved?: Json): Accompaniment;
  /**
   * Measures pieces beside the baselines. Where the pieces say which of them are for training and test, the baselines count in the one
   * part and the other is measured; else all are measured, and the baselines have counted in those very pieces.
   */
  evaluate(pieces: readonly MusicPiece[]): Promise<ComposeScores>;
  /** For `encodeModelFile` or a run folder. */
  encode(): ModelFile;
  [Symbol.dispose](): void;
}

/** Puts a model together from its parts and a network that has its weights. */
export function composeModel(network: Network, parts: ComposeParts): ComposeModel {
  const { settings, architecture } = parts;
  const kind = KIND_BY_NAME[settings.kind];
  const prepare = (piece: MusicPiece): unknown => kind.prepare(piece, settings);
  const model: ComposeModel = {
    ...parts,
    kind: settings.kind,
    compose(request = {}) {
      checkRequest(request);
      return kind.compose(network, architecture, settings, request);
    },
    unknownIn(title) {
      expectText('compose', 'a title', title);
      return kind.unknownIn?.(title, architecture) ?? [];
    },
    next(piece) {
      expectPieces('next', [piece]);
      const prepared = kind.prepare(piece, settings);
      using listener = kind.listen(network, architecture, kind.beginningOf(prepared));
      for (const step of kind.stepsOf(prepared)) listener.hear(step);
      return listener.next();
    },
    stream(saved, beginning = {}) {
      kind.expectBeginning(beginning, architecture);
      return createComposeStream((heard) => kind.listen(network, architecture, beginning, heard), saved);
    },
    accompany(options = {}, saved) {
      if (kind.accompany) return kind.accompany(network, architecture, options, saved);
      throw new RecurveError(
        'usage',
        `accompany: expected a model of voices, got one of ${settings.kind}; train one with kind voices`,
      );
    },
    async evaluate(pieces) {
      expectPieces('evaluate', pieces);
      if (pieces.length === 0)
        throw new RecurveError('data', 'evaluate: expected pieces to measure, got none; give at least one');
      const named = pieces.some(({ part }) => part === 'test') && pieces.some(({ part }) => part === 'train');
      const { train, test } = named ? splitPieces(pieces, settings) : { train: [...pieces], test: [...pieces] };
      return scorePieces(network, { settings, architecture }, test.map(prepare), train.map(prepare));
    },
    encode: () => ({
      tensors: weightsOf(network),
      document: {
        kind: 'model',
        task: 'compose',
        step: Number(model.summary.steps ?? 0),
        architecture: plainJson(architecture),
        data: {},
        training: plainJson({ settings, summary: model.summary }),
        versions: { recurve: VERSION },
      },
    }),
    [Symbol.dispose]: () => network[Symbol.dispose](),
  };
  return model;
}

/**
 * Loads a composer from the bytes of its model file.
 *
 * @throws RecurveError `model` for a file that is damaged, foreign or of another task
 */
export async function loadCompose(bytes: Uint8Array, options: LoadOptions = {}): Promise<ComposeModel> {
  const { name, engine: given } = loadOptions('loadCompose', options);
  const { tensors, document } = decodeModelFile(bytes, { name, task: 'compose', kind: 'model' });
  const parts = checkComposeDocument(document, name);
  const root = KIND_BY_NAME[parts.settings.kind].layer(parts.architecture);
  return composeModel(networkOf(given ?? (await createEngine()), root, tensors, name), parts);
}
