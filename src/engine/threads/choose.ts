import { RecurveError } from '../../errors.ts';
import { nodeModule } from '../host.ts';

/** Most threads that are used unasked: a batch is seldom large enough for more. */
const MOST_UNASKED = 8;
/** Most that can be asked for: a job has a call per thread (protocol.ts). */
const MOST = 31;

/** How many threads an engine is to compute in, and why. */
export interface ThreadChoice {
  readonly count: number;
  readonly reason: string;
}

/**
 * Decides how many threads to use.
 *
 * @param wish a count from 2 to 31, or `auto`: one per processor, at most 8
 * @throws RecurveError `usage` for any other wish
 */
export function chooseThreads(wish: number | 'auto'): ThreadChoice {
  if (wish !== 'auto' && !(Number.isInteger(wish) && wish >= 1 && wish <= MOST)) {
    throw new RecurveError(
      'usage',
      `engine: expected threads to be 'auto' or a whole number from 1 to ${MOST}, got ${wish}; leave it out for 1`,
    );
  }
  const hindered = obstacle();
  if (hindered) return { count: 1, reason: hindered };
  if (wish !== 'auto') return { count: wish, reason: 'as asked for' };
  const processors = processorCount();
  if (processors === 1) return { count: 1, reason: 'this host lends one processor' };
  return {
    count: Math.min(MOST_UNASKED, processors),
    reason:
      processors > MOST_UNASKED
        ? `${MOST_UNASKED} of ${processors} processors`
        : `one for each of ${processors} processors`,
  };
}

/** Why this host cannot share memory with workers; undefined when it can. */
function obstacle(): string | undefined {
  const host = globalThis as { crossOriginIsolated?: boolean; SharedArrayBuffer?: unknown; Worker?: unknown };
  if (host.crossOriginIsolated === false) return 'the page is not cross-origin isolated, see docs/threads.md';
  if (host.SharedArrayBuffer === undefined) return 'this host has no shared memory (SharedArrayBuffer)';
  return nodeModule('node:worker_threads') || host.Worker ? undefined : 'this host has no workers';
}

/** Processors that this program may use. */
function processorCount(): number {
  const os = nodeModule<{ availableParallelism(): number }>('node:os');
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}
