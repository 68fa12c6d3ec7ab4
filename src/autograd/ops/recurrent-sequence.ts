import type { Address } from '../../engine/engine.ts';
import { NONE } from '../../engine/engine.ts';
import { RecurveError } from '../../errors.ts';
import type { Tape } from '../tape.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { maskedCell } from './recurrent-mask.ts';
import { gather } from './rows.ts';
import { type Lengths, placeLengths, takeLast } from './sequence.ts';
import { reshape } from './shape.ts';

/**
 * What all fused sequences share: storage, the input's products, segments and gradients. With `recompute`, forward keeps the
 * states at the borders of segments; backward walks the segments last to first, computes each again and goes back through it. Every
 * gradient is then added in the order of full storage, so its bits are the same.
 */

/** PyTorch's parameters of one layer and direction: w_ih[G, D], w_hh[G, H], b_ih[G], b_hh[G]. */
export interface RecurrentWeights {
  wIh: Tensor;
  wHh: Tensor;
  bIh: Tensor;
  bHh: Tensor;
}

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

/** The root of T, rounded up: borders and one segment together then take the least memory. Chen et al. 2016. */
export function segmentLength(T: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(T)));
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

/** Where the gradients of a window lie. */
export interface WindowGradients {
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
  backward(at: Layout, window: Window, gradients: WindowGradients, packed: Packed): void;
  /** Adds the gradients of w_hh and b_hh (either may be `NONE`). */
  recurrentGradients(at: Layout, dw: Address, db: Address, window: Window, gradients: WindowGradients): void;
}

/** Outputs of every step and last states; `lastCell` is h's where the cell has none. */
export interface FusedResult {
  outputs: Tensor;
  last: Tensor;
  lastCell: Tensor;
  /** With a skip: the states before the last one, as in {@link SkipConnection.past}. */
  past?: Tensor;
}

/** Checks the arguments of a fused operation. */
export function layout(
  cell: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  weights: RecurrentWeights,
  lengths: Lengths,
  { recompute, skip }: SequenceOptions,
): Layout {
  const who = cell.name;
  for (const tensor of [x, ...initial, ...Object.values(weights), ...extrasOf(cell, skip)]) x.tape.check(tensor);
  expectShape(who, 'time-major x', x.shape, ['T', 'B', 'D'], 'sequences have three axes');
  const [T, B, D] = x.shape;
  const H = weights.wHh.shape[1];
  const G = cell.gates * H;
  expectShape(who, 'x', x.shape, ['T', 'B', weights.wIh.shape[1]], `build the layer with input: ${D}`);
  expectShape(who, 'w_ih', weights.wIh.shape, [G, D], 'PyTorch keeps gates × hidden rows');
  expectShape(who, 'w_hh', weights.wHh.shape, [G, H], 'PyTorch keeps gates × hidden rows');
  for (const bias of [weights.bIh, weights.bHh]) expectShape(who, 'bias', bias.shape, [G], 'one number per gate row');
  for (const state of initial)
    expectShape(who, 'initial state', state.shape, [B, H], 'one row per sequence of the batch');
  const delay = skip ? skip.past.shape[1] / H + 1 : 1;
  if (skip) {
    expectShape(who, 'w_sk', skip.weight.shape, [G, H], 'gates × hidden rows, as w_hh');
    expectShape(
      who,
      'past',
      skip.past.shape,
      [B, (Math.floor(delay) - 1) * H],
      'd − 1 states side by side, oldest first',
    );
    if (recompute !== undefined || delay < 2 || cell.skips === false) {
      throw new RecurveError(
        'usage',
        `${who}: expected a skip over at least 2 steps without recompute, in a cell that has it, got ${delay} steps${recompute === undefined ? '' : ' and recompute'}; run the cell step by step instead`,
      );
    }
  }
  return { tape: x.tape, T, B, D, H, G, lengths, weights, skip, delay };
}

/** All outputs; between forward and backward everything is stored, or only outputs and border states. */
export function fusedSequence(
  given: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  weights: RecurrentWeights,
  lengths: Lengths,
  options: SequenceOptions = {},
): FusedResult {
  const { recompute, skip, mask } = options;
  const cell = mask ? maskedCell(given, mask) : given;
  const at = layout(cell, x, initial, weights, lengths, options);
  const { tape, B, H } = at;
  const inputs = [x, ...initial, ...Object.values(weights), ...extrasOf(cell, skip)];
  if (recompute === undefined) return stored(at, cell, x, initial, inputs);
  const hidden = states(at, initial[0], inputs);
  const lastCell = cell.cells ? tape.output([B, H], inputs) : hidden;
  const run = segments(at, cell, x, initial, recompute, { hidden });
  run.forward(NONE, cell.cells ? lastCell.address : NONE);
  tape.announce?.({ kind: cell.name, hidden, lengths, gates: [], weight: weights.wHh });
  tape.record(
    cell.cells ? [hidden, lastCell] : [hidden],
    () => run.backward(NONE, cell.cells ? tape.gradientOf(lastCell) : NONE),
    cell.name,
  );
  return finish(at, hidden, lastCell);
}

