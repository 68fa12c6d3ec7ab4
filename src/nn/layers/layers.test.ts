import { describe, expect, it } from 'vitest';
import { checkGradients, expectGradient, given, unequal } from '../../autograd/gradient-check.case.ts';
import { square, sum, Tape } from '../../autograd/index.ts';
import type { DropoutKey } from '../../engine/engine.ts';
import { ENGINES } from '../../engine/engines.case.ts';
import { ReferenceEngine } from '../../engine/reference.ts';
import { dropoutMask } from '../../random.ts';
import { zeroState } from '../cells/cell.ts';
import { lstmCell } from '../cells/lstm.ts';
import type { Carry, Layer, Pass } from '../layer.ts';
import { createNetwork, noDropout } from '../network.ts';
import { activation } from './activation.ts';
import { dropout } from './dropout.ts';
import { embedding } from './embedding.ts';
import { last } from './last.ts';
import { layerNorm } from './layer-norm.ts';
import { linear } from './linear.ts';
import { recurrent } from './recurrent.ts';
import { sequential } from './sequential.ts';
import { gru, lstm } from './stacks.ts';
import { unroll } from './unroll.ts';

const engine = new ReferenceEngine();
const plain: Pass = { training: false, dropoutKey: noDropout };

/** A pass in training whose keys count up. */
function training(lengths?: readonly number[]): Pass & { keys: DropoutKey[] } {
  const keys: DropoutKey[] = [];
  return {
    training: true,
    ...(lengths && { lengths }),
    keys,
    dropoutKey() {
      keys.push({ key0: 1, key1: 2, counter: keys.length });
      return keys[keys.length - 1];
    },
  };
}

/** Checks every parameter's gradient of Σ y² against differences. */
function checkParameters(layer: Layer, x: number[], shape: number[], pass: () => Pass = () => plain): void {
  using network = createNetwork(engine, layer, { seed: 2 });
  const state = network.state();
  const loss = (backward = false): number =>
    network.tape.run(() => {
      const result = sum(square(layer.forward(network.tape.constant(x, shape), pass())));
      if (backward) network.tape.backward(result);
      return result.item();
    });
  loss(true);
  const gradients = new Map(network.entries.map(({ name, parameter }) => [name, parameter.tensor.gradient()]));
  for (const { name } of network.entries) {
    expectGradient(name, gradients.get(name) ?? [], Array.from(state[name].data), (moved) => {
      network.load({ ...state, [name]: { ...state[name], data: moved } });
      return loss();
    });
    network.load(state);
  }
}

describe('gradients of layers’ parameters are those of finite differences within 1e-7', () => {
  const x = unequal(12, 1);

  it('linear, with a bias and without', () => {
    checkParameters(linear({ input: 3, output: 2 }), x, [2, 2, 3]);
    checkParameters(linear({ input: 3, output: 2, bias: false }), x, [4, 3]);
  });

  it('layerNorm', () => checkParameters(layerNorm({ input: 4 }), x, [3, 4]));

  it('embedding, indices repeated', () =>
    checkParameters(embedding({ vocabulary: 4, output: 2 }), [3, 1, 3, 0, 1, 3], [2, 3]));

  it('a whole network: embedding, two LSTMs with dropout between, last, linear, over ragged rows', () => {
    const layer = sequential(
      embedding({ vocabulary: 4, output: 2 }),
      lstm({ input: 2, hidden: 3, layers: 2, dropout: 0.4 }),
      last(),
      activation('tanh'),
      dropout({ p: 0.3 }),
      linear({ input: 3, output: 2 }),
    );
    checkParameters(layer, [3, 1, 3, 0, 1, 3, 2, 2, 1], [3, 3], () => training([3, 0, 2]));
  });
});

describe('a sequence, fused or unrolled', () => {
  it('gives zeros past the end of each row', () => {
    const cell = lstmCell({ input: 2, hidden: 3 });
    using network = createNetwork(engine, recurrent([cell]), { seed: 1 });
    network.tape.evaluate(() => {
      const x = network.tape.constant(unequal(12), [3, 2, 2]);
      for (const sequence of [cell.sequence, unroll(cell)]) {
        const { outputs } = sequence!(x, zeroState(cell, network.tape, 2), [1, 3]);
        const zero = Array.from({ length: 18 }, (_, i) => i >= 6 && i % 6 < 3);
        expect([...outputs.values()].map((v) => v === 0)).toEqual(zero);
      }
    });
  });
});

