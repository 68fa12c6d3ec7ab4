/** What network and regression read of a sequence. */
export interface TagInputs {
  /** Of the network, [T, D]. */
  rows: Float64Array;
  /** Of the regression beside it, [T, its inputs]; absent without one. */
  regressionRows?: Float64Array;
}

/** Inputs of some sequences side by side, padded with zeros to the longest, [B, T, D]. */
export function batchOf(
  sequences: readonly Float64Array[],
  D: number,
): { x: Float64Array; T: number; lengths: number[] } {
  const lengths = sequences.map(({ length }) => length / D);
  const T = Math.max(...lengths);
  const x = new Float64Array(sequences.length * T * D);
  sequences.forEach((rows, b) => {
    x.set(rows, b * T * D);
  });
  return { x, T, lengths };
}
