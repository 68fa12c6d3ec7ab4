import { type Engine, type Numerics, numericsOf } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import type { Network } from '../../nn/index.ts';
import type { Visit } from '../../train/event-loop.ts';
import { type FitOptions, type FitResult, fit, type TrainingState } from '../../train/index.ts';
import { decodeCheckpoint, encodeCheckpoint, type StagesDone, type TrainingIdentity } from './checkpoint.ts';
import type { TrainHooks } from './hooks.ts';
import { interruptible } from './interruptible.ts';

/** What a stage itself decides; time, signal, progress, checkpoints and resuming are the runner's. */
export type StageOptions = Omit<
  FitOptions,
  'maxSeconds' | 'signal' | 'detectAnomaly' | 'onProgress' | 'checkpoint' | 'resume'
>;

/** A training as one or more runs of `fit`, one after the other, under one time limit, one progress and one checkpoint. */
export interface Stages extends StagesDone {
  /**
   * What must outlive the stage that made it: curves, outputs, weights of finished networks, under any name. Every checkpoint holds it,
   * the running stage's included; after resuming it is there again.
   */
  readonly kept: Record<string, Float32Array | Float64Array>;
  /** Stages in all. */
  readonly count: number;
  /**
   * Trains a fresh network; the caller disposes of it. Where the training is resumed, begin with the stage number `stage`: those
   * before are done, and what they left is in `kept`.
   *
   * @throws RecurveError `interrupted` when `hooks.signal` asked to stop; the checkpoint is saved before
   */
  run(
    name: string,
    create: () => Network,
    options: (network: Network) => StageOptions,
  ): Promise<{ network: Network; result: FitResult }>;
  /**
   * To be called between the pieces of all work behind a stage, scoring too: a training that is stopped there and resumed does it again,
   * from the checkpoint at the end of the stage.
   *
   * @throws RecurveError `interrupted` when `hooks.signal` asked to stop; the networks of the stages are disposed of
   */
  readonly visit: Visit;
}

/**
 * Opens the stages of a training, at their beginning or where a checkpoint of the same identity left them.
 *
 * @param expect refuses what a damaged checkpoint may hold in `kept`
 * @throws RecurveError `data`, `usage` or `model` for a checkpoint of other data, of other settings, or damaged
 * @example
 * const stages = openStages({ task: 'tag', settings, data: fingerprint, stages: 1 }, hooks);
 * const { network, result } = await stages.run('training', () => createNetwork(engine, root, { seed }), (network) => ({
 *   training: objectiveOf(network), validation, epochs, batchSize, rate, clip: { norm: clip }, seed, patience,
 * }));
 */
export function openStages(
  identity: TrainingIdentity,
  hooks: TrainHooks,
  expect?: (done: StagesDone, fit: TrainingState) => void,
): Stages {
  const resumed = hooks.resume === undefined ? undefined : decodeCheckpoint(hooks.resume, identity);
  if (resumed) expect?.(resumed.done, resumed.fit);
  let resume = resumed?.fit;
  const count = identity.stages;
  const networks: Network[] = [];
  const next = hooks.checkpoint ? 'resume to go on' : 'begin again, with checkpoint to be able to resume';
  const visit = interruptible(
    hooks.signal,
    `train: expected to finish, got a request to stop beside the epochs; ${next}`,
  );
  const stages: Stages = {
    count,
    ...(resumed?.done ?? { stage: 0, seconds: 0, steps: 0, kept: {} }),
    async run(name, create, optionsOf) {
      const began = performance.now();
      const left = (hooks.maxSeconds ?? Number.POSITIVE_INFINITY) - stages.seconds;
      const { checkpoint } = hooks;
      const network = create();
      try {
        if (resume) expectNumerics(network.engine, resumed?.numerics);
        const result = await fit(network, {
          ...optionsOf(network),
          maxSeconds: Math.max(left, 0) / (count - stages.stage),
          ...(hooks.signal && { signal: hooks.signal }),
          ...(hooks.detectAnomaly && { detectAnomaly: true }),
          ...(resume && { resume }),
          onProgress(progress) {
            hooks.onProgress?.({ ...progress, stage: name, stageIndex: stages.stage, stages: count });
            const { epoch, loss, validation, seconds } = progress;
            const step = stages.steps + progress.step;
            if (progress.epochEnd)
              hooks.onEpoch?.({
                step,
                stage: name,
                epoch,
                loss,
                seconds,
                ...(validation !== undefined && { validation }),
              });
          },
          ...(checkpoint && {
            checkpoint: {
              everySeconds: checkpoint.everySeconds,
              save: (state) => checkpoint.save(encodeCheckpoint(identity, stages, state, numericsOf(network.engine))),
            },
          }),
        });
        resume = undefined;
        if (result.stopped === 'aborted') {
          const seconds = Math.round((performance.now() - began) / 1000);
          throw new RecurveError(
            'interrupted',
            `train: expected to finish, got a request to stop in ${name} after ${seconds} s; ${next}`,
          );
        }
        stages.stage++;
        stages.seconds += result.seconds;
        stages.steps += result.steps;
        networks.push(network);
        return { network, result };
      } catch (error) {
        network[Symbol.dispose]();
        throw error;
      }
    },
    async visit() {
      try {
        await visit();
      } catch (error) {
        for (const network of networks) network[Symbol.dispose]();
        throw error;
      }
    },
  };
  return stages;
}

/** A run is all exact or all fast: bits promised by its beginning must not get lost on the way. */
function expectNumerics(engine: Engine, begun: Numerics = 'exact'): void {
  const now = numericsOf(engine);
  if (now === begun) return;
  const next = now === 'fast' ? 'leave out numerics and RECURVE_TIER' : "make the engine with numerics: 'fast'";
  throw new RecurveError(
    'usage',
    `resume: expected ${begun} numerics, as the training began with, got tier ${engine.name}; ${next}, or train anew`,
  );
}