/** The last states alone; outputs are not kept. */
export function fusedLast(
  given: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  weights: RecurrentWeights,
  lengths: Lengths,
  { recompute, skip, mask }: SequenceOptions = {},
): Omit<FusedResult, 'outputs'> {
  const cell = mask ? maskedCell(given, mask) : given;
  const at = layout(cell, x, initial, weights, lengths, { recompute: recompute ?? segmentLength(x.shape[0]), skip });
  const { tape, T, B, H } = at;
  const inputs = [x, ...initial, ...Object.values(weights), ...extrasOf(cell, skip)];
  const last = tape.output([B, H], inputs);
  const lastCell = cell.cells ? tape.output([B, H], inputs) : last;
  const run = segments(at, cell, x, initial, recompute ?? segmentLength(T), {});
  run.forward(last.address, cell.cells ? lastCell.address : NONE);
  tape.record(
    cell.cells ? [last, lastCell] : [last],
    () => run.backward(tape.gradientOf(last), cell.cells ? tape.gradientOf(lastCell) : NONE),
    cell.name,
  );
  return { last, lastCell };
}

/** Everything that backward needs is kept. */
function stored(
  at: Layout,
  cell: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  inputs: readonly Tensor[],
): FusedResult {
  const { tape, T, B, H, G } = at;
  const { engine } = tape;
  const window: Window = {
    T,
    B,
    H,
    lengths: placeLengths(tape, at.lengths, B, T),
    gates: inputProducts(at, cell, x.address, T),
    hidden: NONE,
    cells: NONE,
    candidate: cell.candidate ? engine.arena.take(T * B * H) : NONE,
  };
  const all = states(at, initial[0], inputs);
  const hidden = at.skip ? tape.view(all, [T + 1, B, H], (at.delay - 1) * B * H) : all;
  window.hidden = hidden.address;
  if (cell.cells) window.cells = states({ ...at, skip: undefined }, initial[1], inputs).address;
  engine.arena.scope(() => cell.forward(at, window, cell.pack(at, false)));
  const lastCell = cell.cells ? tape.output([B, H], inputs) : hidden;
  if (cell.cells) engine.takeLast(lastCell.address, window.cells, window.lengths, B, T, H);
  const gates = cell.activations.map((gate, q) => ({ ...gate, address: window.gates + q * H, stride: G }));
  tape.announce?.({ kind: cell.name, hidden, lengths: at.lengths, gates, weight: at.weights.wHh });
  tape.record(
    cell.cells ? [all, lastCell] : [all],
    () => {
      const gradients: WindowGradients = {
        dgates: engine.arena.take(T * B * G),
        dcandidate: cell.candidate ? engine.arena.take(T * B * H) : NONE,
        dhidden: tape.gradientOf(hidden),
        dcell: cell.cells ? engine.arena.take(B * H) : NONE,
      };
      if (cell.cells) engine.copy(gradients.dcell, tape.gradientOf(lastCell), B * H);
      const to = targets(at, cell, x);
      engine.arena.scope(() => cell.backward(at, window, gradients, cell.pack(at, true)));
      addTo(tape, initial[0], gradients.dhidden);
      addToPast(at, tape.gradientOf(all));
      if (cell.cells) addTo(tape, initial[1], gradients.dcell);
      engine.arena.scope(() => windowGradients(at, cell, x.address, 0, window, gradients, to));
    },
    cell.name,
  );
  const result = finish(at, hidden, lastCell);
  return at.skip ? { ...result, past: pastOf(at, all) } : result;
}

/**
 * Both directions in segments of `length` steps. With `keep.hidden` the states of all steps [T+1, B, H] are kept there,
 * else only those at the borders.
 */
