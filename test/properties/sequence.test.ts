import fc from 'fast-check';
import { describe, it } from 'vitest';
import { ENGINES } from '../../src/engine/engines.case.ts';
import { type CellCase, type Problem, problem, solve, stackOf } from '../../src/nn/cells/cell.case.ts';
import { checkChunks, checkPadding } from '../../src/nn/cells/cell-invariants.case.ts';
import { CELLS } from '../../src/nn/cells/cells.case.ts';
import { expectSameBits } from '../../src/nn/close.case.ts';

const engines = await Promise.all(ENGINES.map(async ({ name, open }) => ({ name, engine: await open() })));

/** A cell, sizes and lengths of any kind, with the numbers that belong to them. */
const problems = fc
  .record({
    cell: fc.constantFrom<CellCase>(...Object.values(CELLS)),
    T: fc.integer({ min: 1, max: 7 }),
    D: fc.integer({ min: 1, max: 5 }),
    H: fc.integer({ min: 1, max: 9 }),
    layers: fc.integer({ min: 1, max: 3 }),
    shares: fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 5 }),
    ragged: fc.boolean(),
  })
  .map(({ cell, shares, ragged, ...size }) => {
    const lengths = ragged ? shares.map((n) => n % (size.T + 1)) : undefined;
    return { cell, given: problem(cell, { ...size, B: shares.length, lengths }) };
  });

describe.each(engines)('any recurrent stack on $name', ({ engine }) => {
  it('gives the bits of the whole however it is cut into chunks (100 cases)', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(problems, cuts, ({ cell, given }, sizes) => checkChunks(engine, cell, given, sizes)),
      { numRuns: 100, seed: 1 },
    );
  });

  it('gives each row the bits it has alone, its gradients of x and first state included (100 cases)', () => {
    fc.assert(
      fc.property(problems, fc.nat(), (p, pick) => {
        const { B, T, D, H } = p.given;
        const b = pick % B;
        const length = p.given.lengths?.[b] ?? T;
        // The row keeps its place in the batch's numbering (its loss weights depend on it), so the others become empty.
        const alone = solve(engine, stackOf(p.cell, p.given), rowAlone(p.given, b, length));
        const batch = solve(engine, stackOf(p.cell, p.given), p.given);
        const row = (values: readonly number[], width: number): number[] => values.slice(b * width, (b + 1) * width);
        expectSameBits('outputs', row(alone.outputs, T * H), row(batch.outputs, T * H));
        expectSameBits('dx', row(alone.gradients.x, T * D), row(batch.gradients.x, T * D));
        batch.last.forEach((state, k) => {
          for (const name of Object.keys(state)) {
            expectSameBits(name, row(alone.last[k][name], H), row(state[name], H));
            expectSameBits(`d${name}0`, row(alone.gradients[name + k], H), row(batch.gradients[name + k], H));
          }
        });
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('gives a batch of one row, cut to its length, the bits of its place in the padded batch (100 cases)', () => {
    fc.assert(
      fc.property(problems, fc.nat(), (p, pick) => {
        const { B, T, D, H } = p.given;
        const b = pick % B;
        const length = p.given.lengths?.[b] ?? T;
        const batch = solve(engine, stackOf(p.cell, p.given), p.given, {}, false);
        const single: Problem = {
          ...p.given,
          B: 1,
          T: length,
          lengths: undefined,
          x: p.given.x.slice(b * T * D, (b * T + length) * D),
          initial: p.given.initial.map((state) =>
            Object.fromEntries(Object.entries(state).map(([name, v]) => [name, v.slice(b * H, (b + 1) * H)])),
          ),
        };
        const alone = solve(engine, stackOf(p.cell, single), single, {}, false);
        expectSameBits('outputs', alone.outputs, batch.outputs.slice(b * T * H, (b * T + length) * H));
        batch.last.forEach((state, k) => {
          for (const name of Object.keys(state)) {
            expectSameBits(name, alone.last[k][name], state[name].slice(b * H, (b + 1) * H));
          }
        });
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('changes no bit, gradients included, when a batch is padded further with NaN (100 cases)', () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: 1, max: 4 }), ({ cell, given }, extra) =>
        checkPadding(engine, cell, given, given.T + extra),
      ),
      { numRuns: 100, seed: 4 },
    );
  });
});

/** The batch with every other row of length 0. */
function rowAlone(given: Problem, b: number, length: number): Problem {
  return { ...given, lengths: Array.from({ length: given.B }, (_, row) => (row === b ? length : 0)) };
}
