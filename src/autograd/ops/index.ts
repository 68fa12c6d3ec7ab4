export { batchedMatmul, batchedMatmulTransposed } from './batched.ts';
export { broadcastTo } from './broadcast.ts';
export { dropout } from './dropout.ts';
export {
  abs,
  add,
  affine,
  divide,
  exp,
  log,
  log1p,
  maximum,
  minimum,
  multiply,
  negate,
  relu,
  sigmoid,
  softplus,
  sqrt,
  square,
  subtract,
  tanh,
} from './elementwise.ts';
export { linearCrossEntropyRows } from './linear-cross-entropy.ts';
export { linear, matmul } from './matmul.ts';
export type { RecurrentResult, RecurrentWeights, SequenceOptions, SkipConnection } from './recurrent/contract.ts';
export { gruLast, gruSequence } from './recurrent/gru.ts';
export { type Leak, leakyLast, leakySequence } from './recurrent/leaky.ts';
export { lstmLast, lstmSequence } from './recurrent/lstm.ts';
export { rnnLast, rnnSequence } from './recurrent/rnn.ts';
export { segmentLength } from './recurrent/segments.ts';
export { mean, sum } from './reduce.ts';
export { replay } from './replay.ts';
export { crossEntropyRows, gather, type Indices, layerNorm, softmax } from './rows.ts';
export {
  type Lengths,
  reverseSequence,
  selectRunning,
  stack,
  takeLast,
  toBatchFirst,
  toTimeMajor,
} from './sequence.ts';
export { columns, concat, reshape } from './shape.ts';
