import { expect } from 'vitest';
import { expectGradient, unequal } from '../autograd/gradient-check.case.ts';
import { add, multiply, sum } from '../autograd/index.ts';
import type { Engine } from '../engine/engine.ts';
import { attention } from './attention.ts';
import { expectClose, expectSameBits } from './close.case.ts';
import { type EncoderDecoder, encoderDecoder, selectRows } from './encoder-decoder.ts';
import type { Pass } from './layer.ts';
import { type EmbeddingLayer, embedding } from './layers/embedding.ts';
import type { RecurrentLayer } from './layers/recurrent.ts';
import { gru, lstm, rnn } from './layers/stacks.ts';
import { createNetwork, type Network, noDropout } from './network.ts';

export const K = 5;
const source = () => embedding({ vocabulary: 6, output: 3 });
export const target = () => embedding({ vocabulary: K, output: 2 });

export const MODELS: readonly { name: string; make(): EncoderDecoder }[] = [
  {
    name: 'LSTM to LSTM, states as they are',
    make: () =>
      encoderDecoder({
        source: source(),
        encoder: lstm({ input: 3, hidden: 4, layers: 2 }),
        target: target(),
        decoder: lstm({ input: 2, hidden: 4, layers: 2 }),
        start: 0,
      }),
  },
  {
    name: 'bidirectional GRU to LSTM, general attention after the step',
    make: () =>
      encoderDecoder({
        source: source(),
        encoder: gru({ input: 3, hidden: 3, bidirectional: true }),
        target: target(),
        decoder: lstm({ input: 2, hidden: 4 }),
        attention: attention({ kind: 'general', query: 4, keys: 6 }),
        start: 1,
      }),
  },
  {
    name: 'bidirectional LSTM to 2 GRUs, additive attention before the step',
    make: () =>
      encoderDecoder({
        source: source(),
        encoder: lstm({ input: 3, hidden: 3, bidirectional: true }),
        target: target(),
        decoder: gru({ input: 8, hidden: 4, layers: 2 }),
        attention: attention({ kind: 'additive', query: 4, keys: 6, hidden: 5 }),
        attend: 'before',
        start: 0,
      }),
  },
  {
    name: 'vectors read by an RNN, dot attention',
    make: () =>
      encoderDecoder({
        encoder: rnn({ input: 3, hidden: 4 }),
        target: target(),
        decoder: rnn({ input: 2, hidden: 4 }),
        attention: attention({ kind: 'dot', query: 4, keys: 4 }),
        start: 4,
      }),
  },
];

export const [B, S, T] = [3, 4, 5];
export const LENGTHS = { source: [4, 0, 2], target: [3, 5, 0] };
export const SYMBOLS = Array.from({ length: B * S }, (_, i) => (i * 5 + 1) % 6);
export const TARGETS = Array.from({ length: B * T }, (_, i) => (i * 3 + 1) % K);

interface Case {
  S: number;
  T: number;
  symbols: readonly number[];
  targets: readonly number[];
}

const PLAIN: Case = { S, T, symbols: SYMBOLS, targets: TARGETS };

export function trained(lengths: readonly number[]): Pass & { keys: number } {
  const pass: Pass & { keys: number } = {
    training: true,
    lengths,
    keys: 0,
    dropoutKey: () => ({ key0: 5, key1: 6, counter: pass.keys++ }),
  };
  return pass;
}

/** Logits and loss of a model over ragged rows; the loss reads the steps within each target only. */
export function teach(network: Network, given: Case = PLAIN, sampling = 0, backward = false) {
  const model = network.root as EncoderDecoder;
  const { tape } = network;
  network.zeroGradients();
  return tape.run(() => {
    const x = model.config.source
      ? tape.constant(given.symbols, [B, given.S])
      : tape.constant(
          given.symbols.flatMap((s) => [Math.sin(s), Math.cos(s), s / 7]),
          [B, given.S, 3],
        );
    const state = model.encode(x, trained(LENGTHS.source));
    const targets = { values: given.targets, shape: [B, given.T] };
    const { logits, weights } = model.teach(state, targets, trained(LENGTHS.target), { sampling });
    const within = Array.from({ length: logits.size }, (_, i) => {
      const [b, t, k] = [Math.floor(i / (given.T * K)), Math.floor(i / K) % given.T, i % K];
      return t < LENGTHS.target[b] ? Math.cos(1 + b + 2 * t + 3 * k) : 0;
    });
    const first = Object.values(state.states[0])[0];
    const loss = add(
      sum(multiply(logits, tape.constant(within, logits.shape))),
      sum(multiply(first, tape.constant(unequal(first.size), first.shape))),
    );
    if (backward) tape.backward(loss);
    return {
      loss: loss.item(),
      logits: [...logits.values()].filter((_, i) => within[i] !== 0),
      weights: weights && [...weights.values()],
      gradients: Object.fromEntries(
        network.entries.map(({ name, parameter }) => [name, [...parameter.tensor.gradient()].map((v) => v + 0)]),
      ),
    };
  });
}

