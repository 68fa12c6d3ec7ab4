import { describe, expect, it } from 'vitest';
import { unequal } from '../autograd/gradient-check.case.ts';
import { ENGINES } from '../engine/engines.case.ts';
import { createEngine } from '../engine/index.ts';
import { createNetwork, layerNorm, linear, type Network, sequential } from '../nn/index.ts';
import { createOptimizer, type OptimizerConfig } from './optimizers.ts';

const KINDS: OptimizerConfig[] = [
  { kind: 'adam', weightDecay: 0.02 },
  { kind: 'adamW' },
  { kind: 'sgd' },
  { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.02 },
  { kind: 'rmsprop' },
  { kind: 'rmsprop', momentum: 0.7 },
];

function small(): Network['root'] {
  return sequential(linear({ input: 3, output: 5 }), layerNorm({ input: 5 }), linear({ input: 5, output: 2 }));
}

function fillGradients(network: Network, salt: number): void {
  for (const { offset, size } of network.entries)
    network.engine.write(network.gradients + offset, unequal(size, salt + offset));
}

describe.each(ENGINES)('optimisers on $name', async ({ open }) => {
  const engine = await open();

  it.each(KINDS)('$kind goes on from its saved state to the bit', (config) => {
    using network = createNetwork(engine, small(), { seed: 1 });
    using optimizer = createOptimizer(network, config);
    const steps = (from: number, to: number, one = optimizer, of = network): number[] => {
      for (let k = from; k < to; k++) {
        fillGradients(of, k);
        one.step(0.01 + 0.001 * k);
      }
      return [...engine.read(of.weights, of.slots)];
    };
    const middle = steps(0, 4);
    const state = optimizer.state();
    const kept = structuredClone(state);
    const end = steps(4, 9);
    expect(state).toEqual(kept);
    expect(state.steps).toBe(4);

    using other = createNetwork(engine, small(), { seed: 2 });
    using again = createOptimizer(other, config);
    steps(0, 2, again, other);
    engine.write(other.weights, middle);
    again.load(state);
    expect(steps(4, 9, again, other)).toEqual(end);
    expect(again.state()).toEqual(optimizer.state());
  });

  it.each(KINDS)('$kind leaves padding between parameters at 0 and gives its memory back', (config) => {
    using network = createNetwork(engine, small());
    const { persistent } = engine.arena.usage();
    const optimizer = createOptimizer(network, config);
    for (let k = 0; k < 3; k++) {
      fillGradients(network, k);
      optimizer.step(0.1);
    }
    const weights = engine.read(network.weights, network.slots);
    network.entries.forEach(({ offset, size }, i) => {
      const end = network.entries[i + 1]?.offset ?? network.slots;
      expect(weights.subarray(offset + size, end).every((w) => w === 0)).toBe(true);
    });
    optimizer[Symbol.dispose]();
    expect(engine.arena.usage().persistent).toBe(persistent);
  });

  it('weight decay moves every weight and spares biases, gains and offsets', () => {
    for (const config of [
      { kind: 'adam', weightDecay: 0.1 },
      { kind: 'adamW', weightDecay: 0.1 },
      { kind: 'sgd', weightDecay: 0.1 },
      { kind: 'rmsprop', weightDecay: 0.1 },
    ] satisfies OptimizerConfig[]) {
      using network = createNetwork(engine, small(), { seed: 5 });
      using optimizer = createOptimizer(network, config);
      const before = network.state();
      // No gradient: whatever moves, moves by decay.
      network.zeroGradients();
      optimizer.step(0.01);
      for (const [name, { shape, data }] of Object.entries(network.state())) {
        const first = before[name].data;
        const weight = shape.length === 2;
        expect(weight, name).toBe(/^[02]\.weight$/.test(name));
        for (let i = 0; i < data.length; i++) {
          if (weight) expect(data[i], `${config.kind} ${name}`).not.toBe(first[i]);
          else expect(data[i], `${config.kind} ${name}`).toBe(first[i]);
        }
      }
    }
  });
});

describe('an optimiser that has ended, or whose network has', () => {
  it.each(KINDS)('touches nothing that lies in its place by now ($kind)', async (config) => {
    const engine = await createEngine();
    const gone = createNetwork(engine, small(), { seed: 1 });
    const widow = createOptimizer(gone, config);
    gone[Symbol.dispose]();
    using heir = createNetwork(engine, small(), { seed: 2 });
    heir.zeroGradients();
    const before = heir.state();
    expect(() => widow.step(0.1)).toThrow('network: expected a network in use, got one that has ended');
    widow[Symbol.dispose]();
    using next = createOptimizer(heir, config);
    widow[Symbol.dispose]();
    const message = 'optimizer: expected one in use, got one that has ended; make a new one';
    expect(() => widow.step(0.1)).toThrow(message);
    expect(() => widow.state()).toThrow(message);
    expect(() => widow.load(next.state())).toThrow(message);
    expect(heir.state()).toEqual(before);
  });
});

describe('optimisers refuse', async () => {
  const engine = await createEngine();
  it.each([
    [{ kind: 'sgd', nesterov: true }, /^sgd: expected momentum above 0 with nesterov, got 0/],
    [{ kind: 'sgd', momentum: 1 }, /^sgd: expected momentum p with 0 ≤ p < 1, got 1;/],
    [{ kind: 'rmsprop', alpha: -0.1 }, /^rmsprop: expected alpha p with 0 ≤ p < 1, got -0.1/],
    [{ kind: 'rmsprop', epsilon: 0 }, /^rmsprop: expected epsilon above 0, got 0/],
    [{ kind: 'adam', beta2: Number.NaN }, /^adam: expected beta2 p with 0 ≤ p < 1, got NaN/],
    [{ kind: 'adamW', weightDecay: Number.NaN }, /^adamW: expected weightDecay of at least 0, got NaN/],
  ] as [OptimizerConfig, RegExp][])('%j and take no memory', (config, message) => {
    using network = createNetwork(engine, small());
    const { persistent } = engine.arena.usage();
    expect(() => createOptimizer(network, config)).toThrow(message);
    expect(engine.arena.usage().persistent).toBe(persistent);
  });
});
