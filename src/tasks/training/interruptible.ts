import { RecurveError } from '../../errors.ts';
import { type Visit, visitor } from '../../train/event-loop.ts';

/**
 * A visitor of the event loop for the work beside the epochs, such as scoring.
 *
 * @param what is interrupted and what to do then: `train: expected to finish, got a request to stop …`
 */
export function interruptible(signal: AbortSignal | undefined, what: string): Visit {
  const visit = visitor();
  return async () => {
    await visit();
    if (signal?.aborted) throw new RecurveError('interrupted', what);
  };
}
