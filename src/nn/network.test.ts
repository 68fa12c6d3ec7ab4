import { describe, expect, it } from 'vitest';
import { ENGINES } from '../engine/engines.case.ts';
import { ReferenceEngine } from '../engine/reference.ts';
import {
  activation,
  createNetwork,
  dropout,
  embedding,
  gru,
  type Layer,
  last,
  layerFromConfig,
  layerNorm,
  linear,
  lstm,
  type Network,
  namedParameters,
  recurrent,
  rnn,
  rnnCell,
  sequential,
} from './index.ts';

const engine = new ReferenceEngine();

/** One of every layer there is. */
const everything = (): Layer =>
  sequential(
    embedding({ vocabulary: 7, output: 3 }),
    rnn({ input: 3, hidden: 4, activation: 'relu' }),
    lstm({ input: 4, hidden: 5, layers: 2, dropout: 0.25 }),
    gru({ input: 5, hidden: 2, reset: 'before' }),
    last(),
    layerNorm({ input: 2 }),
    activation('tanh'),
    dropout({ p: 0.5 }),
    linear({ input: 2, output: 3, bias: false }),
  );

const INDICES = [0, 1, 2, 3, 4, 5, 6, 0];

function statesOf(layer: Layer, seed?: number, on = engine): ReturnType<Network['state']> {
  using network = createNetwork(on, layer, seed === undefined ? {} : { seed });
  return network.state();
}

describe('parameter names', () => {
  it('are those of PyTorch’s state_dict, in its order', () => {
    // list(nn.Sequential(nn.LSTM(3, 5, 2), nn.Linear(5, 2), nn.LayerNorm(2), nn.Embedding(4, 3)).state_dict())
    const network = sequential(
      lstm({ input: 3, hidden: 5, layers: 2 }),
      linear({ input: 5, output: 2 }),
      layerNorm({ input: 2 }),
      embedding({ vocabulary: 4, output: 3 }),
    );
    expect([...namedParameters(network)].map(([name, { shape }]) => [name, shape])).toEqual([
      ['0.weight_ih_l0', [20, 3]],
      ['0.weight_hh_l0', [20, 5]],
      ['0.bias_ih_l0', [20]],
      ['0.bias_hh_l0', [20]],
      ['0.weight_ih_l1', [20, 5]],
      ['0.weight_hh_l1', [20, 5]],
      ['0.bias_ih_l1', [20]],
      ['0.bias_hh_l1', [20]],
      ['1.weight', [2, 5]],
      ['1.bias', [2]],
      ['2.weight', [2]],
      ['2.bias', [2]],
      ['3.weight', [4, 3]],
    ]);
  });

  it('nest: a sequential inside a sequential adds its number', () => {
    const nested = sequential(activation('relu'), sequential(linear({ input: 1, output: 1 })));
    expect([...namedParameters(nested)].map(([name]) => name)).toEqual(['1.0.weight', '1.0.bias']);
  });
});

describe('first values', () => {
  it.each(ENGINES)('on $name are the same bits for the same seed, and others for another', async ({ open }) => {
    const on = (await open()) as ReferenceEngine;
    expect(statesOf(everything(), 5, on)).toEqual(statesOf(everything(), 5, on));
    const [one, other] = [statesOf(everything(), 5, on), statesOf(everything(), 6, on)];
    for (const name of Object.keys(one).filter((n) => n.endsWith('weight') && !n.startsWith('5.'))) {
      expect(one[name].data).not.toEqual(other[name].data);
    }
  });

  it('have a fixed default seed', () => {
    expect(statesOf(everything())).toEqual(statesOf(everything(), 0));
  });

  it('do not change when a layer is added behind', () => {
    const short = statesOf(sequential(lstm({ input: 3, hidden: 5 })), 5);
    const long = statesOf(sequential(lstm({ input: 3, hidden: 5 }), linear({ input: 5, output: 2 })), 5);
    for (const name of Object.keys(short)) expect(long[name]).toEqual(short[name]);
    const deep = statesOf(sequential(lstm({ input: 3, hidden: 5, layers: 2 })), 5);
    for (const name of Object.keys(short)) expect(deep[name]).toEqual(short[name]);
  });

  it('differ between parameters of one shape', () => {
    const { '0.bias_ih_l0': a, '0.bias_hh_l0': b } = statesOf(sequential(lstm({ input: 3, hidden: 5 })), 5);
    expect(a.data).not.toEqual(b.data);
  });

  it.each([
    ['lstm', () => lstm({ input: 3, hidden: 16 }), 1 / 4],
    ['gru', () => gru({ input: 3, hidden: 25 }), 1 / 5],
    ['rnn', () => rnn({ input: 3, hidden: 100 }), 1 / 10],
    ['linear', () => linear({ input: 64, output: 20 }), 1 / 8],
  ])('of %s are uniform within ±1/√H (linear: ±1/√D) and come within 10 %% of both bounds', (_, layer, bound) => {
    for (const [name, { data: drawn }] of Object.entries(statesOf(layer(), 1))) {
      const data = Array.from(drawn);
      const [low, high] = [Math.min(...data), Math.max(...data)];
      expect(low).toBeGreaterThanOrEqual(-bound);
      expect(high).toBeLessThan(bound);
      if (name.startsWith('weight')) {
        expect(low).toBeLessThan(-0.9 * bound);
        expect(high).toBeGreaterThan(0.9 * bound);
        const mean = data.reduce((a, b) => a + b, 0) / data.length;
        // Four standard errors of a uniform mean.
        expect(Math.abs(mean)).toBeLessThan((4 * bound) / Math.sqrt(3 * data.length));
      }
    }
  });

  it('of an embedding have mean 0 and deviation 1 within 5 %, of a layer norm are 1 and 0', () => {
    const data = Array.from(statesOf(embedding({ vocabulary: 200, output: 50 }), 1).weight.data);
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    const variance = data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(Math.sqrt(variance) - 1)).toBeLessThan(0.05);
    const norm = statesOf(layerNorm({ input: 2 }), 1);
    expect([[...norm.weight.data], [...norm.bias.data]]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });
});

