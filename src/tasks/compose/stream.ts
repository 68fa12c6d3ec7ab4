import { RecurveError } from '../../errors.ts';
import type { Json } from '../../model/index.ts';
import { anyObject, number, object } from '../../model/validate.ts';
import type { Likely } from './kind.ts';
import type { ComposeStep, Listener } from './listener.ts';

/** What a step was to the model. */
export interface HeardStep {
  /** Negative log likelihood of what came, in nats. */
  nats: number;
  /** What may come next, the likeliest first: notes of the next step. */
  next: Likely[];
}

/** What a whole piece was to the model. */
export interface HeardPiece {
  steps: number;
  /** Negative log likelihood of the piece, in nats. */
  nats: number;
  /** The same per step or token, as `evaluate` counts it; of voices over the voices that were given. */
  nll: number;
}

/** Hears music step by step, and says after each what it cost and what it expects next. */
export interface ComposeStream {
  /**
   * Takes the next step.
   *
   * @throws RecurveError `data` for a step that this kind of model cannot hear; the stream is as before it
   */
  push(step: ComposeStep): HeardStep;
  /** Ends the piece, and begins another. */
  end(): HeardPiece;
  /** What may come next, also before the first step. */
  next(): Likely[];
  /** Plain JSON to go on from, to the same bits. */
  state(): Json;
  [Symbol.dispose](): void;
}

const checkState = object({
  steps: number({ integer: true, min: 0 }),
  nats: number({ min: 0 }),
  scored: number({ integer: true, min: 0 }),
  heard: anyObject,
});

/** @param listen begins to listen, or goes on with a saved state */
export function createComposeStream(listen: (saved?: Json) => Listener, saved?: Json): ComposeStream {
  const from = saved === undefined ? undefined : checkState(saved, 'stream: state');
  const listener = listen(from?.heard);
  let { steps, nats, scored } = from ?? { steps: 0, nats: 0, scored: 0 };
  const add = (cost: { nats: number; scored: number }): void => {
    nats += cost.nats;
    scored += cost.scored;
  };
  return {
    push(step) {
      const cost = listener.hear(step);
      add(cost);
      steps++;
      return { nats: cost.nats, next: listener.next() };
    },
    end() {
      if (steps === 0) {
        throw new RecurveError(
          'data',
          'stream: expected a step before the end of a piece, got none; leave the end out',
        );
      }
      add(listener.end());
      const piece = { steps, nats, nll: nats / scored };
      [steps, nats, scored] = [0, 0, 0];
      return piece;
    },
    next: () => listener.next(),
    state: () => ({ steps, nats, scored, heard: listener.state() }),
    [Symbol.dispose]: () => listener[Symbol.dispose](),
  };
}
