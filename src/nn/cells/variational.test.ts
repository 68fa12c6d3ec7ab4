import { expect, test } from 'vitest';
import { mean, multiply, type Tensor } from '../../autograd/index.ts';
import { ENGINES } from '../../engine/engines.case.ts';
import { createNetwork, type Layer, type Pass, recurrent } from '../index.ts';
import type { Cell } from './cell.ts';
import { gruCell } from './gru.ts';
import { leakyCell } from './leaky.ts';
import { lstmCell } from './lstm.ts';
import { rnnCell } from './rnn.ts';

const [B, T, D, H] = [3, 7, 3, 5];
const LENGTHS = Int32Array.from([7, 0, 4]);
const X = Array.from({ length: B * T * D }, (_, i) => Math.sin(i * i));
const both = { input: 0.3, recurrent: 0.4 };
const size = { input: D, hidden: H };

const CELLS: Record<string, () => Cell> = {
  'rnn tanh': () => rnnCell({ ...size, variational: both }),
  'rnn relu, weights dropped': () => rnnCell({ ...size, activation: 'relu', variational: both, weightDrop: 0.3 }),
  lstm: () => lstmCell({ ...size, variational: both }),
  'lstm of dilation 2': () => lstmCell({ ...size, variational: both, dilation: 2 }),
  'lstm, input alone, with a skip': () => lstmCell({ ...size, variational: { input: 0.3 }, skip: 2 }),
  'gru reset after, input alone': () => gruCell({ ...size, variational: { input: 0.3 } }),
  'gru reset before, input alone': () => gruCell({ ...size, reset: 'before', variational: { input: 0.3 } }),
  'leaky, input alone': () => leakyCell({ ...size, alpha: 'learned', variational: { input: 0.3 } }),
};

function stepped({ sequence, last: _last, ...cell }: Cell): Cell {
  expect(sequence).toBeDefined();
  return cell;
}

const LAYERS: Record<string, (make: () => Cell) => Layer> = {
  forwards: (make) => recurrent([make()], { initial: 'learned' }),
  'both ways': (make) => recurrent([make()], { backward: [make()] }),
  'the last state': (make) => recurrent([make()], { returns: 'state' }),
};

test.each(ENGINES.flatMap((engine) => Object.entries(CELLS).map(([name, make]) => ({ ...engine, cell: name, make }))))(
  '$cell under masks is the same fused, recomputed and step by step, on $name',
  async ({ open, precision, make }) => {
    const engine = await open();
    const tolerance = precision === 'f64' ? 1e-12 : 4e-6;
    /** Outputs, and gradients of a loss that weighs every output unequally. */
    function solve(
      root: Layer,
      lengths: Int32Array | undefined,
    ): [outputs: ArrayLike<number>, gradients: ArrayLike<number>] {
      const network = createNetwork(engine, root, { seed: 2 });
      let counter = 0;
      const pass: Pass = { training: true, lengths, dropoutKey: () => ({ key0: 11, key1: 12, counter: counter++ }) };
      const { tape } = network;
      network.zeroGradients();
      return tape.run(() => {
        const y: Tensor = root.forward(tape.constant(X, [B, T, D]), pass);
        const weights = tape.constant(
          Array.from({ length: y.size }, (_, i) => Math.cos(3 * i)),
          y.shape,
        );
        tape.backward(mean(multiply(y, weights)));
        return [y.values().slice(), engine.read(network.gradients, network.slots).slice()];
      });
    }
    for (const layer of Object.values(LAYERS)) {
      for (const lengths of [undefined, LENGTHS]) {
        const wanted = solve(
          layer(() => stepped(make())),
          lengths,
        );
        const given = [solve(layer(make), lengths)];
        if (make().last) given.push(solve(recompute(layer(make)), lengths));
        for (const one of given) {
          one.forEach((values, k) => {
            expect(values.length).toBe(wanted[k].length);
            for (let i = 0; i < values.length; i++) expect(Math.abs(values[i] - wanted[k][i])).toBeLessThan(tolerance);
          });
        }
      }
    }
  },
);

/** The same layer, recomputed in segments of 3 steps. */
function recompute(layer: Layer): Layer {
  const { cells, backward, config } = layer as ReturnType<typeof recurrent>;
  const { initial, returns } = config as { initial?: 'learned'; returns?: 'state' };
  return recurrent(cells, {
    recompute: 3,
    ...(backward && { backward }),
    ...(initial && { initial }),
    ...(returns && { returns }),
  });
}