type Make = () => EncoderDecoder;

/** Finite differences of every parameter, bound 1e-7. */
export function checkTeachGradients(engine: Engine, make: Make, sampling: number): void {
  using network = createNetwork(engine, make(), { seed: 3 });
  const { gradients } = teach(network, PLAIN, sampling, true);
  const state = network.state();
  for (const [name, { shape, data }] of Object.entries(state)) {
    const lossAt = (moved: number[]): number => {
      network.load({ ...state, [name]: { shape, data: moved } });
      return teach(network, PLAIN, sampling).loss;
    };
    expectGradient(name, gradients[name], Array.from(data), lossAt, { sample: 5 });
    network.load(state);
  }
}

/** Taught as a whole, logits and weights have the bits of `decodeStep` called step by step with the same symbols. */
export function checkTaughtAsSteps(engine: Engine, make: Make): void {
  using network = createNetwork(engine, make(), { seed: 3 });
  const model = network.root as EncoderDecoder;
  const { tape } = network;
  tape.evaluate(() => {
    const x = tape.constant(
      model.config.source ? SYMBOLS : unequal(B * S * 3),
      model.config.source ? [B, S] : [B, S, 3],
    );
    const pass = { training: false, dropoutKey: noDropout };
    const first = model.encode(x, { ...pass, lengths: LENGTHS.source });
    const whole = model.teach(first, { values: TARGETS, shape: [B, T] }, pass);
    let state = first;
    for (let t = 0; t < T; t++) {
      const read = Array.from({ length: B }, (_, b) => (t === 0 ? model.start : TARGETS[b * T + t - 1]));
      const step = model.decodeStep(state, read);
      state = step.state;
      for (let b = 0; b < B; b++) {
        const at = (b * T + t) * K;
        expectSameBits(
          'logits',
          step.logits.values().slice(b * K, (b + 1) * K),
          whole.logits.values().slice(at, at + K),
        );
        if (step.weights && whole.weights) {
          const [row, rows] = [step.weights.values(), whole.weights.values()];
          expectSameBits('weights', row.slice(b * S, (b + 1) * S), rows.slice((b * T + t) * S, (b * T + t + 1) * S));
        }
      }
    }
  });
}

/** Padding of source and target changes no bit of logits and gradients. */
export function checkTeachPadding(engine: Engine, make: Make): void {
  using network = createNetwork(engine, make(), { seed: 3 });
  const [longS, longT] = [6, 7];
  const pad = <V>(values: readonly V[], from: number, to: number, lengths: readonly number[], filler: V): V[] =>
    Array.from({ length: B * to }, (_, i) => {
      const [b, t] = [Math.floor(i / to), i % to];
      return t < lengths[b] ? values[b * from + t] : filler;
    });
  const longer = {
    S: longS,
    T: longT,
    symbols: pad(SYMBOLS, S, longS, LENGTHS.source, Number.NaN),
    targets: pad(TARGETS, T, longT, LENGTHS.target, -1),
  };
  for (const sampling of [0, 0.5]) {
    const [got, wanted] = [teach(network, longer, sampling, true), teach(network, PLAIN, sampling, true)];
    expectSameBits('logits', got.logits, wanted.logits);
    expect(got.gradients).toEqual(wanted.gradients);
  }
}

/** With sampling 1 the logits are those of writing greedily. */
export function checkFreeRunning(engine: Engine, make: Make): void {
  using network = createNetwork(engine, make(), { seed: 3 });
  const model = network.root as EncoderDecoder;
  const { tape } = network;
  tape.run(() => {
    const x = tape.constant(
      model.config.source ? SYMBOLS : unequal(B * S * 3),
      model.config.source ? [B, S] : [B, S, 3],
    );
    const first = model.encode(x, trained(LENGTHS.source));
    const free = model.teach(first, { values: TARGETS, shape: [B, T] }, trained([T, T, T]), { sampling: 1 });
    let [state, read] = [first, Array<number>(B).fill(model.start)];
    for (let t = 0; t < T; t++) {
      const step = model.decodeStep(state, read);
      const logits = step.logits.values();
      const rows = Array.from({ length: B }, (_, b) => [...logits.slice(b * K, (b + 1) * K)]);
      [state, read] = [step.state, rows.map((row) => row.indexOf(Math.max(...row)))];
      const wanted = Array.from({ length: B }, (_, b) => [
        ...free.logits.values().slice((b * T + t) * K, (b * T + t + 1) * K),
      ]);
      expectSameBits('logits', logits, wanted.flat());
    }
  });
}

