import { createEngine, type Engine } from '../engine/index.ts';
import { RecurveError } from '../errors.ts';

/** The engine that `RECURVE_TIER` and `RECURVE_THREADS` ask for: else the fastest tier, on every processor. */
export function engineFromEnvironment(): Promise<Engine> {
  return createEngine({ tier: tierFromEnvironment(), threads: threadsFromEnvironment() });
}

/** The tier that `RECURVE_TIER` names; undefined leaves the choice to the engine. */
export function tierFromEnvironment(): string | undefined {
  return process.env.RECURVE_TIER || undefined;
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
