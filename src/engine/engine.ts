import type { Arena } from './arena.ts';

/**
 * The contract every engine keeps. It is written in words and shapes; `reference.ts` says the same in the plainest code
 * and is the oracle, `conformance.case.ts` checks any engine against it.
 *
 * Memory is one heap of equal slots (4 bytes in WebAssembly, 8 in the reference); an `Address` counts slots. Arrays are
 * row-major and contiguous unless a leading dimension is given. Index arrays (lengths, class numbers) take one slot per
 * integer. Destinations come first, then sources, then sizes. Sources and destinations do not overlap unless a kernel
 * says that they may be the same.
 *
 * **Order of additions.** In exact arithmetic every output element is accumulated in ONE order, stated here, with one
 * rounding after each multiplication and one after each addition, so that tile, tier and thread count never show:
 *
 * - products over `k` start from the value that is already in the destination (or 0) and add `k` ascending, except
 *   {@link Engine.gemmTn}, which adds `k` descending: a weight gradient then grows in the order in which
 *   back-propagation through time walks, and windows processed last to first give the bits of the whole sequence;
 * - sums over an axis add ascending, except over batch rows in backward kernels (biases, embedding rows), which add descending;
 * - {@link Engine.sum} and {@link Engine.sumSquares} add in eight interleaved lanes (element `i` goes to lane `i mod 8`,
 *   ascending, in f64) and then `((0+1)+(2+3))+((4+5)+(6+7))`.
 *
 * Letters: `B` batch, `T` time, `D` input features, `H` hidden, `K` classes or the summed axis of a product, `G` gate rows.
 */
export interface Engine {
  /** `reference`, or the tier that runs: `simd`, … */
  readonly name: string;
  /** Bytes per slot: 4 (f32) or 8 (f64). */
  readonly slotBytes: 4 | 8;
  readonly arena: Arena;
  readonly threads: Threads;
  /**
   * Counts from now on the calls that write to the persistent slots from `address` on, {@link Engine.pack} aside: while `writes` stays,
   * they are what they were. Absent: this engine does not count.
   */
  watch?(address: Address, slots: number): { readonly writes: number; stop(): void };
  /**
   * Ends the workers; after that the engine refuses to compute. Not a duty: workers sleep while there is nothing to do, do not
   * keep a program alive, and end when their engine is garbage.
   */
  [Symbol.dispose](): void;

  // ---- memory -----------------------------------------------------------------------------------------------------

  /** Copies `n` numbers out of the heap. */
  read(address: Address, n: number): Float32Array | Float64Array;
  /** Copies numbers into the heap, rounding to the engine's precision. */
  write(address: Address, values: ArrayLike<number>): void;
  readIndices(address: Address, n: number): Int32Array;
  writeIndices(address: Address, values: ArrayLike<number>): void;
  fill(y: Address, n: number, value: number): void;
  copy(y: Address, x: Address, n: number): void;

  // ---- products ---------------------------------------------------------------------------------------------------

  /**
   * Forward product `C[M,N] += A[M,K] · W[N,K]ᵀ`, `k` ascending.
   * `accumulate: false` starts from 0 instead of from C. `lda`, `ldw`, `ldc` default to K, K, N.
   */
  gemmNt(c: Address, a: Address, w: Address, M: number, N: number, K: number, options?: GemmOptions): void;
  /** Input gradient `C[M,N] += A[M,K] · W[K,N]`, `k` ascending. `lda`, `ldw`, `ldc` default to K, N, N. */
  gemmNn(c: Address, a: Address, w: Address, M: number, N: number, K: number, options?: GemmOptions): void;
  /** Weight gradient `C[M,N] += A[K,M]ᵀ · W[K,N]`, `k` **descending**. `lda`, `ldw`, `ldc` default to M, N, N. */
  gemmTn(c: Address, a: Address, w: Address, M: number, N: number, K: number, options?: GemmOptions): void;

  /** Slots that {@link Engine.pack} needs for a matrix of `N` rows and `K` columns. */
  packedSize(N: number, K: number): number;
  /** Lays W[N,K] out for {@link Engine.gemmPacked}; the layout is the engine's own. `transposed` reads W as [K,N] instead. */
  pack(packed: Address, w: Address, N: number, K: number, transposed?: boolean): void;
  /** `C[M,N] += A[M,K] · Wᵀ` with W packed: the bits of {@link Engine.gemmNt} (or, packed transposed, of `gemmNn`). */
  gemmPacked(c: Address, a: Address, packed: Address, M: number, N: number, K: number, options?: GemmOptions): void;

  // ---- elementwise ------------------------------------------------------------------------------------------------