/** A bidirectional encoder's last states reach the decoder as `tanh(W [forward; backward] + b)`, written out, within 1e-6. */
export function checkBridge(engine: Engine): void {
  const [H, Q] = [3, 4];
  const model = encoderDecoder({
    encoder: gru({ input: 3, hidden: H, layers: 2, bidirectional: true }),
    target: target(),
    decoder: lstm({ input: 2, hidden: Q, layers: 2 }),
    start: 0,
  });
  using network = createNetwork(engine, model, { seed: 1 });
  const weights = network.state();
  network.tape.evaluate(() => {
    const x = network.tape.constant(unequal(B * S * 3), [B, S, 3]);
    const pass = { training: false, dropoutKey: noDropout, lengths: LENGTHS.source };
    const encoder = (model.children as Record<string, RecurrentLayer>).encoder;
    const last = encoder.run(x, pass).states.map(({ h }) => h.values());
    model.encode(x, pass).states.forEach((state, k) => {
      for (const name of ['h', 'c']) {
        const [w, b] = ['weight', 'bias'].map((part) => weights[`bridge_${name}_l${k}.${part}`].data);
        const wanted = Array.from({ length: B * Q }, (_, i) => {
          const [row, j] = [Math.floor(i / Q), i % Q];
          let total = b[j];
          for (let d = 0; d < 2 * H; d++)
            total += w[j * 2 * H + d] * last[2 * k + Math.floor(d / H)][row * H + (d % H)];
          return name === 'h' ? Math.tanh(total) : total;
        });
        expectClose(`${name} of layer ${k}`, state[name].values(), wanted, 1e-6);
      }
    });
  });
}

/** States of an encoder like the decoder are handed over as they are. */
export function checkHandedOver(engine: Engine): void {
  using network = createNetwork(engine, MODELS[0].make(), { seed: 1 });
  const model = network.root as EncoderDecoder;
  const { source, encoder } = model.children as { source: EmbeddingLayer; encoder: RecurrentLayer };
  network.tape.evaluate(() => {
    const x = network.tape.constant(SYMBOLS, [B, S]);
    const pass = { training: false, dropoutKey: noDropout, lengths: LENGTHS.source };
    const wanted = encoder.run(source.forward(x, pass), pass).states;
    model.encode(x, pass).states.forEach((state, k) => {
      for (const name of ['h', 'c']) expectSameBits(name, state[name].values(), wanted[k][name].values());
    });
  });
}

/** With `attend: 'before'`, the weights are those of the top layer's state before the step. */
export function checkLook(engine: Engine): void {
  const looking = attention({ kind: 'additive', query: 4, keys: 3, hidden: 5 });
  const model = encoderDecoder({
    encoder: gru({ input: 3, hidden: 3 }),
    target: target(),
    decoder: gru({ input: 5, hidden: 4, layers: 2 }),
    attention: looking,
    attend: 'before',
    start: 0,
  });
  using network = createNetwork(engine, model, { seed: 1 });
  network.tape.evaluate(() => {
    const x = network.tape.constant(unequal(B * S * 3), [B, S, 3]);
    const state = model.encode(x, { training: false, dropoutKey: noDropout, lengths: LENGTHS.source });
    if (!state.memory) throw new Error('expected a memory');
    const query = network.tape.view(state.states[1].h, [B, 1, 4]);
    const wanted = looking.attend(query, state.memory).weights.values();
    expectSameBits('weights', model.decodeStep(state, [1, 2, 3]).weights?.values() ?? [], wanted);
  });
}

/** A state of chosen rows gives what those rows give among all, to the bit. */
export function checkSelectedRows(engine: Engine, make: Make): void {
  using network = createNetwork(engine, make(), { seed: 3 });
  const model = network.root as EncoderDecoder;
  const { tape } = network;
  tape.evaluate(() => {
    const x = tape.constant(
      model.config.source ? SYMBOLS : unequal(B * S * 3),
      model.config.source ? [B, S] : [B, S, 3],
    );
    const state = model.encode(x, { training: false, dropoutKey: noDropout, lengths: LENGTHS.source });
    const all = model.decodeStep(state, [1, 2, 3]).logits.values();
    const chosen = model.decodeStep(selectRows(state, [2, 0, 2, 1]), [3, 1, 3, 2]).logits.values();
    const row = (b: number): number[] => [...all.slice(b * K, (b + 1) * K)];
    expectSameBits('logits', chosen, [2, 0, 2, 1].flatMap(row));
  });
}
