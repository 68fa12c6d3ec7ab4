export type { StagesDone, TrainingIdentity } from './checkpoint.ts';
export { alikeClass, alikeNotes } from './class-names.ts';
export { type ClassWeights, checkClassWeights, classWeightsOf } from './class-weights.ts';
export { type EpochLog, expectHooks, type StageName, type TaskProgress, type TrainHooks } from './hooks.ts';
export { interruptible } from './interruptible.ts';
export { joined } from './joined.ts';
export { mostlyUnknown } from './known.ts';
export { openStages, type StageOptions, type Stages } from './stages.ts';
export { networkOf, weightsOf } from './weights.ts';