  /** `y[i] = f(x[i])`; y may be x. Accuracy of each f: `kernels/README.md`. */
  unary(op: UnaryOp, y: Address, x: Address, n: number): void;
  /** `dx[i] += dy[i] · f'(x[i])`, from `x` or `y = f(x)`, whichever is cheaper. `dy` counts as 0 below {@link VANISHED}. */
  unaryBackward(op: UnaryOp, dx: Address, dy: Address, x: Address, y: Address, n: number): void;
  /** `c[i] = a[i] ∘ b[i]`; c may be a or b. */
  binary(op: BinaryOp, c: Address, a: Address, b: Address, n: number): void;
  /** `da[i] += dc[i] · ∂c/∂a`, `db[i] += dc[i] · ∂c/∂b`; pass {@link NONE} for a gradient that is not wanted. `dc` counts as 0 below {@link VANISHED}. */
  binaryBackward(op: BinaryOp, da: Address, db: Address, dc: Address, a: Address, b: Address, n: number): void;
  /** `y[i] = alpha · x[i] + beta`; y may be x. */
  affine(y: Address, x: Address, n: number, alpha: number, beta: number): void;
  /** `y[i] += alpha · x[i]`. */
  axpy(y: Address, x: Address, n: number, alpha: number): void;
  /** `y[i] = min(max(x[i], low), high)`; y may be x. NaN stays NaN. */
  clamp(y: Address, x: Address, n: number, low: number, high: number): void;

  // ---- shape and reduction ----------------------------------------------------------------------------------------

  /** Repeats an axis: `y[o,c,i] = x[o,i]` for `c < count`; `accumulate` adds to y instead. */
  expand(y: Address, x: Address, outer: number, count: number, inner: number, accumulate?: boolean): void;
  /** Sums an axis: `y[o,i] += Σ_c x[o,c,i]`, ascending; with `descending`, from the last `c` to the first. */
  reduce(y: Address, x: Address, outer: number, count: number, inner: number, descending?: boolean): void;
  /** Copies a block: `y[r·ldy + j] = x[r·ldx + j]` for `r < rows`, `j < columns`; `accumulate` adds. */
  copyBlock(
    y: Address,
    ldy: number,
    x: Address,
    ldx: number,
    rows: number,
    columns: number,
    accumulate?: boolean,
  ): void;
  /** Σ x[i] in the eight-lane order, in f64. */
  sum(x: Address, n: number): number;
  /** Σ x[i]² in the eight-lane order, in f64. Its root is the global norm. */
  sumSquares(x: Address, n: number): number;

  // ---- sequences --------------------------------------------------------------------------------------------------

  /**
   * `y[t,b,:] = x[b,t,:]` where `t < lengths[b]`, else 0. `lengths` = {@link NONE}: all rows are T long.
   * `accumulate` adds to y (and leaves it alone past the end).
   */
  toTimeMajor(y: Address, x: Address, lengths: Address, B: number, T: number, D: number, accumulate?: boolean): void;
  /** The way back: `y[b,t,:] = x[t,b,:]` where `t < lengths[b]`, else 0. */
  toBatchFirst(y: Address, x: Address, lengths: Address, B: number, T: number, D: number, accumulate?: boolean): void;
  /**
   * Last valid row of `states[T+1,B,H]` (row 0 holds the initial state): `y[b,:] = states[lengths[b],b,:]`.
   */
  takeLast(y: Address, states: Address, lengths: Address, B: number, T: number, H: number): void;
  /** `dstates[lengths[b],b,:] += dy[b,:]`. */
  takeLastBackward(dstates: Address, dy: Address, lengths: Address, B: number, T: number, H: number): void;
  /** `y[b,:] = t < lengths[b] ? a[b,:] : c[b,:]`. */
  selectRows(y: Address, a: Address, c: Address, lengths: Address, t: number, B: number, H: number): void;
  /** `da[b,:] += dy[b,:]` in running rows, `dc[b,:] += dy[b,:]` in ended ones; either may be {@link NONE}. */
  selectRowsBackward(da: Address, dc: Address, dy: Address, lengths: Address, t: number, B: number, H: number): void;

  // ---- rows -------------------------------------------------------------------------------------------------------

