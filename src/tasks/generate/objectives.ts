import { crossEntropyRows } from '../../autograd/index.ts';
import { type Carry, linearCrossEntropy, type Network, noDropout, type Pass } from '../../nn/index.ts';
import { cutStream, type Objective, streams } from '../../train/index.ts';
import type { LanguageModel } from './architecture.ts';

/** The training part, read in `rows` places side by side with carried states: each token predicts the next. */
export function trainingObjective(
  model: LanguageModel,
  ids: Int32Array,
  { rows, window }: { rows: number; window: number },
): Objective {
  return streams({
    documents: cutStream(ids.length - 1, rows),
    rows,
    k1: window,
    loss({ B, T, positions, weights }, pass, tape) {
      const read = model.body.forward(tape.constant(at(ids, positions, 0), [B, T]), pass);
      return linearCrossEntropy(read, model.output, { values: at(ids, positions, 1), shape: [B, T] }, { weights });
    },
  });
}

/** Rows and steps as settings ask for, or fewer where a text is too short to fill them. */
export function readingOf(tokens: number, { batchSize, window }: { batchSize: number; window: number }) {
  const rows = Math.max(1, Math.min(batchSize, Math.floor((tokens - 1) / (2 * window))));
  return { rows, window: Math.min(window, Math.floor((tokens - 1) / rows)) };
}

/** Steps that are read before a row of the validation part counts, so that it knows as much as if it had read everything. */
const RUN_IN = 512;
const ROWS = 32;
/** Steps per example, so that a batch of `fit`'s, 32 examples, is one piece of work. */
const STEPS = 4;

/**
 * The validation part in up to 32 places side by side, each after a run-in of 512 tokens that do not count: nearly the loss of reading it
 * from beginning to end ({@link surprises} does that), at a fraction of the time.
 */
export function validationObjective(model: LanguageModel, ids: Int32Array): Objective {
  const steps = ids.length - 1;
  const rows = Math.max(1, Math.min(ROWS, Math.floor(steps / RUN_IN)));
  const starts = Array.from({ length: rows + 1 }, (_, r) => Math.floor((r * steps) / rows));
  const longest = Math.max(...starts.slice(1).map((end, r) => end - starts[r]));
  /** Place in the text of step t of each row, −1 outside; t < 0 in the run-in. */
  const block = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: rows * (to - from) }, (_, i) => {
      const r = Math.floor(i / (to - from));
      const place = starts[r] + from + (i % (to - from));
      return place >= 0 && place < starts[r + 1] ? place : -1;
    });
  const rangeOf = (batch: Int32Array): [number, number] => [
    batch[0] * STEPS,
    Math.min((batch[batch.length - 1] + 1) * STEPS, longest),
  ];
  let carry: Carry = new Map();
  return {
    examples: Math.ceil(longest / STEPS),
    weight: (batch) => block(...rangeOf(batch)).filter((place) => place >= 0).length,
    loss(batch, pass, tape) {
      const read = (from: number, to: number) => {
        const places = block(from, to);
        const tokens = tape.constant(at(ids, places, 0), [rows, to - from]);
        return { features: model.body.forward(tokens, { ...pass, carry }), places, shape: tokens.shape };
      };
      // Batches of an evaluation come in order: the first one begins a new pass.
      if (batch[0] === 0) {
        carry = new Map();
        if (rows > 1) {
          tape.engine.arena.scope(() => read(-RUN_IN, 0));
          clearRow(carry, 0, rows);
        }
      }
      const { features, places, shape } = read(...rangeOf(batch));
      const weights = Float64Array.from(places, (place) => (place >= 0 ? 1 : 0));
      return linearCrossEntropy(features, model.output, { values: at(ids, places, 1), shape }, { weights });
    },
  };
}

/** Nothing stands before the first row: its state is zero. */
function clearRow(carry: Carry, row: number, rows: number): void {
  for (const states of carry.values())
    for (const state of states)
      for (const values of Object.values(state) as (Float32Array | Float64Array)[]) {
        const width = values.length / rows;
        values.fill(0, row * width, (row + 1) * width);
      }
}

/** Tokens at some places, `offset` further; 0 where there is no place. */
function at(ids: Int32Array, places: Int32Array, offset: number): Int32Array {
  return places.map((place) => (place < 0 ? 0 : ids[place + offset]));
}

/** Steps of one call when a text is read from beginning to end. */
const CHUNK = 64;

/**
 * What each token costs, in nats, when a text is read from beginning to end with carried states: [tokens − 1], for all but the first
 * token. Yields after each piece, so that others can run.
 */
export function* surprises(network: Network, ids: Int32Array): Generator<Float64Array> {
  const { tape, root } = network;
  const carry: Carry = new Map();
  for (let from = 0; from + 1 < ids.length; from += CHUNK) {
    const T = Math.min(CHUNK, ids.length - 1 - from);
    const pass: Pass = { training: false, dropoutKey: noDropout, carry };
    yield tape.evaluate(() => {
      const logits = root.forward(tape.constant(ids.subarray(from, from + T), [1, T]), pass);
      const losses = crossEntropyRows(logits, { values: ids.subarray(from + 1, from + 1 + T), shape: [1, T] });
      return Float64Array.from(losses.values());
    });
  }
}
