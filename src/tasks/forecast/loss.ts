import { add, affine, columns, reshape, type Tensor } from '../../autograd/index.ts';
import { gaussianNll, mse, quantile } from '../../nn/index.ts';
import type { ForecastOptions } from './options.ts';
import { tailsOf } from './output.ts';

/** The loss of predictions [B, horizon, outputs] against targets [B, horizon] with weights. */
export type ForecastLoss = (y: Tensor, targets: Float64Array, weights: Float64Array) => Tensor;

/**
 * The loss that teaches the numbers of an output kind. Apart from what they mean, so that a page that only forecasts loads none.
 *
 * @param levels interval levels in per cent, ascending
 */
export function forecastLoss(kind: NonNullable<ForecastOptions['output']>, levels: readonly number[]): ForecastLoss {
  switch (kind) {
    case 'point':
      return (y, targets, weights) => mse(y, targets, { weights });
    case 'gaussian':
      return (y, targets, weights) => {
        const [mean, logVariance] = [columns(y, 0, 1), columns(y, 1, 2)].map((t) => reshape(t, y.shape.slice(0, 2)));
        return gaussianNll(mean, logVariance, targets, { weights });
      };
    case 'quantile': {
      const tails = tailsOf(levels);
      const quantiles = [...tails, ...tails.map((p) => 1 - p)];
      const Q = quantiles.length;
      return (y, targets, weights) => {
        const point = mse(reshape(columns(y, 0, 1), y.shape.slice(0, 2)), targets, { weights });
        const spread = quantile(columns(y, 1, 1 + Q), targets, quantiles, { weights });
        // The mean over quantiles times their number: every quantile weighs as much as the point.
        return add(point, affine(spread, Q));
      };
    }
  }
}
