import { number, oneOf } from '../../model/validate.ts';
import type { Network } from '../../nn/index.ts';
import type { EpochRecord, FitResult, TrainingState } from '../../train/index.ts';
import { visiting } from '../baselines/pieces.ts';
import { type Calibration, calibrateIntervals } from '../conformal.ts';
import { joined, type Stages, type StagesDone } from '../training/index.ts';
import { outputsInPieces, rawForecasts } from './forecaster.ts';
import { type Learner, learn } from './learn.ts';
import { keepable, targetsOf, type Window } from './windows.ts';

/** Blocks of cross-validation. */
export const BLOCKS = 5;

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

/** Names in `kept`: per block the validation losses, per block and epoch the raw outputs of the windows that were left out. */
const curveName = (block: number): string => `curve.${block}`;
const outputsName = (block: number, epoch: number): string => `outputs.${block}.${epoch}`;

/**
 * Five blocks of the training span in turn are left out and forecast by a network trained on the rest; their mean loss chooses the
 * number of epochs, their errors calibrate the intervals (cross-conformal, Vovk 2015; blocks since neighbours in time are alike).
 * Then one network learns from all windows.
 */
export async function crossValidate(learner: Learner, windows: readonly Window[], stages: Stages): Promise<Learned> {
  const { kept } = stages;
  const blocks = Array.from({ length: BLOCKS }, (_, k) => blockOf(windows, k));
  for (let k = stages.stage; k < BLOCKS; k++) {
    const block = blocks[k];
    const rest = apartFrom(block, windows, learner.settings.horizon);
    let passes = passesOf(kept, k).length;
    const { network, result } = await learn(stages, `block ${k + 1} of ${BLOCKS}`, learner, {
      training: rest,
      validation: block,
      onValidation(outputs) {
        kept[outputsName(k, passes++)] = outputs;
      },
    });
    if (passes === 0) kept[outputsName(k, 0)] = await outputsOf(network, learner, block, stages);
    network[Symbol.dispose]();
    kept[curveName(k)] = Float64Array.from(result.history, ({ validation }) => validation ?? 0);
  }
  const curves = blocks.map((_, k) => Array.from(kept[curveName(k)]));
  const outputs = blocks.map((_, k) => passesOf(kept, k));
  const epochs = Math.min(...outputs.map((passes) => passes.length));
  const lastEpoch = bestEpochOf(curves, epochs);
  const calibration = calibrate(learner, blocks.flat(), joined(outputs.map((passes) => passes[lastEpoch - 1])));
  const { network, result } = await learn(stages, 'final', learner, { training: windows, lastEpoch });
  // Blocks have no other reason to end early than the time.
  const limited = curves.some((curve) => curve.length < learner.settings.epochs);
  return {
    network,
    calibration,
    ...summary(result, stages),
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
  stages: Stages,
): Promise<Learned> {
  const { network, result } = await learn(stages, 'training', learner, {
    training,
    validation: holdout,
    patience: learner.settings.patience,
  });
  const told = keepable(holdout, learner.settings.horizon);
  const calibration = calibrate(learner, told, await outputsOf(network, learner, told, stages));
  return {
    network,
    calibration,
    ...summary(result, stages),
    bestEpoch: Math.max(result.bestEpoch, 1),
    history: result.history,
  };
}

function outputsOf(
  network: Network,
  { plan, kind }: Learner,
  windows: readonly Window[],
  { visit }: Stages,
): Promise<Float64Array> {
  return visiting(outputsInPieces(network, plan, windows, kind.outputs), visit);
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

/** Windows whose targets do not overlap those of a block, which would give its answers away; a block is a run of windows in each series. */
function apartFrom(block: readonly Window[], windows: readonly Window[], horizon: number): Window[] {
  const runs = new Map<unknown, { first: number; last: number }>();
  for (const { prepared, origin } of block) {
    const run = runs.get(prepared);
    if (run) run.last = origin;
    else runs.set(prepared, { first: origin, last: origin });
  }
  return windows.filter(({ prepared, origin }) => {
    const run = runs.get(prepared);
    return !run || origin <= run.first - horizon || origin >= run.last + horizon;
  });
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

function summary(
  { stopped }: FitResult,
  { seconds, steps }: Stages,
): { stopped: FitResult['stopped']; seconds: number; steps: number } {
  return { stopped, seconds, steps };
}

/** Outputs of a block after each epoch, as far as it was trained. */
function passesOf(kept: Stages['kept'], block: number): Float64Array[] {
  const passes: Float64Array[] = [];
  for (let pass = kept[outputsName(block, 0)]; pass; pass = kept[outputsName(block, passes.length)]) {
    passes.push(Float64Array.from(pass));
  }
  return passes;
}

/** Refuses loss curves and outputs of a checkpoint that cannot belong to one cross-validation. */
export function expectBlocks({ stage, kept }: StagesDone, fit: TrainingState): void {
  for (let k = 0; k < stage; k++) {
    const epochs = kept[curveName(k)]?.length ?? -1;
    number({ min: 0 })(epochs, `checkpoint: loss curve of block ${k + 1}`);
    number({ min: Math.max(epochs, 1) })(passesOf(kept, k).length, `checkpoint: epochs with outputs of block ${k + 1}`);
  }
  if (stage < BLOCKS) oneOf(fit.history.length)(passesOf(kept, stage).length, 'checkpoint: epochs with outputs');
}
