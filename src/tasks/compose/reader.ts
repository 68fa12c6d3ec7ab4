import type { Json } from '../../model/index.ts';
import { array, number, object } from '../../model/validate.ts';
import { createStepper, type Network } from '../../nn/index.ts';

/** A network read step by step from the beginning of a piece, with the logits it gave last. */
export interface Reader {
  /** Of what comes next. */
  readonly logits: ArrayLike<number>;
  step(input: ArrayLike<number>): void;
  /** Begins another piece. */
  reset(): void;
  /** Plain JSON to go on from, to the same bits. */
  state(): Json;
  [Symbol.dispose](): void;
}

const checkState = object({ states: array(number()), logits: array(number()) });

/** @param first the input that stands before the first step */
export function createReader(network: Network, first: ArrayLike<number>, saved?: Json): Reader {
  const stepper = createStepper(network);
  let logits: ArrayLike<number>;
  if (saved === undefined) logits = stepper.step(first);
  else {
    const from = checkState(saved, 'stream: state');
    stepper.restore(from.states);
    logits = from.logits;
  }
  return {
    get logits() {
      return logits;
    },
    step(input) {
      logits = stepper.step(input);
    },
    reset() {
      stepper.reset();
      logits = stepper.step(first);
    },
    state: () => ({ states: Array.from(stepper.states()), logits: Array.from(logits) }),
    [Symbol.dispose]: () => stepper[Symbol.dispose](),
  };
}
