import { describe, expect, it } from 'vitest';
import { createEngine } from '../engine/create.ts';
import { ENGINES } from '../engine/engines.case.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import { Random } from '../random.ts';
import { fit } from '../train/fit.ts';
import { attention } from './attention.ts';
import {
  B,
  checkBridge,
  checkFreeRunning,
  checkHandedOver,
  checkLook,
  checkSelectedRows,
  checkTaughtAsSteps,
  checkTeachGradients,
  checkTeachPadding,
  K,
  MODELS,
  S,
  SYMBOLS,
  T,
  TARGETS,
  target,
  teach,
  trained,
} from './encoder-decoder.case.ts';
import { type EncoderDecoder, encoderDecoder, mostProbable } from './encoder-decoder.ts';
import { layerFromConfig } from './from-config.ts';
import type { Pass } from './layer.ts';
import { embedding } from './layers/embedding.ts';
import { recurrent } from './layers/recurrent.ts';
import { gru } from './layers/stacks.ts';
import { crossEntropy } from './losses.ts';
import { createNetwork, noDropout } from './network.ts';

const PLAIN = { S, T, symbols: SYMBOLS, targets: TARGETS };

describe.each(MODELS)('$name', ({ make }) => {
  it.each([0, 0.5])('has the gradients of differences within 1e-7 for every parameter, sampling %f', (sampling) => {
    checkTeachGradients(new ReferenceEngine(), make, sampling);
  });

  it.each(ENGINES)('on $name gives, taught as a whole, the bits of its steps one by one', async ({ open }) => {
    checkTaughtAsSteps(await open(), make);
  });

  it.each(ENGINES)(
    'on $name: padding of source and target, whatever stands there, changes no bit of logits and gradients',
    async ({ open }) => {
      checkTeachPadding(await open(), make);
    },
  );

  it('reads its own symbols with sampling 1: the logits of writing greedily', () => {
    checkFreeRunning(new ReferenceEngine(), make);
  });

  it('samples by the key of the pass: the same key draws the same, one key a call', () => {
    using network = createNetwork(new ReferenceEngine(), make(), { seed: 3 });
    const [half, again, taught] = [teach(network, PLAIN, 0.5), teach(network, PLAIN, 0.5), teach(network)];
    expect(half.logits).toEqual(again.logits);
    expect(half.logits).not.toEqual(taught.logits);
  });

  it('goes on with chosen rows of its state', () => {
    checkSelectedRows(new ReferenceEngine(), make);
  });

  it('is rebuilt from its config, and with its weights gives the same bits', () => {
    using first = createNetwork(new ReferenceEngine(), make(), { seed: 1 });
    const rebuilt = layerFromConfig(JSON.parse(JSON.stringify(first.root.config))) as EncoderDecoder;
    expect(rebuilt.config).toEqual(first.root.config);
    using second = createNetwork(new ReferenceEngine(), rebuilt, { seed: 2 });
    expect(teach(second).logits).not.toEqual(teach(first).logits);
    second.load(structuredClone(first.state()));
    expect(teach(second)).toEqual(teach(first));
  });
});

it.each(ENGINES)('on $name the states of both directions reach the decoder through a learned map', async ({ open }) => {
  checkBridge(await open());
});

it.each(ENGINES)('on $name states of an encoder like the decoder are handed over as they are', async ({ open }) => {
  checkHandedOver(await open());
});

it.each(ENGINES)('on $name the top layer’s state asks before a step', async ({ open }) => {
  checkLook(await open());
});

describe('a toy task', () => {
  it('learns to turn strings of 1 to 5 letters round, more than 95 % of unseen ones right as a whole', async () => {
    const LETTERS = 6;
    const [START, END] = [0, 1];
    const MOST = 5;
    const random = new Random(11);
    const words = Array.from({ length: 1400 }, () =>
      Array.from({ length: 1 + random.integer(MOST) }, () => 2 + random.integer(LETTERS)),
    );
    const seen = new Set(words.slice(0, 1100).map(String));
    const unseen = words.slice(1100).filter((word) => !seen.has(String(word)));
    expect(unseen.length).toBeGreaterThan(100);
    const model = encoderDecoder({
      source: embedding({ vocabulary: LETTERS + 2, output: 12 }),
      encoder: gru({ input: 12, hidden: 24, bidirectional: true }),
      target: embedding({ vocabulary: LETTERS + 2, output: 12 }),
      decoder: gru({ input: 12, hidden: 32 }),
      attention: attention({ kind: 'general', query: 32, keys: 48 }),
      start: START,
    });
    using network = createNetwork(await createEngine(), model, { seed: 4 });
    const { tape } = network;
    const padded = (rows: readonly (readonly number[])[], width: number): number[] =>
      rows.flatMap((row) => [...row, ...Array<number>(width - row.length).fill(END)]);
    const encode = (batch: readonly (readonly number[])[], pass: Pass) =>
      model.encode(tape.constant(padded(batch, MOST), [batch.length, MOST]), {
        ...pass,
        lengths: batch.map((w) => w.length),
      });
    await fit(network, {
      training: {
        examples: 1100,
        loss(rows, pass) {
          const batch = [...rows].map((row) => words[row]);
          const state = encode(batch, pass);
          const targets = {
            values: padded(
              batch.map((w) => [...w].reverse()),
              MOST + 1,
            ),
            shape: [batch.length, MOST + 1],
          };
          const lengths = batch.map((word) => word.length + 1);
          const { logits } = model.teach(state, targets, { ...pass, lengths });
          return crossEntropy(logits, targets, { lengths });
        },
      },
      epochs: 14,
      batchSize: 32,
      rate: 1e-2,
      clip: { norm: 1 },
      schedule: { kind: 'cosine' },
      seed: 4,
    });
    const right = tape.evaluate(() => {
      let state = encode(unseen, { training: false, dropoutKey: noDropout });
      let read = unseen.map(() => START);
      const written: number[][] = unseen.map(() => []);
      for (let t = 0; t <= MOST; t++) {
        const step = model.decodeStep(state, read);
        [state, read] = [step.state, mostProbable(step.logits)];
        read.forEach((symbol, row) => {
          if (!written[row].includes(END)) written[row].push(symbol);
        });
      }
      return unseen.filter((word, row) => String([...[...word].reverse(), END]) === String(written[row])).length;
    });
    expect(right / unseen.length).toBeGreaterThan(0.95);
  });
});

