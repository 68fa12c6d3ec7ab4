import { add, affine, concat, multiply, type Tensor } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectChoice } from '../../options.ts';

/** How the outputs of both directions, [..., H] each, become one; see {@link mergeDirections}. */
export type Merge = 'concat' | 'sum' | 'mean' | 'product' | 'none';

const MERGES: Readonly<Record<Merge, (forward: Tensor, backward: Tensor) => Tensor>> = {
  concat: (forward, backward) => concat([forward, backward]),
  sum: add,
  mean: (forward, backward) => affine(add(forward, backward), 0.5),
  product: multiply,
  none: (forward, backward) => concat([forward, backward]),
};

/** Refuses a merge that is not known, or that needs equal widths and does not get them. */
export function expectMerge(merge: Merge, forward: number, backward: number): void {
  expectChoice('recurrent', 'merge', merge, Object.keys(MERGES), 'concat is the default');
  if (merge !== 'concat' && forward !== backward) {
    throw new RecurveError(
      'shape',
      `recurrent: expected both directions to be equally wide for merge: '${merge}', got ${forward} and ${backward}; make them equal or use concat`,
    );
  }
}

/** Features after the merge: the sum of both widths where they lie side by side, else the common width. */
export function mergedWidth(merge: Merge, forward: number, backward: number): number {
  return merge === 'concat' || merge === 'none' ? forward + backward : forward;
}

/**
 * The results of one direction or of two as one tensor: side by side (concat, none), added, averaged or multiplied. `none` leaves
 * them side by side here; the layer sets them apart on an axis of their own.
 */
export function mergeDirections(merge: Merge, results: readonly Tensor[]): Tensor {
  const [forward, backward] = results;
  return backward ? MERGES[merge](forward, backward) : forward;
}
