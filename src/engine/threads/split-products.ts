import type { Kernels } from '../kernels.ts';
import { behind, COLUMNS, ROWS, type Splitter, TIME } from './splitter.ts';

/** Rows or columns of a product per part, if a thread gets several. */
const LEAST_OF_PACKED = 160;
/** The same where every part lays out the other matrix again: of 180 rows that takes a seventh of the time. */
const LEAST_OF_PLAIN = 480;

/** Products, by rows or columns of the result, whichever there are more of; packing, by panels. */
export function splitProducts({ split }: Splitter): Pick<Kernels, 'gemm' | 'gemmPacked' | 'packPanels'> {
  return {
    gemm(c, cs, from, fs, a, ar, ak, w, wk, wn, M, N, K, scratch) {
      const time = (M * TIME.product + TIME.weight) * N * K;
      const rows = (k: Kernels, m: number, some: number) =>
        k.gemm(c + m * cs, cs, from + m * fs, fs, a + m * ar, ar, ak, w, wk, wn, some, N, K, scratch);
      const columns = (k: Kernels, n: number, some: number) =>
        k.gemm(c + 4 * n, cs, behind(from, n), fs, a, ar, ak, w + n * wn, wk, wn, M, some, K, scratch);
      if (M >= N) split(M, ROWS, time, rows, LEAST_OF_PLAIN);
      else split(N, COLUMNS, time, columns, LEAST_OF_PLAIN);
    },
    gemmPacked(c, cs, from, fs, a, as, packed, M, N, K, scratch) {
      const time = (M * TIME.product + TIME.weight) * N * K;
      const rows = (k: Kernels, m: number, some: number) =>
        k.gemmPacked(c + m * cs, cs, from + m * fs, fs, a + m * as, as, packed, some, N, K, scratch);
      // A panel holds its columns for all k, one panel after the other.
      const columns = (k: Kernels, n: number, some: number) =>
        k.gemmPacked(c + 4 * n, cs, behind(from, n), fs, a, as, packed + 4 * n * K, M, some, K, scratch);
      if (M >= N) split(M, ROWS, time, rows, LEAST_OF_PACKED);
      else split(N, COLUMNS, time, columns, LEAST_OF_PACKED);
    },
    packPanels(p, w, wk, wn, N, K) {
      split(N, COLUMNS, N * K * TIME.number, (k, n, columns) =>
        k.packPanels(p + 4 * n * K, w + n * wn, wk, wn, columns, K),
      );
    },
  };
}
