import { type Bench, numbers } from './conformance-bench.case.ts';
import { NONE } from './engine.ts';

/** A cell as the sequence kernels know it: gate rows per unit, and which arrays it keeps. */
export const CELLS = {
  'rnn tanh': { gates: 1 },
  'rnn relu': { gates: 1 },
  'leaky tanh': { gates: 1 },
  'leaky relu': { gates: 1 },
  lstm: { gates: 4 },
  'gru reset-after': { gates: 3 },
  'gru reset-before': { gates: 3 },
  'rnn tanh skip': { gates: 1 },
  'leaky tanh skip': { gates: 1 },
  'lstm skip': { gates: 4 },
  'gru reset-after skip': { gates: 3 },
} as const;
export type CellName = keyof typeof CELLS;
export const CELL_NAMES = Object.keys(CELLS) as CellName[];

/** What goes into a run; arrays are time-major. */
export interface Input {
  T: number;
  B: number;
  H: number;
  lengths: number[] | undefined;
  /** [T,B,G]: the input's part of the pre-activations. */
  gates: number[];
  /** [B,H] each. */
  h0: number[];
  c0: number[];
  /** [G,H]. */
  w: number[];
  /** [H]: b_hn of the GRU. */
  bias: number[];
  /** [H]: the leaky unit's share of the old state. */
  leak: number[];
  /** [G,H] of a skip over two steps; [B,H]: the state two steps before the first, and [B,H]: ∂L/∂ of it from above. */
  ws: number[];
  past: number[];
  dpast: number[];
  /** [T+1,B,H]: ∂L/∂h from above, and [B,H]: ∂L/∂c of the last step. */
  dhidden: number[];
  dcell: number[];
}

/** What comes out; arrays that a cell does not have are empty. */
export interface Output {
  gates: number[];
  hidden: number[];
  cells: number[];
  candidate: number[];
  dgates: number[];
  dhidden: number[];
  dcell: number[];
  dcandidate: number[];
  dleak: number[];
  /** ∂L/∂ of the state two steps before the first. */
  dpast: number[];
}

export function makeInput(cell: CellName, T: number, B: number, H: number, lengths?: number[]): Input {
  const G = CELLS[cell].gates * H;
  return {
    T,
    B,
    H,
    lengths,
    gates: numbers(1, T * B * G, -2, 2),
    h0: numbers(2, B * H),
    c0: numbers(3, B * H),
    w: numbers(4, G * H, -1 / Math.sqrt(H), 1 / Math.sqrt(H)),
    bias: numbers(5, H),
    leak: numbers(8, H, 0, 1),
    ws: numbers(9, G * H, -1 / Math.sqrt(H), 1 / Math.sqrt(H)),
    past: numbers(10, B * H),
    dpast: numbers(11, B * H),
    dhidden: numbers(6, (T + 1) * B * H),
    dcell: numbers(7, B * H),
  };
}

