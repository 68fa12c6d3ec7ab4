import type { ClipTotals } from './clip.ts';
import type { OptimizerState } from './optimizers.ts';
import type { PlateauState } from './schedules.ts';

/** One epoch's figures. */
export interface EpochRecord {
  /** From 1. */
  epoch: number;
  /** Mean training loss. */
  loss: number;
  validation?: number;
  /** Since the start of the training. */
  seconds: number;
}

/**
 * All a training needs to go on where it was. Shuffling and dropout need nothing: they are functions of seed, epoch and step.
 */
export interface TrainingState {
  /** Steps done. */
  step: number;
  seconds: number;
  /** Loss of the running epoch so far, summed over examples. */
  lossSum: number;
  lossCount: number;
  /** Lowest watched loss so far, its epoch from 1, and epochs since. */
  best: number;
  bestEpoch: number;
  waited: number;
  plateau: PlateauState;
  history: EpochRecord[];
  /** Counts of clipping; absent in checkpoints of before they were kept: 0. */
  clipping?: ClipTotals;
  /** The network's block, its twin at the best epoch, and the optimiser. */
  weights?: Float32Array | Float64Array;
  bestWeights?: Float32Array | Float64Array;
  optimizer?: OptimizerState;
  /** Sum behind the average of the weights, where one is kept. */
  average?: Float32Array | Float64Array;
  /** States at the start of the next window, where streams are learned. */
  carried?: CarriedStates;
}

/** Carried states by `layer/cell/name`. */
export type CarriedStates = Readonly<Record<string, Float32Array | Float64Array>>;
