import fc from 'fast-check';
import { describe, it } from 'vitest';
import { ENGINES } from '../../src/engine/engines.case.ts';
import { gru, lstm, type RecurrentLayer, rnn, type Stacked } from '../../src/nn/index.ts';
import { structureProblem } from '../../src/nn/layers/structure.case.ts';
import { checkReversed, checkRowsAlone, checkStructurePadding } from '../../src/nn/layers/structure-invariants.case.ts';
import type { Structure } from '../../src/nn/layers/structures.case.ts';

type Make = (options: Stacked<{ input: number; hidden: number }>) => RecurrentLayer;

const engines = await Promise.all(ENGINES.map(async ({ name, open }) => ({ name, engine: await open() })));

const sizes = fc
  .record({
    T: fc.integer({ min: 1, max: 6 }),
    shares: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }),
    ragged: fc.boolean(),
  })
  .map(({ T, shares, ragged }) => ({
    T,
    B: shares.length,
    lengths: ragged ? shares.map((n) => n % (T + 1)) : undefined,
  }));

/** A bidirectional stack of any kind, widths, merge and start. */
const structures = fc
  .record({
    make: fc.constantFrom<Make>(rnn, lstm, gru),
    input: fc.integer({ min: 1, max: 4 }),
    hidden: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
    merge: fc.constantFrom('concat' as const, 'sum' as const, 'mean' as const, 'product' as const, 'none' as const),
    initial: fc.constantFrom('zero' as const, 'learned' as const),
  })
  .map(
    ({ make, input, ...options }): Structure => ({
      name: '',
      input,
      make: () => make({ input, bidirectional: true, ...options }),
    }),
  );

describe.each(engines)('any bidirectional stack on $name', ({ engine }) => {
  it('changes no bit, gradients included, when a batch is padded further with NaN (60 cases)', () => {
    fc.assert(
      fc.property(structures, sizes, fc.integer({ min: 1, max: 3 }), (structure, size, extra) =>
        checkStructurePadding(engine, structure, structureProblem(structure, size), size.T + extra),
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it('gives each row the bits it has alone (40 cases)', () => {
    fc.assert(
      fc.property(structures, sizes, (structure, size) =>
        checkRowsAlone(engine, structure, structureProblem(structure, size)),
      ),
      { numRuns: 40, seed: 2 },
    );
  });

  it('(f) in reverse gives each row turned round, read forwards and turned round again, to the bit (60 cases)', () => {
    const stacks = fc.record({
      make: fc.constantFrom<Make>(rnn, lstm, gru),
      input: fc.integer({ min: 1, max: 4 }),
      hidden: fc.integer({ min: 1, max: 6 }),
      layers: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(stacks, sizes, ({ make, ...options }, size) => {
        const layer = (reverse: boolean): RecurrentLayer => make({ ...options, reverse });
        const structure = { name: '', input: options.input, make: () => layer(true) };
        checkReversed(engine, layer, structureProblem(structure, size));
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});
