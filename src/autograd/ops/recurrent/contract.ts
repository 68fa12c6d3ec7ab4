import type { Address } from '../../../engine/engine.ts';
import type { Tape } from '../../tape.ts';
import type { Tensor } from '../../tensor.ts';
import type { Lengths } from '../sequence.ts';

/** PyTorch's parameters of one layer and direction: w_ih[G, D], w_hh[G, H], b_ih[G], b_hh[G]. */
export interface RecurrentWeights {
  wIh: Tensor;
  wHh: Tensor;
  bIh: Tensor;
  bHh: Tensor;
}

/** How a whole sequence is computed. */
export interface SequenceOptions {
  /**
   * Steps of a segment, at least 1: backward computes each segment again instead of finding it stored. {@link segmentLength} takes
   * the least memory, at about 1.3 times the time; the bits stay. Default: everything is stored.
   */
  recompute?: number | undefined;
  /** All gates also read the state d ≥ 2 steps before. Not with `recompute`, and not with a GRU that resets before. */
  skip?: SkipConnection | undefined;
  /** Factors of h' in the recurrent product, [B, H], the same in every step. Of RNN and LSTM only, and not with `skip`. */
  mask?: Tensor | undefined;
}

/** weight[G, H], and past[B, (d−1)·H]: the states d … 2 steps before the first step, oldest first. */
export interface SkipConnection {
  weight: Tensor;
  past: Tensor;
}

/** Sizes of a call. */
export interface Layout {
  tape: Tape;
  T: number;
  B: number;
  D: number;
  H: number;
  G: number;
  lengths: Lengths;
  weights: RecurrentWeights;
  skip: SkipConnection | undefined;
  /** Steps that a skip goes back, 1 without: so many states lie in front of the first step's. */
  delay: number;
}

/** Where the arrays of consecutive steps lie; T and lengths count from the window's start. */
export interface Window {
  T: number;
  B: number;
  H: number;
  lengths: Address;
  hidden: Address;
  gates: Address;
  cells: Address;
  candidate: Address;
}

/** A window in backward: its arrays and where their gradients lie. */
export interface WindowGradients extends Window {
  dgates: Address;
  dcandidate: Address;
  dhidden: Address;
  dcell: Address;
}

/** Addresses of packed recurrent weights, by the cell's own names. */
export type Packed = Readonly<Record<string, Address>>;

/** A cell as the fused kernels know it. */
export interface FusedCell {
  name: string;
  /** Gate rows per unit: G = gates · H. */
  gates: number;
  /** Gate rows per unit, from the first on, whose recurrent bias is added with the input's. */
  biased: number;
  /** The gates as they are kept for backward, activated, in order; empty where they are not kept. */
  activations: readonly { name: string; range: 'sigmoid' | 'tanh' }[];
  /** Whether it has a cell state beside h, and whether it keeps a candidate per step. */
  cells: boolean;
  candidate: boolean;
  /** Whether it can read a skip; default true. */
  skips?: boolean;
  /** Whether h' enters the recurrent product alone, so that it can be masked there; default false. */
  masks?: boolean;
  /** Tensors it reads beside the weights. */
  extra?: readonly Tensor[];
  pack(at: Layout, transposed: boolean): Packed;
  forward(at: Layout, window: Window, packed: Packed): void;
  backward(at: Layout, window: WindowGradients, packed: Packed): void;
  /** Adds the gradients of w_hh and b_hh (either may be `NONE`). */
  recurrentGradients(at: Layout, dw: Address, db: Address, window: WindowGradients): void;
}

/** Outputs of every step and last states; `lastCell` is h's where the cell has none. */
export interface FusedResult {
  outputs: Tensor;
  last: Tensor;
  lastCell: Tensor;
  /** With a skip: the states before the last one, as in {@link SkipConnection.past}. */
  past?: Tensor;
}

/** Outputs of every step [T, B, H] (zeros past a row's length) and the last state [B, H]. */
export interface RecurrentResult {
  outputs: Tensor;
  last: Tensor;
  /** With a skip: the states before the last one, [B, (d−1)·H], oldest first. */
  past?: Tensor;
}
