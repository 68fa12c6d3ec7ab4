import { dropoutThreshold } from '../random.ts';
import { Arena } from './arena.ts';
import type {
  AdamStep,
  Address,
  BinaryOp,
  DropoutKey,
  Engine,
  GemmOptions,
  GruBackward,
  GruForward,
  LstmBackward,
  LstmForward,
  RmspropStep,
  RnnBackward,
  RnnForward,
  SgdStep,
  Threads,
  UnaryOp,
} from './engine.ts';
import { BINARY_OPS, NONE, UNARY_OPS } from './engine.ts';
import type { Kernels } from './kernels.ts';

/** Bytes of a page of WebAssembly. */
export const PAGE = 65_536;
/** Growth doubles the memory, but by no more than this many pages. */
const MAX_STEP_PAGES = 1024;
/** Byte address of the kernels' scratch, {@link Kernels.gemm}: behind their tables of constants. */
export const SCRATCH = 4096;
/** Scratch of one thread: the 770,560 bytes of {@link Kernels.gemm} up to a page border, so that threads share no line of memory. */
export const SCRATCH_BYTES = 12 * PAGE - SCRATCH;

/** Slot → byte address. {@link NONE} becomes 2^32 − 4, which no array has. */
function at(address: Address): number {
  return address << 2;
}

/** What a product starts from, and the bytes between its rows. */
function start(c: Address, ldc: number, { accumulate = true, bias }: GemmOptions): [from: number, fs: number] {
  if (bias !== undefined) return [at(bias), 0];
  return accumulate ? [at(c), at(ldc)] : [at(NONE), 0];
}

/** What an engine is put together from. */
export interface Parts {
  name: string;
  memory: WebAssembly.Memory;
  kernels: Kernels;
  /** Most bytes of memory. */
  limit: number;
  /** First slot of the arena. */
  base: number;
  threads: Threads;
  close?: () => void;
}

/** Binds the kernels to the contract: slots become bytes, options become arguments; no arithmetic happens here. */
export class WasmEngine implements Engine {
  readonly name: string;
  readonly slotBytes = 4;
  readonly arena: Arena;
  readonly threads: Threads;
  /** Slots whose writes are counted. */
  #watched: { from: Address; to: Address; writes: number }[] = [];
  readonly #close: (() => void) | undefined;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  #floats: Float32Array;
  #indices: Int32Array;

  constructor({ name, memory, kernels, limit, base, threads, close }: Parts) {
    this.name = name;
    this.threads = threads;
    this.#close = close;
    this.#memory = memory;
    this.#kernels = kernels;
    this.#floats = new Float32Array(memory.buffer);
    this.#indices = new Int32Array(memory.buffer);
    const heap = {
      slotBytes: 4,
      capacity: () => this.#floats.length,
      grow: (slots: number) => this.#grow(slots, limit),
    };
    this.arena = new Arena(heap, base, limit);
  }

  [Symbol.dispose](): void {
    this.arena.end();
    this.#close?.();
  }

