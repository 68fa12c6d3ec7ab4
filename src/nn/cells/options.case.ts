import type { CellCase, NaiveDraw } from './cell.case.ts';
import { dilate } from './delay.ts';
import { type GruOptions, gruCell } from './gru.ts';
import { type LeakyOptions, leakyCell } from './leaky.ts';
import { type LstmOptions, lstmCell } from './lstm.ts';
import {
  type NaiveNoise,
  type NaiveState,
  type NaiveWeights,
  naiveAffine,
  naiveSigmoid,
  type Vector,
} from './naive.case.ts';
import { type RnnOptions, rnnCell } from './rnn.ts';

/** Options of a cell beside its sizes, which may depend on H. */
type Rest<O> = Omit<O, 'input' | 'hidden'>;

const product = (w: readonly Vector[], gate: number, H: number, x: Vector): number[] =>
  naiveAffine(w, Array<number>(w.length).fill(0), gate, H, x);
const times = (a: Vector, b: Vector | undefined): number[] => a.map((v, j) => (b ? v * b[j] : v));
const plus = (...all: Vector[]): number[] => all[0].map((_, j) => all.reduce((sum, one) => sum + one[j], 0));

/** (x − mean)/√(variance + 1e-5)·gain + shift over all of x. */
function normed(x: Vector, gain: Vector, shift: Vector): number[] {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
  return x.map((v, j) => ((v - mean) / Math.sqrt(variance + 1e-5)) * gain[j] + shift[j]);
}

/** Units whose mask is 0 keep their old state; without a mask the expected value. */
const zoned = (next: Vector, before: Vector, p: number | undefined, mask: Vector | undefined): number[] =>
  next.map((v, j) => (p ? (mask ? (mask[j] === 0 ? before[j] : v) : p * before[j] + (1 - p) * v) : v));

/** h_{t−d} in a line that ends with h_{t−2}. */
const delayedIn = (past: Vector, width: number, d: number): Vector => {
  const from = past.length - (d - 1) * width;
  return past.slice(from, from + width);
};

interface Terms {
  input(gate: number): number[];
  recurrent(gate: number, factor?: Vector): number[];
}

/** `W_ih x + b_ih`, and `W_hh h' + b_hh` with the skip's part; `factor` multiplies what the recurrent term reads. */
function termsOf(w: NaiveWeights, x: Vector, { h, past }: NaiveState, H: number, skip: number, m?: NaiveNoise): Terms {
  const seen = times(x, m?.x);
  const read = times(h, m?.h);
  const delayed = skip ? times(delayedIn(past, h.length, skip), m?.h) : [];
  return {
    input: (gate) => naiveAffine(w.weight_ih, w.bias_ih[0], gate, H, seen),
    recurrent(gate, factor) {
      const near = naiveAffine(w.weight_hh, w.bias_hh[0], gate, H, times(read, factor));
      return skip ? plus(near, product(w.weight_sk, gate, H, times(delayed, factor))) : near;
    },
  };
}

const ACTIVATIONS = {
  tanh: Math.tanh,
  relu: (a: number) => Math.max(a, 0),
  sigmoid: naiveSigmoid,
  softplus: (a: number) => Math.log(1 + Math.exp(a)),
  identity: (a: number) => a,
};

const line = ({ h, past }: NaiveState, skip: number | undefined): NaiveState =>
  skip ? { past: [...past.slice(h.length), ...h] } : {};

type Common = Pick<RnnOptions, 'zoneout' | 'variational' | 'skip'>;

function drawsOf({ zoneout, variational = {} }: Common, rest: Partial<Record<string, number>>, P?: number) {
  return ({ input, hidden }: { input: number; hidden: number }): NaiveDraw[] =>
    [
      { name: 'x', p: variational.input ?? 0, width: input, each: false },
      { name: 'h', p: variational.recurrent ?? 0, width: P ?? hidden, each: false },
      { name: 'zoneout', p: zoneout ?? 0, width: P ?? hidden, each: true },
      ...Object.entries(rest).map(([name, p = 0]) => ({ name, p, width: hidden, each: true })),
    ].filter(({ p }) => p > 0);
}

const namesOf = (states: string[], { skip }: Common): string[] => (skip ? [...states, 'past'] : states);

export function rnnOption(name: string, options: Rest<RnnOptions>): CellCase {
  const { activation = 'tanh', skip, zoneout } = options;
  return {
    name: `rnn ${name}`,
    stateNames: namesOf(['h'], options),
    make: (size) => rnnCell({ ...size, ...options }),
    draws: drawsOf(options, {}),
    naive(w, x, state, m) {
      const terms = termsOf(w, x, state, state.h.length, skip ?? 0, m);
      const h = plus(terms.input(0), terms.recurrent(0)).map(ACTIVATIONS[activation]);
      return { h: zoned(h, state.h, zoneout, m?.zoneout), ...line(state, skip) };
    },
  };
}

