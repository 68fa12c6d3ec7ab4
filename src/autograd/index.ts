export { detectAnomaly } from './anomaly.ts';
export * from './ops/index.ts';
export { Tape } from './tape.ts';
export { describeShape, expectShape, type Shape, sizeOf, Tensor } from './tensor.ts';
export type { KeptGate, SequenceNews } from './watch.ts';
