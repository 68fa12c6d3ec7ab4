/** PyTorch's names; `nn` has the factories in lower case. */
export const CELLS = ['LSTM', 'GRU', 'RNN'] as const;
export type CellName = (typeof CELLS)[number];

/** Gate rows per hidden unit. */
const GATES = { LSTM: 4, GRU: 3, RNN: 1 } satisfies Record<CellName, number>;

/** Steps, batch rows, input features, hidden units. */
export interface Shape {
  T: number;
  B: number;
  D: number;
  H: number;
}

const shape = (T: number, B: number, D: number, H: number): Shape => ({ T, B, D, H });

/** The sizes of every comparison of sequences, from a toy to a large language model of 2016. */
export const SHAPES: readonly Shape[] = [
  shape(32, 1, 16, 32),
  shape(64, 16, 32, 64),
  shape(64, 32, 128, 128),
  shape(100, 64, 256, 256),
  shape(128, 32, 512, 512),
  shape(64, 64, 1024, 1024),
];

/** One row, one step after the other: a sensor, a keyboard, a game. */
export const STEPS: readonly Shape[] = [shape(1, 1, 16, 64), shape(1, 1, 64, 256), shape(1, 1, 128, 512)];

/** Long sequences with one answer at their end, whose gradient vanishes on its way back. */
export const LONG: readonly Shape[] = [shape(500, 32, 1, 128), shape(2000, 8, 1, 64)];

/** What is timed: forward and backward, the same from the last output alone, forward alone, or one step of a stream whose state is carried. */
export type Work = 'train' | 'last' | 'infer' | 'step';

export interface Case extends Shape {
  work: Work;
  cell: CellName;
}

/** Floating-point operations of the products, the convention of all GFLOP/s here: backward counts twice forward. */
export function operations({ work, cell, T, B, D, H }: Case): number {
  return (work === 'train' || work === 'last' ? 3 : 1) * 2 * T * B * GATES[cell] * H * (D + H);
}
