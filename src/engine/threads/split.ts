import { NONE } from '../engine.ts';
import type { Kernels } from '../kernels.ts';
import type { Pool } from './pool.ts';
import { gruRowForward, lstmRowForward, rnnRowForward, type SingleRow } from './single-row.ts';

/** {@link NONE} as a byte address. */
const NO_ARRAY = NONE << 2;

/** Milliseconds of one thread on a processor of 2023, roughly: they only decide what is worth a split. */
const TIME = {
  /** A multiplication and an addition of a product. */
  product: 2e-8,
  /** A weight of a product that is read for few rows. */
  weight: 1e-7,
  /** A number that is read, changed a little and written. */
  number: 1.5e-7,
  /** A number that goes through exp, tanh or log. */
  exp: 2e-6,
};

/** What work is cut into: numbers of whole lines of memory, columns of a product of whole panels, its rows of few odd tiles. */
const LINE = 16;
const COLUMNS = 32;
const ROWS = 12;
/** Rows or columns of a product per part, if a thread gets several: every part lays out the other matrix again. */
const LEAST_OF_PRODUCT = 160;

/** Threads that share a step: a job has two products of a GRU for each. */
const MOST_SHARERS = 15;
/** Units that fit into the scratch. */
const MOST_UNITS = 65_536;
/**
 * A thread gets up to so many parts, of at least so many milliseconds each: when its processor is taken away for a while, others do
 * what it has not begun.
 */
const PARTS_PER_THREAD = 4;
const PART = 0.2;
/** Batch rows of a part of a time loop, if a thread gets several: below, reading the weights again costs more than it saves. */
const BATCH_ROWS = 16;
/** Fewer rows than these are not worth a thread: a tile reads the weights once for all of its rows. */
const LEAST_BATCH_ROWS = 4;

/**
 * The kernels, with every call that is large enough split among the threads of a pool: batch rows of a time loop, rows or columns of
 * a product, rows or stretches of other arrays. Each number is computed whole by one thread, in the contract's order of
 * additions, so the count of threads never shows in a result. Sums over everything (`sum`, `sumSquares`, sums over an axis, added rows
 * of a table) stay on the calling thread.
 *
 * @param lengths reads the index array at a byte address
 */
