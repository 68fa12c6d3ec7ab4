import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../engine/reference.ts';
import { layerFromConfig } from '../from-config.ts';
import { recurrent } from '../layers/recurrent.ts';
import { createNetwork } from '../network.ts';
import type { Cell } from './cell.ts';
import { gruCell } from './gru.ts';
import { leakyCell } from './leaky.ts';
import { lstmCell } from './lstm.ts';
import { NOISY, OPTIONS } from './options.case.ts';
import { rnnCell } from './rnn.ts';

const engine = new ReferenceEngine();
const size = { input: 3, hidden: 8 };

function firstValues(cell: Cell, seed = 1): Record<string, number[]> {
  using network = createNetwork(engine, recurrent([cell]), { seed });
  return Object.fromEntries(Object.entries(network.state()).map(([name, { data }]) => [name.slice(0, -3), [...data]]));
}

const block = (values: number[], k: number): number[] => values.slice(8 * k, 8 * k + 8);
const largest = (values: number[]): number => Math.max(...values.map(Math.abs));

describe('first values of cells', () => {
  it('are PyTorch’s by default, with every option: weights within 1/√H', () => {
    const plain = firstValues(lstmCell(size));
    const rich = firstValues(lstmCell({ ...size, peephole: true, skip: 2, projection: 4 }));
    for (const [name, values] of Object.entries({ ...plain, ...rich })) {
      expect(largest(values), name).toBeLessThanOrEqual(1 / Math.sqrt(8));
      expect(largest(values), name).toBeGreaterThan(0.2);
    }
    expect(rich.weight_ih).toEqual(plain.weight_ih);
  });

  it('follow init: identity and orthogonal per gate, zeros, normal of a deviation', () => {
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
    const gru = firstValues(gruCell({ ...size, skip: 2, init: { recurrent: 'orthogonal' } }));
    for (const name of ['weight_hh', 'weight_sk']) {
      for (const row of [0, 9, 23]) {
        const norm = block(gru[name], row).reduce((sum, v) => sum + v * v, 0);
        expect(Math.abs(norm - 1), name).toBeLessThanOrEqual(1e-12);
      }
    }
  });

  it('chrono: an LSTM’s f remembers what its i does not admit, a GRU’s z remembers; the other biases are 0', () => {
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
  });

  it('forgetBias raises the f rows of one bias by exactly that much, coupled or not', () => {
    for (const coupled of [false, true]) {
      const plain = firstValues(lstmCell({ ...size, coupled }));
      const raised = firstValues(lstmCell({ ...size, coupled, forgetBias: 1 }));
      const f = coupled ? 0 : 1;
      raised.bias_ih.forEach((v, row) => {
        expect(v).toBe(plain.bias_ih[row] + (Math.floor(row / 8) === f ? 1 : 0));
      });
      expect(raised.bias_hh).toEqual(plain.bias_hh);
    }
  });

  it('layer norm starts from gains of 1 and shifts of 0; leak from α in [0.05, 0.95)', () => {
    const { gain_ih, gain_hh, gain_c, bias_c, bias_ih, bias_hh } = firstValues(lstmCell({ ...size, layerNorm: true }));
    expect(new Set([...gain_ih, ...gain_hh, ...gain_c])).toEqual(new Set([1]));
    expect(new Set([...bias_c, ...bias_ih, ...bias_hh])).toEqual(new Set([0]));
    const { leak } = firstValues(leakyCell({ input: 1, hidden: 400, alpha: 'learned' }));
    const alphas = leak.map((v) => 1 / (1 + Math.exp(-v)));
    expect(Math.min(...alphas)).toBeGreaterThanOrEqual(0.05 - 1e-12);
    expect(Math.max(...alphas)).toBeLessThanOrEqual(0.95);
    expect(alphas.reduce((a, b) => a + b, 0) / 400).toBeCloseTo(0.5, 1);
  });
});

