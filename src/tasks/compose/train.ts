import type { MusicPiece } from '../../data/music/index.ts';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import { crc64 } from '../../model/crc64.ts';
import { plainJson } from '../../model/index.ts';
import { createNetwork } from '../../nn/index.ts';
import { expectNamed } from '../../options.ts';
import type { EpochRecord, FitResult } from '../../train/index.ts';
import { expectHooks, openStages, type TrainHooks } from '../training/index.ts';
import { type Corpus, expectPieces, kindOf, splitPieces } from './corpus.ts';
import { KIND_BY_NAME } from './kinds.ts';
import { type ComposeModel, composeModel } from './model.ts';
import { scoringObjective, trainingObjective } from './objective.ts';
import { type ComposeOptions, composeSettings, refuseForeign } from './options.ts';
import { type ComposeScores, scorePieces } from './scores.ts';

/** The learning rate ends at this share of its first value. */
const FINAL_RATE = 0.02;

/** A trained model and how it came about. */
export interface TrainedCompose {
  model: ComposeModel;
  /** Of the test pieces, where there are any. */
  scores?: ComposeScores;
  history: EpochRecord[];
  /** The epoch whose weights were kept. */
  epochs: number;
  stopped: FitResult['stopped'];
  /** Of training alone. */
  seconds: number;
  /** Pieces of each part. */
  pieces: { train: number; validation: number; test: number };
}

/**
 * Trains a model of music: sorts the pieces into training, validation and test, learns, keeps the weights of the best epoch by
 * validation, and measures the test pieces beside the baselines.
 *
 * @throws RecurveError `data` for pieces the kind of model cannot hear, or none to train on
 * @example
 * const pieces = readMusic(await readFile('jigs.abc'), 'jigs.abc', { repeats: 'written' });
 * const { model, scores } = await trainCompose(pieces, { kind: 'melody', seed: 7 });
 */
export async function trainCompose(
  pieces: readonly MusicPiece[],
  options: ComposeOptions = {},
  hooks: TrainHooks = {},
): Promise<TrainedCompose> {
  expectHooks('compose', hooks, {});
  expectPieces('compose', pieces);
  expectNamed('compose', options, 'kind');
  const settings = composeSettings({ ...options, kind: options.kind ?? kindOf(pieces) });
  const kind = KIND_BY_NAME[settings.kind];
  refuseForeign(settings.kind, options);
  const corpus = splitPieces(pieces, settings);
  expectUse(options, pieces, corpus);
  const prepared = (part: readonly MusicPiece[]) => part.map((piece) => kind.prepare(piece, settings));
  const [train, validation, test] = [corpus.train, corpus.validation, corpus.test].map(prepared);
  const architecture = kind.architecture(train, settings);
  const engine = hooks.engine ?? (await createEngine());
  const identity = { task: 'compose', settings: plainJson(settings), data: fingerprintOf(pieces), stages: 1 };
  const segment = settings.kind === 'keys' ? settings.segment : Number.POSITIVE_INFINITY;

  const stages = openStages(identity, hooks);
  const { network, result } = await stages.run(
    'training',
    () => createNetwork(engine, kind.layer(architecture), { seed: settings.seed }),
    (fresh) => {
      const { objective, lengths } = trainingObjective(kind, fresh, architecture, train, { ...settings, segment });
      return {
        training: objective,
        bucketing: { lengths },
        ...(validation.length > 0 && { validation: scoringObjective(kind, fresh, architecture, validation) }),
        epochs: settings.epochs,
        batchSize: settings.batchSize,
        optimizer: { kind: 'adamW', weightDecay: settings.weightDecay },
        rate: settings.rate,
        schedule: { kind: 'cosine', final: FINAL_RATE },
        clip: { norm: settings.clip },
        ...(settings.average > 0 && { average: { decay: settings.average } }),
        seed: settings.seed,
        ...(validation.length > 0 && { patience: settings.patience }),
      };
    },
  );
  const counts = { train: train.length, validation: validation.length, test: test.length };
  const model = composeModel(network, { settings, architecture, summary: {} });
  const scores =
    test.length > 0 ? await scorePieces(network, { settings, architecture }, test, train, stages.visit) : undefined;
  model.summary = plainJson({
    ...{ steps: result.steps, seconds: result.seconds, epochs: result.bestEpoch, stopped: result.stopped },
    pieces: counts,
    ...(scores && { test: scores.test }),
    baselines: scores?.baselines ?? {},
  });
  return {
    model,
    ...(scores && { scores }),
    history: result.history,
    epochs: result.bestEpoch,
    stopped: result.stopped,
    seconds: result.seconds,
    pieces: counts,
  };
}

/** Refuses options for which these pieces have no use. */
function expectUse(options: ComposeOptions, pieces: readonly MusicPiece[], { validation }: Corpus): void {
  const refuse = (name: string, expected: string, got: string): never => {
    throw new RecurveError('usage', `compose: expected ${expected} with ${name}, got ${got}; leave ${name} out`);
  };
  if (pieces.every(({ part }) => part !== undefined))
    for (const name of ['validationShare', 'testShare'] as const)
      if (options[name] !== undefined) refuse(name, 'pieces to deal out', 'files that name the parts of all');
  if (validation.length === 0 && options.patience !== undefined) refuse('patience', 'pieces to choose by', 'none');
}

/** Tells data apart: names, parts and every note. */
function fingerprintOf(pieces: readonly MusicPiece[]): string {
  const encoder = new TextEncoder();
  return crc64(
    (function* () {
      for (const { part, music } of pieces) yield encoder.encode(JSON.stringify([part ?? null, music]));
    })(),
  );
}