  /** `y[r,:] = table[indices[r],:]`. Indices are checked by the caller to lie in the table. */
  gatherRows(y: Address, table: Address, indices: Address, rows: number, D: number): void;
  /** `dtable[indices[r],:] += dy[r,:]`, r descending. */
  scatterAddRows(dtable: Address, dy: Address, indices: Address, rows: number, D: number): void;
  /** Softmax over each row: `y[r,k] = exp(x[r,k] − max) / Σ exp(…)`. y may be x. */
  softmax(y: Address, x: Address, rows: number, K: number): void;
  /** `dx[r,k] += y[r,k] · (dy[r,k] − Σ_j y[r,j]·dy[r,j])`. */
  softmaxBackward(dx: Address, dy: Address, y: Address, rows: number, K: number): void;
  /**
   * `loss[r] = log Σ_k exp(x[r,k]) − x[r, targets[r]]` and `probabilities[r,:]` = softmax. A negative target gives loss 0.
   */
  crossEntropy(loss: Address, probabilities: Address, x: Address, targets: Address, rows: number, K: number): void;
  /** `dx[r,k] += dloss[r] · (probabilities[r,k] − [k = targets[r]])`, nothing where the target is negative. */
  crossEntropyBackward(
    dx: Address,
    dloss: Address,
    probabilities: Address,
    targets: Address,
    rows: number,
    K: number,
  ): void;
  /** `y = (x − mean)·rstd·gain + bias` per row; keeps `mean[rows]`, `rstd[rows]`. Ba et al. 2016. */
  layerNorm(
    y: Address,
    mean: Address,
    rstd: Address,
    x: Address,
    gain: Address,
    bias: Address,
    rows: number,
    D: number,
    epsilon: number,
  ): void;
  /** Gradients of {@link Engine.layerNorm}, all accumulating; `dgain`, `dbias` add rows descending. */
  layerNormBackward(
    dx: Address,
    dgain: Address,
    dbias: Address,
    dy: Address,
    x: Address,
    gain: Address,
    mean: Address,
    rstd: Address,
    rows: number,
    D: number,
  ): void;
  /**
   * Inverted dropout: `y[i] = keep(i) ? x[i] / (1 − p) : 0`, keep from `threefry2x32` (`random.ts`, `dropoutMask`); y may be x.
   * Called with the gradient and `accumulate` it is its own backward, so that no mask is stored.
   */
  dropout(y: Address, x: Address, n: number, p: number, key: DropoutKey, accumulate?: boolean): void;

  // ---- recurrent sequences, time-major ----------------------------------------------------------------------------
  //
  // `gates` holds, on entry, the input's part of every pre-activation, biases included; on exit, what backward needs.
  // `hidden[T+1,B,H]`: row 0 is the initial state, row t+1 the output of step t, 0 past a row's length.
  // `dhidden[T+1,B,H]`: on entry ∂L/∂h from above; on exit the whole ∂L/∂h of every step, row 0 that of the initial state.
  // A gradient ∂L/∂h or ∂L/∂c that a step receives counts as 0 where it is below {@link VANISHED} in magnitude.
  // A row that has ended writes zeros (gates, hidden, cells, dgates) and leaves the carried gradients untouched.
  // Weight gradients are products of `dgates` and `hidden`, taken by the caller with gemmTn after the loop.
  // Forward, with `w` or `wrz` = NONE, `gates` holds the state's part as well: of one step, since no later one knows its state yet.

  /**
   * `h = f(gates + W_hh h')`, f = tanh or relu. `gates[T,B,H]` is scratch. `w` = packed W_hh[H,H].
   * With `leak` α[H] a leaky unit: `h = α⊙h' + (1−α)⊙n`, `n = f(gates + W_hh h')`, which `gates` holds on exit.
   */
  rnnForward(p: RnnForward): void;
  /**
   * `dgates[T,B,H]`. `w` = W_hh packed transposed. With `leak`, ∂L/∂h' adds dh⊙α before the products, and `dleak[T,B,H]` gets
   * `dh⊙(h' − n)`, whose sum over steps and rows (descending) is the gradient of α.
   */
  rnnBackward(p: RnnBackward): void;
  /** `i,f,o = σ`, `g = tanh`, `c = f⊙c' + i⊙g`, `h = o⊙tanh(c)`. On exit `gates[T,B,4H]` holds i f g o. `w` = packed W_hh[4H,H]. */
  lstmForward(p: LstmForward): void;
  /** `dgates[T,B,4H]`; `dcell[B,H]`: on entry ∂L/∂c_last, on exit ∂L/∂c_0. `w` = W_hh[4H,H] packed transposed. */
  lstmBackward(p: LstmBackward): void;
  /**
   * `r,z = σ(gates + W_h{r,z} h')`, `h = (1−z)⊙n + z⊙h'`;
   * reset after: `n = tanh(gates_n + r⊙(W_hn h' + b_hn))`, `candidate[T,B,H]` keeps `W_hn h' + b_hn`, `bias` = b_hn[H];
   * reset before: `n = tanh(gates_n + W_hn (r⊙h'))`, `candidate[T,B,H]` keeps `r⊙h'`, `bias` unused (part of gates_n).
   * On exit `gates[T,B,3H]` holds r z n. `wrz` = packed W_h{r,z}[2H,H], `wn` = packed W_hn[H,H].
   */
  gruForward(p: GruForward): void;
  /**
   * `dgates[T,B,3H]`, and `dcandidate[T,B,H]`: the gradient of `candidate` (reset after: `dn⊙r`; reset before: scratch, see `wn`).
   * `wrz`, `wn` = packed transposed.
   */
  gruBackward(p: GruBackward): void;