describe('layerFromConfig', () => {
  it('rebuilds every layer from JSON: same config, names, and with the same weights the same bits', () => {
    const original = everything();
    const rebuilt = layerFromConfig(JSON.parse(JSON.stringify(original.config)));
    expect(rebuilt.config).toEqual(original.config);
    using one = createNetwork(engine, original, { seed: 3 });
    using two = createNetwork(engine, rebuilt, { seed: 4 });
    expect(two.entries.map(({ name }) => name)).toEqual(one.entries.map(({ name }) => name));
    two.load(one.state());
    const lengths = [4, 2];
    expect(two.predict(INDICES, [2, 4], { lengths })).toEqual(one.predict(INDICES, [2, 4], { lengths }));
  });

  it('refuses kinds it does not know', () => {
    expect(() => layerFromConfig({ kind: 'toString' })).toThrow(
      'architecture: expected a layer kind of linear, embedding, dropout, layerNorm, last, pool, attentionPool, activation, sequential, timeDistributed, recurrent, encoderDecoder, got toString; the file is from another version or not a Recurve model',
    );
    expect(() => layerFromConfig({ kind: 'recurrent', cells: [{ kind: 'own' }], dropout: 0 })).toThrow(
      'architecture: expected a cell kind of rnn, leaky, lstm, gru, got own',
    );
  });
});

describe('load', () => {
  using network = createNetwork(engine, linear({ input: 2, output: 1 }));
  const good = { weight: { shape: [1, 2], data: [1, 2] }, bias: { shape: [1], data: [3] } };

  it('sets all weights', () => {
    using one = createNetwork(engine, linear({ input: 2, output: 1 }));
    one.load(good);
    expect([...one.predict([10, 100], [1, 2]).values]).toEqual([213]);
  });

  it.each([
    [
      { weight: good.weight },
      'network: expected weights for exactly its 2 parameters, got missing: bias; unknown: none; load the weights of the same architecture',
    ],
    [{ ...good, extra: good.bias }, 'got missing: none; unknown: extra;'],
    [
      { ...good, bias: { shape: [2], data: [1, 2] } },
      'network: expected bias of shape [1], got [2]; load the weights of the same architecture',
    ],
    [{ ...good, bias: { shape: [1], data: [1, 2] } }, 'network: expected bias of shape [1], got [1]'],
    [{ ...good, weight: { shape: [2, 1], data: [1, 2] } }, 'network: expected weight of shape [1, 2], got [2, 1]'],
    [
      { ...good, bias: { shape: [1], data: [Number.NaN] } },
      'network: expected finite weights, got NaN in bias at 0; the file is damaged or its training diverged',
    ],
  ])('refuses weights that do not fit, and changes nothing', (state, message) => {
    using one = createNetwork(engine, linear({ input: 2, output: 1 }));
    const before = one.state();
    expect(() => one.load(state as typeof good)).toThrow(message);
    expect(one.state()).toEqual(before);
  });

  it('gives copies in state()', () => {
    using one = createNetwork(engine, linear({ input: 2, output: 1 }));
    const state = one.state();
    state.weight.data[0] = 99;
    expect(one.state().weight.data[0]).not.toBe(99);
  });
  network[Symbol.dispose]();
});

