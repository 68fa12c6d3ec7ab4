export { type ClipOptions, clipGradients } from './clip.ts';
export { evaluate, type FitOptions, type FitResult, fit, type Objective, type Progress } from './fit.ts';
export {
  type AdamOptions,
  createOptimizer,
  type Optimizer,
  type OptimizerConfig,
  type OptimizerState,
  type RmspropOptions,
  type SgdOptions,
} from './optimizers.ts';
export type { Schedule } from './schedules.ts';
export type { EpochRecord, TrainingState } from './training-state.ts';
