import { describe, expect, it } from 'vitest';
import { columns, concat, reshape } from '../../autograd/index.ts';
import type { Engine } from '../../engine/engine.ts';
import { ENGINES, REFERENCE, WASM } from '../../engine/engines.case.ts';
import type { Carry } from '../layer.ts';
import { createNetwork, type Network } from '../network.ts';
import {
  type CellCase,
  checkCellGradients,
  expectClose,
  expectSameBits,
  expectSameSolution,
  type Problem,
  problem,
  RAGGED,
  type Size,
  type Solution,
  solve,
  solveNaively,
  stackOf,
  unrolledOf,
} from './cell.case.ts';
import type { State } from './cell.ts';

const B = RAGGED.length;
const T = 5;
const D = 2;
const WIDTHS = [1, 3, 4, 5, 17];

/** 1 and 2 layers, with lengths and without. */
const SHAPES = [1, 2].flatMap((layers) => [
  { layers, lengths: undefined, title: `${layers} layer${layers > 1 ? 's' : ''}` },
  { layers, lengths: RAGGED, title: `${layers} layer${layers > 1 ? 's' : ''}, lengths 5, 0, 3` },
]);

const engines = await Promise.all(ENGINES.map(async (one) => ({ ...one, engine: await one.open() })));
const reference = engines[0].engine;

