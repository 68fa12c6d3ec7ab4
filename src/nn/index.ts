export { type Attention, type AttentionMemory, type AttentionOptions, attention } from './attention.ts';
export type { CellActivation } from './cells/activations.ts';
export { type Cell, keyAt, type Noise, outputSize, type State, stateSize, zeroState } from './cells/cell.ts';
export { type Delays, dilate } from './cells/delay.ts';
export {
  GATE_ORDER,
  type GateConvention,
  type GatedKind,
  gateCount,
  gateOf,
  PEEPHOLE_ORDER,
  reorderGates,
} from './cells/gates.ts';
export { type GruOptions, gruCell } from './cells/gru.ts';
export { type LeakyOptions, leakyCell } from './cells/leaky.ts';
export { type LstmOptions, lstmCell } from './cells/lstm.ts';
export type { CandidateDropout, Regularisers } from './cells/noise.ts';
export { type RnnOptions, rnnCell } from './cells/rnn.ts';
export type { CellStart, MatrixStart } from './cells/start.ts';
export type { CellOptions } from './cells/weights.ts';
export {
  type DecoderState,
  type EncoderDecoder,
  type EncoderDecoderOptions,
  encoderDecoder,
  mostProbable,
  selectRows,
  type TeachOptions,
} from './encoder-decoder.ts';
export { layerFromConfig } from './from-config.ts';
export {
  chrono,
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initialiser,
  identity,
  normal,
  uniform,
  zeros,
} from './init.ts';
export { keepPacked } from './keep-packed.ts';
export { type Carry, type Layer, type LayerConfig, namedParameters, type Pass } from './layer.ts';
export { activation } from './layers/activation.ts';
export { type AttentionPoolLayer, type AttentionPoolOptions, attentionPool } from './layers/attention-pool.ts';
export { dropout } from './layers/dropout.ts';
export { type EmbeddingLayer, type EmbeddingOptions, embedding } from './layers/embedding.ts';
export { last } from './layers/last.ts';
export { layerNorm } from './layers/layer-norm.ts';
export { type LinearLayer, type LinearOptions, linear } from './layers/linear.ts';
export type { Merge } from './layers/merge.ts';
export { pool } from './layers/pool.ts';
export { type RecurrentLayer, recurrent } from './layers/recurrent.ts';
export type { RecurrentOptions } from './layers/recurrent-options.ts';
export { sequential } from './layers/sequential.ts';
export { gru, leaky, lstm, rnn, type Stacked, type StackOptions } from './layers/stacks.ts';
export { type TiedLayer, tied } from './layers/tied.ts';
export { timeDistributed } from './layers/time-distributed.ts';
export { unroll } from './layers/unroll.ts';
export {
  binaryCrossEntropy,
  crossEntropy,
  gaussianNll,
  huber,
  type LossOptions,
  linearCrossEntropy,
  mae,
  mse,
  quantile,
} from './losses.ts';
export type { MemoryNeed, StepOptions } from './memory.ts';
export { createNetwork, type Network, noDropout, type ParameterEntry } from './network.ts';
export { orthogonal } from './orthogonal.ts';
export { Parameter } from './parameter.ts';
export { canStep } from './stepper/chain.ts';
export { createStepper, type Stepper } from './stepper/stepper.ts';
