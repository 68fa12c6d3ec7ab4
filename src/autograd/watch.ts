import type { Address } from '../engine/engine.ts';
import type { Lengths } from './ops/sequence.ts';
import type { Tensor } from './tensor.ts';

/** One kind of gate of a sequence, activated, as it is kept for backward. */
export interface KeptGate {
  /** The letter: `i`, `f`, `g`, `o`, `r`, `z`. */
  name: string;
  /** First slot; H numbers per step and row, steps and rows `stride` slots apart: [T·B, stride]. */
  address: Address;
  stride: number;
  /** What it was squashed with. */
  range: 'sigmoid' | 'tanh';
}

/** Where a whole recurrent sequence keeps what can be looked at after backward. */
export interface SequenceNews {
  /** `rnn`, `lstm`, `gru`, … */
  kind: string;
  /** States [T+1, B, H], the first one in front; after backward their gradient is ∂L/∂h of every step. */
  hidden: Tensor;
  lengths: Lengths;
  gates: readonly KeptGate[];
  /** The recurrent matrix, which tells whose sequence it is. */
  weight: Tensor;
}
