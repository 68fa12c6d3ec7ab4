import { expect } from 'vitest';
import { ReferenceEngine } from '../../engine/reference.ts';
import { recurrent } from '../layers/recurrent.ts';
import { createNetwork } from '../network.ts';
import type { Cell } from './cell.ts';
import { gruCell } from './gru.ts';
import { leakyCell } from './leaky.ts';
import { lstmCell } from './lstm.ts';
import { rnnCell } from './rnn.ts';

const engine = new ReferenceEngine();
const size = { input: 3, hidden: 8 };

function firstValues(cell: Cell, seed = 1): Record<string, number[]> {
  using network = createNetwork(engine, recurrent([cell]), { seed });
  return Object.fromEntries(Object.entries(network.state()).map(([name, { data }]) => [name.slice(0, -3), [...data]]));
}

const block = (values: number[], k: number): number[] => values.slice(8 * k, 8 * k + 8);
const largest = (values: number[]): number => Math.max(...values.map(Math.abs));

/** What cells draw as first values, by option. */
export const STARTS: readonly { name: string; run(): void }[] = [
  {
    name: 'are PyTorch’s by default, with every option: weights within 1/√H',
    run() {
      const plain = firstValues(lstmCell(size));
      const rich = firstValues(lstmCell({ ...size, peephole: true, skip: 2, projection: 4 }));
      for (const [name, values] of Object.entries({ ...plain, ...rich })) {
        expect(largest(values), name).toBeLessThanOrEqual(1 / Math.sqrt(8));
        expect(largest(values), name).toBeGreaterThan(0.2);
      }
      expect(rich.weight_ih).toEqual(plain.weight_ih);
    },
  },
  {
    name: 'follow init: identity and orthogonal per gate, zeros, normal of a deviation',
    run() {
      const irnn = firstValues(
        rnnCell({
          ...size,
          activation: 'relu',
          init: { recurrent: 'identity', bias: 'zeros', input: { normal: 0.001 } },
        }),
      );
      expect(irnn.weight_hh).toEqual(Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0)));
      expect([...irnn.bias_ih, ...irnn.bias_hh]).toEqual(Array(16).fill(0));
      expect(largest(irnn.weight_ih)).toBeLessThan(0.005);
      expect(largest(irnn.weight_ih)).toBeGreaterThan(0.0005);
      const wide = firstValues(rnnCell({ ...size, init: { input: { identity: 2 }, recurrent: { orthogonal: 1.5 } } }));
      expect(wide.weight_ih).toEqual(Array.from({ length: 24 }, (_, i) => (i % 4 === 0 && i < 9 ? 2 : 0)));
      for (let row = 0; row < 8; row++) {
        expect(Math.abs(block(wide.weight_hh, row).reduce((sum, v) => sum + v * v, 0) - 2.25)).toBeLessThanOrEqual(
          1e-12,
        );
      }
      const gru = firstValues(gruCell({ ...size, skip: 2, init: { recurrent: 'orthogonal' } }));
      for (const name of ['weight_hh', 'weight_sk']) {
        for (const row of [0, 9, 23]) {
          const norm = block(gru[name], row).reduce((sum, v) => sum + v * v, 0);
          expect(Math.abs(norm - 1), name).toBeLessThanOrEqual(1e-12);
        }
      }
    },
  },
  {
    name: 'chrono: an LSTM’s f remembers what its i does not admit, a GRU’s z remembers; the other biases are 0',
    run() {
      const chrono = { init: { bias: { chrono: 50 } } };
      const lstm = firstValues(lstmCell({ ...size, ...chrono }));
      const kept = block(lstm.bias_ih, 1);
      expect(Math.min(...kept)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...kept)).toBeLessThanOrEqual(Math.log(49));
      expect(new Set(kept).size).toBe(8);
      expect(block(lstm.bias_ih, 0)).toEqual(kept.map((v) => -v));
      expect([...block(lstm.bias_ih, 2), ...block(lstm.bias_ih, 3), ...lstm.bias_hh]).toEqual(Array(48).fill(0));
      const gru = firstValues(gruCell({ ...size, ...chrono }));
      expect(Math.max(...block(gru.bias_ih, 1))).toBeGreaterThan(1);
      expect([...block(gru.bias_ih, 0), ...block(gru.bias_ih, 2), ...gru.bias_hh]).toEqual(Array(40).fill(0));
    },
  },
  {
    name: 'forgetBias raises the f rows of one bias by exactly that much, coupled or not',
    run() {
      for (const coupled of [false, true]) {
        const plain = firstValues(lstmCell({ ...size, coupled }));
        const raised = firstValues(lstmCell({ ...size, coupled, forgetBias: 1 }));
        const f = coupled ? 0 : 1;
        raised.bias_ih.forEach((v, row) => {
          expect(v).toBe(plain.bias_ih[row] + (Math.floor(row / 8) === f ? 1 : 0));
        });
        expect(raised.bias_hh).toEqual(plain.bias_hh);
      }
    },
  },
  {
    name: 'layer norm starts from gains of 1 and shifts of 0; leak from α in [0.05, 0.95)',
    run() {
      const { gain_ih, gain_hh, gain_c, bias_c, bias_ih, bias_hh } = firstValues(
        lstmCell({ ...size, layerNorm: true }),
      );
      expect(new Set([...gain_ih, ...gain_hh, ...gain_c])).toEqual(new Set([1]));
      expect(new Set([...bias_c, ...bias_ih, ...bias_hh])).toEqual(new Set([0]));
      const { leak } = firstValues(leakyCell({ input: 1, hidden: 400, alpha: 'learned' }));
      const alphas = leak.map((v) => 1 / (1 + Math.exp(-v)));
      expect(Math.min(...alphas)).toBeGreaterThanOrEqual(0.05 - 1e-12);
      expect(Math.max(...alphas)).toBeLessThanOrEqual(0.95);
      expect(new Set(alphas).size).toBe(400);
      expect(alphas.reduce((a, b) => a + b, 0) / 400).toBeCloseTo(0.5, 1);
    },
  },
];
