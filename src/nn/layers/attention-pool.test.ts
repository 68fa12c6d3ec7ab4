import { describe, expect, it } from 'vitest';
import { checkGradients, given, unequal } from '../../autograd/gradient-check.case.ts';
import { ENGINES } from '../../engine/engines.case.ts';
import { layerFromConfig } from '../from-config.ts';
import type { Pass } from '../layer.ts';
import { createNetwork, noDropout } from '../network.ts';
import { attentionPool } from './attention-pool.ts';

const [B, T, D, A] = [3, 4, 2, 5];
const LENGTHS = [2, 0, 4];
const plain: Pass = { training: false, dropoutKey: noDropout };

describe('attentionPool', () => {
  it.each([undefined, LENGTHS])('has the gradients of differences within 1e-7, lengths %j', (lengths) => {
    checkGradients(
      ([x, weight, bias, score]) => {
        const layer = attentionPool({ input: D, hidden: A });
        layer.parameters.weight.bind(weight);
        layer.parameters.bias.bind(bias);
        layer.parameters.weight_score.bind(score);
        return layer.forward(x, { ...plain, ...(lengths && { lengths }) });
      },
      [given([B, T, D], 1), given([A, D], 2), given([A], 3), given([1, A], 4)],
    );
  });

  it.each(ENGINES)(
    'on $name is the mean weighted by softmax(v·tanh(W x + b)) within a row, whatever the padding holds',
    async ({ open }) => {
      using network = createNetwork(await open(), attentionPool({ input: D, hidden: A }), { seed: 4 });
      const state = network.state();
      const bias = Float64Array.of(0.5, -1, 0.25, 2, -0.125);
      network.load({ ...state, bias: { shape: [A], data: bias } });
      const [w, v] = [state.weight.data, state.weight_score.data];
      const x = unequal(B * T * D);
      const padded = Float64Array.from(x, (value, i) =>
        Math.floor(i / D) % T < LENGTHS[Math.floor(i / (D * T))] ? value : Number.NaN,
      );
      const { values } = network.predict(padded, [B, T, D], { lengths: LENGTHS });
      LENGTHS.forEach((length, b) => {
        const at = (t: number, d: number): number => x[(b * T + t) * D + d];
        const scores = Array.from({ length }, (_, t) =>
          Array.from(
            { length: A },
            (_, a) => v[a] * Math.tanh(bias[a] + w[a * D] * at(t, 0) + w[a * D + 1] * at(t, 1)),
          ).reduce((p, q) => p + q),
        );
        const total = scores.reduce((p, q) => p + Math.exp(q), 0);
        for (let d = 0; d < D; d++) {
          const wanted = scores.reduce((p, score, t) => p + (Math.exp(score) / total) * at(t, d), 0);
          expect(Math.abs(values[b * D + d] - wanted)).toBeLessThan(2e-6);
        }
      });
      expect(values.slice(D, 2 * D)).toEqual(values.slice(D, 2 * D).fill(0));
      // Padding a row changes nothing, to the bit.
      const alone = network.predict(x.slice(0, 2 * D), [1, 2, D]);
      expect(values.slice(0, D)).toEqual(alone.values);
    },
  );

  it('is rebuilt from its config', () => {
    const layer = attentionPool({ input: D });
    expect(layerFromConfig(layer.config).config).toEqual({ kind: 'attentionPool', input: D, hidden: D });
    expect(() => attentionPool({ input: 0 })).toThrow(
      'attentionPool: expected input to be a whole number of at least 1',
    );
  });
});
