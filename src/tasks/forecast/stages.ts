import { RecurveError } from '../../errors.ts';
import type { Network } from '../../nn/index.ts';
import type { EpochRecord, FitResult, Progress, TrainingState } from '../../train/index.ts';
import { type Calibration, calibrateIntervals } from '../conformal.ts';
import { outputsOf, rawForecasts } from './forecaster.ts';
import { type Learner, type LearnOptions, learn } from './learn.ts';
import { targetsOf, type Window } from './windows.ts';

/** Blocks of cross-validation. */
export const BLOCKS = 5;

/** What the stages before the running one left behind: part of a checkpoint. */
export interface StageState {
  /** Stages done. */
  stage: number;
  /** Seconds and steps they took. */
  seconds: number;
  steps: number;
  /** Per block, the validation loss after each epoch. */
  curves: number[][];
  /** Per block and epoch, the raw outputs of the windows that were left out. */
  outputs: Float64Array[][];
}

export const FIRST_STAGE: StageState = { stage: 0, seconds: 0, steps: 0, curves: [], outputs: [] };

/** What training gives. */
export interface Learned {
  network: Network;
  calibration: Calibration;
  history: EpochRecord[];
  bestEpoch: number;
  stopped: FitResult['stopped'];
  steps: number;
  seconds: number;
}

export interface StageHooks {
  signal?: AbortSignal;
  maxSeconds?: number;
  detectAnomaly?: boolean;
  onProgress?(progress: Progress & StageName, steps: number): void;
  checkpoint?: { everySeconds: number; save(stages: StageState, fit: TrainingState): Promise<void> };
  resume?: { stages: StageState; fit: TrainingState };
}

export interface StageName {
  /** `block 2 of 5`, `final`. */
  stage: string;
  stageIndex: number;
  stages: number;
}

/**
 * Five blocks of the training span in turn are left out and forecast by a network trained on the rest; their mean loss chooses the
 * number of epochs, their errors calibrate the intervals (cross-conformal, Vovk 2015; blocks since neighbours in time are alike).
 * Then one network learns from all windows.
 */
export async function crossValidate(learner: Learner, windows: readonly Window[], hooks: StageHooks): Promise<Learned> {
  const stages = BLOCKS + 1;
  const run = stageRunner(learner, stages, hooks);
  const blocks = Array.from({ length: BLOCKS }, (_, k) => blockOf(windows, k));
  for (let k = run.state.stage; k < BLOCKS; k++) {
    const block = blocks[k];
    const { horizon } = learner.settings;
    // Windows whose targets overlap the block's would give its answers away.
    const rest = windows.filter(
      (w) => !block.some((b) => b.prepared === w.prepared && Math.abs(b.origin - w.origin) < horizon),
    );
    const passes: Float64Array[] = run.state.outputs[k] ?? [];
    run.state.outputs[k] = passes;
    const { network, result } = await run.stage(`block ${k + 1} of ${BLOCKS}`, {
      training: rest,
      validation: block,
      onValidation: (outputs) => passes.push(outputs),
    });
    if (passes.length === 0) passes.push(outputsOf(network, learner.plan, block, learner.kind.outputs));
    network[Symbol.dispose]();
    run.state.curves[k] = result.history.map(({ validation }) => validation ?? 0);
    run.done(result);
  }
  const { curves, outputs } = run.state;
  const epochs = Math.min(...outputs.map((passes) => passes.length));
  const lastEpoch = bestEpochOf(curves, epochs);
  const calibration = calibrate(learner, blocks.flat(), concatenate(outputs.map((passes) => passes[lastEpoch - 1])));
  const { network, result } = await run.stage('final', { training: windows, lastEpoch });
  run.done(result);
  // Blocks have no other reason to end early than the time.
  const limited = curves.some((curve) => curve.length < learner.settings.epochs);
  return {
    network,
    calibration,
    ...summary(result, run.state),
    ...(limited && { stopped: 'time' }),
    bestEpoch: lastEpoch,
    history: withValidation(result.history, curves),
  };
}