/** Checks (a) to (e), (g) and (i) of the design's section 5, and fused = unrolled; (f) is in `test/properties`, (h) in `test/parity`. */
export function describeCell(cell: CellCase): void {
  const given = (H: number, rest: Partial<Size> = {}): Problem => problem(cell, { B, T, D, H, layers: 1, ...rest });

  describe.each(SHAPES)(`${cell.name}, $title`, ({ layers, lengths }) => {
    const sized = (H: number): Problem => given(H, { layers, lengths });

    it.each(WIDTHS)('(a) equals the naive per-gate forward pass within 1e-12 in f64 and 1e-6 in f32, H = %i', (H) => {
      const naive = solveNaively(cell, sized(H));
      for (const { name, engine, precision } of engines) {
        const bound = precision === 'f64' ? 1e-12 : 1e-6;
        const { outputs, last } = solve(engine, stackOf(cell, sized(H)), sized(H), {}, false);
        expectClose(`outputs on ${name}`, outputs, naive.outputs, bound);
        expectLastClose(last, naive.last, bound);
      }
    });

    it.each(WIDTHS)(
      '(b) has the gradients of finite differences within 1e-7 for x, states and parameters, H = %i',
      (H) => {
        checkCellGradients(reference, cell, sized(H), H > 5 ? 6 : undefined);
      },
    );

    it.each([1, 3, 5])(
      'fused = unrolled step by step within 1e-12 in f64 and 2e-6 in f32, gradients too, H = %i',
      (H) => {
        for (const { engine, precision } of engines) {
          const bound = precision === 'f64' ? 1e-12 : 2e-6;
          const fused = solve(engine, stackOf(cell, sized(H)), sized(H));
          const unrolled = solve(engine, unrolledOf(cell, sized(H)), sized(H));
          expectClose('outputs', fused.outputs, unrolled.outputs, bound);
          expectLastClose(fused.last, unrolled.last, bound);
          expectGradientsClose(fused, unrolled, bound);
        }
      },
    );
  });

  describe.each(engines)(`${cell.name} on $name`, ({ engine }) => {
    it.each(WIDTHS)('(c) chunks of 2, 1 and 2 steps with carried state give the bits of the whole, H = %i', (H) => {
      for (const lengths of [undefined, RAGGED]) {
        const whole = given(H, { layers: 2, lengths });
        using network = onNetwork(engine, cell, whole);
        const states = started(network, whole);
        const parts = [2, 1, 2].map((steps, i) => advance(network, whole, [0, 2, 3][i], steps, states));
        const wanted = solve(engine, stackOf(cell, whole), whole, {}, false);
        expectSameBits('outputs', joined(parts, whole), wanted.outputs);
        expectCarry(states, network, wanted);
      }
    });

    it.each(WIDTHS)('(d) a stream of single steps gives the bits of the whole, H = %i', (H) => {
      for (const lengths of [undefined, RAGGED]) {
        const whole = given(H, { layers: 2, lengths });
        using network = onNetwork(engine, cell, whole);
        const states = started(network, whole);
        const parts = Array.from({ length: T }, (_, t) => advance(network, whole, t, 1, states));
        const wanted = solve(engine, stackOf(cell, whole), whole, {}, false);
        expectSameBits('outputs', joined(parts, whole), wanted.outputs);
        expectCarry(states, network, wanted);
      }
    });

    it.each(WIDTHS)(
      '(e) padding, NaN in it included, changes no bit of valid outputs, states and gradients, H = %i',
      (H) => {
        const tight = given(H, { layers: 2, lengths: RAGGED });
        const padded = padTo(tight, 8);
        const wanted = solve(engine, stackOf(cell, tight), tight);
        const got = solve(engine, stackOf(cell, padded), padded);
        const beyond = got.outputs.filter((_, i) => Math.floor(i / H) % 8 >= RAGGED[Math.floor(i / (8 * H))]);
        expect(beyond.every((v) => v === 0)).toBe(true);
        const dxBeyond = got.gradients.x.filter((_, i) => Math.floor(i / D) % 8 >= RAGGED[Math.floor(i / (8 * D))]);
        expect(dxBeyond.every((v) => v === 0)).toBe(true);
        got.outputs = cropped(got.outputs, 8, H);
        got.gradients.x = cropped(got.gradients.x, 8, D);
        expectSameSolution(got, wanted);
      },
    );

    it('(i) weights taken out and loaded into a second network give the same bits', () => {
      const one = given(5, { layers: 2, lengths: RAGGED });
      using first = createNetwork(engine, stackOf(cell, one), { seed: 3 });
      using second = createNetwork(engine, stackOf(cell, one), { seed: 4 });
      const before = second.predict(one.x, [B, T, D]);
      second.load(structuredClone(first.state()));
      const wanted = first.predict(one.x, [B, T, D]);
      expect(wanted.values).not.toEqual(before.values);
      expect(second.predict(one.x, [B, T, D])).toEqual(wanted);
      expect(second.state()).toEqual(first.state());
    });

    it('a chain of chunks has the gradients of the whole: to the bit where only the last state is read', () => {
      const whole = given(5, { lengths: RAGGED });
      const reading = { outputs: false };
      const wanted = solve(engine, stackOf(cell, whole), whole, reading);
      const got = solve(engine, chained(stackOf(cell, whole), 2), whole, reading);
      expectSameSolution(got, wanted);
    });
  });

  it.each([...WIDTHS, 64])(
    `(g) ${cell.name}: every engine = reference within 2e-6, gradients within 2e-5, H = %i`,
    (H) => {
      for (const layers of [1, 2]) {
        const one = given(H, { layers, lengths: RAGGED });
        const wanted = solve(reference, stackOf(cell, one), one);
        for (const { engine } of engines.slice(1)) {
          const got = solve(engine, stackOf(cell, one), one);
          expectClose('outputs', got.outputs, wanted.outputs, 2e-6);
          expectLastClose(got.last, wanted.last, 2e-6);
          expectGradientsClose(got, wanted, 2e-5);
        }
      }
    },
  );

  // Vacuous with one tier, so it appears with the second.
  if (WASM.length > 1) {
    it.each([...WIDTHS, 64])(`(g) ${cell.name}: engine tiers = each other to the bit, H = %i`, (H) => {
      const one = given(H, { layers: 2, lengths: RAGGED });
      const [first, ...others] = engines.filter(({ name }) => name !== REFERENCE.name);
      const wanted = solve(first.engine, stackOf(cell, one), one);
      for (const { engine } of others) expectSameSolution(solve(engine, stackOf(cell, one), one), wanted);
    });
  }

  it(`${cell.name}: a chain of chunks has the gradients of the whole within 1e-12 in f64`, () => {
    const whole = given(5, { layers: 2, lengths: RAGGED });
    const wanted = solve(reference, stackOf(cell, whole), whole);
    expectGradientsClose(solve(reference, chained(stackOf(cell, whole), 2), whole), wanted, 1e-12);
  });
}

