import { afterAll, describe, expect, test } from 'vitest';
import { runConformance } from '../conformance.case.ts';
import { type EngineOptions, openEngine } from '../create.ts';
import type { Engine } from '../engine.ts';
import { TIERS } from '../tiers.ts';
import { bitsOf, CALLS } from './calls.case.ts';

const open: Engine[] = [];
afterAll(() => {
  for (const engine of open) engine[Symbol.dispose]();
});

/** An engine that splits every call that can be cut, and whose first thread does nothing that is not its own. */
async function openSplitting(options: EngineOptions): Promise<Engine> {
  const engine = await openEngine(options, { worth: 0, help: false });
  await engine.threads.start();
  expect(engine.threads.count).toBe(options.threads ?? 1);
  open.push(engine);
  return engine;
}

const tiers = TIERS.filter((tier) => tier.obstacle() === undefined).map((tier) => tier.name);
// One engine for all of these tests: a worker takes milliseconds to start.
let splitting: Promise<Engine> | undefined;
runConformance(
  'an engine of three threads',
  () => {
    splitting ??= openSplitting({ tier: 'simd', threads: 3 });
    return splitting;
  },
  2e-6,
);

describe.each(tiers)('tier %s', (tier) => {
  const engines = Promise.all([1, 2, 3, 4].map((threads) => openSplitting({ tier, threads })));

  test.each(Object.keys(CALLS))(
    '%s leaves the same bits in 1, 2, 3 and 4 threads, and workers share in it',
    async (name) => {
      const [one, ...several] = await engines;
      const expected = bitsOf(one, CALLS[name]);
      for (const engine of several) {
        const before = engine.threads.shared;
        expect(bitsOf(engine, CALLS[name])).toEqual(expected);
        expect(engine.threads.shared).toBeGreaterThan(before);
      }
    },
  );

  test('another number in an array gives other bits, so the comparison can fail', async () => {
    const [one] = await engines;
    const changed = (name: string) =>
      bitsOf(one, (desk) => CALLS[name]({ ...desk, put: (seed, n, low, high) => desk.put(seed + 1, n, low, high) }));
    expect(changed('optimisers')).not.toEqual(bitsOf(one, CALLS.optimisers));
  });
});

test('more threads than a job has calls for each leave the same bits', async () => {
  const [one, many] = [await openSplitting({ threads: 1 }), await openEngine({ threads: 31 }, { worth: 0 })];
  await many.threads.start();
  for (const name of Object.keys(CALLS)) expect(bitsOf(many, CALLS[name])).toEqual(bitsOf(one, CALLS[name]));
  expect(many.threads).toMatchObject({ count: 31, shared: expect.any(Number) });
  many[Symbol.dispose]();
});
