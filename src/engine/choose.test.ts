import { afterEach, describe, expect, test, vi } from 'vitest';
import { chooseTier, type Prover } from './choose.ts';
import { createEngine } from './create.ts';
import { hasRelaxedSimd, hasSimd } from './features.ts';
import { TIERS } from './tiers.ts';

/** All tiers, those named as if this host ran them, the others as if it did not. */
const host = (...names: string[]) =>
  TIERS.map((tier) => ({ ...tier, obstacle: () => (names.includes(tier.name) ? undefined : 'not here') }));
const proven: Prover = async () => ({ trusted: true, reason: 'proven' });
const doubtful: Prover = async ({ name }) => ({ trusted: false, reason: `${name} crashed` });
const everywhere = host('wide-fma', 'fma', 'wide', 'simd');

afterEach(() => vi.unstubAllEnvs());

describe('chooseTier', () => {
  test.each([
    { numerics: undefined, tiers: everywhere, prove: proven, takes: 'wide' },
    { numerics: 'exact' as const, tiers: everywhere, prove: proven, takes: 'wide' },
    { numerics: 'exact' as const, tiers: everywhere, prove: doubtful, takes: 'simd' },
    { numerics: 'exact' as const, tiers: host('fma', 'simd'), prove: proven, takes: 'simd' },
    { numerics: 'fast' as const, tiers: everywhere, prove: proven, takes: 'wide-fma' },
    { numerics: 'fast' as const, tiers: everywhere, prove: doubtful, takes: 'fma' },
    { numerics: 'fast' as const, tiers: host('wide', 'simd'), prove: proven, takes: 'wide' },
    { numerics: 'fast' as const, tiers: host('simd'), prove: proven, takes: 'simd' },
  ])('$numerics numerics take $takes', async ({ numerics, tiers, prove, takes }) => {
    vi.stubEnv('RECURVE_TIER', '');
    expect((await chooseTier({ numerics }, tiers, prove)).tier.name).toBe(takes);
  });

  test('says which faster tier was passed over and why', async () => {
    vi.stubEnv('RECURVE_TIER', '');
    const { passedOver } = await chooseTier({ numerics: 'fast' }, host('wide', 'simd'), doubtful);
    expect(passedOver).toEqual([
      { name: 'wide-fma', reason: 'not here' },
      { name: 'fma', reason: 'not here' },
      { name: 'wide', reason: 'wide crashed' },
    ]);
  });

  test('RECURVE_TIER names a tier, without a proof; an option is stronger', async () => {
    vi.stubEnv('RECURVE_TIER', 'wide-fma');
    expect((await chooseTier({}, everywhere, doubtful)).tier.name).toBe('wide-fma');
    expect((await chooseTier({ tier: 'simd' }, everywhere, doubtful)).tier.name).toBe('simd');
  });

  test.each([
    {
      wish: { tier: 'avx1024' },
      code: 'usage',
      says: "expected a tier out of wide-fma, fma, wide, simd, got 'avx1024'",
    },
    { wish: { tier: 'fma', numerics: 'exact' as const }, code: 'usage', says: "exact numerics, got 'fma'" },
    { wish: { tier: 'wide' }, code: 'unsupported', says: 'runs tier wide: not here' },
  ])('refuses $wish with the code $code', async ({ wish, code, says }) => {
    const choice = chooseTier(wish, host('simd', 'fma'));
    await expect(choice).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
  });

  test('leaves V8 alone where its flags are frozen: to set one would end the process', () => {
    const { execArgv } = process;
    process.execArgv = ['--freeze-flags-after-init'];
    try {
      const wide = TIERS.filter((tier) => tier.provenBy !== undefined);
      expect(wide.map((tier) => tier.obstacle())).toEqual(wide.map(() => 'the flags of V8 are frozen here'));
    } finally {
      process.execArgv = execArgv;
    }
  });

  test('refuses a host without SIMD', async () => {
    vi.stubEnv('RECURVE_TIER', '');
    await expect(chooseTier({}, host())).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('is what createEngine follows', async () => {
    expect((await createEngine()).name).toBe((await chooseTier()).tier.name);
    expect((await createEngine({ tier: 'simd' })).name).toBe('simd');
  });
});

test('the modules that ask for features are valid here', () => {
  expect(hasSimd()).toBe(true);
  // On from Node 22.
  expect(hasRelaxedSimd()).toBe(Number(process.versions.node.split('.')[0]) >= 22);
});
