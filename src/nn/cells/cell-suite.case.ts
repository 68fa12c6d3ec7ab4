import { describe, it } from 'vitest';
import { ENGINES, REFERENCE } from '../../engine/engines.case.ts';
import {
  type CellCase,
  checkCellGradients,
  expectSameSolution,
  type Problem,
  problem,
  RAGGED,
  type Size,
  solve,
  stackOf,
} from './cell.case.ts';
import {
  chained,
  checkChunks,
  checkFused,
  checkNaive,
  checkPadding,
  checkSaved,
  expectSolutionClose,
} from './cell-invariants.case.ts';

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
const tiers = engines.filter(({ name }) => name !== REFERENCE.name);

/** How much of the suite: hidden widths, and how many elements of each tensor are moved for differences (default: all up to H = 5). */
export interface Extent {
  widths?: readonly number[];
  sample?: number;
}

/** Checks (a) to (e), (g) and (i) of the design's section 5, and fused = unrolled; (f) is in `test/properties`, (h) in `test/parity`. */
export function describeCell(cell: CellCase, { widths = WIDTHS, sample }: Extent = {}): void {
  const given = (H: number, rest: Partial<Size> = {}): Problem => problem(cell, { B, T, D, H, layers: 1, ...rest });

  describe.each(SHAPES)(`${cell.name}, $title`, ({ layers, lengths }) => {
    const sized = (H: number): Problem => given(H, { layers, lengths });

    it.each(widths)('(a) equals the naive per-gate forward pass within 1e-12 in f64 and 1e-6 in f32, H = %i', (H) => {
      for (const { engine, precision } of engines) {
        checkNaive(engine, cell, sized(H), precision === 'f64' ? 1e-12 : 1e-6);
      }
    });

    it.each(widths)('(b) has the gradients of differences within 1e-7 for x, states and parameters, H = %i', (H) => {
      checkCellGradients(reference, cell, sized(H), sample ?? (H > 5 ? 6 : undefined));
    });

    it.each([1, 3, 5])('fused = step by step within 1e-12 in f64 and 2e-6 in f32, gradients too, H = %i', (H) => {
      for (const { engine, precision } of engines) {
        checkFused(engine, cell, sized(H), precision === 'f64' ? 1e-12 : 2e-6);
      }
    });
  });

  describe.each(engines)(`${cell.name} on $name`, ({ engine }) => {
    it.each(widths)('(c) chunks of 2, 1 and 2 steps with carried state give the bits of the whole, H = %i', (H) => {
      for (const lengths of [undefined, RAGGED]) checkChunks(engine, cell, given(H, { layers: 2, lengths }), [2, 1, 2]);
    });

    it.each(widths)('(d) a stream of single steps gives the bits of the whole, H = %i', (H) => {
      for (const lengths of [undefined, RAGGED]) checkChunks(engine, cell, given(H, { layers: 2, lengths }), [1]);
    });

    it.each(widths)('(e) padding, even NaN, changes no bit of outputs, states and gradients, H = %i', (H) => {
      checkPadding(engine, cell, given(H, { layers: 2, lengths: RAGGED }), 8);
    });

    it('(i) weights taken out and loaded into a second network give the same bits', () => {
      checkSaved(engine, cell, given(5, { layers: 2 }));
    });

    it('a chain of chunks has the gradients of the whole: to the bit where only the last state is read', () => {
      const whole = given(5, { lengths: RAGGED });
      const reading = { outputs: false };
      const wanted = solve(engine, stackOf(cell, whole), whole, reading);
      expectSameSolution(solve(engine, chained(stackOf(cell, whole), 2), whole, reading), wanted);
    });
  });

  it.each([...widths, 64])(`(g) ${cell.name}: every engine = reference within 2e-6, gradients 4e-6, H = %i`, (H) => {
    for (const layers of [1, 2]) {
      const one = given(H, { layers, lengths: RAGGED });
      const wanted = solve(reference, stackOf(cell, one), one);
      for (const { engine } of tiers) {
        expectSolutionClose(solve(engine, stackOf(cell, one), one), wanted, 2e-6, 4e-6);
      }
    }
  });

  // Vacuous with one tier, so it appears with the second.
  if (tiers.length > 1) {
    it.each([...widths, 64])(`(g) ${cell.name}: engine tiers = each other to the bit, H = %i`, (H) => {
      const one = given(H, { layers: 2, lengths: RAGGED });
      const wanted = solve(tiers[0].engine, stackOf(cell, one), one);
      for (const { engine } of tiers) expectSameSolution(solve(engine, stackOf(cell, one), one), wanted);
    });
  }

  it(`${cell.name}: a chain of chunks has the gradients of the whole within 1e-12 in f64`, () => {
    const whole = given(5, { layers: 2, lengths: RAGGED });
    const wanted = solve(reference, stackOf(cell, whole), whole);
    expectSolutionClose(solve(reference, chained(stackOf(cell, whole), 2), whole), wanted, 1e-12, 1e-12);
  });
}
