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
  /**
   * States whose gradient is, after backward, ∂L/∂h of every step: [T+1, B, H] with the first state in front, or T tensors [B, H]
   * of a sequence made step by step.
   */
  hidden: Tensor | readonly Tensor[];
  lengths: Lengths;
  gates: readonly KeptGate[];
  /** The recurrent matrix, which tells whose sequence it is. */
  weight: Tensor;
}