/** Forward and backward of one cell; garbage stands where the contract promises to write. */
export function runCell({ engine, put, putIndices, get }: Bench, cell: CellName, input: Input): Output {
  const { T, B, H } = input;
  const states = (T + 1) * B * H;
  const G = CELLS[cell].gates * H;
  const garbage = (n: number) => put(Array(n).fill(99));
  const started = (first: number[]) => put([...first, ...Array(T * B * H).fill(99)]);
  const lengths = input.lengths ? putIndices(input.lengths) : NONE;
  const skips = cell.endsWith('skip');
  /** Behind the rows that lie in front of row 0. */
  const behind = (first: number[], rest: number[]) => (skips ? put([...first, ...rest]) + B * H : put(rest));
  const sequence = { T, B, H, lengths, hidden: behind(input.past, [...input.h0, ...Array(T * B * H).fill(99)]) };
  const gates = put(input.gates);
  const dgates = garbage(T * B * G);
  const dhidden = behind(input.dpast, input.dhidden);
  /** Rows `from` to `to` of w, packed for forward and for backward. */
  const packed = (from: number, to: number, transposed: boolean, source = input.w) => {
    const w = put(source.slice(from * H, to * H));
    const [N, K] = transposed ? [H, to - from] : [to - from, H];
    const panels = garbage(engine.packedSize(N, K));
    engine.pack(panels, w, N, K, transposed);
    return panels;
  };
  const skipOf = (transposed: boolean) => (skips ? { delay: 2, w: packed(0, G, transposed, input.ws) } : undefined);
  const gruSkipOf = (transposed: boolean) =>
    skips
      ? { delay: 2, wrz: packed(0, 2 * H, transposed, input.ws), wn: packed(2 * H, G, transposed, input.ws) }
      : undefined;
  const out: Output = {
    gates: [],
    hidden: [],
    cells: [],
    candidate: [],
    dgates: [],
    dhidden: [],
    dcell: [],
    dcandidate: [],
    dleak: [],
    dpast: [],
  };
  if (cell.startsWith('rnn')) {
    const activation = cell.startsWith('rnn tanh') ? 'tanh' : 'relu';
    engine.rnnForward({ ...sequence, activation, gates, w: packed(0, G, false), skip: skipOf(false) });
    engine.rnnBackward({ ...sequence, activation, dgates, dhidden, w: packed(0, G, true), skip: skipOf(true) });
  } else if (cell.startsWith('leaky')) {
    const activation = cell.startsWith('leaky tanh') ? 'tanh' : 'relu';
    const leak = put(input.leak);
    const dleak = garbage(T * B * H);
    engine.rnnForward({ ...sequence, activation, gates, w: packed(0, G, false), leak, skip: skipOf(false) });
    engine.rnnBackward({
      ...sequence,
      activation,
      dgates,
      dhidden,
      w: packed(0, G, true),
      leak,
      gates,
      dleak,
      skip: skipOf(true),
    });
    out.gates = get(gates, T * B * G);
    out.dleak = get(dleak, T * B * H);
  } else if (cell.startsWith('lstm')) {
    const cells = started(input.c0);
    const dcell = put(input.dcell);
    engine.lstmForward({ ...sequence, gates, cells, w: packed(0, G, false), skip: skipOf(false) });
    engine.lstmBackward({
      ...sequence,
      gates,
      cells,
      dgates,
      dhidden,
      dcell,
      w: packed(0, G, true),
      skip: skipOf(true),
    });
    out.gates = get(gates, T * B * G);
    out.cells = get(cells, states);
    out.dcell = get(dcell, B * H);
  } else {
    const reset = cell.startsWith('gru reset-after') ? 'after' : 'before';
    const candidate = garbage(T * B * H);
    const dcandidate = garbage(T * B * H);
    const bias = reset === 'after' ? put(input.bias) : NONE;
    const forward = { wrz: packed(0, 2 * H, false), wn: packed(2 * H, G, false), skip: gruSkipOf(false) };
    const backward = { wrz: packed(0, 2 * H, true), wn: packed(2 * H, G, true), skip: gruSkipOf(true) };
    engine.gruForward({ ...sequence, reset, gates, candidate, bias, ...forward });
    engine.gruBackward({ ...sequence, reset, gates, candidate, dgates, dcandidate, dhidden, ...backward });
    out.gates = get(gates, T * B * G);
    out.candidate = get(candidate, T * B * H);
    if (reset === 'after') out.dcandidate = get(dcandidate, T * B * H);
  }
  out.hidden = get(sequence.hidden, states);
  out.dgates = get(dgates, T * B * G);
  out.dhidden = get(dhidden, states);
  if (skips) out.dpast = get(dhidden - B * H, B * H);
  return out;
}

/** States after one step, by the cell's own product or, `beforehand`, by a product over gates and no weights. */
export function oneStep(
  { engine, put, get }: Bench,
  cell: CellName,
  { B, H, ...input }: Input,
  beforehand: boolean,
): number[] {
  const G = CELLS[cell].gates * H;
  const garbage = (n: number) => put(Array(n).fill(99));
  const h = put(input.h0);
  const gates = put(input.gates);
  const started = (state: number[]) => {
    const states = garbage(2 * B * H);
    engine.copy(states, put(state), B * H);
    return states;
  };
  const packed = (from: number, to: number) => {
    const panels = garbage(engine.packedSize(to - from, H));
    engine.pack(panels, put(input.w.slice(from * H, to * H)), to - from, H);
    return panels;
  };
  const own = cell.startsWith('gru') ? 2 * H : G;
  if (beforehand) engine.gemmPacked(gates, h, packed(0, own), B, own, H, { ldc: G });
  const w = beforehand ? NONE : packed(0, own);
  const [hidden, cells, candidate] = [started(input.h0), started(input.c0), garbage(B * H)];
  const sequence = { T: 1, B, H, lengths: NONE, hidden, gates };
  if (cell === 'lstm') engine.lstmForward({ ...sequence, cells, w });
  else if (cell.startsWith('gru')) {
    const reset = cell === 'gru reset-after' ? 'after' : 'before';
    engine.gruForward({ ...sequence, reset, candidate, bias: put(input.bias), wrz: w, wn: packed(own, G) });
  } else engine.rnnForward({ ...sequence, activation: cell === 'rnn relu' ? 'relu' : 'tanh', w });
  // An RNN's gates are scratch.
  return [
    ...get(hidden, 2 * B * H),
    ...(cell.startsWith('rnn') ? [] : get(gates, B * G)),
    ...(cell === 'lstm' ? get(cells, 2 * B * H) : []),
  ];
}
