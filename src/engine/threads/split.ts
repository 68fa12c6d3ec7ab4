import type { Kernels } from '../kernels.ts';
import type { Pool } from './pool.ts';
import { splitArrays } from './split-arrays.ts';
import { splitProducts } from './split-products.ts';
import { splitSequences } from './split-sequences.ts';
import { splitter } from './splitter.ts';

/**
 * The kernels, with every call that is large enough split among the threads of a pool: batch rows of a time loop, rows or columns of
 * a product, rows or stretches of other arrays. Each number is computed whole by one thread, in the contract's order of
 * additions, so the count of threads never shows in a result. What would need another order (`sum`, `sumSquares`), and what is
 * seldom large, stays on the calling thread.
 *
 * @param lengths reads the index array at a byte address
 */
export function threadedKernels(
  kernels: Kernels,
  pool: Pool,
  lengths: (address: number, n: number) => Int32Array,
): Kernels {
  const each = splitter(kernels, pool);
  return { ...kernels, ...splitProducts(each), ...splitArrays(each), ...splitSequences(each, lengths) };
}
