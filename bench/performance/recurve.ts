import { sum, type Tensor } from 'recurve/autograd';
import type { Engine } from 'recurve/engine';
import {
  createNetwork,
  createStepper,
  gru,
  keepPacked,
  type Layer,
  lstm,
  type Network,
  type Pass,
  rnn,
} from 'recurve/nn';
import type { Case, CellName } from './cases.ts';
import { clocked, type Sample, type Side } from './measure.ts';

const MAKERS = { LSTM: lstm, GRU: gru, RNN: rnn } satisfies Record<CellName, unknown>;

/** A {@link Side} that gives its memory back. */
export interface RecurveSide extends Side {
  network: Network;
  run(n: number): Sample;
  [Symbol.dispose](): void;
}

/**
 * The case as a user would write it. Training is what PyTorch's `zero_grad(); y, _ = m(x); y.sum().backward()` does: gradients of all
 * weights, none of x; `last` is the same of `y[-1]`. On both sides x is given once and results stay where they are, except that a stream's step takes and returns
 * numbers.
 */
export function recurveSide(engine: Engine, { work, cell, T, B, D, H }: Case): RecurveSide {
  const layer: Layer = MAKERS[cell]({ input: D, hidden: H, ...(work === 'last' && { returns: 'last' }) });
  const network = createNetwork(engine, layer, { seed: 1 });
  const shape = [B, T, D];
  const x = inputOf({ T, B, D });
  const dropoutKey = () => ({ key0: 0, key1: 0, counter: 0 });
  const pass: Pass = { training: work === 'train' || work === 'last', dropoutKey };
  const { tape } = network;

  /** The work n times with x given once. */
  const given = (once: (input: Tensor) => void) => (n: number) =>
    tape.evaluate(() => {
      const input = tape.constant(x, shape);
      return clocked(() => {
        for (let i = 0; i < n; i++) once(input);
      });
    });
  const train = given((input) => {
    network.zeroGradients();
    tape.run(() => tape.backward(sum(layer.forward(input, pass))));
  });
  const infer = given((input) => tape.evaluate(() => void layer.forward(input, pass)));
  if (work === 'infer') {
    // As every model that is loaded: the first prediction packs the weights, the others find them.
    keepPacked(network);
    tape.evaluate(() => void layer.forward(tape.constant(x, shape), pass));
  }
  const stepper = work === 'step' ? createStepper(network, B) : undefined;
  const step = (n: number): Sample =>
    clocked(() => {
      for (let i = 0; i < n; i++) stepper?.step(x);
    });
  return {
    network,
    run: { train, last: train, infer, step }[work],
    [Symbol.dispose]() {
      stepper?.[Symbol.dispose]();
      network[Symbol.dispose]();
    },
  };
}

/** x[B, T, D], numbers from −1.7 to 1.7. */
export function inputOf({ T, B, D }: Pick<Case, 'T' | 'B' | 'D'>): Float32Array {
  return Float32Array.from({ length: B * T * D }, (_, i) => (((i * 7919) % 2003) / 1001 - 1) * 1.7);
}
