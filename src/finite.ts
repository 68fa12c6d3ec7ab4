/** Index of the first value that is NaN or infinite, −1 where all are finite. A loop: `findIndex` calls a function for each, which takes seconds where there are millions. */
export function firstNotFinite(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}