describe('a network', () => {
  it('gives its memory back when it ends, and frees its layers', () => {
    const before = engine.arena.usage().persistent;
    const layer = everything();
    {
      using network = createNetwork(engine, layer);
      expect(engine.arena.usage().persistent).toBeGreaterThanOrEqual(before + 2 * 8 * network.parameterCount);
    }
    expect(engine.arena.usage().persistent).toBe(before);
    using again = createNetwork(engine, layer);
    expect(again.parameterCount).toBeGreaterThan(0);
  });

  it('that has ended refuses to work, and ending it twice harms no other', () => {
    const gone = createNetwork(engine, linear({ input: 2, output: 1 }));
    gone[Symbol.dispose]();
    using other = createNetwork(engine, linear({ input: 2, output: 1 }));
    const before = other.state();
    gone[Symbol.dispose]();
    const message = 'network: expected a network in use, got one that has ended; make a new one';
    expect(() => gone.state()).toThrow(message);
    expect(() => gone.load(before)).toThrow(message);
    expect(() => gone.zeroGradients()).toThrow(message);
    expect(() => gone.predict([1, 2], [1, 2])).toThrow(message);
    expect(() => gone.weights).toThrow(message);
    expect(() => gone.gradients).toThrow(message);
    using third = createNetwork(engine, linear({ input: 2, output: 1 }), { seed: 9 });
    expect(other.state()).toEqual(before);
    expect(third.state()).not.toEqual(before);
  });

  it('refuses a layer that is in use, or twice in it, and keeps no memory', () => {
    const layer = linear({ input: 2, output: 2 });
    const before = engine.arena.usage().persistent;
    expect(() => createNetwork(engine, sequential(layer, layer))).toThrow(
      'network: expected each layer in one place, got 1.weight and 0.weight with one parameter; make a second layer',
    );
    expect(engine.arena.usage().persistent).toBe(before);
    using first = createNetwork(engine, layer);
    const used = engine.arena.usage().persistent;
    expect(() => createNetwork(engine, sequential(layer))).toThrow(
      'layer: expected a layer of one network, got one that already belongs to another; make a second layer',
    );
    expect(engine.arena.usage().persistent).toBe(used);
    expect(first.parameterCount).toBe(6);
  });

  it('lays parameters on 64-byte borders, gradients in the same layout, with zeros between', () => {
    using network = createNetwork(engine, everything());
    for (const { offset, size, parameter } of network.entries) {
      expect(offset % 16).toBe(0);
      expect(parameter.tensor.address).toBe(network.weights + offset);
      expect(parameter.tensor.gradientAddress).toBe(network.gradients + offset);
      const gap = Math.ceil(size / 16) * 16 - size;
      expect([...engine.read(network.weights + offset + size, gap)]).toEqual(Array(gap).fill(0));
    }
    expect([...engine.read(network.gradients, network.slots)].every((v) => v === 0)).toBe(true);
  });

  it('asks for no dropout key outside training', () => {
    using network = createNetwork(engine, everything());
    expect(network.predict(INDICES, [2, 4]).values.every(Number.isFinite)).toBe(true);
  });

  it('spares biases and gains from weight decay', () => {
    const decaying = [...namedParameters(everything())].filter(([, p]) => p.decays).map(([name]) => name);
    expect(decaying).toEqual([
      '0.weight',
      '1.weight_ih_l0',
      '1.weight_hh_l0',
      '2.weight_ih_l0',
      '2.weight_hh_l0',
      '2.weight_ih_l1',
      '2.weight_hh_l1',
      '3.weight_ih_l0',
      '3.weight_hh_l0',
      '8.weight',
    ]);
  });
});

describe('layers refuse', () => {
  it.each([
    [
      () => linear({ input: 0, output: 1 }),
      'linear: expected input to be a whole number of at least 1, got 0; set input',
    ],
    [
      () => lstm({ input: 2, hidden: 1.5 }),
      'lstm: expected hidden to be a whole number of at least 1, got 1.5; set hidden',
    ],
    [
      () => gru({ input: 2, hidden: 2, layers: 0 }),
      'recurrent: expected layers to be a whole number of at least 1, got 0; set layers',
    ],
    [() => dropout({ p: 1 }), 'dropout: expected dropout p with 0 ≤ p < 1, got 1; 0 switches it off'],
    [() => sequential(), 'sequential: expected at least one layer, got none; list the layers in order'],
    [() => recurrent([]), 'recurrent: expected at least one cell, got none; give the cells of the stack'],
    [
      () => recurrent([rnnCell({ input: 2, hidden: 3 }), rnnCell({ input: 2, hidden: 3 })]),
      'recurrent: expected cell 1 to read 3 features from the cell below, got input: 2; make them equal',
    ],
    [
      () => activation('swish' as 'relu'),
      'activation: expected name to be one of tanh, relu, sigmoid, got "swish"; choose one of them',
    ],
  ])('wrong options: %s', (make, message) => {
    expect(make).toThrow(message);
  });

  it('weights before they belong to a network', () => {
    expect(() => linear({ input: 1, output: 1 }).parameters.weight.tensor).toThrow(
      'layer: expected a layer that belongs to a network, got a free one; pass it to createNetwork first',
    );
  });

  it('x of another width, and a carried state of another batch', () => {
    using network = createNetwork(engine, gru({ input: 2, hidden: 3 }));
    expect(() => network.predict(Array(12).fill(1), [2, 2, 3])).toThrow(
      'recurrent: expected x of shape [B, T, 2], got [2, 2, 3]; build the layer with input: 3',
    );
    const carry = new Map();
    network.predict(Array(8).fill(1), [2, 2, 2], { carry });
    expect(() => network.predict(Array(4).fill(1), [1, 2, 2], { carry })).toThrow(
      'recurrent: expected a carried state of shape [1, 3], got 6 numbers; keep the batch size while a state is carried',
    );
  });
});