export function threadedKernels(
  kernels: Kernels,
  pool: Pool,
  lengths: (address: number, n: number) => Int32Array,
): Kernels {
  const { job } = pool;

  /**
   * Splits 0 … n at multiples of `unit`, where work of so many milliseconds is worth it. `part` adds the call for the stretch
   * from … from + count to the job it is given; a call that is not split is one part of the plain kernels. A thread gets several
   * parts where they are no smaller than `least`.
   */
  function split(
    n: number,
    unit: number,
    milliseconds: number,
    part: (kernels: Kernels, from: number, count: number) => void,
    least = 1,
  ): void {
    const units = Math.ceil(n / unit);
    const threads = units < 2 ? 1 : pool.threadsFor(milliseconds);
    if (threads === 1) {
      part(kernels, 0, n);
      return;
    }
    const perThread = between(1, Math.min(milliseconds / PART, n / least) / threads, PARTS_PER_THREAD);
    const size = Math.ceil(units / Math.min(units, threads * perThread)) * unit;
    for (let from = 0; from < n; from += size) part(job, from, Math.min(size, n - from));
    pool.run();
  }

  /** Splits the batch rows of a time loop so that every thread gets as many steps; `perStep` milliseconds for a row's step. */
  function splitBatch(
    B: number,
    T: number,
    at: number,
    perStep: number,
    part: (kernels: Kernels, b0: number, b1: number) => void,
  ): void {
    const steps = at === NO_ARRAY ? new Int32Array(B).fill(T) : lengths(at, B);
    const total = steps.reduce((sum, length) => sum + length, 0);
    const most = Math.floor(B / LEAST_BATCH_ROWS);
    const threads = most < 2 ? 1 : Math.min(most, pool.threadsFor(total * perStep));
    if (threads === 1) {
      part(kernels, 0, B);
      return;
    }
    const parts = threads * between(1, B / threads / BATCH_ROWS, PARTS_PER_THREAD);
    let [b0, done, cut] = [0, 0, 1];
    for (let b = 0; b < B; b++) {
      done += steps[b];
      if (b === B - 1 || (done * parts >= total * cut && cut < parts)) {
        part(job, b0, b + 1);
        b0 = b + 1;
        cut++;
      }
    }
    pool.run();
  }

  /**
   * How to share the steps of a time loop whose batch is one row, all T long; undefined where that is not worth it or there are more
   * rows. `rows`: gate rows per unit. H numbers have to fit into the scratch.
   */
  function sharedSteps(
    B: number,
    T: number,
    at: number,
    rows: number,
    H: number,
    scratch: number,
  ): SingleRow | undefined {
    if (B !== 1 || H > MOST_UNITS || (at !== NO_ARRAY && lengths(at, 1)[0] !== T)) return undefined;
    const time = rows * H * H * (TIME.product + TIME.weight);
    // From half of what other calls need: by then the weights no longer fit one thread's cache, and the next job follows at once.
    const threads = pool.threadsFor(2 * time);
    return threads === 1 ? undefined : { kernels, pool, threads: Math.min(threads, MOST_SHARERS), scratch };
  }

  return {
    ...kernels,

    gemm(c, cs, from, fs, a, ar, ak, w, wk, wn, M, N, K, scratch) {
      const time = (M * TIME.product + TIME.weight) * N * K;
      const rows = (k: Kernels, m: number, some: number) =>
        k.gemm(c + m * cs, cs, from + m * fs, fs, a + m * ar, ar, ak, w, wk, wn, some, N, K, scratch);
      const columns = (k: Kernels, n: number, some: number) =>
        k.gemm(c + 4 * n, cs, behind(from, n), fs, a, ar, ak, w + n * wn, wk, wn, M, some, K, scratch);
      if (M >= N) split(M, ROWS, time, rows, LEAST_OF_PRODUCT);
      else split(N, COLUMNS, time, columns, LEAST_OF_PRODUCT);
    },
    gemmPacked(c, cs, from, fs, a, as, packed, M, N, K, scratch) {
      const time = (M * TIME.product + TIME.weight) * N * K;
      const rows = (k: Kernels, m: number, some: number) =>
        k.gemmPacked(c + m * cs, cs, from + m * fs, fs, a + m * as, as, packed, some, N, K, scratch);
      // A panel holds its columns for all k, one panel after the other.
      const columns = (k: Kernels, n: number, some: number) =>
        k.gemmPacked(c + 4 * n, cs, behind(from, n), fs, a, as, packed + 4 * n * K, M, some, K, scratch);
      if (M >= N) split(M, ROWS, time, rows, LEAST_OF_PRODUCT);
      else split(N, COLUMNS, time, columns, LEAST_OF_PRODUCT);
    },
    packPanels(p, w, wk, wn, N, K) {
      split(N, COLUMNS, N * K * TIME.number, (k, n, columns) =>
        k.packPanels(p + 4 * n * K, w + n * wn, wk, wn, columns, K),
      );
    },

    unary(op, y, x, n) {
      split(n, LINE, n * TIME.exp, (k, i, count) => k.unary(op, y + 4 * i, x + 4 * i, count));
    },
    unaryBackward(op, dx, dy, x, y, n) {
      split(n, LINE, n * TIME.number, (k, i, count) =>
        k.unaryBackward(op, dx + 4 * i, dy + 4 * i, x + 4 * i, y + 4 * i, count),
      );
    },
    binary(op, c, a, b, n) {
      split(n, LINE, n * TIME.number, (k, i, count) => k.binary(op, c + 4 * i, a + 4 * i, b + 4 * i, count));
    },
    binaryBackward(op, da, db, dc, a, b, n) {
      split(n, LINE, n * TIME.number, (k, i, count) =>
        k.binaryBackward(op, behind(da, i), behind(db, i), dc + 4 * i, a + 4 * i, b + 4 * i, count),
      );
    },
    affine(y, x, n, alpha, beta) {
      split(n, LINE, n * TIME.number, (k, i, count) => k.affine(y + 4 * i, x + 4 * i, count, alpha, beta));
    },
    axpy(y, x, n, alpha) {
      split(n, LINE, n * TIME.number, (k, i, count) => k.axpy(y + 4 * i, x + 4 * i, count, alpha));
    },
    clamp(y, x, n, low, high) {
      split(n, LINE, n * TIME.number, (k, i, count) => k.clamp(y + 4 * i, x + 4 * i, count, low, high));
    },

    expand(y, x, outer, count, inner, accumulate) {
      const time = outer * count * inner * TIME.number;
      if (outer === 1) {
        const unit = Math.ceil(LINE / inner);
        split(count, unit, time, (k, c, some) => k.expand(y + 4 * c * inner, x, 1, some, inner, accumulate));
      } else {
        split(outer, 1, time, (k, o, some) =>
          k.expand(y + 4 * o * count * inner, x + 4 * o * inner, some, count, inner, accumulate),
        );
      }
    },
    reduce(y, x, outer, count, inner, descending) {
      const time = outer * count * inner * TIME.number;
      if (outer === 1 && count > 1) {
        // Columns of the only block: its rows are added one by one to a row that stays where it is.
        const step = descending ? -inner : inner;
        const first = x + (descending ? 4 * (count - 1) * inner : 0);
        split(inner, LINE, time, (k, i, some) => {
          if (some === inner) k.reduce(y, x, 1, count, inner, descending);
          else k.copyBlock(y + 4 * i, 0, first + 4 * i, step, count, some, true);
        });
      } else {
        split(outer, 1, time, (k, o, some) =>
          k.reduce(y + 4 * o * inner, x + 4 * o * count * inner, some, count, inner, descending),
        );
      }
    },
    copyBlock(y, ldy, x, ldx, rows, columns, accumulate) {
      split(rows, 1, rows * columns * TIME.number, (k, r, some) =>
        k.copyBlock(y + 4 * r * ldy, ldy, x + 4 * r * ldx, ldx, some, columns, accumulate),
      );
    },

    gatherRows(y, table, indices, rows, D) {
      split(rows, LINE, rows * D * TIME.number, (k, r, some) =>
        k.gatherRows(y + 4 * r * D, table, indices + 4 * r, some, D),
      );
    },
    softmax(y, x, rows, K) {
      split(rows, 1, rows * K * TIME.exp, (k, r, some) => k.softmax(y + 4 * r * K, x + 4 * r * K, some, K));
    },
    softmaxBackward(dx, dy, y, rows, K) {
      split(rows, 1, rows * K * TIME.number, (k, r, some) =>
        k.softmaxBackward(dx + 4 * r * K, dy + 4 * r * K, y + 4 * r * K, some, K),
      );
    },
    crossEntropy(loss, probabilities, x, targets, rows, K) {
      split(rows, 1, rows * K * TIME.exp, (k, r, some) =>
        k.crossEntropy(loss + 4 * r, probabilities + 4 * r * K, x + 4 * r * K, targets + 4 * r, some, K),
      );
    },
    crossEntropyBackward(dx, dloss, probabilities, targets, rows, K) {
      split(rows, 1, rows * K * TIME.number, (k, r, some) =>
        k.crossEntropyBackward(dx + 4 * r * K, dloss + 4 * r, probabilities + 4 * r * K, targets + 4 * r, some, K),
      );
    },
    layerNorm(y, mean, rstd, x, gain, bias, rows, D, epsilon) {
      split(rows, 1, rows * D * TIME.exp, (k, r, some) =>
        k.layerNorm(y + 4 * r * D, mean + 4 * r, rstd + 4 * r, x + 4 * r * D, gain, bias, some, D, epsilon),
      );
    },

    rnnForward(gates, hidden, w, at, T, B, H, _b0, _b1, relu, leak, ws, d, scratch) {
      const row = ws === NO_ARRAY && leak === NO_ARRAY ? sharedSteps(B, T, at, 1, H, scratch) : undefined;
      if (row) {
        rnnRowForward(row, gates, hidden, w, T, H, relu);
        return;
      }
      const perStep = H * H * TIME.product * products(ws) + H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.rnnForward(gates, hidden, w, at, T, B, H, b0, b1, relu, leak, ws, d, scratch),
      );
    },
    rnnBackward(dgates, dhidden, hidden, w, at, T, B, H, _b0, _b1, relu, leak, gates, dleak, ws, d, scratch) {
      const perStep = H * H * TIME.product * products(ws) + H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.rnnBackward(
          ...([dgates, dhidden, hidden, w, at, T, B, H, b0, b1, relu, leak, gates, dleak, ws, d, scratch] as const),
        ),
      );
    },
    lstmForward(gates, hidden, cells, w, at, T, B, H, _b0, _b1, ws, d, scratch) {
      const row = ws === NO_ARRAY ? sharedSteps(B, T, at, 4, H, scratch) : undefined;
      if (row) {
        lstmRowForward(row, gates, hidden, cells, w, T, H);
        return;
      }
      const perStep = 4 * H * H * TIME.product * products(ws) + 4 * H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.lstmForward(gates, hidden, cells, w, at, T, B, H, b0, b1, ws, d, scratch),
      );
    },
    lstmBackward(dgates, dhidden, dcell, gates, cells, w, at, T, B, H, _b0, _b1, ws, d, scratch) {
      const perStep = 4 * H * H * TIME.product * products(ws) + 4 * H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.lstmBackward(dgates, dhidden, dcell, gates, cells, w, at, T, B, H, b0, b1, ws, d, scratch),
      );
    },
    gruForward(gates, hidden, candidate, wrz, wn, bias, at, T, B, H, _b0, _b1, resetAfter, wsrz, wsn, d, scratch) {
      const row = wsrz === NO_ARRAY && resetAfter ? sharedSteps(B, T, at, 3, H, scratch) : undefined;
      if (row) {
        gruRowForward(row, gates, hidden, candidate, { wrz, wn, bias }, T, H);
        return;
      }
      const perStep = 3 * H * H * TIME.product * products(wsrz) + 3 * H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.gruForward(
          ...([
            gates,
            hidden,
            candidate,
            wrz,
            wn,
            bias,
            at,
            T,
            B,
            H,
            b0,
            b1,
            resetAfter,
            wsrz,
            wsn,
            d,
            scratch,
          ] as const),
        ),
      );
    },
    gruBackward(
      ...[
        dgates,
        dcandidate,
        dhidden,
        gates,
        candidate,
        hidden,
        wrz,
        wn,
        at,
        T,
        B,
        H,
        ,
        ,
        resetAfter,
        wsrz,
        wsn,
        d,
        scratch,
      ]
    ) {
      const perStep = 3 * H * H * TIME.product * products(wsrz) + 3 * H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.gruBackward(
          ...([dgates, dcandidate, dhidden, gates, candidate, hidden, wrz, wn, at, T, B, H] as const),
          ...([b0, b1, resetAfter, wsrz, wsn, d, scratch] as const),
        ),
      );
    },

    adam(w, dw, m, v, n, ...step) {
      split(n, LINE, n * TIME.exp, (k, i, count) =>
        k.adam(w + 4 * i, dw + 4 * i, m + 4 * i, v + 4 * i, count, ...step),
      );
    },
    sgd(w, dw, velocity, n, ...step) {
      split(n, LINE, n * TIME.number, (k, i, count) =>
        k.sgd(w + 4 * i, dw + 4 * i, behind(velocity, i), count, ...step),
      );
    },
    rmsprop(w, dw, square, velocity, n, ...step) {
      split(n, LINE, n * TIME.exp, (k, i, count) =>
        k.rmsprop(w + 4 * i, dw + 4 * i, square + 4 * i, behind(velocity, i), count, ...step),
      );
    },
  };
}

/** The whole number at or below x, kept between two others. */
function between(low: number, x: number, high: number): number {
  return Math.min(high, Math.max(low, Math.floor(x)));
}

/** Address of number `i` of an array that may be missing. */
function behind(address: number, i: number): number {
  return address === NO_ARRAY ? NO_ARRAY : address + 4 * i;
}

/** Recurrent products of a step, as multiples of one: a skip connection doubles them. */
function products(skip: number): number {
  return skip === NO_ARRAY ? 1 : 2;
}
