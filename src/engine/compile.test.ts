import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { compileTier } from './compile.ts';
import { givenFlag } from './compile-wide.ts';
import { findTier, TIERS } from './tiers.ts';

describe('givenFlag', () => {
  test.each([
    { execArgv: ['--no-liftoff'], options: '', value: false },
    { execArgv: ['--noliftoff'], options: '', value: false },
    { execArgv: ['--liftoff'], options: '--no-liftoff', value: true },
    { execArgv: ['--no_wasm_inlining', '--liftoff-only'], options: '', value: undefined },
    { execArgv: [], options: '--title x --no_liftoff', value: false },
  ])('reads $execArgv and "$options" as $value', ({ execArgv, options, value }) => {
    expect(givenFlag('liftoff', { execArgv, env: { NODE_OPTIONS: options } })).toBe(value);
  });
});

describe.skipIf(findTier('wide')!.obstacle() !== undefined)('compiling a wide tier', () => {
  const wide = TIERS.filter((tier) => tier.provenBy !== undefined);

  test.each(wide)('$name twice gives one module', async (tier) => {
    expect(await compileTier(tier)).toBe(await compileTier(tier));
  });

  test("leaves V8's flags as they were: what is compiled later starts in Liftoff, as ever", () => {
    expect(runNatives(LIFTOFF_AFTER)).toEqual({ wide: false, later: true });
  });

  test('gives code that a worker runs as it is, without any flag', () => {
    expect(runNatives(IN_WORKER)).toEqual({ sum: 36, liftoff: false });
  });
});

/** What a program prints that may ask V8 for the state of its code. */
function runNatives(program: string): unknown {
  const args = ['--allow-natives-syntax', '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: import.meta.dirname });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const SUM = `
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65535 });
  const { sum } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  new Float32Array(memory.buffer, 65536, 8).set([1, 2, 3, 4, 5, 6, 7, 8]);`;

const LIFTOFF_AFTER = `
  import { compileTier } from './compile.ts';
  import { findTier } from './tiers.ts';
  async function startsInLiftoff(name) {
    const module = await compileTier(findTier(name));
    ${SUM}
    sum(65536, 8);
    return %IsLiftoffFunction(sum);
  }
  console.log(JSON.stringify({ wide: await startsInLiftoff('wide'), later: await startsInLiftoff('fma') }));`;

const IN_WORKER = `
  import { Worker } from 'node:worker_threads';
  import { compileTier } from './compile.ts';
  import { findTier } from './tiers.ts';
  const worker = new Worker(${JSON.stringify(`
    const { workerData: module, parentPort } = process.getBuiltinModule('node:worker_threads');
    ${SUM}
    parentPort.postMessage({ sum: sum(65536, 8), liftoff: %IsLiftoffFunction(sum) });
  `)}, { eval: true, workerData: await compileTier(findTier('wide')) });
  worker.on('message', (answer) => console.log(JSON.stringify(answer)));`;
