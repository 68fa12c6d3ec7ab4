import { dropoutMask } from '../random.ts';
import { Arena } from './arena.ts';
import type {
  Address,
  BinaryOp,
  DropoutKey,
  Engine,
  GemmOptions,
  GruBackward,
  GruForward,
  LstmBackward,
  LstmForward,
  RnnBackward,
  RnnForward,
  UnaryOp,
} from './engine.ts';
import { NONE, oneThread } from './engine.ts';
import { binaryRules, stillThere, unaryRules } from './reference-elementwise.ts';
import { adam, rmsprop, sgd } from './reference-optimizers.ts';
import { gruBackward, gruForward, lstmBackward, lstmForward, rnnBackward, rnnForward } from './reference-recurrent.ts';
import {
  crossEntropy,
  crossEntropyBackward,
  layerNorm,
  layerNormBackward,
  softmax,
  softmaxBackward,
} from './reference-rows.ts';

/** As much as the other engines can have. */
const MOST_BYTES = 2 ** 32 - 2 ** 16;

/**
 * The contract in the plainest code: f64, one loop per formula, no blocking, no packing. Slow, obvious, and the oracle of
 * every other engine. Its 53 bits also make it the engine for finite differences.
 */
export class ReferenceEngine implements Engine {
  readonly name = 'reference';
  readonly slotBytes = 8;
  readonly arena: Arena;
  readonly threads = oneThread('the reference is the plainest code');
  #heap = new Float64Array(1 << 12);

