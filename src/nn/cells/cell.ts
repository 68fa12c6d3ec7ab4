import type { Lengths, Tape, Tensor } from '../../autograd/index.ts';
import type { Parameter } from '../parameter.ts';

/** State of a cell, [B, H] each. `h` is also the output. */
export interface State {
  h: Tensor;
  [name: string]: Tensor;
}

/**
 * A recurrent unit. `step` is the primitive: layers over time, stacks and streams are built from it.
 * Write your own from operations of `recurve/autograd` and pass it to `recurrent`.
 */
export interface Cell {
  readonly kind: string;
  /** Input features D. */
  readonly input: number;
  /** Hidden units H. */
  readonly hidden: number;
  /** Options beside `input` and `hidden`, for the model file. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Under PyTorch's names without the layer's suffix: `weight_ih`, `weight_hh`, … */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Names of the state's tensors, `h` first. */
  readonly stateNames: readonly string[];
  /** One step: x[B, D] and the state before it give the state after it. */
  step(x: Tensor, state: State): State;
  /**
   * The whole sequence as one fused node: x[T, B, D] time-major and the first state give the outputs [T, B, H], zero past each
   * row's length, and each row's last state. Absent: `step` is repeated.
   */
  sequence?(x: Tensor, state: State, lengths: Lengths): { outputs: Tensor; last: State };
}

export function zeroState(cell: Cell, tape: Tape, B: number): State {
  return Object.fromEntries(cell.stateNames.map((name) => [name, tape.zeros([B, cell.hidden])])) as State;
}
