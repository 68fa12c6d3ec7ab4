import type { Kernels } from '../kernels.ts';
import {
  gruRowBackward,
  gruRowForward,
  lstmRowBackward,
  lstmRowForward,
  rnnRowBackward,
  rnnRowForward,
  type SingleRow,
} from './single-row.ts';
import { NO_ARRAY, partsFor, type Splitter, TIME } from './splitter.ts';

/** Batch rows of a part of a time loop, if a thread gets several: below, reading the weights again costs more than it saves. */
const BATCH_ROWS = 32;
/** Fewer rows than these are not worth a thread: a tile reads the weights once for all of its rows. */
const LEAST_BATCH_ROWS = 4;
/** Threads that share the steps of a single row: a job has two products of a GRU for each. */
const MOST_SHARERS = 15;
/** Units of a single row that fit into the scratch. */
const MOST_UNITS = 65_536;

/**
 * Time loops by rows of the batch, and those of a single row by gate rows.
 *
 * @param lengths reads the index array at a byte address
 */
export function splitSequences(
  { kernels, pool }: Splitter,
  lengths: (address: number, n: number) => Int32Array,
): Partial<Kernels> {
  /** Splits the batch rows of a time loop so that every thread gets as many steps; `perStep` milliseconds for a row's step. */
  function splitBatch(
    B: number,
    T: number,
    at: number,
    perStep: number,
    part: (kernels: Kernels, b0: number, b1: number) => void,
  ): void {
    const most = Math.floor(B / LEAST_BATCH_ROWS);
    const rows = most < 2 || at === NO_ARRAY ? undefined : lengths(at, B);
    const total = rows ? rows.reduce((sum, length) => sum + length, 0) : B * T;
    const threads = most < 2 ? 1 : Math.min(most, pool.threadsFor(total * perStep));
    if (threads === 1) {
      part(kernels, 0, B);
      return;
    }
    const parts = partsFor(threads, B / BATCH_ROWS);
    let [b0, done, cut] = [0, 0, 1];
    for (let b = 0; b < B; b++) {
      done += rows?.[b] ?? T;
      if (b === B - 1 || (done * parts >= total * cut && cut < parts)) {
        part(pool.job, b0, b + 1);
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
    const threads = pool.threadsFor(2 * time, T * time);
    return threads === 1 ? undefined : { kernels, pool, threads: Math.min(threads, MOST_SHARERS), scratch };
  }

  return {
    rnnForward(gates, hidden, w, at, T, B, H, _b0, _b1, relu, leak, ws, d, scratch) {
      const row =
        w !== NO_ARRAY && ws === NO_ARRAY && leak === NO_ARRAY ? sharedSteps(B, T, at, 1, H, scratch) : undefined;
      if (row) {
        rnnRowForward(row, gates, hidden, w, T, H, relu);
        return;
      }
      const perStep = H * H * TIME.product * products(w, ws) + H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.rnnForward(gates, hidden, w, at, T, B, H, b0, b1, relu, leak, ws, d, scratch),
      );
    },
    rnnBackward(dgates, dhidden, hidden, w, at, T, B, H, _b0, _b1, relu, leak, gates, dleak, ws, d, scratch) {
      const row = ws === NO_ARRAY && leak === NO_ARRAY ? sharedSteps(B, T, at, 1, H, scratch) : undefined;
      if (row) {
        rnnRowBackward(row, dgates, dhidden, hidden, w, T, H, relu);
        return;
      }
      const perStep = H * H * TIME.product * products(w, ws) + H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.rnnBackward(
          ...([dgates, dhidden, hidden, w, at, T, B, H, b0, b1, relu, leak, gates, dleak, ws, d, scratch] as const),
        ),
      );
    },
    lstmForward(gates, hidden, cells, w, at, T, B, H, _b0, _b1, ws, d, scratch) {
      const row = w !== NO_ARRAY && ws === NO_ARRAY ? sharedSteps(B, T, at, 4, H, scratch) : undefined;
      if (row) {
        lstmRowForward(row, gates, hidden, cells, w, T, H);
        return;
      }
      const perStep = 4 * H * H * TIME.product * products(w, ws) + 4 * H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.lstmForward(gates, hidden, cells, w, at, T, B, H, b0, b1, ws, d, scratch),
      );
    },
    lstmBackward(dgates, dhidden, dcell, gates, cells, w, at, T, B, H, _b0, _b1, ws, d, scratch) {
      const row = ws === NO_ARRAY ? sharedSteps(B, T, at, 4, H, scratch) : undefined;
      if (row) {
        lstmRowBackward(row, dgates, dhidden, dcell, gates, cells, w, T, H);
        return;
      }
      const perStep = 4 * H * H * TIME.product * products(w, ws) + 4 * H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.lstmBackward(dgates, dhidden, dcell, gates, cells, w, at, T, B, H, b0, b1, ws, d, scratch),
      );
    },
    gruForward(gates, hidden, candidate, wrz, wn, bias, at, T, B, H, _b0, _b1, resetAfter, wsrz, wsn, d, scratch) {
      const row =
        wrz !== NO_ARRAY && wsrz === NO_ARRAY && resetAfter ? sharedSteps(B, T, at, 3, H, scratch) : undefined;
      if (row) {
        gruRowForward(row, gates, hidden, candidate, { wrz, wn, bias }, T, H);
        return;
      }
      const perStep = 3 * H * H * TIME.product * products(wrz, wsrz) + 3 * H * TIME.exp;
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
      const row = wsrz === NO_ARRAY && resetAfter ? sharedSteps(B, T, at, 3, H, scratch) : undefined;
      if (row) {
        gruRowBackward(row, { dgates, dcandidate, dhidden }, { gates, candidate, hidden }, { wrz, wn }, T, H);
        return;
      }
      const perStep = 3 * H * H * TIME.product * products(wrz, wsrz) + 3 * H * TIME.exp;
      splitBatch(B, T, at, perStep, (k, b0, b1) =>
        k.gruBackward(
          ...([dgates, dcandidate, dhidden, gates, candidate, hidden, wrz, wn, at, T, B, H] as const),
          ...([b0, b1, resetAfter, wsrz, wsn, d, scratch] as const),
        ),
      );
    },
  };
}

/** Recurrent products of a step, as multiples of one: a skip connection has its own. */
function products(...weights: number[]): number {
  return weights.filter((w) => w !== NO_ARRAY).length;
}
