import { describe, expect, test } from 'vitest';
import { type Bench, type Compare, expectClose, numbers, onBench } from './conformance-bench.case.ts';
import type { Engine } from './engine.ts';
import { NONE, VANISHED } from './engine.ts';

/** A cell as the sequence kernels know it: gate rows per unit, and which arrays it keeps. */
const CELLS = {
  'rnn tanh': { gates: 1 },
  'rnn relu': { gates: 1 },
  'leaky tanh': { gates: 1 },
  'leaky relu': { gates: 1 },
  lstm: { gates: 4 },
  'gru reset-after': { gates: 3 },
  'gru reset-before': { gates: 3 },
  'rnn tanh skip': { gates: 1 },
  'leaky tanh skip': { gates: 1 },
  'lstm skip': { gates: 4 },
  'gru reset-after skip': { gates: 3 },
} as const;
type CellName = keyof typeof CELLS;
const CELL_NAMES = Object.keys(CELLS) as CellName[];

/** What goes into a run; arrays are time-major. */
interface Input {
  T: number;
  B: number;
  H: number;
  lengths: number[] | undefined;
  /** [T,B,G]: the input's part of the pre-activations. */
  gates: number[];
  /** [B,H] each. */
  h0: number[];
  c0: number[];
  /** [G,H]. */
  w: number[];
  /** [H]: b_hn of the GRU. */
  bias: number[];
  /** [H]: the leaky unit's share of the old state. */
  leak: number[];
  /** [G,H] of a skip over two steps; [B,H]: the state two steps before the first, and [B,H]: ∂L/∂ of it from above. */
  ws: number[];
  past: number[];
  dpast: number[];
  /** [T+1,B,H]: ∂L/∂h from above, and [B,H]: ∂L/∂c of the last step. */
  dhidden: number[];
  dcell: number[];
}

/** What comes out; arrays that a cell does not have are empty. */
interface Output {
  gates: number[];
  hidden: number[];
  cells: number[];
  candidate: number[];
  dgates: number[];
  dhidden: number[];
  dcell: number[];
  dcandidate: number[];
  dleak: number[];
  /** ∂L/∂ of the state two steps before the first. */
  dpast: number[];
}

function makeInput(cell: CellName, T: number, B: number, H: number, lengths?: number[]): Input {
  const G = CELLS[cell].gates * H;
  return {
    T,
    B,
    H,
    lengths,
    gates: numbers(1, T * B * G, -2, 2),
    h0: numbers(2, B * H),
    c0: numbers(3, B * H),
    w: numbers(4, G * H, -1 / Math.sqrt(H), 1 / Math.sqrt(H)),
    bias: numbers(5, H),
    leak: numbers(8, H, 0, 1),
    ws: numbers(9, G * H, -1 / Math.sqrt(H), 1 / Math.sqrt(H)),
    past: numbers(10, B * H),
    dpast: numbers(11, B * H),
    dhidden: numbers(6, (T + 1) * B * H),
    dcell: numbers(7, B * H),
  };
}

