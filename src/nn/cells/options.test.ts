import { describe, expect, it } from 'vitest';
import { ENGINES } from '../../engine/engines.case.ts';
import {
  type CellCase,
  checkCellGradients,
  expectSameSolution,
  type Problem,
  problem,
  RAGGED,
  solve,
  stackOf,
  unrolledOf,
} from './cell.case.ts';
import { checkNaive, checkPadding, expectSolutionClose } from './cell-invariants.case.ts';
import { describeCell } from './cell-suite.case.ts';
import { NOISY, OPTIONS } from './options.case.ts';

const engines = await Promise.all(ENGINES.map(async (one) => ({ ...one, engine: await one.open() })));

for (const cell of [...OPTIONS, ...NOISY]) describeCell(cell, { widths: [1, 4], sample: 5 });

describe.each(NOISY)('$name in training', (cell) => {
  const given = (H: number): Problem =>
    problem(cell, { B: RAGGED.length, T: 5, D: 2, H, layers: 2, lengths: RAGGED, training: true });

  it.each([1, 4, 9])('equals the naive forward pass under masks drawn by definition, H = %i', (H) => {
    for (const { engine, precision } of engines) {
      checkNaive(engine, cell, given(H), precision === 'f64' ? 1e-12 : 2e-6);
    }
  });

  it('has the gradients of differences within 1e-7, masks drawn once and not again in backward', () => {
    checkCellGradients(engines[0].engine, cell, given(4));
  });

  it.each(engines)('padding changes no bit on $name', ({ engine }) => {
    checkPadding(engine, cell, given(5), 8);
  });

  it.each(engines)(
    'a second pass with the same keys gives the same bits on $name, another mode does not',
    ({ engine }) => {
      const first = solve(engine, stackOf(cell, given(5)), given(5));
      expectSameSolution(solve(engine, stackOf(cell, given(5)), given(5)), first);
      expect(solve(engine, stackOf(cell, given(5)), { ...given(5), training: false }).outputs).not.toEqual(
        first.outputs,
      );
    },
  );

  it('every engine = reference within 2e-6, gradients 4e-6', () => {
    const wanted = solve(engines[0].engine, stackOf(cell, given(5)), given(5));
    for (const { engine } of engines.slice(1)) {
      expectSolutionClose(solve(engine, stackOf(cell, given(5)), given(5)), wanted, 2e-6, 4e-6);
    }
  });
});

/** Cells whose sequence is one recorded step, repeated: those that no fused kernel serves. */
const REPEATED: readonly CellCase[] = [...OPTIONS, ...NOISY].filter(
  (cell) => cell.make({ input: 2, hidden: 3 }).sequence === undefined,
);

describe.each(REPEATED)('$name, one step recorded and repeated', (cell) => {
  const given = (training: boolean, lengths?: readonly number[]): Problem =>
    problem(cell, { B: 3, T: 6, D: 2, H: 5, layers: 1, lengths, training });

  it.each(engines)('has the outputs, states and gradients of its steps to the bit on $name', ({ engine }) => {
    for (const training of [false, true]) {
      for (const lengths of [undefined, [6, 0, 4]]) {
        const one = given(training, lengths);
        expectSameSolution(solve(engine, stackOf(cell, one), one), solve(engine, unrolledOf(cell, one), one));
      }
    }
  });
});

it('repeats the options that no fused kernel serves, and only those', () => {
  expect(REPEATED.length).toBeGreaterThan(15);
  expect(REPEATED.every((cell) => cell.make({ input: 2, hidden: 3 }).uniform)).toBe(true);
});
