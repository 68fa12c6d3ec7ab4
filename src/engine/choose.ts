import { RecurveError } from '../errors.ts';
import { hostProcess } from './host.ts';
import type { Verdict } from './proof/verdicts.ts';
import { findTier, type Numerics, TIERS, type Tier } from './tiers.ts';

/** What decides about the tier. */
export interface TierWish {
  /** Name of a tier. Default: the environment's `RECURVE_TIER`, else the fastest that the host runs and `numerics` allows. */
  tier?: string | undefined;
  /** `exact` (default): only tiers that agree to the bit. `fast`: any. A tier named and of `fast` numerics needs no second word. */
  numerics?: Numerics | undefined;
}

/** The tier that runs and why. */
export interface TierChoice {
  readonly tier: Tier;
  readonly reason: string;
  /** What the proof found, for a tier that was chosen on the strength of one. */
  readonly verdict?: Verdict;
  /** Faster tiers that would have been allowed, and why they do not run. */
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
}

/** How a tier is proven; tests put their own here. */
export type Prover = (tier: Tier, base: Tier) => Promise<Verdict>;

/**
 * Picks the fastest tier that the host supports, or the one asked for. A tier that needs a proof is proven in a child process, once
 * per machine and version, which takes about half a second; one that was asked for by name is not.
 *
 * @throws RecurveError `usage` for an unknown tier, one of other numerics or unknown numerics, `unsupported` for one that the host cannot run
 */
export async function chooseTier(
  wish: TierWish = {},
  tiers: readonly Tier[] = TIERS,
  prove: Prover = proveLazily,
): Promise<TierChoice> {
  if (!['exact', 'fast', undefined].includes(wish.numerics)) throw (await refusals()).unknownNumerics(wish.numerics);
  const name = wish.tier ?? (hostProcess().env?.RECURVE_TIER || undefined);
  if (name !== undefined)
    return { tier: await named(name, wish.numerics, tiers), reason: 'asked for by name', passedOver: [] };
  const passedOver: { name: string; reason: string }[] = [];
  for (const tier of tiers) {
    if (tier.numerics === 'fast' && wish.numerics !== 'fast') continue;
    const obstacle = tier.obstacle();
    const verdict = obstacle === undefined ? await verdictOf(tier, tiers, prove) : undefined;
    if (obstacle === undefined && verdict?.trusted !== false) {
      const reason = `the fastest for ${wish.numerics ?? 'exact'} numerics on this host`;
      return verdict
        ? { tier, reason: `${reason}, ${verdict.reason}`, verdict, passedOver }
        : { tier, reason, passedOver };
    }
    passedOver.push({ name: tier.name, reason: obstacle ?? (verdict as Verdict).reason });
  }
  throw new RecurveError(
    'unsupported',
    'engine: expected a host with WebAssembly SIMD, got one without; use Node 20 or newer (without --jitless), or a browser of 2023 or newer',
  );
}

/** A page never proves anything, so it does not load what that takes. */
const proveLazily: Prover = async (tier, base) => (await import('./proof/prove.ts')).proveTier(tier, base);

/** What is known of a tier that needs a proof; undefined for the others. */
async function verdictOf(tier: Tier, tiers: readonly Tier[], prove: Prover): Promise<Verdict | undefined> {
  return tier.provenBy === undefined ? undefined : prove(tier, findTier(tier.provenBy, tiers) as Tier);
}

async function named(name: string, numerics: Numerics | undefined, tiers: readonly Tier[]): Promise<Tier> {
  const tier = findTier(name, tiers);
  if (!tier) throw (await refusals()).unknownTier(name, tiers);
  if (tier.numerics === 'fast' && numerics === 'exact') throw (await refusals()).otherNumerics(name);
  const obstacle = tier.obstacle();
  if (obstacle !== undefined) throw (await refusals()).hinderedTier(name, obstacle);
  return tier;
}

/** A page whose options are right does not load what is said of wrong ones. */
const refusals = () => import('./refusals.ts');
