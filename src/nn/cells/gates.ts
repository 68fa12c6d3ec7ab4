import { columns, type Tensor } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectList } from '../../options.ts';

/**
 * The order of gate blocks in weights, biases and pre-activations: the only place that knows it. Recurve stores PyTorch's.
 */
export const GATE_ORDER = {
  rnn: { pytorch: ['h'], keras: ['h'], onnx: ['h'] },
  lstm: { pytorch: ['i', 'f', 'g', 'o'], keras: ['i', 'f', 'g', 'o'], onnx: ['i', 'o', 'f', 'g'] },
  /** With i = 1 − f the rows of i are left out; ONNX (`input_forget`) keeps them, unused, between o and f. */
  lstmCoupled: { pytorch: ['f', 'g', 'o'], keras: ['f', 'g', 'o'], onnx: ['o', 'f', 'g'] },
  gru: { pytorch: ['r', 'z', 'n'], keras: ['z', 'r', 'n'], onnx: ['z', 'r', 'n'] },
} as const;

/** Cells with gates, and the RNN with its one block of rows. */
export type GatedKind = keyof typeof GATE_ORDER;
/** Whose order of gate blocks. */
export type GateConvention = 'pytorch' | 'keras' | 'onnx';

/** A cell's gates in the order of a convention. */
function orderOf(kind: GatedKind, convention: GateConvention): readonly string[] {
  const orders: Readonly<Record<string, readonly string[]>> | undefined = GATE_ORDER[kind];
  const order = orders?.[convention];
  if (order) return order;
  throw new RecurveError(
    'usage',
    orders
      ? `gates: expected a convention of ${Object.keys(orders).join(', ')}, got ${String(convention)}; choose one of them`
      : `gates: expected a cell of ${Object.keys(GATE_ORDER).join(', ')}, got ${String(kind)}; choose one of them`,
  );
}

/** How many gate blocks a cell has: G = gateCount · H. */
export function gateCount(kind: GatedKind): number {
  return orderOf(kind, 'pytorch').length;
}

/**
 * The order of blocks in peephole weights. Recurve's follows its gates; ONNX's `P` is i o f.
 */
export const PEEPHOLE_ORDER = {
  lstm: { recurve: ['i', 'f', 'o'], onnx: ['i', 'o', 'f'] },
  lstmCoupled: { recurve: ['f', 'o'], onnx: ['o', 'f'] },
} as const;

/** Where a gate's block stands among the blocks of a cell, from 0. */
export function gateIndex(kind: GatedKind, gate: string): number {
  const order = orderOf(kind, 'pytorch');
  const at = order.indexOf(gate);
  if (at < 0)
    throw new RecurveError(
      'usage',
      `gates: expected one of ${order.join(', ')} for ${kind}, got ${gate}; use the names of the field`,
    );
  return at;
}

/** The block of one gate in pre-activations [B, G]: [B, H]. */
export function gateOf(kind: GatedKind, gate: string, preactivations: Tensor): Tensor {
  const at = gateIndex(kind, gate);
  const H = (preactivations.shape.at(-1) ?? 0) / gateCount(kind);
  return columns(preactivations, at * H, (at + 1) * H);
}

/** The block [H] of one gate in peephole weights. */
export function peepholeOf(kind: keyof typeof PEEPHOLE_ORDER, gate: string, weights: Tensor): Tensor {
  const order: readonly string[] = PEEPHOLE_ORDER[kind].recurve;
  const H = weights.size / order.length;
  return weights.tape.view(weights, [H], order.indexOf(gate) * H);
}

/** Rearranges gate blocks of `rows` (G × width, row-major) from one convention to another. */
export function reorderGates(
  kind: GatedKind,
  rows: ArrayLike<number>,
  from: GateConvention,
  to: GateConvention,
): Float64Array {
  const source = orderOf(kind, from);
  const target = orderOf(kind, to);
  expectList('gates', 'rows', rows, 'give the weights of all gates, one gate after another');
  const block = rows.length / source.length;
  const result = new Float64Array(rows.length);
  target.forEach((gate, i) => {
    const start = source.indexOf(gate) * block;
    for (let j = 0; j < block; j++) result[i * block + j] = rows[start + j];
  });
  return result;
}
