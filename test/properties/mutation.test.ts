import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Mutant, MUTANTS as OTHERS } from './mutants.ts';
import { CELL_MUTANTS } from './mutants-cells.ts';
import { LAYER_MUTANTS } from './mutants-layers.ts';
import { TRAINING_MUTANTS } from './mutants-training.ts';
import type { CHECKS } from './mutation-checks.case.ts';

const MUTANTS = [...OTHERS, ...CELL_MUTANTS, ...LAYER_MUTANTS];
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'recurve-mutants-'));
const PARTS = [
  'src/engine',
  'src/autograd',
  'src/nn',
  'src/errors.ts',
  'src/random.ts',
  'src/exact.ts',
  'src/format.ts',
  'src/nearest.ts',
  'src/options.ts',
];

/** Copies what the checks reach, plants the fault, and loads the checks from the copy. */
function checksWith(mutant: Mutant | undefined, name: string): typeof CHECKS {
  const copy = join(folder, name);
  for (const part of PARTS) {
    cpSync(join(root, part), join(copy, part), {
      recursive: true,
      filter: (path) => !/\.(test|gen)\.ts$|wasm/.test(path),
    });
  }
  const checks = 'test/properties/mutation-checks.case.ts';
  mkdirSync(join(copy, 'test/properties'), { recursive: true });
  for (const file of [checks, 'test/properties/layer-checks.case.ts']) cpSync(join(root, file), join(copy, file));
  if (mutant) {
    const path = join(copy, 'src', mutant.file);
    const source = readFileSync(path, 'utf8');
    const places = source.split(mutant.find).length - 1;
    expect(places, `places of the fault in ${mutant.file}; renew it in test/properties/mutants.ts`).toBe(1);
    writeFileSync(
      path,
      source.replace(mutant.find, () => mutant.replace),
    );
  }
  // Loaded by Node itself, which strips types faster than the test runner transforms them.
  return createRequire(import.meta.url)(join(copy, checks)).CHECKS;
}

/** The part whose checks see a fault in `file` soonest. */
function partOf(file: string): keyof typeof CHECKS {
  if (file === 'nn/losses.ts') return 'losses';
  if (file === 'nn/network.ts') return 'networks';
  if (CELL_MUTANTS.some((mutant) => mutant.file === file)) return 'options';
  return /recurrent|cells/.test(file) ? 'cells' : 'ops';
}

/** Name of the first check that fails, those of the fault's own part first. */
function killer(checks: typeof CHECKS, { file, part = partOf(file) }: Mutant): string | undefined {
  return [...checks[part], ...Object.values(checks).flat()].find(({ run }) => {
    try {
      run();
      return false;
    } catch (error) {
      // A fault must be seen by its numbers: a fault that only crashes was badly planted.
      if (error instanceof Error && /^(AssertionError|RecurveError)$/.test(error.name)) return true;
      throw error;
    }
  })?.name;
}

describe(`${MUTANTS.length} plausible faults, each planted alone in a copy of the sources`, () => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  afterAll(() => rmSync(folder, { recursive: true }), 60_000);

  it('the sources without a fault pass every check', () => {
    const checks = Object.values(checksWith(undefined, 'sound')).flat();
    expect(checks.length).toBeGreaterThan(50);
    for (const { name, run } of checks) expect(run, name).not.toThrow();
  });

  it.each(MUTANTS.map((mutant, i) => ({ ...mutant, i })))('killed: $file: $name', (mutant) => {
    const name = `mutant-${mutant.i}`;
    const checks = checksWith(mutant, name);
    expect(killer(checks, mutant), 'the check that fails').toBeDefined();
    // One by one: on a busy disk all together take longer than a hook may.
    rmSync(join(folder, name), { recursive: true });
  });

  it('docs/testing.md reports as many faults per folder as are planted', () => {
    const counts: Record<string, number> = {};
    for (const { file } of [...MUTANTS, ...TRAINING_MUTANTS]) {
      const at = `${dirname(file)}/`;
      counts[at] = (counts[at] ?? 0) + 1;
    }
    const report = readFileSync(join(root, 'docs/testing.md'), 'utf8');
    const rows = [...report.matchAll(/^\| `([a-z/]+\/)` \| (\d+) \|/gm)].map(([, at, n]) => [at, Number(n)]);
    expect(Object.fromEntries(rows)).toEqual(counts);
  });
});
