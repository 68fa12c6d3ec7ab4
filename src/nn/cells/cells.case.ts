import { add, affine, columns, concat, linear, multiply, sigmoid, tanh } from '../../autograd/index.ts';
import { uniform } from '../init.ts';
import { Parameter } from '../parameter.ts';
import type { CellCase } from './cell.case.ts';
import type { Cell } from './cell.ts';
import { gruCell } from './gru.ts';
import { lstmCell } from './lstm.ts';
import { naiveAffine, naiveSigmoid } from './naive.case.ts';
import { rnnCell } from './rnn.ts';

const rnnCase = (activation: 'tanh' | 'relu'): CellCase => ({
  name: `rnn ${activation}`,
  stateNames: ['h'],
  make: (size) => rnnCell({ ...size, activation }),
  naive({ weight_ih, weight_hh, bias_ih, bias_hh }, x, { h }) {
    const fromInput = naiveAffine(weight_ih, bias_ih[0], 0, h.length, x);
    const fromHidden = naiveAffine(weight_hh, bias_hh[0], 0, h.length, h);
    const f = activation === 'tanh' ? Math.tanh : (a: number) => (a > 0 ? a : 0);
    return { h: fromInput.map((a, j) => f(a + fromHidden[j])) };
  },
});

const lstmCase: CellCase = {
  name: 'lstm',
  stateNames: ['h', 'c'],
  make: lstmCell,
  naive({ weight_ih, weight_hh, bias_ih, bias_hh }, x, { h, c }) {
    const H = h.length;
    const gate = (index: number): number[] => {
      const fromInput = naiveAffine(weight_ih, bias_ih[0], index, H, x);
      const fromHidden = naiveAffine(weight_hh, bias_hh[0], index, H, h);
      return fromInput.map((a, j) => a + fromHidden[j]);
    };
    const i = gate(0).map(naiveSigmoid);
    const f = gate(1).map(naiveSigmoid);
    const g = gate(2).map(Math.tanh);
    const o = gate(3).map(naiveSigmoid);
    const cell = i.map((_, j) => f[j] * c[j] + i[j] * g[j]);
    return { h: cell.map((v, j) => o[j] * Math.tanh(v)), c: cell };
  },
};

const gruCase = (reset: 'after' | 'before'): CellCase => ({
  name: `gru reset ${reset}`,
  stateNames: ['h'],
  make: (size) => gruCell({ ...size, reset }),
  naive({ weight_ih, weight_hh, bias_ih, bias_hh }, x, { h }) {
    const H = h.length;
    const fromInput = (gate: number): number[] => naiveAffine(weight_ih, bias_ih[0], gate, H, x);
    const fromHidden = (gate: number, v: readonly number[]): number[] => naiveAffine(weight_hh, bias_hh[0], gate, H, v);
    const r = fromInput(0).map((a, j) => naiveSigmoid(a + fromHidden(0, h)[j]));
    const z = fromInput(1).map((a, j) => naiveSigmoid(a + fromHidden(1, h)[j]));
    const candidate = fromInput(2);
    const recurrent =
      reset === 'after'
        ? fromHidden(2, h).map((a, j) => r[j] * a)
        : fromHidden(
            2,
            h.map((v, j) => r[j] * v),
          );
    const n = candidate.map((a, j) => Math.tanh(a + recurrent[j]));
    return { h: n.map((v, j) => (1 - z[j]) * v + z[j] * h[j]) };
  },
});

/**
 * A cell as a user would write one, from primitives and without a fused sequence: one gate that forgets and admits,
 * with a second state that sums what was admitted.
 */
function ownCell({ input, hidden }: { input: number; hidden: number }): Cell {
  const start = uniform(1 / Math.sqrt(hidden));
  const weight = new Parameter([2 * hidden, input + hidden], start);
  const bias = new Parameter([2 * hidden], start, { decays: false });
  return {
    kind: 'own',
    input,
    hidden,
    options: {},
    parameters: { weight, bias },
    stateNames: ['h', 'admitted'],
    step(x, { h, admitted }) {
      const both = linear(concat([x, h]), weight.tensor, bias.tensor);
      const gate = sigmoid(columns(both, 0, hidden));
      const news = multiply(affine(gate, -1, 1), tanh(columns(both, hidden, 2 * hidden)));
      return { h: add(multiply(gate, h), news), admitted: add(affine(admitted, 0.5), news) };
    },
  };
}

const ownCase: CellCase = {
  name: 'own cell',
  stateNames: ['h', 'admitted'],
  make: ownCell,
  naive({ weight, bias }, x, { h, admitted }) {
    const H = h.length;
    const both = [...x, ...h];
    const gate = naiveAffine(weight, bias[0], 0, H, both).map(naiveSigmoid);
    const news = naiveAffine(weight, bias[0], 1, H, both).map((a, j) => (1 - gate[j]) * Math.tanh(a));
    return { h: h.map((v, j) => gate[j] * v + news[j]), admitted: admitted.map((v, j) => 0.5 * v + news[j]) };
  },
};

export const CELLS = {
  rnnTanh: rnnCase('tanh'),
  rnnRelu: rnnCase('relu'),
  lstm: lstmCase,
  gruAfter: gruCase('after'),
  gruBefore: gruCase('before'),
  own: ownCase,
};