export function leakyOption(name: string, options: (hidden: number) => Rest<LeakyOptions>): CellCase {
  const { activation = 'tanh', skip, zoneout } = options(1);
  return {
    name: `leaky ${name}`,
    stateNames: namesOf(['h'], options(1)),
    make: (size) => leakyCell({ ...size, ...options(size.hidden) }),
    draws: drawsOf(options(1), {}),
    naive(w, x, state, m) {
      const { alpha } = options(state.h.length);
      const terms = termsOf(w, x, state, state.h.length, skip ?? 0, m);
      const news = plus(terms.input(0), terms.recurrent(0)).map(ACTIVATIONS[activation]);
      const h = news.map((v, j) => {
        const a = typeof alpha === 'number' ? alpha : alpha === 'learned' ? naiveSigmoid(w.leak[0][j]) : alpha[j];
        return a * state.h[j] + (1 - a) * v;
      });
      return { h: zoned(h, state.h, zoneout, m?.zoneout), ...line(state, skip) };
    },
  };
}

export function gruOption(name: string, options: Rest<GruOptions>): CellCase {
  const { reset = 'after', skip, zoneout, recurrentDropout } = options;
  return {
    name: `gru ${name}`,
    stateNames: namesOf(['h'], options),
    make: (size) => gruCell({ ...size, ...options }),
    draws: drawsOf(options, { candidate: recurrentDropout ?? 0 }),
    naive(w, x, state, m) {
      const H = state.h.length;
      const terms = termsOf(w, x, state, H, skip ?? 0, m);
      const r = plus(terms.input(0), terms.recurrent(0)).map(naiveSigmoid);
      const z = plus(terms.input(1), terms.recurrent(1)).map(naiveSigmoid);
      const recurrent = reset === 'after' ? times(terms.recurrent(2), r) : terms.recurrent(2, r);
      const n = times(plus(terms.input(2), recurrent).map(Math.tanh), m?.candidate);
      const h = n.map((v, j) => (1 - z[j]) * v + z[j] * state.h[j]);
      return { h: zoned(h, state.h, zoneout, m?.zoneout), ...line(state, skip) };
    },
  };
}

/** Every option of the LSTM at once, as its documentation says. */
export function lstmOption(name: string, options: Rest<LstmOptions>): CellCase {
  const { peephole, coupled, layerNorm, projection, cellClip, skip, recurrentDropout } = options;
  const zoneout = typeof options.zoneout === 'object' ? options.zoneout : { h: options.zoneout, c: options.zoneout };
  const gates = coupled ? ['f', 'g', 'o'] : ['i', 'f', 'g', 'o'];
  const peeps = coupled ? ['f', 'o'] : ['i', 'f', 'o'];
  return {
    name: `lstm ${name}`,
    stateNames: namesOf(['h', 'c'], options as Common),
    make: (size) => lstmCell({ ...size, ...options }),
    draws: drawsOf(
      { ...options, zoneout: zoneout.h ?? 0 },
      { zoneoutCell: zoneout.c ?? 0, candidate: recurrentDropout ?? 0 },
      projection,
    ),
    naive(w, x, state, m) {
      const H = state.c.length;
      const bare = layerNorm ? { ...w, bias_ih: [w.bias_ih[0].map(() => 0)], bias_hh: [w.bias_hh[0].map(() => 0)] } : w;
      const terms = termsOf(bare, x, state, H, skip ?? 0, m);
      let fromInput = gates.flatMap((_, k) => terms.input(k));
      let fromHidden = gates.flatMap((_, k) => terms.recurrent(k));
      if (layerNorm) {
        fromInput = normed(fromInput, w.gain_ih[0], w.bias_ih[0]);
        fromHidden = normed(fromHidden, w.gain_hh[0], w.bias_hh[0]);
      }
      const all = plus(fromInput, fromHidden);
      const row = (gate: string): number[] => all.slice(gates.indexOf(gate) * H, (gates.indexOf(gate) + 1) * H);
      const open = (gate: string, c: Vector): number[] =>
        row(gate).map((a, j) =>
          naiveSigmoid(a + (peephole ? w.weight_peephole[0][peeps.indexOf(gate) * H + j] * c[j] : 0)),
        );
      const f = open('f', state.c);
      const i = coupled ? f.map((v) => 1 - v) : open('i', state.c);
      const g = times(row('g').map(Math.tanh), m?.candidate);
      const clip = cellClip ?? Number.POSITIVE_INFINITY;
      const c = f.map((v, j) => Math.min(clip, Math.max(-clip, v * state.c[j] + i[j] * g[j])));
      const o = open('o', c);
      const squashed = (layerNorm ? normed(c, w.gain_c[0], w.bias_c[0]) : c).map(Math.tanh);
      const whole = times(o, squashed);
      const h = projection ? product(w.weight_hr, 0, projection, whole) : whole;
      return {
        h: zoned(h, state.h, zoneout.h, m?.zoneout),
        c: zoned(c, state.c, zoneout.c, m?.zoneoutCell),
        ...line(state, skip),
      };
    },
  };
}