function expectLastClose(got: Solution['last'], wanted: Solution['last'], bound: number): void {
  wanted.forEach((state, k) => {
    for (const name of Object.keys(state)) expectClose(`${name} of layer ${k}`, got[k][name], state[name], bound);
  });
}

/** |difference| ≤ bound · max(1, largest gradient of the same tensor). */
function expectGradientsClose(got: Solution, wanted: Solution, bound: number): void {
  for (const [name, gradient] of Object.entries(wanted.gradients)) {
    const scale = gradient.reduce((m, g) => Math.max(m, Math.abs(g)), 1);
    expectClose(`gradient of ${name}`, got.gradients[name], gradient, bound * scale);
  }
}

function onNetwork(engine: Engine, cell: CellCase, given: Problem): Network {
  const network = createNetwork(engine, stackOf(cell, given));
  network.load(given.weights);
  return network;
}

/** A carry that starts at the problem's first states. */
function started(network: Network, given: Problem): Carry {
  return new Map([[network.root, given.initial.map((state) => ({ ...state }))]]);
}

/** Outputs of `steps` steps from `from` on, moving the carry. */
function advance(network: Network, given: Problem, from: number, steps: number, carry: Carry): number[] {
  const x = Array.from({ length: B }, (_, b) => given.x.slice((b * T + from) * D, (b * T + from + steps) * D)).flat();
  const lengths = given.lengths?.map((n) => Math.min(Math.max(n - from, 0), steps));
  return [...network.predict(x, [B, steps, D], { carry, ...(lengths && { lengths }) }).values];
}

/** Chunks [B, steps, H] joined along time. */
function joined(parts: readonly number[][], { H }: Size): number[] {
  return Array.from({ length: B }, (_, b) =>
    parts.flatMap((part) => {
      const width = part.length / B;
      expect(width % H).toBe(0);
      return part.slice(b * width, (b + 1) * width);
    }),
  ).flat();
}

function expectCarry(carry: Carry, network: Network, wanted: Solution): void {
  carry.get(network.root)?.forEach((state, k) => {
    for (const [name, values] of Object.entries(state)) expectSameBits(name, values, wanted.last[k][name]);
  });
}

/** The same rows in a longer batch, NaN and huge numbers past each row's end. */
function padTo(given: Problem, steps: number): Problem {
  const garbage = [Number.NaN, Number.POSITIVE_INFINITY, 1e30, -7];
  const x = Array.from({ length: B * steps * D }, (_, i) => {
    const [b, t, d] = [Math.floor(i / (steps * D)), Math.floor(i / D) % steps, i % D];
    return t < RAGGED[b] ? given.x[(b * T + t) * D + d] : garbage[i % garbage.length];
  });
  return { ...given, T: steps, x };
}

function cropped(values: readonly number[], steps: number, width: number): number[] {
  return values.filter((_, i) => Math.floor(i / width) % steps < T);
}

/** A layer that does its work in chunks of `steps`, each starting from the last states of the one before. */
function chained(layer: ReturnType<typeof stackOf>, steps: number): ReturnType<typeof stackOf> {
  return {
    ...layer,
    run(x, pass, initial) {
      const { tape } = x;
      const [rows, whole, width] = x.shape;
      let states = initial as State[];
      const pieces = [];
      for (let from = 0; from < whole; from += steps) {
        const n = Math.min(steps, whole - from);
        const flat = reshape(x, [rows, whole * width]);
        const chunk = reshape(columns(flat, from * width, (from + n) * width), [rows, n, width]);
        const lengths = pass.lengths && Array.from(pass.lengths, (length) => Math.min(Math.max(length - from, 0), n));
        const { lengths: _all, ...rest } = pass;
        const result = layer.run(chunk, { ...rest, ...(lengths && { lengths }) }, states);
        states = result.states;
        pieces.push(reshape(result.outputs, [rows, n * result.outputs.shape[2]]));
      }
      const outputs = concat(pieces);
      return { outputs: tape.view(outputs, [rows, whole, outputs.shape[1] / whole]), states };
    },
  };
}