/** Forward and backward of one cell; garbage stands where the contract promises to write. */
function runCell({ engine, put, putIndices, get }: Bench, cell: CellName, input: Input): Output {
  const { T, B, H } = input;
  const states = (T + 1) * B * H;
  const G = CELLS[cell].gates * H;
  const garbage = (n: number) => put(Array(n).fill(99));
  const started = (first: number[]) => put([...first, ...Array(T * B * H).fill(99)]);
  const lengths = input.lengths ? putIndices(input.lengths) : NONE;
  const skips = cell.endsWith('skip');
  /** Behind the rows that lie in front of row 0. */
  const behind = (first: number[], rest: number[]) => (skips ? put([...first, ...rest]) + B * H : put(rest));
  const sequence = { T, B, H, lengths, hidden: behind(input.past, [...input.h0, ...Array(T * B * H).fill(99)]) };
  const gates = put(input.gates);
  const dgates = garbage(T * B * G);
  const dhidden = behind(input.dpast, input.dhidden);
  /** Rows `from` to `to` of w, packed for forward and for backward. */
  const packed = (from: number, to: number, transposed: boolean, source = input.w) => {
    const w = put(source.slice(from * H, to * H));
    const [N, K] = transposed ? [H, to - from] : [to - from, H];
    const panels = garbage(engine.packedSize(N, K));
    engine.pack(panels, w, N, K, transposed);
    return panels;
  };
  const skipOf = (transposed: boolean) => (skips ? { delay: 2, w: packed(0, G, transposed, input.ws) } : undefined);
  const gruSkipOf = (transposed: boolean) =>
    skips
      ? { delay: 2, wrz: packed(0, 2 * H, transposed, input.ws), wn: packed(2 * H, G, transposed, input.ws) }
      : undefined;
  const out: Output = {
    gates: [],
    hidden: [],
    cells: [],
    candidate: [],
    dgates: [],
    dhidden: [],
    dcell: [],
    dcandidate: [],
    dleak: [],
    dpast: [],
  };
  if (cell.startsWith('rnn')) {
    const activation = cell.startsWith('rnn tanh') ? 'tanh' : 'relu';
    engine.rnnForward({ ...sequence, activation, gates, w: packed(0, G, false), skip: skipOf(false) });
    engine.rnnBackward({ ...sequence, activation, dgates, dhidden, w: packed(0, G, true), skip: skipOf(true) });
  } else if (cell.startsWith('leaky')) {
    const activation = cell.startsWith('leaky tanh') ? 'tanh' : 'relu';
    const leak = put(input.leak);
    const dleak = garbage(T * B * H);
    engine.rnnForward({ ...sequence, activation, gates, w: packed(0, G, false), leak, skip: skipOf(false) });
    engine.rnnBackward({
      ...sequence,
      activation,
      dgates,
      dhidden,
      w: packed(0, G, true),
      leak,
      gates,
      dleak,
      skip: skipOf(true),
    });
    out.gates = get(gates, T * B * G);
    out.dleak = get(dleak, T * B * H);
  } else if (cell.startsWith('lstm')) {
    const cells = started(input.c0);
    const dcell = put(input.dcell);
    engine.lstmForward({ ...sequence, gates, cells, w: packed(0, G, false), skip: skipOf(false) });
    engine.lstmBackward({
      ...sequence,
      gates,
      cells,
      dgates,
      dhidden,
      dcell,
      w: packed(0, G, true),
      skip: skipOf(true),
    });
    out.gates = get(gates, T * B * G);
    out.cells = get(cells, states);
    out.dcell = get(dcell, B * H);
  } else {
    const reset = cell.startsWith('gru reset-after') ? 'after' : 'before';
    const candidate = garbage(T * B * H);
    const dcandidate = garbage(T * B * H);
    const bias = reset === 'after' ? put(input.bias) : NONE;
    const forward = { wrz: packed(0, 2 * H, false), wn: packed(2 * H, G, false), skip: gruSkipOf(false) };
    const backward = { wrz: packed(0, 2 * H, true), wn: packed(2 * H, G, true), skip: gruSkipOf(true) };
    engine.gruForward({ ...sequence, reset, gates, candidate, bias, ...forward });
    engine.gruBackward({ ...sequence, reset, gates, candidate, dgates, dcandidate, dhidden, ...backward });
    out.gates = get(gates, T * B * G);
    out.candidate = get(candidate, T * B * H);
    if (reset === 'after') out.dcandidate = get(dcandidate, T * B * H);
  }
  out.hidden = get(sequence.hidden, states);
  out.dgates = get(dgates, T * B * G);
  out.dhidden = get(dhidden, states);
  if (skips) out.dpast = get(dhidden - B * H, B * H);
  return out;
}

/** Batch row b of an array [·,B,width]. */
function rowOf(values: number[], B: number, width: number, b: number): number[] {
  return values.filter((_, i) => Math.floor(i / width) % B === b);
}

const RAGGED: [T: number, B: number, H: number, lengths: number[]][] = [
  [5, 4, 3, [5, 0, 3, 5]],
  [4, 5, 8, [1, 4, 0, 2, 4]],
  [6, 9, 5, [0, 0, 6, 6, 6, 6, 6, 1, 0]],
  [3, 2, 17, [0, 0]],
];

