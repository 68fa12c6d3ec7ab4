// What is said of options that createEngine cannot follow; loaded when one is met.
import { RecurveError } from '../errors.ts';
import type { Tier } from './tiers.ts';

const OTHER_TIER = 'name another, or leave it to the engine (unset RECURVE_TIER)';

export function unknownTier(name: string, tiers: readonly Tier[]): RecurveError {
  const names = tiers.map((one) => one.name).join(', ');
  return new RecurveError('usage', `engine: expected a tier out of ${names}, got '${name}'; ${OTHER_TIER}`);
}

export function otherNumerics(name: string): RecurveError {
  return new RecurveError('usage', `engine: expected a tier of exact numerics, got '${name}'; ${OTHER_TIER}`);
}

export function hinderedTier(name: string, obstacle: string): RecurveError {
  return new RecurveError('unsupported', `engine: expected a host that runs tier ${name}: ${obstacle}; ${OTHER_TIER}`);
}

export function unknownNumerics(got: unknown): RecurveError {
  return new RecurveError(
    'usage',
    `engine: expected numerics to be exact or fast, got '${got}'; leave it out for exact`,
  );
}

export function smallLimit(least: number, got: unknown): RecurveError {
  return new RecurveError(
    'usage',
    `engine: expected memoryLimit to be at least ${least} bytes, got ${got}; leave it out for the most`,
  );
}
