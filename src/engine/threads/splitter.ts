import { NONE } from '../engine.ts';
import type { Kernels } from '../kernels.ts';
import type { Pool } from './pool.ts';
import { MAX_CALLS } from './protocol.ts';

/** {@link NONE} as a byte address. */
export const NO_ARRAY = NONE << 2;

/** Milliseconds of one thread on a processor of 2023, roughly: they only decide what is worth a split. */
export const TIME = {
  /** A multiplication and an addition of a product. */
  product: 2e-8,
  /** A weight of a product that is read for few rows. */
  weight: 1e-7,
  /** A number that is read, changed a little and written. */
  number: 1.5e-7,
  /** A number that goes through exp, tanh or log. */
  exp: 1e-6,
};

/** What work is cut into: numbers of whole lines of memory, columns of a product of whole panels, its rows by whole vectors. */
export const LINE = 16;
export const COLUMNS = 32;
export const ROWS = 4;

/**
 * A thread gets up to so many parts, of at least so many milliseconds each: when its processor is taken away for a while, others do
 * what it has not begun.
 */
const PARTS_PER_THREAD = 4;
const PART = 0.2;

/** Runs work on 0 … n, as a whole or in parts. */
export interface Splitter {
  readonly kernels: Kernels;
  readonly pool: Pool;
  /**
   * Splits 0 … n at multiples of `unit`, where work of so many milliseconds is worth it. `part` adds the call for the stretch
   * from … from + count to the job it is given; a call that is not split is one part of the plain kernels. A thread gets several
   * parts where they are no smaller than `least`.
   */
  split(
    n: number,
    unit: number,
    milliseconds: number,
    part: (kernels: Kernels, from: number, count: number) => void,
    least?: number,
  ): void;
}

export function splitter(kernels: Kernels, pool: Pool): Splitter {
  return {
    kernels,
    pool,
    split(n, unit, milliseconds, part, least = 1) {
      const units = Math.ceil(n / unit);
      const threads = units < 2 ? 1 : pool.threadsFor(milliseconds);
      if (threads === 1) {
        part(kernels, 0, n);
        return;
      }
      const parts = Math.min(units, partsFor(threads, Math.min(milliseconds / PART, n / least)));
      let from = 0;
      for (let i = 1; i <= parts; i++) {
        const to = Math.min(n, Math.floor((i * units) / parts) * unit);
        part(pool.job, from, to - from);
        from = to;
      }
      pool.run();
    },
  };
}

/** How many parts so many threads get, of which up to `worthwhile` would be large enough; a part for each at least. */
export function partsFor(threads: number, worthwhile: number): number {
  const perThread = Math.max(1, Math.min(PARTS_PER_THREAD, Math.floor(worthwhile / threads)));
  return Math.min(MAX_CALLS, threads * perThread);
}

/** Address of number `i` of an array that may be missing. */
export function behind(address: number, i: number): number {
  return address === NO_ARRAY ? NO_ARRAY : address + 4 * i;
}