  constructor(options: { memoryLimit?: number } = {}) {
    this.arena = new Arena(
      {
        slotBytes: 8,
        capacity: () => this.#heap.length,
        grow: (slots) => {
          try {
            const grown = new Float64Array(Math.max(slots, 2 * this.#heap.length));
            grown.set(this.#heap);
            this.#heap = grown;
            return true;
          } catch (error) {
            if (error instanceof RangeError) return false; // the host's "no"
            throw error;
          }
        },
      },
      16,
      options.memoryLimit ?? MOST_BYTES,
    );
  }

  [Symbol.dispose](): void {
    this.arena.end();
  }

  read(address: Address, n: number): Float64Array {
    return this.#heap.slice(address, address + n);
  }

  write(address: Address, values: ArrayLike<number>): void {
    this.#heap.set(values, address);
  }

  readIndices(address: Address, n: number): Int32Array {
    return Int32Array.from(this.#heap.subarray(address, address + n));
  }

  writeIndices(address: Address, values: ArrayLike<number>): void {
    this.#heap.set(values, address);
  }

  fill(y: Address, n: number, value: number): void {
    this.#heap.fill(value, y, y + n);
  }

  copy(y: Address, x: Address, n: number): void {
    this.#heap.copyWithin(y, x, x + n);
  }

  gemmNt(c: Address, a: Address, w: Address, M: number, N: number, K: number, o: GemmOptions = {}): void {
    const { lda = K, ldw = K } = o;
    this.#product(c, M, N, K, o, (m, n, k) => this.#heap[a + m * lda + k] * this.#heap[w + n * ldw + k]);
  }

  gemmNn(c: Address, a: Address, w: Address, M: number, N: number, K: number, o: GemmOptions = {}): void {
    const { lda = K, ldw = N } = o;
    this.#product(c, M, N, K, o, (m, n, k) => this.#heap[a + m * lda + k] * this.#heap[w + k * ldw + n]);
  }

  gemmTn(c: Address, a: Address, w: Address, M: number, N: number, K: number, o: GemmOptions = {}): void {
    const { lda = M, ldw = N } = o;
    this.#product(c, M, N, K, o, (m, n, k) => {
      const back = K - 1 - k;
      return this.#heap[a + back * lda + m] * this.#heap[w + back * ldw + n];
    });
  }

  #product(
    c: Address,
    M: number,
    N: number,
    K: number,
    o: GemmOptions,
    term: (m: number, n: number, k: number) => number,
  ): void {
    const { ldc = N, accumulate = true, bias } = o;
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) {
        let sum = bias !== undefined ? this.#heap[bias + n] : accumulate ? this.#heap[c + m * ldc + n] : 0;
        for (let k = 0; k < K; k++) sum += term(m, n, k);
        this.#heap[c + m * ldc + n] = sum;
      }
    }
  }

  packedSize(N: number, K: number): number {
    return N * K;
  }

  pack(packed: Address, w: Address, N: number, K: number, transposed = false): void {
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++)
        this.#heap[packed + n * K + k] = this.#heap[transposed ? w + k * N + n : w + n * K + k];
    }
  }

  gemmPacked(c: Address, a: Address, packed: Address, M: number, N: number, K: number, o: GemmOptions = {}): void {
    this.gemmNt(c, a, packed, M, N, K, o);
  }

  unary(op: UnaryOp, y: Address, x: Address, n: number): void {
    const { value } = unaryRules[op];
    for (let i = 0; i < n; i++) this.#heap[y + i] = value(this.#heap[x + i]);
  }

  unaryBackward(op: UnaryOp, dx: Address, dy: Address, x: Address, y: Address, n: number): void {
    const { slope } = unaryRules[op];
    const h = this.#heap;
    for (let i = 0; i < n; i++) h[dx + i] += stillThere(h[dy + i]) * slope(h[x + i], h[y + i]);
  }

  binary(op: BinaryOp, c: Address, a: Address, b: Address, n: number): void {
    const { value } = binaryRules[op];
    for (let i = 0; i < n; i++) this.#heap[c + i] = value(this.#heap[a + i], this.#heap[b + i]);
  }

  binaryBackward(op: BinaryOp, da: Address, db: Address, dc: Address, a: Address, b: Address, n: number): void {
    const { slopeA, slopeB } = binaryRules[op];
    const h = this.#heap;
    for (let i = 0; i < n; i++) {
      const ga = stillThere(h[dc + i]) * slopeA(h[a + i], h[b + i]);
      const gb = stillThere(h[dc + i]) * slopeB(h[a + i], h[b + i]);
      if (da !== NONE) h[da + i] += ga;
      if (db !== NONE) h[db + i] += gb;
    }
  }

  affine(y: Address, x: Address, n: number, alpha: number, beta: number): void {
    for (let i = 0; i < n; i++) this.#heap[y + i] = alpha * this.#heap[x + i] + beta;
  }

  axpy(y: Address, x: Address, n: number, alpha: number): void {
    for (let i = 0; i < n; i++) this.#heap[y + i] += alpha * this.#heap[x + i];
  }

  clamp(y: Address, x: Address, n: number, low: number, high: number): void {
    for (let i = 0; i < n; i++) this.#heap[y + i] = Math.min(Math.max(this.#heap[x + i], low), high);
  }

  expand(y: Address, x: Address, outer: number, count: number, inner: number, accumulate = false): void {
    this.#each(outer, count, inner, (from, to) => {
      this.#heap[y + to] = (accumulate ? this.#heap[y + to] : 0) + this.#heap[x + from];
    });
  }

  reduce(y: Address, x: Address, outer: number, count: number, inner: number, descending = false): void {
    this.#each(
      outer,
      count,
      inner,
      (to, from) => {
        this.#heap[y + to] += this.#heap[x + from];
      },
      descending,
    );
  }

  /** Visits `(o·inner + i, (o·count + c)·inner + i)` with c in the asked order. */
  #each(
    outer: number,
    count: number,
    inner: number,
    visit: (short: number, long: number) => void,
    descending = false,
  ): void {
    for (let o = 0; o < outer; o++) {
      for (let step = 0; step < count; step++) {
        const c = descending ? count - 1 - step : step;
        for (let i = 0; i < inner; i++) visit(o * inner + i, (o * count + c) * inner + i);
      }
    }
  }

  copyBlock(y: Address, ldy: number, x: Address, ldx: number, rows: number, columns: number, accumulate = false): void {
    for (let r = 0; r < rows; r++) {
      for (let j = 0; j < columns; j++) {
        this.#heap[y + r * ldy + j] = (accumulate ? this.#heap[y + r * ldy + j] : 0) + this.#heap[x + r * ldx + j];
      }
    }
  }

  sum(x: Address, n: number): number {
    return this.#eightLanes(n, (i) => this.#heap[x + i]);
  }

  sumSquares(x: Address, n: number): number {
    return this.#eightLanes(n, (i) => this.#heap[x + i] * this.#heap[x + i]);
  }

  #eightLanes(n: number, term: (i: number) => number): number {
    const lane = new Float64Array(8);
    for (let i = 0; i < n; i++) lane[i % 8] += term(i);
    return lane[0] + lane[1] + (lane[2] + lane[3]) + (lane[4] + lane[5] + (lane[6] + lane[7]));
  }

  toTimeMajor(y: Address, x: Address, lengths: Address, B: number, T: number, D: number, accumulate = false): void {
    this.#transpose(lengths, B, T, D, (timeMajor, batchFirst, valid) => {
      if (valid) this.#heap[y + timeMajor] = (accumulate ? this.#heap[y + timeMajor] : 0) + this.#heap[x + batchFirst];
      else if (!accumulate) this.#heap[y + timeMajor] = 0;
    });
  }

  toBatchFirst(y: Address, x: Address, lengths: Address, B: number, T: number, D: number, accumulate = false): void {
    this.#transpose(lengths, B, T, D, (timeMajor, batchFirst, valid) => {
      if (valid) this.#heap[y + batchFirst] = (accumulate ? this.#heap[y + batchFirst] : 0) + this.#heap[x + timeMajor];
      else if (!accumulate) this.#heap[y + batchFirst] = 0;
    });
  }

  #transpose(
    lengths: Address,
    B: number,
    T: number,
    D: number,
    visit: (timeMajor: number, batchFirst: number, valid: boolean) => void,
  ): void {
    for (let b = 0; b < B; b++) {
      for (let t = 0; t < T; t++) {
        const valid = t < this.#length(lengths, b, T);
        for (let d = 0; d < D; d++) visit((t * B + b) * D + d, (b * T + t) * D + d, valid);
      }
    }
  }

  #length(lengths: Address, b: number, T: number): number {
    return lengths === NONE ? T : this.#heap[lengths + b];
  }

  takeLast(y: Address, states: Address, lengths: Address, B: number, T: number, H: number): void {
    for (let b = 0; b < B; b++) this.copy(y + b * H, states + (this.#length(lengths, b, T) * B + b) * H, H);
  }

  takeLastBackward(dstates: Address, dy: Address, lengths: Address, B: number, T: number, H: number): void {
    for (let b = 0; b < B; b++) this.axpy(dstates + (this.#length(lengths, b, T) * B + b) * H, dy + b * H, H, 1);
  }

  selectRows(y: Address, a: Address, c: Address, lengths: Address, t: number, B: number, H: number): void {
    for (let b = 0; b < B; b++) this.copy(y + b * H, (t < this.#length(lengths, b, t + 1) ? a : c) + b * H, H);
  }

  selectRowsBackward(da: Address, dc: Address, dy: Address, lengths: Address, t: number, B: number, H: number): void {
    for (let b = 0; b < B; b++) {
      const target = t < this.#length(lengths, b, t + 1) ? da : dc;
      if (target !== NONE) this.axpy(target + b * H, dy + b * H, H, 1);
    }
  }

  gatherRows(y: Address, table: Address, indices: Address, rows: number, D: number): void {
    for (let r = 0; r < rows; r++) this.copy(y + r * D, table + this.#heap[indices + r] * D, D);
  }

  scatterAddRows(dtable: Address, dy: Address, indices: Address, rows: number, D: number): void {
    for (let r = rows - 1; r >= 0; r--) this.axpy(dtable + this.#heap[indices + r] * D, dy + r * D, D, 1);
  }

  softmax(...p: Parameters<Engine['softmax']>): void {
    softmax(this.#heap, ...p);
  }
  softmaxBackward(...p: Parameters<Engine['softmaxBackward']>): void {
    softmaxBackward(this.#heap, ...p);
  }
  crossEntropy(...p: Parameters<Engine['crossEntropy']>): void {
    crossEntropy(this.#heap, ...p);
  }
  crossEntropyBackward(...p: Parameters<Engine['crossEntropyBackward']>): void {
    crossEntropyBackward(this.#heap, ...p);
  }
  layerNorm(...p: Parameters<Engine['layerNorm']>): void {
    layerNorm(this.#heap, ...p);
  }
  layerNormBackward(...p: Parameters<Engine['layerNormBackward']>): void {
    layerNormBackward(this.#heap, ...p);
  }

  dropout(y: Address, x: Address, n: number, p: number, key: DropoutKey, accumulate = false): void {
    const keep = dropoutMask([key.key0, key.key1], key.counter, p, new Uint8Array(n));
    for (let i = 0; i < n; i++) {
      this.#heap[y + i] = (accumulate ? this.#heap[y + i] : 0) + (keep[i] ? this.#heap[x + i] / (1 - p) : 0);
    }
  }

  rnnForward(p: RnnForward): void {
    rnnForward(this.#heap, p);
  }
  rnnBackward(p: RnnBackward): void {
    rnnBackward(this.#heap, p);
  }
  lstmForward(p: LstmForward): void {
    lstmForward(this.#heap, p);
  }
  lstmBackward(p: LstmBackward): void {
    lstmBackward(this.#heap, p);
  }
  gruForward(p: GruForward): void {
    gruForward(this.#heap, p);
  }
  gruBackward(p: GruBackward): void {
    gruBackward(this.#heap, p);
  }

  adam(...p: Parameters<Engine['adam']>): void {
    adam(this.#heap, ...p);
  }
  sgd(...p: Parameters<Engine['sgd']>): void {
    sgd(this.#heap, ...p);
  }
  rmsprop(...p: Parameters<Engine['rmsprop']>): void {
    rmsprop(this.#heap, ...p);
  }
}
