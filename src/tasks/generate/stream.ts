import type { TextCodec } from '../../data/text/index.ts';
import { logSoftmax } from '../../decode/index.ts';
import { RecurveError } from '../../errors.ts';
import type { Json } from '../../model/index.ts';
import { array, nullable, number, object } from '../../model/validate.ts';
import { createStepper, type Network } from '../../nn/index.ts';
import { likeliest, type NextToken } from './write.ts';

/** What a piece of text was to the model. */
export interface StreamReading {
  /** Tokens read. The very first token of a stream is not predicted and costs nothing. */
  tokens: number;
  /** Tokens among them that the model does not know. */
  unknown: number;
  /** What they cost in all, in nats. */
  nats: number;
  /** The likeliest next tokens. */
  next: NextToken[];
}

/** Reads a text piece by piece, and says after each what it cost and what it expects next. */
export interface GenerateStream {
  /** Reads a piece; words and subwords are cut within it. */
  push(text: string): StreamReading;
  /** Plain JSON to go on from, to the same bits. */
  state(): Json;
  [Symbol.dispose](): void;
}

const checkState = object({ states: array(number()), logits: nullable(array(number())) });

/** Next tokens that are told. */
const NEXT = 5;

export function createGenerateStream(network: Network, codec: TextCodec, saved?: Json): GenerateStream {
  const stepper = createStepper(network);
  let logits: ArrayLike<number> | null = null;
  if (saved !== undefined) {
    const from = checkState(saved, 'stream: state');
    stepper.restore(from.states);
    logits = from.logits;
    if (logits && logits.length !== codec.size) {
      throw new RecurveError(
        'model',
        `stream: expected a state with ${codec.size} logits, got ${logits.length}; restore what a stream of the same model gave`,
      );
    }
  }
  return {
    push(text) {
      let nats = 0;
      let unknown = 0;
      const ids = codec.encode(text);
      for (const id of ids) {
        if (id === codec.unknown) unknown++;
        if (logits) nats -= logSoftmax(logits)[id];
        logits = stepper.step([id]);
      }
      return { tokens: ids.length, unknown, nats, next: logits ? likeliest(codec, logits, NEXT) : [] };
    },
    state: () => ({ states: Array.from(stepper.states()), logits: logits && Array.from(logits) }),
    [Symbol.dispose]: () => stepper[Symbol.dispose](),
  };
}
