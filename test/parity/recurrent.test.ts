import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGINES } from '../../src/engine/engines.case.ts';
import { type CellCase, type Problem, type Solution, solve, stackOf } from '../../src/nn/cells/cell.case.ts';
import { CELLS } from '../../src/nn/cells/cells.case.ts';
import { OPTIONS } from '../../src/nn/cells/options.case.ts';
import { expectClose } from '../../src/nn/close.case.ts';

type Fixture = Omit<Problem, 'lengths'> & Solution & { name: string; lengths: number[] | null };

const { torch, cases } = JSON.parse(readFileSync(new URL('./fixtures/recurrent.json', import.meta.url), 'utf8')) as {
  torch: string;
  cases: Fixture[];
};

/** Bounds on outputs and states, and on gradients relative to the largest of their tensor (at least 1). */
const BOUNDS = { f64: { value: 1e-12, gradient: 1e-12 }, f32: { value: 1e-6, gradient: 2e-6 } };

describe.each(ENGINES)(`PyTorch ${torch} on $name`, async ({ open, precision }) => {
  const engine = await open();
  const bound = BOUNDS[precision];

  it.each(cases)(
    '(h) $name, $layers layers, lengths $lengths: outputs, states and every gradient within 1e-12 in f64, 1e-6 (gradients 2e-6) in f32',
    (fixture) => {
      const cell = [...Object.values(CELLS), ...OPTIONS].find(({ name }) => name === fixture.name) as CellCase;
      const given = { ...fixture, lengths: fixture.lengths ?? undefined };
      const got = solve(engine, stackOf(cell, given), given);
      expectClose('outputs', got.outputs, fixture.outputs, bound.value);
      fixture.last.forEach((state, k) => {
        for (const name of Object.keys(state)) {
          expectClose(`${name} of layer ${k}`, got.last[k][name], state[name], bound.value);
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
