import { expect } from 'vitest';
import { unequal } from '../autograd/gradient-check.case.ts';
import type { Engine } from '../engine/engine.ts';
import {
  type Carry,
  createNetwork,
  dropout,
  gru,
  linear,
  lstm,
  mse,
  type Network,
  noDropout,
  sequential,
} from '../nn/index.ts';
import { evaluate, type FitOptions, fit } from './fit.ts';
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

/** Leaves the weights as they are, to the bit: subtracting it from any of them changes nothing. */
const STILL: Partial<FitOptions> = { optimizer: { kind: 'sgd' }, rate: 1e-300, epochs: 1 };

const weightsOf = (network: Network): number[] => [...network.engine.read(network.weights, network.slots)];
const gradientOf = (network: Network): number[] => [...network.engine.read(network.gradients, network.slots)];

/** Gradient of the mean loss over the new steps [begin, end) of a document read from `from` on with the state left there. */
function gradientByHand(network: Network, document: number, { from, begin, end }: Record<string, number>): number[] {
  const places = placesOf(document);
  const carry: Carry = new Map();
  const part = (a: number, b: number) => numbersOf({ positions: places.slice(a, b) });
  if (from > 0) network.predict(part(0, from).x, [1, from, 2], { carry });
  network.zeroGradients();
  const { x, y } = part(from, end);
  network.tape.run(() => {
    const pass = { training: true, dropoutKey: noDropout, carry };
    const outputs = network.root.forward(network.tape.constant(x, [1, end - from, 2]), pass);
    const weights = Array.from(y, (_, t) => (from + t >= begin ? 1 : 0));
    network.tape.backward(mse(outputs, y, { weights }));
  });
  return gradientOf(network);
}

/** Every step of every document gives what the whole document gives, to the bit, and is new once an epoch. */
export async function checkStates(engine: Engine, { k1, k2 }: { k1: number; k2: number }): Promise<void> {
  using network = streamNetwork(engine);
  const before = weightsOf(network);
  const whole = DOCUMENTS.flatMap((length, d) => [
    ...network.predict(numbersOf({ positions: placesOf(d) }).x, [1, length, 2]).values,
  ]);
  const times = new Map<number, number>();
  const seen = ({ positions, weights }: StreamWindow, outputs: ArrayLike<number>): void => {
    positions.forEach((p, i) => {
      if (p < 0) return;
      expect(outputs[i]).toBe(whole[p]);
      if (weights[i]) times.set(p, (times.get(p) ?? 0) + 1);
    });
  };
  const trained: StreamWindow[] = [];
  const training = streamTask(network, { k1, k2 }, (window, outputs) => {
    if (network.tape.recording) trained.push(window);
    seen(network.tape.recording ? window : { ...window, weights: window.weights.fill(0) }, outputs);
  });
  await fit(network, { training, ...STILL, epochs: 2, seed: 4 });
  expect(weightsOf(network)).toEqual(before);
  // Every step is new exactly once an epoch.
  expect([...times.values()]).toEqual(new Array(whole.length).fill(2));
  expect(Math.max(...trained.map(({ T }) => T))).toBeLessThanOrEqual(k2);

  times.clear();
  await evaluate(network, streamTask(network, { k1, k2 }, seen));
  expect([...times.values()]).toEqual(new Array(whole.length).fill(1));
}

/** Gradients flow back over k2 steps from each window's end, and not one more or fewer. */
export async function checkReach(engine: Engine, { k1, k2 }: { k1: number; k2: number }): Promise<void> {
  using network = streamNetwork(engine);
  const length = DOCUMENTS[0];
  const training = streams({
    ...streamTask(network).streams!,
    documents: [length],
    rows: 1,
    k1,
    k2,
  });
  const gradients: number[][] = [];
  const onProgress = (): void => void gradients.push(gradientOf(network));
  await fit(network, { training, ...STILL, epochs: 1, onProgress } as FitOptions);
  expect(gradients.length).toBe(Math.ceil(length / k1));
  gradients.forEach((gradient, w) => {
    const begin = w * k1;
    const end = Math.min(begin + k1, length);
    const from = Math.max(begin + k1 - k2, 0);
    expect(gradient).toEqual(gradientByHand(network, 0, { from, begin, end }));
    if (from > 0) expect(gradient).not.toEqual(gradientByHand(network, 0, { from: from - 1, begin, end }));
    if (from < begin) expect(gradient).not.toEqual(gradientByHand(network, 0, { from: from + 1, begin, end }));
  });
}