/** One network learns from the windows before the holdout, which stops it at its best epoch and calibrates the intervals. */
export async function holdOut(
  learner: Learner,
  training: readonly Window[],
  holdout: readonly Window[],
  hooks: StageHooks,
): Promise<Learned> {
  const run = stageRunner(learner, 1, hooks);
  const { network, result } = await run.stage('training', {
    training,
    validation: holdout,
    patience: learner.settings.patience,
  });
  run.done(result);
  const calibration = calibrate(learner, holdout, outputsOf(network, learner.plan, holdout, learner.kind.outputs));
  return {
    network,
    calibration,
    ...summary(result, run.state),
    bestEpoch: Math.max(result.bestEpoch, 1),
    history: result.history,
  };
}

function calibrate(
  { plan, kind, settings }: Learner,
  windows: readonly Window[],
  outputs: ArrayLike<number>,
): Calibration {
  const { targets, weights } = targetsOf(plan, windows);
  const truth = targets.map((y, i) => (weights[i] === 1 ? y : Number.NaN));
  return calibrateIntervals(truth, rawForecasts(outputs, kind, settings.levels).intervals, plan.horizon);
}

/** The k-th fifth of each series' windows. */
function blockOf(windows: readonly Window[], k: number): Window[] {
  const bySeries = new Map<unknown, Window[]>();
  for (const window of windows) {
    const own = bySeries.get(window.prepared);
    if (own) own.push(window);
    else bySeries.set(window.prepared, [window]);
  }
  return [...bySeries.values()].flatMap((own) =>
    own.slice(Math.floor((k * own.length) / BLOCKS), Math.floor(((k + 1) * own.length) / BLOCKS)),
  );
}

/** The epoch of the lowest mean validation loss over the blocks, from 1. */
function bestEpochOf(curves: readonly (readonly number[])[], epochs: number): number {
  const means = Array.from(
    { length: epochs },
    (_, e) => curves.reduce((sum, curve) => sum + (curve[e] ?? 0), 0) / curves.length,
  );
  return means.indexOf(means.reduce((a, b) => Math.min(a, b))) + 1;
}

function withValidation(history: EpochRecord[], curves: readonly (readonly number[])[]): EpochRecord[] {
  return history.map((record, e) => {
    const all = curves.map((curve) => curve[e]).filter((v) => v !== undefined);
    return all.length === 0 ? record : { ...record, validation: all.reduce((a, b) => a + b, 0) / all.length };
  });
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function summary(
  { stopped }: FitResult,
  { seconds, steps }: StageState,
): { stopped: FitResult['stopped']; seconds: number; steps: number } {
  return { stopped, seconds, steps };
}

/** Runs trainings one after the other under one time limit, one progress and one checkpoint. */
function stageRunner(learner: Learner, stages: number, hooks: StageHooks) {
  const state: StageState = hooks.resume
    ? structuredClone(hooks.resume.stages)
    : { ...FIRST_STAGE, curves: [], outputs: [] };
  let resume = hooks.resume?.fit;
  return {
    state,
    async stage(name: string, options: LearnOptions): Promise<{ network: Network; result: FitResult }> {
      const began = performance.now();
      const left = (hooks.maxSeconds ?? Number.POSITIVE_INFINITY) - state.seconds;
      const { checkpoint } = hooks;
      const learned = await learn(learner, {
        ...options,
        maxSeconds: Math.max(left, 0) / (stages - state.stage),
        ...(hooks.signal && { signal: hooks.signal }),
        ...(hooks.detectAnomaly && { detectAnomaly: true }),
        ...(resume && { resume }),
        onProgress: (p) =>
          hooks.onProgress?.({ ...p, stage: name, stageIndex: state.stage, stages }, state.steps + p.step),
        ...(checkpoint && {
          checkpoint: { everySeconds: checkpoint.everySeconds, save: (fit) => checkpoint.save(state, fit) },
        }),
      });
      resume = undefined;
      if (learned.result.stopped === 'aborted') {
        learned.network[Symbol.dispose]();
        const seconds = Math.round((performance.now() - began) / 1000);
        throw new RecurveError(
          'interrupted',
          `train: expected to finish, got a request to stop in ${name} after ${seconds} s; resume to go on`,
        );
      }
      return learned;
    },
    done(result: FitResult): void {
      state.stage++;
      state.seconds += result.seconds;
      state.steps += result.steps;
    },
  };
}
