import { createEngine, type Engine, type Numerics } from '../engine/index.ts';
import { RecurveError } from '../errors.ts';

/**
 * The engine of a command: the tier that `RECURVE_TIER` names or the fastest that `numerics` allows, in the threads of
 * `RECURVE_THREADS` or one per processor.
 */
export function engineFromEnvironment(numerics?: Numerics): Promise<Engine> {
  return createEngine({ numerics, threads: threadsFromEnvironment() });
}

/** Help of the option that {@link numericsAsked} reads. */
export const FAST = 'fused multiply-add: faster, but the last bits depend on the machine';

/** What `--fast` asks for; without it nothing, so that `RECURVE_TIER` may name any tier. */
export function numericsAsked({ fast }: { fast?: boolean }): Numerics | undefined {
  return fast ? 'fast' : undefined;
}

/** The number of threads that `RECURVE_THREADS` names; unset or `auto`: one per processor, at most 8. */
export function threadsFromEnvironment(): number | 'auto' {
  const asked = process.env.RECURVE_THREADS || 'auto';
  if (asked === 'auto') return asked;
  const threads = Number(asked);
  if (!/^\d+$/.test(asked) || threads < 1 || threads > 31) {
    throw new RecurveError(
      'usage',
      `RECURVE_THREADS: expected a whole number from 1 to 31 or auto, got "${asked}"; correct or unset it`,
    );
  }
  return threads;
}