describe('options in a model file', () => {
  it.each([...OPTIONS, ...NOISY])(
    '$name comes back from its JSON with the same configuration, names and predictions',
    (one) => {
      const build = () => recurrent([one.make({ input: 3, hidden: 4 })]);
      const rebuilt = layerFromConfig(JSON.parse(JSON.stringify(build().config)));
      expect(rebuilt.config).toEqual(build().config);
      using network = createNetwork(engine, build(), { seed: 5 });
      using copy = createNetwork(engine, rebuilt, { seed: 5 });
      expect(copy.state()).toEqual(network.state());
      copy.load(network.state());
      const x = Array.from({ length: 2 * 7 * 3 }, (_, i) => Math.cos(i));
      expect(copy.predict(x, [2, 7, 3])).toEqual(network.predict(x, [2, 7, 3]));
    },
  );

  it('a start comes back too, and plain cells write what they always wrote', () => {
    const init = { recurrent: { orthogonal: 1.1 }, bias: { chrono: 30 } } as const;
    expect(JSON.parse(JSON.stringify(recurrent([lstmCell({ ...size, init })]).config)).cells).toEqual([
      { kind: 'lstm', ...size, init },
    ]);
    expect([rnnCell(size), lstmCell(size), gruCell(size)].map(({ options }) => options)).toEqual([
      { activation: 'tanh' },
      {},
      { reset: 'after' },
    ]);
  });
});

describe('options that cannot be', () => {
  it.each(
    (
      [
        [() => rnnCell({ ...size, skip: 1 }), 'rnn: expected skip to be a whole number of steps, at least 2, got 1; '],
        [
          () => gruCell({ ...size, dilation: 0 }),
          'gru: expected dilation to be a whole number of steps, at least 1, got 0; ',
        ],
        [() => lstmCell({ ...size, skip: 2, dilation: 2 }), 'lstm: expected skip or dilation, got both; '],
        [
          () => rnnCell({ ...size, activation: 'toString' as never }),
          'rnn: expected activation to be one of tanh, relu, ',
        ],
        [() => gruCell({ ...size, reset: 'never' as never }), 'gru: expected reset to be after or before, got never; '],
        [() => lstmCell({ ...size, zoneout: 1 }), 'lstm: expected zoneout of h p with 0 ≤ p < 1, got 1; '],
        [() => lstmCell({ ...size, zoneout: { c: -1 } }), 'lstm: expected zoneout of c p with 0 ≤ p < 1, got -1; '],
        [
          () => gruCell({ ...size, recurrentDropout: Number.NaN }),
          'gru: expected recurrentDropout p with 0 ≤ p < 1, got NaN; ',
        ],
        [
          () => rnnCell({ ...size, variational: { input: 2 } }),
          'rnn: expected variational.input p with 0 ≤ p < 1, got 2; ',
        ],
        [
          () => lstmCell({ ...size, projection: 0 }),
          'lstm: expected projection to be a whole number of at least 1, got 0; ',
        ],
        [() => lstmCell({ ...size, cellClip: -1 }), 'lstm: expected cellClip above 0, got -1; '],
        [() => lstmCell({ ...size, forgetBias: Number.NaN }), 'lstm: expected forgetBias to be a number, got NaN; '],
        [
          () => lstmCell({ ...size, forgetBias: 1, init: { bias: { chrono: 9 } } }),
          'lstm: expected forgetBias or a chrono start, got both; ',
        ],
        [
          () => rnnCell({ ...size, init: { bias: { chrono: 9 } } }),
          'init: expected chrono for a cell with a gate that keeps the past, ',
        ],
        [
          () => rnnCell({ ...size, init: { recurrent: 'toString' as never } }),
          'init: expected one of uniform, glorotUniform, ',
        ],
        [
          () => rnnCell({ ...size, init: { input: { normal: Number.NaN } } }),
          'init: expected one of uniform, glorotUniform, ',
        ],
        [
          () => rnnCell({ ...size, init: { bias: 'ones' as never } }),
          'init: expected bias to be uniform, zeros or { chrono: steps }, ',
        ],
        [
          () => leakyCell({ ...size, alpha: 1 }),
          "leaky: expected alpha to be a number with 0 ≤ α < 1, 8 of them or 'learned', got 1; ",
        ],
        [
          () => leakyCell({ ...size, alpha: [0.5] }),
          "leaky: expected alpha to be a number with 0 ≤ α < 1, 8 of them or 'learned', got [0.5]; ",
        ],
        [
          () => leakyCell({ ...size } as never),
          "leaky: expected alpha to be a number with 0 ≤ α < 1, 8 of them or 'learned', got undefined; ",
        ],
      ] as [() => Cell, string][]
    ).map(([make, message]) => ({ make, message })),
  )('$message', ({ make, message }) => {
    expect(make).toThrow(message);
  });
});
