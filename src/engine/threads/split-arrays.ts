import type { Kernels } from '../kernels.ts';
import { behind, COLUMNS, LINE, type Splitter, TIME } from './splitter.ts';

/** Columns of sums per part, if a thread gets several: shorter stretches of a row are read from memory one by one. */
const LEAST_OF_SUMS = 256;

/** Everything that goes through arrays once: by stretches of numbers, or by rows. */
export function splitArrays({ split }: Splitter): Partial<Kernels> {
  return {
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
    reduce(y, x, outer, count, inner, ldx, descending) {
      const time = outer * count * inner * TIME.number;
      if (outer === 1) {
        // A single block, such as the gradient of a bias: by columns.
        split(
          inner,
          COLUMNS,
          time,
          (k, i, some) => k.reduce(y + 4 * i, x + 4 * i, 1, count, some, ldx, descending),
          LEAST_OF_SUMS,
        );
      } else {
        split(outer, 1, time, (k, o, some) =>
          k.reduce(y + 4 * o * inner, x + 4 * o * count * ldx, some, count, inner, ldx, descending),
        );
      }
    },
    copyBlock(y, ldy, x, ldx, rows, columns, accumulate) {
      split(rows, 1, rows * columns * TIME.number, (k, r, some) =>
        k.copyBlock(y + 4 * r * ldy, ldy, x + 4 * r * ldx, ldx, some, columns, accumulate),
      );
    },

    toTimeMajor(y, x, at, B, T, D, _b0, _b1, accumulate) {
      split(B, 1, B * T * D * TIME.number, (k, b, some) => k.toTimeMajor(y, x, at, B, T, D, b, b + some, accumulate));
    },
    toBatchFirst(y, x, at, B, T, D, _b0, _b1, accumulate) {
      split(B, 1, B * T * D * TIME.number, (k, b, some) => k.toBatchFirst(y, x, at, B, T, D, b, b + some, accumulate));
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