describe('refusals, each with its reason', () => {
  const parts = {
    encoder: gru({ input: 3, hidden: 4 }),
    target: target(),
    decoder: gru({ input: 2, hidden: 4 }),
    start: 0,
  };
  it.each<[string, () => unknown, string]>([
    [
      'a bidirectional decoder',
      () => encoderDecoder({ ...parts, decoder: gru({ input: 2, hidden: 4, bidirectional: true }) }),
      'encoderDecoder: expected a decoder that reads forwards, got one that needs the whole sequence; it writes one symbol after the other',
    ],
    [
      'a learned start',
      () => encoderDecoder({ ...parts, decoder: gru({ input: 2, hidden: 4, initial: 'learned' }) }),
      "encoderDecoder: expected a decoder that starts from the encoder, got one with initial: 'learned'; leave initial out",
    ],
    [
      'attend without attention',
      () => encoderDecoder({ ...parts, attend: 'before' }),
      'encoderDecoder: expected attention with attend, got none; give attention or leave attend out',
    ],
    [
      'a decoder of the wrong input',
      () => encoderDecoder({ ...parts, decoder: gru({ input: 3, hidden: 4 }) }),
      'encoderDecoder: expected a decoder of input 2, got 3; it reads a symbol’s vector',
    ],
    [
      'keys of another width',
      () => encoderDecoder({ ...parts, attention: attention({ kind: 'general', query: 4, keys: 5 }) }),
      'encoderDecoder: expected attention with keys: 4, got 5; keys are as wide as the encoder’s outputs',
    ],
    [
      'queries of another width',
      () => encoderDecoder({ ...parts, attention: attention({ kind: 'general', query: 5, keys: 4 }) }),
      'encoderDecoder: expected attention with query: 4, got 5; queries are as wide as the decoder’s outputs',
    ],
    [
      'directions kept apart under attention',
      () =>
        encoderDecoder({
          ...parts,
          encoder: gru({ input: 3, hidden: 2, bidirectional: true, merge: 'none' }),
          attention: attention({ kind: 'dot', query: 4, keys: 4 }),
        }),
      "encoderDecoder: expected an encoder with one output per step for attention, got merge: 'none'; use concat",
    ],
    [
      'a start symbol outside the vocabulary',
      () => encoderDecoder({ ...parts, start: 5 }),
      'encoderDecoder: expected start from 0 to 4, got 5; it is a symbol of the target’s vocabulary',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('a decoder whose masks belong to a sequence, trained step by step', () => {
    const { cells } = gru({ input: 2, hidden: 4 });
    const noisy = recurrent([{ ...cells[0], begin: () => ({ masks: {}, keys: {} }) }]);
    using network = createNetwork(new ReferenceEngine(), encoderDecoder({ ...parts, decoder: noisy }));
    const model = network.root as EncoderDecoder;
    network.tape.run(() => {
      const pass = { ...trained([1]), lengths: [1] };
      const state = model.encode(network.tape.constant([1, 2, 3], [1, 1, 3]), pass);
      const targets = { values: [1], shape: [1, 1] };
      expect(model.teach(state, targets, pass).logits.shape).toEqual([1, 1, K]);
      expect(() => model.teach(state, targets, pass, { sampling: 0.5 })).toThrow(
        'encoderDecoder: expected a decoder without noise in its cells where it is trained step by step, got one; use dropout between its layers',
      );
    });
  });

  it('sampling outside training', () => {
    using network = createNetwork(new ReferenceEngine(), MODELS[0].make());
    const model = network.root as EncoderDecoder;
    network.tape.evaluate(() => {
      const pass = { training: false, dropoutKey: noDropout };
      const state = model.encode(network.tape.constant(SYMBOLS, [B, S]), pass);
      expect(() => model.teach(state, { values: TARGETS, shape: [B, T] }, pass, { sampling: 0.5 })).toThrow(
        'encoderDecoder: expected sampling from 0 to 1 in training and 0 otherwise, got 0.5; use decodeStep to write freely',
      );
      expect(() => model.teach(state, { values: TARGETS, shape: [B * T] }, pass)).toThrow(
        'encoderDecoder: expected targets of shape [B, T], got 15 for [15]; give one row of symbols per row of the source',
      );
    });
  });
});