/** States after one step, by the cell's own product or, `beforehand`, by a product over gates and no weights. */
function oneStep(
  { engine, put, get }: Bench,
  cell: CellName,
  { B, H, ...input }: Input,
  beforehand: boolean,
): number[] {
  const G = CELLS[cell].gates * H;
  const garbage = (n: number) => put(Array(n).fill(99));
  const h = put(input.h0);
  const gates = put(input.gates);
  const started = (state: number[]) => {
    const states = garbage(2 * B * H);
    engine.copy(states, put(state), B * H);
    return states;
  };
  const packed = (from: number, to: number) => {
    const panels = garbage(engine.packedSize(to - from, H));
    engine.pack(panels, put(input.w.slice(from * H, to * H)), to - from, H);
    return panels;
  };
  const own = cell.startsWith('gru') ? 2 * H : G;
  if (beforehand) engine.gemmPacked(gates, h, packed(0, own), B, own, H, { ldc: G });
  const w = beforehand ? NONE : packed(0, own);
  const [hidden, cells, candidate] = [started(input.h0), started(input.c0), garbage(B * H)];
  const sequence = { T: 1, B, H, lengths: NONE, hidden, gates };
  if (cell === 'lstm') engine.lstmForward({ ...sequence, cells, w });
  else if (cell.startsWith('gru')) {
    const reset = cell === 'gru reset-after' ? 'after' : 'before';
    engine.gruForward({ ...sequence, reset, candidate, bias: put(input.bias), wrz: w, wn: packed(own, G) });
  } else engine.rnnForward({ ...sequence, activation: cell === 'rnn relu' ? 'relu' : 'tanh', w });
  // An RNN's gates are scratch.
  return [
    ...get(hidden, 2 * B * H),
    ...(cell.startsWith('rnn') ? [] : get(gates, B * G)),
    ...(cell === 'lstm' ? get(cells, 2 * B * H) : []),
  ];
}