  // ---- optimisers, in place ---------------------------------------------------------------------------------------
  //
  // Means of gradients and velocities count as 0 below {@link VANISHED}, means of squares below 2^-126.

  /** Adam / AdamW, Kingma & Ba 2015, Loshchilov & Hutter 2019; formula at {@link AdamStep}. */
  adam(w: Address, dw: Address, m: Address, v: Address, n: number, step: AdamStep): void;
  /** SGD with momentum as PyTorch defines it; `velocity` = {@link NONE} when momentum is 0. */
  sgd(w: Address, dw: Address, velocity: Address, n: number, step: SgdStep): void;
  /** RMSprop, Hinton 2012, as PyTorch defines it (ε outside the root). `velocity` = {@link NONE} when momentum is 0. */
  rmsprop(w: Address, dw: Address, square: Address, velocity: Address, n: number, step: RmspropStep): void;
}

/** The threads that an engine computes in. */
export interface Threads {
  /** 1: only the one that calls. It falls when workers turn out not to start. */
  readonly count: number;
  /** Why so many, for people. */
  readonly reason: string;
  /** Kernel calls that workers have run so far. */
  readonly shared: number;
  /**
   * Starts the workers now and not at the first work that is worth it. Resolves when they compute or cannot start.
   *
   * @throws RecurveError `thread` where a worker has ended, `usage` where the engine has
   */
  start(): Promise<void>;
}

/** The calling thread alone. */
export function oneThread(reason: string): Threads {
  return { count: 1, reason, shared: 0, start: async () => {} };
}

/** Index of a slot in the engine's heap. */
export type Address = number;

/** Stands for "no array" where an address is optional. */
export const NONE: Address = -1;
/**
 * Gradients below this in magnitude count as 0 where they arrive at elementwise operations and at recurrent states. Where gradients vanish
 * they would soon be subnormal, which processors multiply a hundred times slower.
 */
export const VANISHED = 2 ** -96;

/** What a product starts from, and the distance between rows; `lda`, `ldw` and `ldc` are in slots and default to rows without gaps. */
export interface GemmOptions {
  /** Add to C (default) or start from 0. */
  accumulate?: boolean;
  /** Start every row from this one [N] instead, which lies outside C. */
  bias?: Address;
  lda?: number;
  ldw?: number;
  ldc?: number;
}

/** Elementwise functions of one array, {@link Engine.unary}. */
export const UNARY_OPS = [
  'exp',
  'log',
  'log1p',
  'tanh',
  'sigmoid',
  'softplus',
  'relu',
  'abs',
  'square',
  'sqrt',
] as const;
/** relu'(0) = 0, abs'(0) = 0. */
export type UnaryOp = (typeof UNARY_OPS)[number];

/** Elementwise functions of two arrays, {@link Engine.binary}. */
export const BINARY_OPS = ['add', 'subtract', 'multiply', 'divide', 'minimum', 'maximum'] as const;
/** In minimum and maximum a tie's gradient goes to `a`; NaN in either gives NaN. */
export type BinaryOp = (typeof BINARY_OPS)[number];

/** Key and stream of a dropout mask: see `dropoutMask` in `random.ts`. */
export interface DropoutKey {
  key0: number;
  key1: number;
  /** High counter word: one value per use of dropout in a training. */
  counter: number;
  /** The key that step t of a sequence has in this one's place, where masks are drawn anew each step. */
  at?(t: number): DropoutKey;
}

interface Sequence {
  T: number;
  B: number;
  H: number;
  /** Index array [B], or {@link NONE}: all rows are T long. */
  lengths: Address;
  hidden: Address;
}

/**
 * A connection over `delay` d ≥ 2 steps: all pre-activations also add `W_sk h_{t−d}`, after `W_hh h'`. In front of `hidden` lie d − 1 more
 * rows, the states 2 … d steps before the first step, oldest first, and as many in front of `dhidden`, which backward adds to as it
 * does to row 0: there `W_sk` comes last.
 */
