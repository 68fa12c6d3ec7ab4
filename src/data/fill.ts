/** One column of one series on its grid, holes as `NaN`. */
export interface Gridded {
  values: Float64Array;
  /** 1 where a value was in the data. */
  observed: Uint8Array;
}

/** Returns the first index with a value, or the length where there is none. */
export function firstObserved(observed: Uint8Array): number {
  const at = observed.indexOf(1);
  return at < 0 ? observed.length : at;
}

/** Returns the longest run without a value in `from` (inclusive) to `to` (exclusive), and where it starts. */
export function longestGap(observed: Uint8Array, from: number, to: number): { length: number; at: number } {
  let longest = 0;
  let at = from;
  let start = from;
  for (let k = from; k <= to; k++) {
    if (k < to && observed[k] === 0) continue;
    if (k - start > longest) {
      longest = k - start;
      at = start;
    }
    start = k + 1;
  }
  return { length: longest, at };
}

/**
 * Fills the holes of a column after its first value and before step `to`, in place.
 *
 * `forward` repeats the last value. `linear` draws a line between the values around the hole; after the last value it repeats it.
 */
export function fillHoles({ values, observed }: Gridded, to: number, rule: 'forward' | 'linear'): void {
  let last = firstObserved(observed);
  for (let k = last + 1; k < to; k++) {
    if (observed[k] === 0) {
      values[k] = values[last]!;
      continue;
    }
    const width = k - last;
    if (rule === 'linear' && width > 1) {
      const start = values[last]!;
      const end = values[k]!;
      // Weights on both ends cannot overflow, as a difference of large values could.
      for (let j = last + 1; j < k; j++) values[j] = start * ((k - j) / width) + end * ((j - last) / width);
    }
    last = k;
  }
}
