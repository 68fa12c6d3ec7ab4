import { RecurveError } from '../errors.ts';
import type { Network } from '../nn/index.ts';

/** Limits on the gradient, applied before the update: by value first, then by norm. */
export interface ClipOptions {
  /** Largest global norm: longer gradients are shortened to it. Pascanu, Mikolov & Bengio 2013. */
  norm?: number;
  /** Largest size of each single component. */
  value?: number;
}

/** Clips all gradients in place; gives the global norm after clipping by value and before shortening. */
export function clipGradients(network: Network, { norm, value }: ClipOptions): number {
  const { engine, gradients, slots } = network;
  if (value !== undefined) engine.clamp(gradients, gradients, slots, -value, value);
  const length = Math.sqrt(engine.sumSquares(gradients, slots));
  if (norm !== undefined && length > norm) engine.affine(gradients, gradients, slots, norm / length, 0);
  return length;
}

export function checkClip({ norm, value }: ClipOptions): void {
  for (const [name, limit] of Object.entries({ norm, value })) {
    if (limit !== undefined && !(limit > 0)) {
      throw new RecurveError(
        'usage',
        `clip: expected ${name} above 0, got ${limit}; leave it out to switch clipping off`,
      );
    }
  }
}
