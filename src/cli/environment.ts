import { createEngine, type Engine } from '../engine/index.ts';
import { RecurveError } from '../errors.ts';

/** The engine that `RECURVE_TIER` names, or the fastest one. */
export function engineFromEnvironment(): Promise<Engine> {
  threadsFromEnvironment();
  return createEngine({ tier: tierFromEnvironment() });
}

/** The tier that `RECURVE_TIER` names; undefined leaves the choice to the engine. */
export function tierFromEnvironment(): string | undefined {
  return process.env.RECURVE_TIER || undefined;
}

/** How many threads run, and why; `RECURVE_THREADS` is an upper limit. */
export function threadsFromEnvironment(): { threads: number; reason: string } {
  const asked = process.env.RECURVE_THREADS;
  const reason = 'one thread: this version computes on the thread that called it';
  if (!asked) return { threads: 1, reason };
  if (!/^[1-9]\d{0,5}$/.test(asked)) {
    throw new RecurveError(
      'usage',
      `RECURVE_THREADS: expected a whole number of at least 1, got "${asked}"; correct or unset it`,
    );
  }
  return {
    threads: 1,
    reason: asked === '1' ? 'one thread, as RECURVE_THREADS asks' : `${reason}, whatever RECURVE_THREADS allows`,
  };
}
