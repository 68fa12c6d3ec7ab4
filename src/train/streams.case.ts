import { unequal } from '../autograd/gradient-check.case.ts';
import type { Engine } from '../engine/engine.ts';
import { createNetwork, dropout, gru, linear, lstm, mse, type Network, sequential } from '../nn/index.ts';
import { type StreamOptions, type StreamWindow, streams } from './truncated.ts';

/** Documents of unlike lengths in one corpus: shorter than a window, a whole number of windows, one step, and in between. */
export const DOCUMENTS = [10, 3, 7, 1, 6, 9];
const D = 2;
const STEPS = DOCUMENTS.reduce((a, b) => a + b, 0);
const INPUTS = unequal(STEPS * D, 1, 4);
const TARGETS = unequal(STEPS, 2, 5);

/** Two recurrent layers of unlike kinds and sizes; p > 0 adds dropout between them. */
export function streamNetwork(engine: Engine, p = 0, seed = 5): Network {
  const root = sequential(
    lstm({ input: D, hidden: 5 }),
    dropout({ p }),
    gru({ input: 5, hidden: 3 }),
    linear({ input: 3, output: 1 }),
  );
  return createNetwork(engine, root, { seed });
}

/** A window's inputs and targets; zeros past the end of a row. */
export function numbersOf({ positions }: Pick<StreamWindow, 'positions'>): { x: Float64Array; y: Float64Array } {
  const x = new Float64Array(positions.length * D);
  positions.forEach((p, i) => {
    if (p >= 0) x.set(INPUTS.slice(p * D, (p + 1) * D), i * D);
  });
  return { x, y: Float64Array.from(positions, (p) => (p >= 0 ? TARGETS[p] : 0)) };
}

/** A next-number problem on the documents; `seen` receives every window and what the network gave. */
export function streamTask(
  network: Network,
  options: Partial<StreamOptions> = {},
  seen?: (window: StreamWindow, outputs: ArrayLike<number>) => void,
) {
  return streams({
    documents: DOCUMENTS,
    rows: 3,
    k1: 3,
    loss(window, pass, tape) {
      const { x, y } = numbersOf(window);
      const outputs = network.root.forward(tape.constant(x, [window.B, window.T, D]), pass);
      seen?.(window, outputs.values());
      return mse(outputs, y, { weights: window.weights });
    },
    ...options,
  });
}

/** Places in the corpus of a document's steps. */
export function placesOf(document: number): Int32Array {
  const start = DOCUMENTS.slice(0, document).reduce((a, b) => a + b, 0);
  return Int32Array.from({ length: DOCUMENTS[document] }, (_, t) => start + t);
}
