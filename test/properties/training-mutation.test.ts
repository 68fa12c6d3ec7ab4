import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Mutant } from './mutants.ts';
import { TRAINING_MUTANTS } from './mutants-training.ts';
import type { TrainingCheck } from './training-checks.case.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'recurve-training-mutants-'));
const PARTS = [
  'engine',
  'autograd',
  'nn',
  'train',
  'inspect',
  'data/batches.ts',
  'errors.ts',
  'random.ts',
  'exact.ts',
  'format.ts',
  'nearest.ts',
  'options.ts',
];
const CHECKS = 'test/properties/training-checks.case.ts';

/** Copies what the checks reach, plants the fault, and loads the checks from the copy; as in mutation.test.ts. */
function checksWith(mutant: Mutant | undefined, name: string): readonly TrainingCheck[] {
  const copy = join(folder, name);
  for (const part of PARTS) {
    cpSync(join(root, 'src', part), join(copy, 'src', part), {
      recursive: true,
      filter: (path) => !/\.(test|gen)\.ts$|wasm/.test(path),
    });
  }
  mkdirSync(join(copy, 'test/properties'), { recursive: true });
  cpSync(join(root, CHECKS), join(copy, CHECKS));
  if (mutant) {
    const path = join(copy, 'src', mutant.file);
    const source = readFileSync(path, 'utf8');
    const places = source.split(mutant.find).length - 1;
    expect(places, `places of the fault in ${mutant.file}; renew it in test/properties/mutants-training.ts`).toBe(1);
    writeFileSync(
      path,
      source.replace(mutant.find, () => mutant.replace),
    );
  }
  return createRequire(import.meta.url)(join(copy, CHECKS)).TRAINING_CHECKS;
}

describe(`${TRAINING_MUTANTS.length} faults of training through time, each planted alone in a copy of the sources`, () => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  afterAll(() => rmSync(folder, { recursive: true }), 60_000);

  it('the sources without a fault pass every check', async () => {
    for (const { run } of checksWith(undefined, 'sound')) await run();
  });

  it.each(TRAINING_MUTANTS.map((mutant, i) => ({ ...mutant, i })))('killed: $file: $name', async (mutant) => {
    for (const { run } of checksWith(mutant, `mutant-${mutant.i}`)) {
      try {
        await run();
      } catch (error) {
        // A fault must be seen by its numbers: a fault that only crashes was badly planted.
        expect((error as Error).name).toMatch(/^(AssertionError|RecurveError)$/);
        return;
      }
    }
    expect.unreachable('every check passed');
  });
});