function segments(
  at: Layout,
  cell: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  length: number,
  keep: { hidden?: Tensor },
): {
  forward(last: Address, lastCell: Address): void;
  backward(dlast: Address, dlastCell: Address): void;
} {
  if (!(Number.isInteger(length) && length >= 1)) {
    throw new RecurveError(
      'usage',
      `${cell.name}: expected recompute to be a whole number of steps of at least 1, got ${length}; segmentLength(T) takes the least memory`,
    );
  }
  const { tape, T, B, D, H, G, lengths } = at;
  const { engine } = tape;
  const { arena } = engine;
  const n = B * H;
  // Checked at once, though each window writes its own.
  arena.scope(() => placeLengths(tape, lengths, B, T));
  const count = Math.ceil(T / length);
  const border = (initialState: Tensor): Address => {
    const all = arena.take((count + 1) * n);
    engine.copy(all, initialState.address, n);
    return all;
  };
  const hiddenBorders = keep.hidden ? NONE : border(initial[0]);
  const cellBorders = cell.cells ? border(initial[1]) : NONE;

  /** Computes segment k, from its border states. */
  const compute = (k: number, packed: Packed): Window => {
    const from = k * length;
    const steps = Math.min(length, T - from);
    const windowLengths = lengths && Array.from(lengths, (end) => Math.min(Math.max(end - from, 0), steps));
    const started = (borders: Address): Address => {
      const all = arena.take((steps + 1) * n);
      engine.copy(all, borders + k * n, n);
      return all;
    };
    const window: Window = {
      T: steps,
      B,
      H,
      lengths: placeLengths(tape, windowLengths, B, steps),
      gates: inputProducts(at, cell, x.address + from * B * D, steps),
      hidden: keep.hidden ? keep.hidden.address + from * n : started(hiddenBorders),
      cells: cell.cells ? started(cellBorders) : NONE,
      candidate: cell.candidate ? arena.take(steps * n) : NONE,
    };
    cell.forward(at, window, packed);
    return window;
  };

  /** Visits the rows whose last step lies in segment k: row b, and its place among the window's states. */
  const ends = (k: number, visit: (b: number, place: number) => void): void => {
    const from = k * length;
    for (let b = 0; b < B; b++) {
      const end = (lengths?.[b] ?? T) - from;
      if (end <= Math.min(length, T - from) && (end > 0 || (end === 0 && k === 0))) visit(b, (end * B + b) * H);
    }
  };

  return {
    forward(last, lastCell) {
      if (count === 0 && last !== NONE) engine.copy(last, initial[0].address, n);
      if (count === 0 && lastCell !== NONE) engine.copy(lastCell, initial[1].address, n);
      arena.scope(() => {
        const packed = cell.pack(at, false);
        for (let k = 0; k < count; k++) {
          arena.scope(() => {
            const { T: steps, hidden, cells } = compute(k, packed);
            if (hiddenBorders !== NONE) engine.copy(hiddenBorders + (k + 1) * n, hidden + steps * n, n);
            if (cellBorders !== NONE) engine.copy(cellBorders + (k + 1) * n, cells + steps * n, n);
            ends(k, (b, place) => {
              if (last !== NONE) engine.copy(last + b * H, hidden + place, H);
              if (lastCell !== NONE) engine.copy(lastCell + b * H, cells + place, H);
            });
          });
        }
      });
    },
    backward(dlast, dlastCell) {
      const to = targets(at, cell, x);
      const whole = keep.hidden ? tape.gradientOf(keep.hidden) : NONE;
      const carried = keep.hidden ? whole : arena.take(n);
      const dcell = cell.cells ? arena.take(n) : NONE;
      if (cell.cells) engine.copy(dcell, dlastCell, n);
      if (!keep.hidden) {
        // Without a step, the last states are the first ones.
        if (count === 0) engine.copy(carried, dlast, n);
        else engine.fill(carried, n, 0);
      }
      arena.scope(() => {
        const again = cell.pack(at, false);
        const packed = cell.pack(at, true);
        for (let k = count - 1; k >= 0; k--) {
          arena.scope(() => {
            const window = compute(k, again);
            const { T: steps } = window;
            const gradients: WindowGradients = {
              dgates: arena.take(steps * B * G),
              dcandidate: cell.candidate ? arena.take(steps * n) : NONE,
              dhidden: keep.hidden ? whole + k * length * n : arena.take((steps + 1) * n),
              dcell,
            };
            const { dhidden } = gradients;
            if (!keep.hidden) {
              engine.fill(dhidden, steps * n, 0);
              engine.copy(dhidden + steps * n, carried, n);
              ends(k, (b, place) => engine.axpy(dhidden + place, dlast + b * H, H, 1));
            }
            cell.backward(at, window, gradients, packed);
            windowGradients(at, cell, x.address, k * length, window, gradients, to);
            if (!keep.hidden) engine.copy(carried, dhidden, n);
          });
        }
      });
      addTo(tape, initial[0], carried);
      if (cell.cells) addTo(tape, initial[1], dcell);
    },
  };
}

/** Rows of an input product from which on weights are laid out once for all of them: above them the engine would do it again. */
const ROWS_WORTH_PACKING = 961;

