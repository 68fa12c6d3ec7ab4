import type { Lengths, SequenceOptions, Tape, Tensor } from '../../autograd/index.ts';
import type { DropoutKey } from '../../engine/engine.ts';
import { threefry2x32 } from '../../random.ts';
import type { Pass } from '../layer.ts';
import type { Parameter } from '../parameter.ts';

/** State of a cell, [B, its width] each. `h` is also the output. */
export interface State {
  h: Tensor;
  [name: string]: Tensor;
}

/** What a cell draws once per sequence in training: the same in every step, and in every repetition of a step. */
export interface Noise {
  /** Masks that stay the same over the sequence, [B, width] each: 0 or 1/(1−p). */
  readonly masks: Readonly<Record<string, Tensor>>;
  /** Weights of which some are dropped for the whole sequence, by parameter name: they stand in for the parameters. */
  readonly weights?: Readonly<Record<string, Tensor>>;
  /** Keys of masks that are drawn anew in each step: step t uses {@link keyAt} of them. */
  readonly keys: Readonly<Record<string, DropoutKey>>;
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
  /**
   * Says that `step` computes with operations alone, the same ones whatever the numbers and t, and reads no tensor with a gradient but
   * parameters, states, x and noise: then one step is recorded and repeated over a sequence, at a fraction of the time and memory.
   */
  readonly uniform?: boolean;
  /** Names of the state's tensors, `h` first. */
  readonly stateNames: readonly string[];
  /** Widths of state tensors that are not `hidden` wide, e.g. `{ h: P }` of a projected output. */
  readonly stateSizes?: Readonly<Record<string, number>>;
  /**
   * Draws the masks of a sequence of B rows; called once before its first step, in training only. Absent: nothing is random.
   */
  begin?(tape: Tape, B: number, pass: Pass): Noise;
  /**
   * One step: x[B, D] and the state before it give the state after it. In training, `noise` is what {@link Cell.begin} drew and `t`
   * counts the steps of the pass from 0; the same arguments give the same result.
   */
  step(x: Tensor, state: State, noise?: Noise, t?: number): State;
  /**
   * The whole sequence as one fused node: x[T, B, D] time-major and the first state give the outputs [T, B, width of h], zero past
   * each row's length, and each row's last state. Absent: `step` is repeated.
   */
  sequence?(
    x: Tensor,
    state: State,
    lengths: Lengths,
    noise?: Noise,
    options?: SequenceOptions,
  ): { outputs: Tensor; last: State };
  /**
   * The last state of {@link Cell.sequence} alone, recomputed in backward: memory grows with √T beside x. Absent: only whole
   * sequences are kept.
   */
  last?(x: Tensor, state: State, lengths: Lengths, noise?: Noise, options?: SequenceOptions): State;
}

/** Width of one tensor of the state. */
export function stateSize(cell: Cell, name: string): number {
  return cell.stateSizes?.[name] ?? cell.hidden;
}

/** Width of the output: what the cell above reads. */
export function outputSize(cell: Cell): number {
  return stateSize(cell, 'h');
}

/** The state before the first step: zeros. */
export function zeroState(cell: Cell, tape: Tape, B: number): State {
  const state: Record<string, Tensor> = {};
  for (const name of cell.stateNames) state[name] = tape.zeros([B, stateSize(cell, name)]);
  return state as State;
}

/** High counter word of keys by step; masks count uses of dropout there and never reach it. */
const STEPS = 0xc0000000;

/** The key of step t: a function of the sequence's key and t alone. */
export function keyAt(key: DropoutKey, t: number): DropoutKey {
  const [key0, key1] = threefry2x32(key.key0, key.key1, t, STEPS);
  return { key0, key1, counter: key.counter, at: (other) => keyAt(key, other) };
}
