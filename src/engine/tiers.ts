import { hasRelaxedSimd, hasSimd, noRevectorizer } from './features.ts';
import type { KernelModule } from './kernels.ts';
import { kernels as simd } from './modules/simd.gen.ts';

/** `exact`: the same bits everywhere. `fast`: fused multiply-add where the host has it; the bits depend on the host. */
export type Numerics = 'exact' | 'fast';

/** Kernels compiled one way: what the host must be able to do for it, and the module itself. */
export interface Tier {
  readonly name: string;
  /** One line for `recurve doctor`. */
  readonly description: string;
  /** What its results promise: tiers of exact numerics agree to the bit. */
  readonly numerics: Numerics;
  /**
   * Set for kernels that V8 is to merge into 256-bit code, which is experimental there: the plain tier whose bits it must give and
   * which it must not be slower than, proven before it is used (proof/prove.ts).
   */
  readonly provenBy?: string;
  /** Why this host cannot run it, in words; undefined when it can. */
  obstacle(): string | undefined;
  /** Its module. All are loaded on demand, but for that of `simd`, which every host can need. */
  load(): Promise<KernelModule>;
}

/**
 * All tiers, the preferred first. Every one is the same source in `kernels/`, compiled as `tools/build.mjs` says; among tiers of
 * the same numerics the choice is one of speed alone.
 */
export const TIERS: readonly Tier[] = [
  {
    name: 'wide-fma',
    description: '256-bit SIMD, fused multiply-add',
    numerics: 'fast',
    provenBy: 'fma',
    obstacle: () => noFma() ?? noRevectorizer(),
    load: async () => (await import('./modules/wide-fma.gen.ts')).kernels,
  },
  {
    name: 'fma',
    description: '128-bit SIMD, fused multiply-add',
    numerics: 'fast',
    obstacle: noFma,
    load: async () => (await import('./modules/fma.gen.ts')).kernels,
  },
  {
    name: 'wide',
    description: '256-bit SIMD, multiply then add',
    numerics: 'exact',
    provenBy: 'simd',
    obstacle: () => noSimd() ?? noRevectorizer(),
    load: async () => (await import('./modules/wide.gen.ts')).kernels,
  },
  {
    name: 'simd',
    description: '128-bit SIMD, multiply then add',
    numerics: 'exact',
    obstacle: noSimd,
    load: async () => simd,
  },
];

/** The tier of a name; undefined when there is none. */
export function findTier(name: string, tiers: readonly Tier[] = TIERS): Tier | undefined {
  return tiers.find((tier) => tier.name === name);
}

/** What the results of an engine promise. */
export function numericsOf(engine: { readonly name: string }): Numerics {
  return findTier(engine.name)?.numerics ?? 'exact';
}

function noSimd(): string | undefined {
  return hasSimd() ? undefined : 'this host has no WebAssembly SIMD';
}

function noFma(): string | undefined {
  return hasRelaxedSimd() ? undefined : 'this host has no relaxed SIMD (Node 22 and browsers of 2024 do)';
}