export interface Skip {
  delay: number;
  /** Packed W_sk[G,H]; in backward packed transposed. */
  w: Address;
}

/** {@link Skip} of a GRU, reset after only. */
export interface GruSkip {
  delay: number;
  /** Packed rows r and z of W_sk, [2H,H], and its rows n, [H,H], which add to `candidate`. */
  wrz: Address;
  wn: Address;
}

/** Arrays of {@link Engine.rnnForward}: `gates[T,B,H]`, `hidden[T+1,B,H]`. */
export interface RnnForward extends Sequence {
  activation: 'tanh' | 'relu';
  gates: Address;
  /** Or {@link NONE}. */
  w: Address;
  /** Share of the old state [H], between 0 and 1; {@link NONE} or left out: none stays. */
  leak?: Address;
  skip?: Skip | undefined;
}
/** Arrays of {@link Engine.rnnBackward}: `dgates[T,B,H]`, `dhidden[T+1,B,H]`, `dleak[T,B,H]`. */
export interface RnnBackward extends Sequence {
  activation: 'tanh' | 'relu';
  dgates: Address;
  dhidden: Address;
  w: Address;
  /** As in forward. */
  leak?: Address;
  /** What forward left there; read only with `leak`. */
  gates?: Address;
  /** {@link NONE} or left out: not wanted. */
  dleak?: Address;
  skip?: Skip | undefined;
}
/** Arrays of {@link Engine.lstmForward}: `gates[T,B,4H]`, `hidden[T+1,B,H]`. */
export interface LstmForward extends Sequence {
  gates: Address;
  /** [T+1,B,H]: row 0 the initial cell state. */
  cells: Address;
  /** Or {@link NONE}. */
  w: Address;
  skip?: Skip | undefined;
}
/** Arrays of {@link Engine.lstmBackward}: `gates` and `cells` as forward left them, `dgates[T,B,4H]`, `dhidden[T+1,B,H]`, `dcell[B,H]`. */
export interface LstmBackward extends Sequence {
  gates: Address;
  cells: Address;
  dgates: Address;
  dhidden: Address;
  dcell: Address;
  w: Address;
  skip?: Skip | undefined;
}
/** Arrays of {@link Engine.gruForward}: `gates[T,B,3H]`, `hidden[T+1,B,H]`, `candidate[T,B,H]`, `bias[H]`. */
export interface GruForward extends Sequence {
  reset: 'after' | 'before';
  gates: Address;
  candidate: Address;
  bias: Address;
  /** Or {@link NONE}. */
  wrz: Address;
  wn: Address;
  skip?: GruSkip | undefined;
}
/** Arrays of {@link Engine.gruBackward}: `gates` and `candidate` as forward left them, `dgates[T,B,3H]`, `dcandidate[T,B,H]`, `dhidden[T+1,B,H]`. */
export interface GruBackward extends Sequence {
  reset: 'after' | 'before';
  gates: Address;
  candidate: Address;
  dgates: Address;
  dcandidate: Address;
  dhidden: Address;
  wrz: Address;
  wn: Address;
  skip?: GruSkip | undefined;
}

/** What every optimiser's step is told. */
interface UpdateStep {
  /** Learning rate. */
  rate: number;
  /** Factor of the gradient: 1, or less where its norm is clipped. */
  scale: number;
}

/**
 * `g = scale·dw + l2·w`; `m = β₁m + (1−β₁)g`; `v = β₂v + (1−β₂)g²`;
 * `w = w·(1 − decay) − rate·(m·c₁) / (√(v·c₂) + ε)` with `c₁ = 1/(1−β₁ᵗ)`, `c₂ = 1/(1−β₂ᵗ)`.
 */
export interface AdamStep extends UpdateStep {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Share of the weight taken away per step: rate · weightDecay (AdamW). */
  decay: number;
  /** Coefficient of w added to the gradient (Adam with L2). */
  l2: number;
  correction1: number;
  correction2: number;
}

/** `g = scale·dw + l2·w`; `u = momentum·u + g`; `w −= rate·(nesterov ? g + momentum·u : u)`. */
export interface SgdStep extends UpdateStep {
  momentum: number;
  nesterov: boolean;
  l2: number;
}

/** `g = scale·dw + l2·w`; `s = αs + (1−α)g²`; `d = g / (√s + ε)`; with momentum `u = momentum·u + d`, `w −= rate·u`. */
export interface RmspropStep extends UpdateStep {
  alpha: number;
  epsilon: number;
  momentum: number;
  l2: number;
}