/** The part of the conformance suite about recurrent sequences. */
export function runSequenceConformance(
  create: () => Engine | Promise<Engine>,
  compare: Compare,
  tolerance: number,
): void {
  const run = async (cell: CellName, input: Input) => onBench(await create(), (bench) => runCell(bench, cell, input));

  describe.each(CELL_NAMES)('sequence of %s', (cell) => {
    const widthOf = (key: keyof Output, H: number) => (key === 'gates' || key === 'dgates' ? CELLS[cell].gates * H : H);

    test.each([
      [1, 1, 1],
      [4, 2, 3],
      [3, 5, 4],
      [5, 4, 7],
      [2, 3, 8],
      [4, 7, 9],
      [3, 9, 17],
      [2, 6, 64],
    ])('T=%i, B=%i, H=%i forward and backward equal the reference', async (T, B, H) => {
      const input = makeInput(cell, T, B, H);
      await compare((bench) => Object.values(runCell(bench, cell, input)), '', 8);
    });

    test.each(RAGGED)('T=%i, B=%i, H=%i, lengths %j equal the reference', async (T, B, H, lengths) => {
      const input = makeInput(cell, T, B, H, lengths);
      await compare((bench) => Object.values(runCell(bench, cell, input)), '', 8);
    });

    test('a row alone gives the bits of the same row in a batch', async () => {
      for (const [T, B, H, lengths] of [...RAGGED, [4, 7, 9, undefined] as const]) {
        const input = makeInput(cell, T, B, H, lengths && [...lengths]);
        const whole = await run(cell, input);
        for (let b = 0; b < B; b++) {
          const pick = (values: number[], width: number) => rowOf(values, B, width, b);
          const alone = await run(cell, {
            ...input,
            B: 1,
            lengths: lengths && [lengths[b]],
            gates: pick(input.gates, widthOf('gates', H)),
            h0: pick(input.h0, H),
            c0: pick(input.c0, H),
            dhidden: pick(input.dhidden, H),
            dcell: pick(input.dcell, H),
            past: pick(input.past, H),
            dpast: pick(input.dpast, H),
          });
          for (const key of Object.keys(whole) as (keyof Output)[]) {
            expect(alone[key], `${key} of row ${b}`).toEqual(pick(whole[key], widthOf(key, H)));
          }
        }
      }
    });

    test('two windows with carried state give the bits of the whole, forward and backward', async () => {
      for (const [T, B, H, lengths, cut] of [
        [7, 5, 9, undefined, 3],
        [6, 4, 5, [6, 2, 0, 4], 4],
      ] as const) {
        const input = makeInput(cell, T, B, H, lengths && [...lengths]);
        const whole = await run(cell, input);
        const [n, g] = [B * H, B * widthOf('gates', H)];
        const state = (values: number[], t: number) => values.slice(t * n, (t + 1) * n);
        const second = await run(cell, {
          ...input,
          T: T - cut,
          lengths: lengths?.map((length) => Math.max(0, length - cut)),
          gates: input.gates.slice(cut * g),
          h0: state(whole.hidden, cut),
          c0: state(whole.cells, cut),
          dhidden: input.dhidden.slice(cut * n),
          past: state(whole.hidden, cut - 1),
          dpast: state(input.dhidden, cut - 1),
        });
        const first = await run(cell, {
          ...input,
          T: cut,
          lengths: lengths?.map((length) => Math.min(cut, length)),
          gates: input.gates.slice(0, cut * g),
          dhidden: [
            ...input.dhidden.slice(0, (cut - 1) * n),
            ...(cell.endsWith('skip') ? second.dpast : state(input.dhidden, cut - 1)),
            ...state(second.dhidden, 0),
          ],
          dcell: second.dcell,
        });
        for (const key of ['gates', 'candidate', 'dgates', 'dcandidate', 'dleak'] as const) {
          expect([...first[key], ...second[key]], key).toEqual(whole[key]);
        }
        for (const key of ['hidden', 'cells'] as const) {
          expect([...first[key], ...second[key].slice(n)], key).toEqual(whole[key]);
        }
        expect([...first.dhidden.slice(0, cut * n), ...second.dhidden], 'dhidden').toEqual(whole.dhidden);
        expect(first.dpast, 'dpast').toEqual(whole.dpast);
        expect(first.dcell, 'dcell').toEqual(whole.dcell);
      }
    });

    test('a gradient below 2^-96 counts as 0, one of 2^-96 does not, and NaN stays', async () => {
      const H = 9;
      const given = (gradient: number) => {
        const input = makeInput(cell, 1, 1, H);
        const dhidden = input.dhidden.map((_, i) => (i < H ? 0 : gradient));
        return {
          ...input,
          gates: input.gates.map((v) => Math.abs(v)),
          dhidden,
          dcell: input.dcell.map(() => gradient),
        };
      };
      const below = await run(cell, given(-VANISHED * (1 - 2 ** -20)));
      const at = await run(cell, given(-VANISHED));
      const nothing = await run(cell, given(Number.NaN));
      const keys = (['dgates', 'dhidden', 'dcell', 'dcandidate', 'dleak'] as const).filter((key) => at[key].length > 0);
      for (const key of keys) {
        const reached = (out: Output) => (key === 'dhidden' ? out[key].slice(0, H) : out[key]);
        expect(reached(below).map(Math.abs), key).toEqual(reached(at).map(() => 0));
        expect(
          reached(at).some((v) => v !== 0),
          key,
        ).toBe(true);
        expect(reached(nothing).some(Number.isNaN), key).toBe(true);
      }
    });

    test('an ended row writes zeros, leaves the carried gradients untouched, and never reads its own past-the-end input', async () => {
      const [T, B, H, lengths] = [4, 3, 5, [2, 0, 4]];
      const input = makeInput(cell, T, B, H, lengths);
      const G = widthOf('gates', H);
      const ended = (width: number) => (i: number) => Math.floor(i / (B * width)) >= lengths[Math.floor(i / width) % B];
      input.gates = input.gates.map((v, i) => (ended(G)(i) ? Number.NaN : v));
      const out = await run(cell, input);
      for (const key of ['gates', 'dgates', 'candidate', 'dcandidate', 'dleak'] as const) {
        const width = widthOf(key, H);
        out[key].forEach((v, i) => {
          if (ended(width)(i)) expect(v, `${key}[${i}]`).toBe(0);
          else expect(v, `${key}[${i}]`).not.toBeNaN();
        });
      }
      for (const key of ['hidden', 'cells'] as const) {
        out[key].slice(B * H).forEach((v, i) => {
          if (ended(H)(i)) expect(v, `${key}[${i}]`).toBe(0);
        });
      }
      out.dhidden.slice(B * H).forEach((v, i) => {
        if (ended(H)(i)) expect(v, `dhidden[${B * H + i}]`).toBe(input.dhidden[B * H + i]);
      });
      // Row 1 never ran: its gradients reach the initial state as they came.
      expect(rowOf(out.dhidden, B, H, 1)).toEqual(rowOf(input.dhidden, B, H, 1));
      if (cell.startsWith('lstm')) expect(rowOf(out.dcell, B, H, 1)).toEqual(rowOf(input.dcell, B, H, 1));
    });
  });

  test.each(CELL_NAMES.filter((cell) => !/leaky|skip/.test(cell)))(
    'one step of %s without weights gives the bits of a product beforehand',
    async (cell) => {
      for (const [B, H] of [
        [1, 3],
        [1, 70],
        [5, 17],
      ]) {
        const input = makeInput(cell, 1, B, H);
        const bits = async (beforehand: boolean) =>
          onBench(await create(), (bench) => oneStep(bench, cell, input, beforehand));
        expect(await bits(true)).toEqual(await bits(false));
      }
    },
  );

  test('one step of every cell gives the numbers of the formulas written out', async () => {
    const [x, w] = [
      [0.3, -0.7, 1.1, 0.2],
      [0.5, -0.4, 0.9, 0.6],
    ];
    const [h, c, b] = [-0.8, 0.7, 0.25];
    const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
    const step = async (cell: CellName) => {
      const input = makeInput(cell, 1, 1, 1);
      const G = CELLS[cell].gates;
      return run(cell, { ...input, gates: x.slice(0, G), h0: [h], c0: [c], w: w.slice(0, G), bias: [b], leak: [0.9] });
    };
    const a = x.map((v, i) => v + w[i] * h);
    expectClose((await step('rnn tanh')).hidden, [h, Math.tanh(a[0])], tolerance, 'rnn tanh');
    expectClose((await step('rnn relu')).hidden, [h, Math.max(a[0], 0)], tolerance, 'rnn relu');

    const leaky = 0.9 * h + (1 - 0.9) * Math.tanh(a[0]);
    expectClose((await step('leaky tanh')).hidden, [h, leaky], tolerance, 'leaky tanh');
    expectClose(
      (await step('leaky relu')).hidden,
      [h, 0.9 * h + (1 - 0.9) * Math.max(a[0], 0)],
      tolerance,
      'leaky relu',
    );

    const cNew = sigmoid(a[1]) * c + sigmoid(a[0]) * Math.tanh(a[2]);
    const lstm = await step('lstm');
    expectClose(lstm.cells, [c, cNew], tolerance, 'lstm c');
    expectClose(lstm.hidden, [h, sigmoid(a[3]) * Math.tanh(cNew)], tolerance, 'lstm h');

    const [r, z] = [sigmoid(a[0]), sigmoid(a[1])];
    const after = Math.tanh(x[2] + r * (w[2] * h + b));
    expectClose((await step('gru reset-after')).hidden, [h, (1 - z) * after + z * h], tolerance, 'gru after');
    const before = Math.tanh(x[2] + w[2] * (r * h));
    expectClose((await step('gru reset-before')).hidden, [h, (1 - z) * before + z * h], tolerance, 'gru before');
  });

  describe('backward of a sequence is the derivative of forward', () => {
    test.each(CELL_NAMES)('%s, by central differences of the inputs and initial states', async (cell) => {
      const engine = await create();
      const step = engine.slotBytes === 8 ? 1e-5 : 1e-2;
      const [T, B, H] = [3, 2, 3];
      const input = makeInput(cell, T, B, H, [3, 2]);
      if (cell.endsWith('relu')) input.gates = input.gates.map((v) => v + Math.sign(v));
      const at = (changed: Input) => onBench(engine, (bench) => runCell(bench, cell, changed));
      const loss = (changed: Input) => {
        const out = at(changed);
        // The loss reads every state the gradients were given for.
        let sum = out.hidden.reduce((s, v, i) => s + v * input.dhidden[i], 0);
        for (let i = 0; i < B * H && cell.startsWith('lstm'); i++) {
          const b = Math.floor(i / H);
          sum += out.cells[(input.lengths?.[b] ?? T) * B * H + i] * input.dcell[i];
        }
        return sum;
      };
      const out = at(input);
      const checks: [keyof Input & ('gates' | 'h0' | 'c0' | 'leak' | 'past'), number[]][] = [
        ['gates', out.dgates],
        ['h0', out.dhidden.slice(0, B * H)],
      ];
      if (cell.startsWith('lstm')) checks.push(['c0', out.dcell]);
      if (cell.endsWith('skip')) checks.push(['past', out.dpast.map((v, i) => v - input.dpast[i])]);
      if (cell.startsWith('leaky')) {
        checks.push(['leak', input.leak.map((_, j) => out.dleak.reduce((s, v, i) => s + (i % H === j ? v : 0), 0))]);
      }
      for (const [key, gradient] of checks) {
        const numeric = input[key].map((v, i) => {
          const moved = (by: number) => loss({ ...input, [key]: input[key].with(i, v + by) });
          return (moved(step) - moved(-step)) / (2 * step);
        });
        expectClose(gradient, numeric, engine.slotBytes === 8 ? 1e-7 : 3e-3, `${cell} ${key}`);
      }
    });
  });
}