  /** Doubles where the limit and the host allow it, else takes just what is needed. */
  #grow(slots: number, limit: number): boolean {
    const pages = this.#memory.buffer.byteLength / PAGE;
    const needed = Math.ceil((slots * 4) / PAGE) - pages;
    const roomy = Math.min(Math.max(needed, Math.min(pages, MAX_STEP_PAGES)), Math.floor(limit / PAGE) - pages);
    for (const step of new Set([Math.max(roomy, needed), needed])) {
      try {
        this.#memory.grow(step);
      } catch (error) {
        // The host's "no" is a RangeError; the arena turns `false` into an error that says what to lower.
        if (error instanceof RangeError) continue;
        throw error;
      }
      this.#floats = new Float32Array(this.#memory.buffer);
      this.#indices = new Int32Array(this.#memory.buffer);
      return true;
    }
    return false;
  }

  watch(from: Address, slots: number): { readonly writes: number; stop(): void } {
    const area = { from, to: from + slots, writes: 0 };
    this.#watched.push(area);
    return {
      get writes() {
        return area.writes;
      },
      stop: () => {
        this.#watched = this.#watched.filter((other) => other !== area);
      },
    };
  }

  /** {@link at} of what a call writes to, which is counted where somebody watches. */
  #to(target: Address): number {
    for (let i = 0; i < this.#watched.length; i++) {
      const area = this.#watched[i];
      if (target >= area.from && target < area.to) area.writes++;
    }
    return at(target);
  }

  read(address: Address, n: number): Float32Array {
    return this.#floats.slice(address, address + n);
  }

  write(address: Address, values: ArrayLike<number>): void {
    this.#to(address);
    this.#floats.set(values, address);
  }

  readIndices(address: Address, n: number): Int32Array {
    return this.#indices.slice(address, address + n);
  }

  writeIndices(address: Address, values: ArrayLike<number>): void {
    this.#to(address);
    this.#indices.set(values, address);
  }

  fill(y: Address, n: number, value: number): void {
    // A kernel, so that threads share in it; typed arrays on shared memory are slow besides.
    this.#floats[SCRATCH / 4] = value;
    this.#kernels.expand(this.#to(y), SCRATCH, 1, n, 1, false);
  }

  copy(y: Address, x: Address, n: number): void {
    this.#to(y);
    this.#floats.copyWithin(y, x, x + n);
  }

  gemmNt(c: Address, a: Address, w: Address, M: number, N: number, K: number, options: GemmOptions = {}): void {
    const { lda = K, ldw = K, ldc = N } = options;
    const [from, fs] = start(c, ldc, options);
    this.#kernels.gemm(this.#to(c), at(ldc), from, fs, at(a), at(lda), 4, at(w), 4, at(ldw), M, N, K, SCRATCH);
  }

  gemmNn(c: Address, a: Address, w: Address, M: number, N: number, K: number, options: GemmOptions = {}): void {
    const { lda = K, ldw = N, ldc = N } = options;
    const [from, fs] = start(c, ldc, options);
    this.#kernels.gemm(this.#to(c), at(ldc), from, fs, at(a), at(lda), 4, at(w), at(ldw), 4, M, N, K, SCRATCH);
  }

  gemmTn(c: Address, a: Address, w: Address, M: number, N: number, K: number, options: GemmOptions = {}): void {
    const { lda = M, ldw = N, ldc = N } = options;
    const [from, fs] = start(c, ldc, options);
    // From the last k down: both sources start at their last row and step backwards.
    const last = K - 1;
    this.#kernels.gemm(
      this.#to(c),
      at(ldc),
      from,
      fs,
      at(a + last * lda),
      4,
      -4 * lda,
      at(w + last * ldw),
      -4 * ldw,
      4,
      M,
      N,
      K,
      SCRATCH,
    );
  }

  packedSize(N: number, K: number): number {
    const columns = this.#kernels.panelColumns();
    return Math.ceil(N / columns) * columns * K;
  }

  pack(packed: Address, w: Address, N: number, K: number, transposed = false): void {
    if (transposed) this.#kernels.packPanels(at(packed), at(w), at(N), 4, N, K);
    else this.#kernels.packPanels(at(packed), at(w), 4, at(K), N, K);
  }

  gemmPacked(
    c: Address,
    a: Address,
    packed: Address,
    M: number,
    N: number,
    K: number,
    options: GemmOptions = {},
  ): void {
    const { lda = K, ldc = N } = options;
    const [from, fs] = start(c, ldc, options);
    this.#kernels.gemmPacked(this.#to(c), at(ldc), from, fs, at(a), at(lda), at(packed), M, N, K, SCRATCH);
  }

  unary(op: UnaryOp, y: Address, x: Address, n: number): void {
    this.#kernels.unary(UNARY_OPS.indexOf(op), this.#to(y), at(x), n);
  }

  unaryBackward(op: UnaryOp, dx: Address, dy: Address, x: Address, y: Address, n: number): void {
    this.#kernels.unaryBackward(UNARY_OPS.indexOf(op), this.#to(dx), at(dy), at(x), at(y), n);
  }

  binary(op: BinaryOp, c: Address, a: Address, b: Address, n: number): void {
    this.#kernels.binary(BINARY_OPS.indexOf(op), this.#to(c), at(a), at(b), n);
  }

  binaryBackward(op: BinaryOp, da: Address, db: Address, dc: Address, a: Address, b: Address, n: number): void {
    this.#kernels.binaryBackward(BINARY_OPS.indexOf(op), this.#to(da), this.#to(db), at(dc), at(a), at(b), n);
  }

  affine(y: Address, x: Address, n: number, alpha: number, beta: number): void {
    this.#kernels.affine(this.#to(y), at(x), n, alpha, beta);
  }

  axpy(y: Address, x: Address, n: number, alpha: number): void {
    this.#kernels.axpy(this.#to(y), at(x), n, alpha);
  }

  clamp(y: Address, x: Address, n: number, low: number, high: number): void {
    this.#kernels.clamp(this.#to(y), at(x), n, low, high);
  }

  expand(y: Address, x: Address, outer: number, count: number, inner: number, accumulate = false): void {
    this.#kernels.expand(this.#to(y), at(x), outer, count, inner, accumulate);
  }

  reduce(y: Address, x: Address, outer: number, count: number, inner: number, descending = false): void {
    this.#kernels.reduce(this.#to(y), at(x), outer, count, inner, inner, descending);
  }

  copyBlock(y: Address, ldy: number, x: Address, ldx: number, rows: number, columns: number, accumulate = false): void {
    this.#kernels.copyBlock(this.#to(y), ldy, at(x), ldx, rows, columns, accumulate);
  }

  sum(x: Address, n: number): number {
    return this.#kernels.sum(at(x), n);
  }

  sumSquares(x: Address, n: number): number {
    return this.#kernels.sumSquares(at(x), n);
  }

  toTimeMajor(y: Address, x: Address, lengths: Address, B: number, T: number, D: number, accumulate = false): void {
    this.#kernels.toTimeMajor(this.#to(y), at(x), at(lengths), B, T, D, 0, B, accumulate);
  }

  toBatchFirst(y: Address, x: Address, lengths: Address, B: number, T: number, D: number, accumulate = false): void {
    this.#kernels.toBatchFirst(this.#to(y), at(x), at(lengths), B, T, D, 0, B, accumulate);
  }

  takeLast(y: Address, states: Address, lengths: Address, B: number, T: number, H: number): void {
    this.#kernels.takeLast(this.#to(y), at(states), at(lengths), B, T, H);
  }

  takeLastBackward(dstates: Address, dy: Address, lengths: Address, B: number, T: number, H: number): void {
    this.#kernels.takeLastBackward(this.#to(dstates), at(dy), at(lengths), B, T, H);
  }

  selectRows(y: Address, a: Address, c: Address, lengths: Address, t: number, B: number, H: number): void {
    this.#kernels.selectRows(this.#to(y), at(a), at(c), at(lengths), t, B, H);
  }

  selectRowsBackward(da: Address, dc: Address, dy: Address, lengths: Address, t: number, B: number, H: number): void {
    this.#kernels.selectRowsBackward(this.#to(da), this.#to(dc), at(dy), at(lengths), t, B, H);
  }

  gatherRows(y: Address, table: Address, indices: Address, rows: number, D: number): void {
    this.#kernels.gatherRows(this.#to(y), at(table), at(indices), rows, D);
  }

  scatterAddRows(dtable: Address, dy: Address, indices: Address, rows: number, D: number): void {
    this.#kernels.scatterAddRows(this.#to(dtable), at(dy), at(indices), rows, D);
  }

  softmax(y: Address, x: Address, rows: number, K: number): void {
    this.#kernels.softmax(this.#to(y), at(x), rows, K);
  }

  softmaxBackward(dx: Address, dy: Address, y: Address, rows: number, K: number): void {
    this.#kernels.softmaxBackward(this.#to(dx), at(dy), at(y), rows, K);
  }

  crossEntropy(loss: Address, probabilities: Address, x: Address, targets: Address, rows: number, K: number): void {
    this.#kernels.crossEntropy(this.#to(loss), this.#to(probabilities), at(x), at(targets), rows, K);
  }

  crossEntropyBackward(
    dx: Address,
    dloss: Address,
    probabilities: Address,
    targets: Address,
    rows: number,
    K: number,
  ): void {
    this.#kernels.crossEntropyBackward(this.#to(dx), at(dloss), at(probabilities), at(targets), rows, K);
  }

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
  ): void {
    this.#kernels.layerNorm(this.#to(y), this.#to(mean), this.#to(rstd), at(x), at(gain), at(bias), rows, D, epsilon);
  }

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
  ): void {
    this.#kernels.layerNormBackward(
      this.#to(dx),
      this.#to(dgain),
      this.#to(dbias),
      at(dy),
      at(x),
      at(gain),
      at(mean),
      at(rstd),
      rows,
      D,
    );
  }

  dropout(y: Address, x: Address, n: number, p: number, key: DropoutKey, accumulate = false): void {
    const threshold = dropoutThreshold(p);
    this.#kernels.dropout(this.#to(y), at(x), n, key.key0, key.key1, key.counter, threshold, 1 - p, accumulate);
  }

  rnnForward(p: RnnForward): void {
    this.#kernels.rnnForward(
      this.#to(p.gates),
      this.#to(p.hidden),
      at(p.w),
      at(p.lengths),
      p.T,
      p.B,
      p.H,
      0,
      p.B,
      p.activation === 'relu',
      at(p.leak ?? NONE),
      at(p.skip?.w ?? NONE),
      p.skip?.delay ?? 0,
      SCRATCH,
    );
  }

  rnnBackward(p: RnnBackward): void {
    this.#kernels.rnnBackward(
      this.#to(p.dgates),
      this.#to(p.dhidden),
      at(p.hidden),
      at(p.w),
      at(p.lengths),
      p.T,
      p.B,
      p.H,
      0,
      p.B,
      p.activation === 'relu',
      at(p.leak ?? NONE),
      at(p.gates ?? NONE),
      this.#to(p.dleak ?? NONE),
      at(p.skip?.w ?? NONE),
      p.skip?.delay ?? 0,
      SCRATCH,
    );
  }

  lstmForward(p: LstmForward): void {
    this.#kernels.lstmForward(
      this.#to(p.gates),
      this.#to(p.hidden),
      this.#to(p.cells),
      at(p.w),
      at(p.lengths),
      p.T,
      p.B,
      p.H,
      0,
      p.B,
      at(p.skip?.w ?? NONE),
      p.skip?.delay ?? 0,
      SCRATCH,
    );
  }

  lstmBackward(p: LstmBackward): void {
    this.#kernels.lstmBackward(
      this.#to(p.dgates),
      this.#to(p.dhidden),
      this.#to(p.dcell),
      at(p.gates),
      at(p.cells),
      at(p.w),
      at(p.lengths),
      p.T,
      p.B,
      p.H,
      0,
      p.B,
      at(p.skip?.w ?? NONE),
      p.skip?.delay ?? 0,
      SCRATCH,
    );
  }

  gruForward(p: GruForward): void {
    this.#kernels.gruForward(
      this.#to(p.gates),
      this.#to(p.hidden),
      this.#to(p.candidate),
      at(p.wrz),
      at(p.wn),
      at(p.bias),
      at(p.lengths),
      p.T,
      p.B,
      p.H,
      0,
      p.B,
      p.reset === 'after',
      at(p.skip?.wrz ?? NONE),
      at(p.skip?.wn ?? NONE),
      p.skip?.delay ?? 0,
      SCRATCH,
    );
  }

  gruBackward(p: GruBackward): void {
    this.#kernels.gruBackward(
      this.#to(p.dgates),
      this.#to(p.dcandidate),
      this.#to(p.dhidden),
      at(p.gates),
      at(p.candidate),
      at(p.hidden),
      at(p.wrz),
      at(p.wn),
      at(p.lengths),
      p.T,
      p.B,
      p.H,
      0,
      p.B,
      p.reset === 'after',
      at(p.skip?.wrz ?? NONE),
      at(p.skip?.wn ?? NONE),
      p.skip?.delay ?? 0,
      SCRATCH,
    );
  }

  adam(w: Address, dw: Address, m: Address, v: Address, n: number, s: AdamStep): void {
    this.#kernels.adam(
      this.#to(w),
      at(dw),
      this.#to(m),
      this.#to(v),
      n,
      s.scale,
      s.rate,
      s.beta1,
      1 - s.beta1,
      s.beta2,
      1 - s.beta2,
      s.epsilon,
      1 - s.decay,
      s.l2,
      s.correction1,
      s.correction2,
    );
  }

  sgd(w: Address, dw: Address, velocity: Address, n: number, s: SgdStep): void {
    this.#kernels.sgd(this.#to(w), at(dw), this.#to(velocity), n, s.scale, s.rate, s.momentum, s.nesterov, s.l2);
  }

  rmsprop(w: Address, dw: Address, square: Address, velocity: Address, n: number, s: RmspropStep): void {
    this.#kernels.rmsprop(
      this.#to(w),
      at(dw),
      this.#to(square),
      this.#to(velocity),
      n,
      s.scale,
      s.rate,
      s.alpha,
      1 - s.alpha,
      s.epsilon,
      s.momentum,
      s.l2,
    );
  }
}