/** A case whose cell reads its states of `d` steps before; the lines are named `past` and `past_c`. */
export function dilated(base: CellCase, d: number, make?: CellCase['make']): CellCase {
  const lineOf = (name: string): string => (name === 'h' ? 'past' : `past_${name}`);
  return {
    ...base,
    name: `${base.name} dilation ${d}`,
    stateNames: [...base.stateNames, ...base.stateNames.map(lineOf)],
    make: make ?? ((size) => dilate(base.make(size), d)),
    naive(w, x, state, m) {
      const before: Record<string, Vector> = {};
      const lines: Record<string, Vector> = {};
      for (const name of base.stateNames) {
        const width = state[name].length;
        before[name] = delayedIn(state[lineOf(name)], width, d);
        lines[lineOf(name)] = [...state[lineOf(name)].slice(width), ...state[name]];
      }
      return { ...base.naive(w, x, before, m), ...lines };
    },
  };
}

const perUnit = (hidden: number): number[] =>
  Array.from({ length: hidden }, (_, j) => 0.2 + (0.7 * (j + 1)) / (hidden + 1));

/** The options one by one and in combinations that meet in one line of code. */
export const OPTIONS: readonly CellCase[] = [
  rnnOption('sigmoid', { activation: 'sigmoid' }),
  rnnOption('skip 2', { skip: 2 }),
  rnnOption('softplus skip 3', { activation: 'softplus', skip: 3 }),
  // Without bounds, states would grow past what the suite's absolute bounds are made for.
  { ...rnnOption('identity skip 2', { activation: 'identity', skip: 2 }), spread: 0.5 },
  dilated(rnnOption('tanh', {}), 2, (size) => rnnCell({ ...size, dilation: 2 })),
  leakyOption('alpha 0.3', () => ({ alpha: 0.3 })),
  leakyOption('alpha per unit, relu', (hidden) => ({ alpha: perUnit(hidden), activation: 'relu' })),
  leakyOption('alpha learned', () => ({ alpha: 'learned' })),
  leakyOption('alpha learned, skip 2', () => ({ alpha: 'learned', skip: 2 })),
  dilated(
    leakyOption('alpha 0.6', () => ({ alpha: 0.6 })),
    2,
  ),
  gruOption('after skip 3', { skip: 3 }),
  gruOption('before skip 2', { reset: 'before', skip: 2 }),
  dilated(gruOption('before', { reset: 'before' }), 3, (size) => gruCell({ ...size, reset: 'before', dilation: 3 })),
  lstmOption('peephole', { peephole: true }),
  lstmOption('coupled', { coupled: true }),
  lstmOption('layer norm', { layerNorm: true }),
  lstmOption('projection', { projection: 2 }),
  lstmOption('cell clip', { cellClip: 0.4 }),
  lstmOption('skip 2', { skip: 2 }),
  lstmOption('coupled peephole projection', { coupled: true, peephole: true, projection: 3 }),
  lstmOption('layer norm coupled skip 2', { layerNorm: true, coupled: true, skip: 2 }),
  {
    ...lstmOption('everything', { peephole: true, layerNorm: true, projection: 2, cellClip: 1.1, skip: 3 }),
    spread: 3,
  },
  dilated(lstmOption('plain', {}), 3, (size) => lstmCell({ ...size, dilation: 3 })),
  dilated(lstmOption('projection', { projection: 2 }), 2, (size) => lstmCell({ ...size, projection: 2, dilation: 2 })),
];

/** Cells that draw masks in training; outside it zoneout takes the expected value. */
export const NOISY: readonly CellCase[] = [
  rnnOption('variational', { variational: { input: 0.3, recurrent: 0.4 } }),
  lstmOption('variational', { variational: { input: 0.2, recurrent: 0.4 } }),
  rnnOption('zoneout variational', { zoneout: 0.2, variational: { input: 0.3, recurrent: 0.4 } }),
  leakyOption('zoneout', () => ({ alpha: 'learned', zoneout: 0.3 })),
  gruOption('zoneout variational recurrent dropout', {
    zoneout: 0.25,
    variational: { recurrent: 0.3 },
    recurrentDropout: 0.4,
  }),
  gruOption('before variational skip 2', { reset: 'before', skip: 2, variational: { input: 0.3, recurrent: 0.3 } }),
  lstmOption('zoneout of c, recurrent dropout', { zoneout: { c: 0.5, h: 0.1 }, recurrentDropout: 0.25 }),
  lstmOption('zoneout projection variational', {
    zoneout: 0.3,
    projection: 2,
    variational: { input: 0.2, recurrent: 0.4 },
  }),
];
