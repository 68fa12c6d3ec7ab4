/** Symmetric positive definite systems, in f64 and in one fixed order of additions. */

/** Rows after which a factorisation stops for a moment: at 600 columns some milliseconds of work. */
const PIECE = 64;

/**
 * Factors A = L Lᵀ in place: on return the lower triangle of `a` [n, n] holds L. The upper triangle is neither read nor written.
 * Stops every 64 rows, so that a caller can let others run.
 *
 * @returns false where A is not positive definite to working precision; `a` is then spoiled
 */
export function* cholesky(a: Float64Array, n: number): Generator<void, boolean> {
  for (let i = 0; i < n; i++) {
    if (i % PIECE === PIECE - 1) yield;
    const rowI = i * n;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * n;
      // Four running sums instead of one: the loop is bound by the latency of an addition.
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let k = 0;
      for (; k + 3 < j; k += 4) {
        s0 += a[rowI + k]! * a[rowJ + k]!;
        s1 += a[rowI + k + 1]! * a[rowJ + k + 1]!;
        s2 += a[rowI + k + 2]! * a[rowJ + k + 2]!;
        s3 += a[rowI + k + 3]! * a[rowJ + k + 3]!;
      }
      for (; k < j; k++) s0 += a[rowI + k]! * a[rowJ + k]!;
      const rest = a[rowI + j]! - (s0 + s1 + (s2 + s3));
      if (i === j) {
        // Relative to the diagonal: what is left of an exact dependence is rounding.
        if (!(rest > 1e-14 * a[rowI + i]!)) return false;
        a[rowI + i] = Math.sqrt(rest);
      } else {
        a[rowI + j] = rest / a[rowJ + j]!;
      }
    }
  }
  return true;
}

/** Solves L Lᵀ x = b in place of `b` [n], for the L of `cholesky`. */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * b[k]!;
    b[i] = sum / l[i * n + i]!;
  }
  // Lᵀ by rows of L: each solved unknown is taken off all earlier ones, so memory is read in order.
  for (let i = n - 1; i >= 0; i--) {
    const x = b[i]! / l[i * n + i]!;
    b[i] = x;
    for (let k = 0; k < i; k++) b[k]! -= l[i * n + k]! * x;
  }
}