/** `gates[steps·B, G] = b_ih (+ b_hh where it adds) + x·w_ihᵀ`. */
function inputProducts(
  { tape: { engine }, B, D, H, G, weights }: Layout,
  cell: FusedCell,
  x: Address,
  steps: number,
): Address {
  const gates = engine.arena.take(steps * B * G);
  engine.arena.scope(() => {
    const bias = engine.arena.take(G);
    engine.copy(bias, weights.bIh.address, G);
    engine.axpy(bias, weights.bHh.address, H * cell.biased, 1);
    if (steps * B < ROWS_WORTH_PACKING) {
      engine.gemmNt(gates, x, weights.wIh.address, steps * B, G, D, { bias });
      return;
    }
    const panels = engine.arena.take(engine.packedSize(G, D));
    engine.pack(panels, weights.wIh.address, G, D);
    engine.gemmPacked(gates, x, panels, steps * B, G, D, { bias });
  });
  return gates;
}

interface Targets {
  dx: Address;
  dwIh: Address;
  dbIh: Address;
  dwHh: Address;
  dbHh: Address;
}

/** Asked for before any scope: a gradient's place has to outlive the window. */
function targets({ tape, weights, skip }: Layout, cell: FusedCell, x: Tensor): Targets {
  for (const tensor of extrasOf(cell, skip)) tape.gradientOf(tensor);
  return {
    dx: tape.gradientOf(x),
    dwIh: tape.gradientOf(weights.wIh),
    dbIh: tape.gradientOf(weights.bIh),
    dwHh: tape.gradientOf(weights.wHh),
    dbHh: tape.gradientOf(weights.bHh),
  };
}

/** The gradients of x and of all weights that the steps from `from` on bring. */
function windowGradients(
  at: Layout,
  cell: FusedCell,
  x: Address,
  from: number,
  window: Window,
  gradients: WindowGradients,
  { dx, dwIh, dbIh, dwHh, dbHh }: Targets,
): void {
  const { B, D, G, weights } = at;
  const { engine } = at.tape;
  const rows = window.T * B;
  const first = from * B * D;
  if (dx !== NONE) engine.gemmNn(dx + first, gradients.dgates, weights.wIh.address, rows, D, G);
  if (dwIh !== NONE) engine.gemmTn(dwIh, gradients.dgates, x + first, G, D, rows);
  if (dbIh !== NONE) engine.reduce(dbIh, gradients.dgates, 1, rows, G, true);
  cell.recurrentGradients(at, dwHh, dbHh, window, gradients);
}

/** Tensors that a call reads beside x, first states and weights. */
function extrasOf(cell: FusedCell, skip: SkipConnection | undefined): Tensor[] {
  return [...(cell.extra ?? []), ...(skip ? [skip.weight, skip.past] : [])];
}

/** `[T+1, B, H]` with the initial state in row 0; before it, with a skip, `delay − 1` rows of older ones. */
function states({ tape, T, B, H, skip, delay }: Layout, initial: Tensor, inputs: readonly Tensor[]): Tensor {
  const before = skip ? delay - 1 : 0;
  const all = tape.output([before + T + 1, B, H], inputs);
  if (skip) tape.engine.toTimeMajor(all.address, skip.past.address, NONE, B, before, H);
  tape.engine.copy(all.address + before * B * H, initial.address, B * H);
  return all;
}

/** Each row's states before its last one, side by side, oldest first: `[B, (d−1)·H]`. */
function pastOf({ T, B, H, lengths, delay }: Layout, all: Tensor): Tensor {
  const count = delay - 1;
  const values = Int32Array.from({ length: B * count }, (_, i) => {
    const [b, j] = [Math.floor(i / count), i % count];
    return ((lengths?.[b] ?? T) + j) * B + b;
  });
  return reshape(gather(reshape(all, [all.size / H, H]), { values, shape: [B, count] }), [B, count * H]);
}

function addToPast({ tape, B, H, skip, delay }: Layout, dall: Address): void {
  const d = skip ? tape.gradientOf(skip.past) : NONE;
  if (d !== NONE) tape.engine.toBatchFirst(d, dall, NONE, B, delay - 1, H, true);
}

function finish({ tape, T, B, H, lengths }: Layout, hidden: Tensor, lastCell: Tensor): FusedResult {
  return { outputs: tape.view(hidden, [T, B, H], B * H), last: takeLast(hidden, lengths), lastCell };
}

function addTo(tape: Tape, initial: Tensor, gradient: Address): void {
  const d = tape.gradientOf(initial);
  if (d !== NONE) tape.engine.axpy(d, gradient, initial.size, 1);
}
