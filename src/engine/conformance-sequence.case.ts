import { describe, expect, test } from 'vitest';
import { type Compare, expectClose, onBench } from './conformance-bench.case.ts';
import {
  CELL_NAMES,
  CELLS,
  type CellName,
  type Input,
  makeInput,
  type Output,
  oneStep,
  runCell,
} from './conformance-cell.case.ts';
import type { Engine } from './engine.ts';
import { VANISHED } from './engine.ts';

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
