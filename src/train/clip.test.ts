import { describe, expect, it } from 'vitest';
import { unequal } from '../autograd/gradient-check.case.ts';
import { ENGINES } from '../engine/engines.case.ts';
import { createNetwork, linear, type Network, sequential } from '../nn/index.ts';
import { clipGradients } from './clip.ts';

describe.each(ENGINES)('clipGradients on $name', async ({ open, precision }) => {
  const engine = await open();
  const digits = precision === 'f64' ? 13 : 6;
  const two = () => createNetwork(engine, sequential(linear({ input: 3, output: 4 }), linear({ input: 4, output: 2 })));

  /** Unequal gradients in all parameters; gives them in block order. */
  function fill(network: Network): number[] {
    for (const { offset, size } of network.entries) engine.write(network.gradients + offset, unequal(size, offset, 3));
    return read(network);
  }
  const read = (network: Network): number[] =>
    network.entries.flatMap(({ offset, size }) => [...engine.read(network.gradients + offset, size)]);
  const norm = (values: number[]): number => Math.sqrt(values.reduce((sum, g) => sum + g * g, 0));

  it('gives the global norm over all parameters and changes nothing without limits', () => {
    using network = two();
    const before = fill(network);
    expect(clipGradients(network, {})).toBeCloseTo(norm(before), digits);
    expect(read(network)).toEqual(before);
  });

  it('shortens a longer gradient to the norm, in its direction, and gives the length before', () => {
    using network = two();
    const before = fill(network);
    const length = norm(before);
    expect(clipGradients(network, { norm: length / 3 })).toBeCloseTo(length, digits);
    const after = read(network);
    expect(norm(after)).toBeCloseTo(length / 3, digits - 1);
    after.forEach((g, i) => {
      expect(g).toBeCloseTo(before[i] / 3, digits);
    });
  });

  it('leaves a shorter gradient alone, to the bit', () => {
    using network = two();
    const before = fill(network);
    clipGradients(network, { norm: norm(before) * 1.01, value: 4 });
    expect(read(network)).toEqual(before);
  });

  it('cuts single components by value first, then the norm of what is left', () => {
    using network = two();
    const before = fill(network);
    const cut = before.map((g) => Math.min(Math.max(g, -0.5), 0.5));
    expect(clipGradients(network, { value: 0.5, norm: 1 })).toBeCloseTo(norm(cut), digits);
    read(network).forEach((g, i) => {
      expect(g).toBeCloseTo(cut[i] / norm(cut), digits);
    });
  });

  it('sees a norm that squares in f32 would overflow or lose', () => {
    using network = two();
    for (const size of [1e25, 1e-25]) {
      engine.fill(network.gradients, network.slots, 0);
      engine.write(network.gradients, [3 * size, 4 * size]);
      expect(clipGradients(network, {}) / size).toBeCloseTo(5, 5);
    }
  });
});
