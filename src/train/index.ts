export type { AverageOptions } from './average.ts';
export { type ClassScores, classScores, confusionMatrix, type RocCurve, rocCurve } from './class-metrics.ts';
export { type ClipOptions, type ClipReport, clipGradients } from './clip.ts';
export { evaluate, fit } from './fit.ts';
export {
  type AdamOptions,
  createOptimizer,
  type Optimizer,
  type OptimizerConfig,
  type OptimizerState,
  type RmspropOptions,
  type SgdOptions,
} from './optimizers.ts';
export type { FitOptions, FitResult, Objective, Progress } from './options.ts';
export type { Schedule } from './schedules.ts';
export type { EpochRecord, TrainingState } from './training-state.ts';
export { cutStream, type StreamOptions, type StreamWindow, streams } from './truncated.ts';
