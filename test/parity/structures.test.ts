import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGINES } from '../../src/engine/engines.case.ts';
import type { Solution } from '../../src/nn/cells/cell.case.ts';
import { expectClose } from '../../src/nn/close.case.ts';
import { gru, lstm, rnn } from '../../src/nn/index.ts';
import { type StructureProblem, solveStructure } from '../../src/nn/layers/structure.case.ts';

type Fixture = Omit<StructureProblem, 'lengths'> &
  Solution & { name: 'rnn' | 'lstm' | 'gru'; D: number; H: number; layers: number; lengths: number[] | null };

const { torch, cases } = JSON.parse(readFileSync(new URL('./fixtures/structures.json', import.meta.url), 'utf8')) as {
  torch: string;
  cases: Fixture[];
};

const MAKE = { rnn, lstm, gru };

/** Bounds on outputs and states, and on gradients relative to the largest of their tensor (at least 1). */
const BOUNDS = { f64: { value: 1e-12, gradient: 1e-12 }, f32: { value: 1e-6, gradient: 2e-6 } };

describe.each(ENGINES)(`PyTorch ${torch} on $name`, async ({ open, precision }) => {
  const engine = await open();
  const bound = BOUNDS[precision];

  it.each(cases)(
    '(h) bidirectional $name, $layers layers, lengths $lengths: outputs, states and every gradient within 1e-12 in f64, 1e-6 (gradients 2e-6) in f32',
    (fixture) => {
      const { D: input, H: hidden, layers } = fixture;
      const structure = {
        name: '',
        input,
        make: () => MAKE[fixture.name]({ input, hidden, layers, bidirectional: true }),
      };
      const got = solveStructure(engine, structure, { ...fixture, lengths: fixture.lengths ?? undefined });
      expectClose('outputs', got.outputs, fixture.outputs, bound.value);
      fixture.last.forEach((state, k) => {
        for (const name of Object.keys(state)) {
          expectClose(`${name} of state ${k}`, got.last[k][name], state[name], bound.value);
        }
      });
      for (const [name, gradient] of Object.entries(fixture.gradients)) {
        const scale = gradient.reduce((m, g) => Math.max(m, Math.abs(g)), 1);
        expectClose(`gradient of ${name}`, got.gradients[name], gradient, bound.gradient * scale);
      }
      expect(Object.keys(got.gradients)).toEqual(Object.keys(fixture.gradients));
    },
  );
});