describe('last', () => {
  it.each([undefined, [2, 0, 4]])('has the gradient of finite differences within 1e-7, lengths %j', (lengths) => {
    checkGradients(([x]) => last().forward(x, { ...plain, ...(lengths && { lengths }) }), [given([3, 4, 2], 1)]);
  });

  it('takes each row’s last step, zeros for an empty row whatever the padding holds', () => {
    const tape = new Tape(engine);
    const y = tape.evaluate(() => {
      const x = tape.constant([1, 2, Number.NaN, Number.NaN, Number.NaN, Number.NaN], [2, 3, 1]);
      return [
        ...last()
          .forward(x, { ...plain, lengths: [2, 0] })
          .values(),
      ];
    });
    expect(y).toEqual([2, 0]);
  });

  it('refuses what is no sequence', () => {
    const tape = new Tape(engine);
    expect(() => tape.evaluate(() => last().forward(tape.zeros([2, 3]), plain))).toThrow(
      'last: expected x of shape [B, T, D], got [2, 3]; it takes a whole sequence',
    );
  });
});

describe('dropout in networks', () => {
  it('is off outside training', () => {
    const tape = new Tape(engine);
    tape.evaluate(() => {
      const x = tape.constant([1, 2], [2]);
      expect(dropout({ p: 0.5 }).forward(x, plain)).toBe(x);
      expect(dropout({ p: 0 }).forward(x, training())).toBe(x);
    });
  });

  it('takes a fresh key at every use: one per border between cells, one per dropout layer', () => {
    const layer = sequential(
      gru({ input: 2, hidden: 3, layers: 3, dropout: 0.5 }),
      dropout({ p: 0.5 }),
      dropout({ p: 0.5 }),
    );
    using network = createNetwork(engine, layer);
    const pass = training();
    network.tape.run(() => layer.forward(network.tape.constant(unequal(12), [2, 3, 2]), pass));
    expect(pass.keys.map(({ counter }) => counter)).toEqual([0, 1, 2, 3]);
  });

  it('between cells drops what the generator’s mask says, time-major: padding further changes no mask', () => {
    const layer = lstm({ input: 1, hidden: 4, layers: 2, dropout: 0.5 });
    using network = createNetwork(engine, layer, { seed: 1 });
    const outputs = (T: number): number[][] =>
      network.tape.run(() => {
        const x = Array.from({ length: 2 * T }, (_, i) => (i % T < 3 ? Math.cos(i % T) : Number.NaN));
        const y = layer.forward(network.tape.constant(x, [2, T, 1]), training([3, 3])).values();
        return [0, 1].map((b) => [...y.slice(b * T * 4, (b * T + 3) * 4)]);
      });
    expect(outputs(6)).toEqual(outputs(3));
    expect(outputs(3)[0]).not.toEqual(outputs(3)[1]);
    expect(new Set(dropoutMask([1, 2], 0, 0.5, new Uint8Array(24))).size).toBe(2);
  });
});

describe.each(ENGINES)('a carried state on $name', async ({ open }) => {
  const own = await open();

  it('stops the gradient at the border: only the steps of the pass count', () => {
    const layer = gru({ input: 1, hidden: 2 });
    using network = createNetwork(own, layer, { seed: 3 });
    const { tape } = network;
    const gradients = (carry: Carry): number[] => {
      network.zeroGradients();
      return tape.run(() => {
        tape.backward(sum(layer.forward(tape.constant([0.3, -0.4], [1, 2, 1]), { ...plain, carry })));
        return network.entries.flatMap(({ parameter }) => [...parameter.tensor.gradient()]);
      });
    };
    const after: Carry = new Map();
    tape.evaluate(() => layer.forward(tape.constant([0.7, 0.1], [1, 2, 1]), { ...plain, carry: after }));
    const state = Array.from(after.get(layer)?.[0].h ?? []);
    const first = gradients(after);
    // The same state, given as plain numbers without a history.
    expect(gradients(new Map([[layer, [{ h: state }]]]))).toEqual(first);
    expect(after.get(layer)?.[0].h).not.toEqual(state);
  });
});
