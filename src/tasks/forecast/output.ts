import { add, affine, columns, reshape, type Tensor } from '../../autograd/index.ts';
import { exp, normalQuantile } from '../../exact.ts';
import { gaussianNll, mse, quantile } from '../../nn/index.ts';
import type { ForecastOptions } from './options.ts';

/**
 * What the network's numbers of one step mean: the point forecast first, then what describes the spread.
 */
export interface OutputKind {
  /** Numbers per step. */
  readonly outputs: number;
  /** The loss of predictions [B, horizon, outputs] against targets [B, horizon] with weights. */
  loss(y: Tensor, targets: Float64Array, weights: Float64Array): Tensor;
  /** Borders of the uncalibrated interval of level number `l`, from the numbers of one step at `at`. */
  borders(outputs: ArrayLike<number>, at: number, l: number): { lower: number; upper: number };
}

const LARGEST_LOG_VARIANCE = 80;

/** @param levels interval levels in per cent, ascending */
export function outputKind(kind: NonNullable<ForecastOptions['output']>, levels: readonly number[]): OutputKind {
  const tail = levels.map((level) => (1 - level / 100) / 2);
  switch (kind) {
    case 'point':
      return {
        outputs: 1,
        loss: (y, targets, weights) => mse(y, targets, { weights }),
        borders: (outputs, at) => ({ lower: outputs[at], upper: outputs[at] }),
      };
    case 'gaussian': {
      const z = tail.map((p) => -normalQuantile(p));
      return {
        outputs: 2,
        loss: (y, targets, weights) => {
          const [mean, logVariance] = [columns(y, 0, 1), columns(y, 1, 2)].map((t) => reshape(t, y.shape.slice(0, 2)));
          return gaussianNll(mean, logVariance, targets, { weights });
        },
        borders(outputs, at, l) {
          // Inputs far from all that was learned can ask for a variance beyond any number; the interval stays finite.
          const deviation = Math.sqrt(exp(Math.min(outputs[at + 1], LARGEST_LOG_VARIANCE)));
          return { lower: outputs[at] - z[l] * deviation, upper: outputs[at] + z[l] * deviation };
        },
      };
    }
    case 'quantile': {
      // Lower borders of the levels, then upper ones, beside the mean: [point, q₁ … q_L, 1−q₁ … 1−q_L].
      const quantiles = [...tail, ...tail.map((p) => 1 - p)];
      const Q = quantiles.length;
      return {
        outputs: 1 + Q,
        loss(y, targets, weights) {
          const point = mse(reshape(columns(y, 0, 1), y.shape.slice(0, 2)), targets, { weights });
          const spread = quantile(columns(y, 1, 1 + Q), targets, quantiles, { weights });
          // The mean over quantiles times their number: every quantile weighs as much as the point.
          return add(point, affine(spread, Q));
        },
        borders: (outputs, at, l) => ({ lower: outputs[at + 1 + l], upper: outputs[at + 1 + levels.length + l] }),
      };
    }
  }
}
