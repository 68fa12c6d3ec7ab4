import { RecurveError } from '../errors.ts';
import { expectNetwork } from '../nn/check.ts';
import type { Network } from '../nn/index.ts';
import { expectOptions } from '../options.ts';

/** Limits on the gradient, applied before the update: by value first, then by norm. */
export interface ClipOptions {
  /** Largest global norm: longer gradients are shortened to it. Pascanu, Mikolov & Bengio 2013. */
  norm?: number;
  /** Largest size of each single component. */
  value?: number;
}

/** How often and how hard gradients were clipped so far. */
export interface ClipReport {
  /** Share of the steps whose gradient was clipped, 0 to 1. */
  share: number;
  /** Mean of norm after / norm before over the clipped steps: 0.1 means shortened to a tenth; 1 where none was. */
  meanFactor: number;
  /** Largest global norm before clipping. */
  maxNorm: number;
}

/** What {@link ClipReport} is computed from; goes into checkpoints. */
export interface ClipTotals {
  clipped: number;
  factorSum: number;
  maxNorm: number;
}

/** Clips all gradients in place; gives the global norm after clipping by value and before shortening. */
export function clipGradients(network: Network, options: ClipOptions): number {
  expectNetwork('clip', network);
  checkClip(options);
  const { engine, gradients, slots } = network;
  const { norm, scale } = limitGradients(network, options, noClips());
  if (scale < 1) engine.affine(gradients, gradients, slots, scale, 0);
  return norm;
}

/**
 * Clips by value in place, and says by what factor the norm is to be shortened: the optimiser multiplies as it reads each component, so that
 * shortening costs no pass over the memory. What was clipped is counted in `totals`.
 */
export function limitGradients(
  network: Network,
  { norm, value }: ClipOptions,
  totals: ClipTotals,
): { norm: number; scale: number } {
  const { engine, gradients, slots } = network;
  const length = (): number => Math.sqrt(engine.sumSquares(gradients, slots));
  let before: number | undefined;
  if (value !== undefined) {
    before = length();
    engine.clamp(gradients, gradients, slots, -value, value);
  }
  const middle = length();
  before ??= middle;
  const scale = norm !== undefined && middle > norm ? norm / middle : 1;
  if (Number.isFinite(before)) totals.maxNorm = Math.max(totals.maxNorm, before);
  const after = norm !== undefined && scale < 1 ? norm : middle;
  if (after < before) {
    totals.clipped++;
    totals.factorSum += after / before;
  }
  return { norm: middle, scale };
}

export function noClips(): ClipTotals {
  return { clipped: 0, factorSum: 0, maxNorm: 0 };
}

export function clipReport({ clipped, factorSum, maxNorm }: ClipTotals, steps: number): ClipReport {
  return { share: steps > 0 ? clipped / steps : 0, meanFactor: clipped > 0 ? factorSum / clipped : 1, maxNorm };
}

export function checkClip(options: ClipOptions): void {
  expectOptions('clip', options, { norm: 'number', value: 'number' });
  const { norm, value } = options;
  for (const [name, limit] of Object.entries({ norm, value })) {
    if (limit !== undefined && !(limit > 0)) {
      throw new RecurveError(
        'usage',
        `clip: expected ${name} above 0, got ${limit}; leave it out to switch clipping off`,
      );
    }
  }
}
