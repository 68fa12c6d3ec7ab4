import { describe, expect, it } from 'vitest';
import { checkGradients, given, unequal } from '../../autograd/gradient-check.case.ts';
import { square, sum, Tape } from '../../autograd/index.ts';
import { ENGINES } from '../../engine/engines.case.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import { layerFromConfig } from '../from-config.ts';
import type { Pass } from '../layer.ts';
import { createNetwork, noDropout } from '../network.ts';
import { dropout } from './dropout.ts';
import { layerNorm } from './layer-norm.ts';
import { linear } from './linear.ts';
import { pool } from './pool.ts';
import { sequential } from './sequential.ts';
import { timeDistributed } from './time-distributed.ts';

const plain: Pass = { training: false, dropoutKey: noDropout };
const LENGTHS = [2, 0, 4];

describe.each(['mean', 'max'] as const)('pool over %s', (over) => {
  it.each([undefined, LENGTHS])('has the gradient of differences within 1e-7, lengths %j', (lengths) => {
    checkGradients(
      ([x]) => pool({ over }).forward(x, { ...plain, ...(lengths && { lengths }) }),
      [given([3, 4, 2], 1)],
    );
  });

  it.each(ENGINES)(
    'on $name reads each row to its length, whatever the padding holds; an empty row gives 0',
    async ({ open }) => {
      const tape = new Tape(await open());
      tape.run(() => {
        const x = tape.variable([1, -4, 3, -2, Number.NaN, 9, Number.NaN, 7, -1, -3, -3, -2], [3, 2, 2]);
        const y = pool({ over }).forward(x, { ...plain, lengths: [2, 0, 2] });
        const wanted = { mean: [2, -3, 0, 0, -2, -2.5], max: [3, -2, 0, 0, -1, -2] }[over];
        expect(Array.from(y.values(), (v) => v + 0)).toEqual(wanted);
      });
    },
  );
});

describe('timeDistributed', () => {
  const make = () => timeDistributed(sequential(linear({ input: 3, output: 2 }), layerNorm({ input: 2 })));

  it.each(ENGINES)('on $name gives each step what the layer gives it alone, zeros past the end', async ({ open }) => {
    using network = createNetwork(await open(), make(), { seed: 1 });
    const x = unequal(3 * 4 * 3);
    const y = network.predict(x, [3, 4, 3], { lengths: LENGTHS });
    const steps = network.predict(x, [3, 4, 3]);
    expect(y.shape).toEqual([3, 4, 2]);
    y.values.forEach((v, i) => {
      const [b, t] = [Math.floor(i / 8), Math.floor(i / 2) % 4];
      expect(v).toBe(t < LENGTHS[b] ? steps.values[i] : 0);
    });
    const { root, tape } = network;
    tape.evaluate(() => {
      const inner = root.children?.layer.forward(tape.constant(x.slice(0, 3), [1, 3]), plain);
      expect(inner?.values()).toEqual(steps.values.slice(0, 2));
    });
  });

  it.each(ENGINES)('on $name: padding, even NaN, changes no bit of results, gradients and masks', async ({ open }) => {
    const layer = timeDistributed(sequential(linear({ input: 3, output: 2 }), dropout({ p: 0.5 })));
    using network = createNetwork(await open(), layer, { seed: 1 });
    const x = unequal(3 * 4 * 3);
    const run = (T: number) => {
      network.zeroGradients();
      const padded = Array.from({ length: 3 * T * 3 }, (_, i) => {
        const [b, t, d] = [Math.floor(i / (T * 3)), Math.floor(i / 3) % T, i % 3];
        return t < LENGTHS[b] ? x[(b * 4 + t) * 3 + d] : Number.NaN;
      });
      return network.tape.run(() => {
        const pass = { training: true, lengths: LENGTHS, dropoutKey: () => ({ key0: 1, key1: 2, counter: 3 }) };
        const y = layer.forward(network.tape.constant(padded, [3, T, 3]), pass);
        network.tape.backward(sum(square(y)));
        const values = [...y.values()].filter((_, i) => Math.floor(i / 2) % T < LENGTHS[Math.floor(i / (T * 2))]);
        return { values, gradients: network.entries.map(({ parameter }) => [...parameter.tensor.gradient()]) };
      });
    };
    expect(run(7)).toEqual(run(4));
    expect(run(4).values.some((v) => v !== 0)).toBe(true);
  });

  it('keeps further axes: [B, T, H, W] steps are seen as [H, W]', () => {
    const seen: (readonly number[])[] = [];
    const layer = timeDistributed({
      config: { kind: 'own' },
      parameters: {},
      forward(x, pass) {
        seen.push(x.shape, Object.keys(pass) as never);
        return x;
      },
    });
    using network = createNetwork(new ReferenceEngine(), layer);
    const values = unequal(2 * 3 * 4 * 5);
    const y = network.predict(values, [2, 3, 4, 5], { lengths: [3, 3], carry: new Map() });
    expect(y).toEqual({ shape: [2, 3, 4, 5], values: Float64Array.from(values) });
    expect(seen[0]).toEqual([6, 4, 5]);
    expect(seen[1]).not.toContain('lengths');
    expect(seen[1]).not.toContain('carry');
  });

  it('refuses what is no sequence', () => {
    using network = createNetwork(new ReferenceEngine(), make());
    expect(() => network.predict([1, 2, 3], [1, 3])).toThrow(
      'timeDistributed: expected x of shape [B, T, …], got [1, 3]; it takes a whole sequence',
    );
  });

  it('and pool are rebuilt from their config, and with the weights give the same bits', () => {
    using first = createNetwork(new ReferenceEngine(), sequential(make(), pool({ over: 'max' })), { seed: 1 });
    const rebuilt = layerFromConfig(JSON.parse(JSON.stringify(first.root.config)));
    expect(rebuilt.config).toEqual(first.root.config);
    using second = createNetwork(new ReferenceEngine(), rebuilt, { seed: 2 });
    second.load(structuredClone(first.state()));
    expect(Object.keys(second.state())[0]).toBe('0.layer.0.weight');
    const x = unequal(2 * 3 * 3);
    expect(second.predict(x, [2, 3, 3])).toEqual(first.predict(x, [2, 3, 3]));
  });
});
