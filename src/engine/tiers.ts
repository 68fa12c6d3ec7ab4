import { RecurveError } from '../errors.ts';
import type { KernelModule } from './kernels.ts';
import { kernels as simd } from './modules/simd.gen.ts';

/** `exact`: the same bits everywhere. `fast`: fused multiply-add where the host has it, one rounding less, host-dependent bits. */
export type Numerics = 'exact' | 'fast';

/** Kernels compiled one way: what the host must be able to do for it, and the module itself. */
export interface Tier {
  readonly name: string;
  /** One line for `recurve doctor`. */
  readonly description: string;
  /** What its results promise: tiers of exact numerics agree to the bit. */
  readonly numerics: Numerics;
  /** Whether this host can run it. */
  supported(): boolean;
  /** Its module; all but that of `simd`, which every host may have to fall back on, are loaded on demand. */
  load(): Promise<KernelModule>;
}

/**
 * All tiers, the preferred first. Every one is the same source in `kernels/`, compiled as `tools/build.mjs` says; among tiers of
 * the same numerics the choice is one of speed alone.
 */
export const TIERS: readonly Tier[] = [
  {
    name: 'wide-fma',
    description: '256-bit pairs, fused multiply-add',
    numerics: 'fast',
    supported: () => false,
    load: async () => (await import('./modules/wide-fma.gen.ts')).kernels,
  },
  {
    name: 'fma',
    description: '128-bit SIMD, fused multiply-add',
    numerics: 'fast',
    supported: hasRelaxedSimd,
    load: async () => (await import('./modules/fma.gen.ts')).kernels,
  },
  {
    name: 'wide',
    description: '256-bit pairs, multiply then add',
    numerics: 'exact',
    supported: () => false,
    load: async () => (await import('./modules/wide.gen.ts')).kernels,
  },
  {
    name: 'simd',
    description: '128-bit SIMD, multiply then add',
    numerics: 'exact',
    supported: hasSimd,
    load: async () => simd,
  },
];

/** The tier that runs and why. */
export interface TierChoice {
  readonly tier: Tier;
  readonly reason: string;
}

/** What decides about the tier. */
export interface TierWish {
  /** Name of a tier; the command line passes `RECURVE_TIER`. */
  tier?: string | undefined;
  /** Default `exact`. `fast` may run any tier, `exact` only exact ones. */
  numerics?: Numerics | undefined;
}

/**
 * Picks the fastest tier that the host supports, or the one asked for.
 *
 * @throws RecurveError `unsupported` for an unknown tier or one that the host cannot run
 */
export function chooseTier(wish: TierWish = {}, tiers: readonly Tier[] = TIERS): TierChoice {
  const names = tiers.map((tier) => tier.name).join(', ');
  if (wish.tier !== undefined) {
    const tier = tiers.find((t) => t.name === wish.tier);
    if (!tier) {
      throw new RecurveError(
        'unsupported',
        `engine: expected a tier out of ${names}, got '${wish.tier}'; unset RECURVE_TIER to let the engine choose`,
      );
    }
    if (!tier.supported()) {
      throw new RecurveError(
        'unsupported',
        `engine: expected a host that runs tier ${tier.name}, got one without its instructions; unset RECURVE_TIER to let the engine choose`,
      );
    }
    return { tier, reason: `${tier.name} was asked for` };
  }
  const allowed = tiers.filter((tier) => wish.numerics === 'fast' || tier.numerics === 'exact');
  const tier = allowed.find((t) => t.supported());
  if (!tier) {
    throw new RecurveError(
      'unsupported',
      'engine: expected a host with WebAssembly SIMD, got one without; use Node 20 or newer, or a browser of 2023 or newer',
    );
  }
  return { tier, reason: `${tier.name} is the fastest tier that this host runs` };
}

/**
 * Whether WebAssembly and its 128-bit SIMD are there: validates the module
 * `(module (func (result v128) (f32x4.splat (f32.const 0))))`.
 */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_PROBE);
}

const SIMD_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type 0: () → v128
  ...[0x03, 0x02, 0x01, 0x00], // function 0 has type 0
  ...[0x0a, 0x0b, 0x01, 0x09, 0x00, 0x43, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x13, 0x0b], // f32.const 0, f32x4.splat, end
);

/**
 * Whether fused multiply-add is there (relaxed SIMD: Node 22, Chromium 114): validates the module of {@link hasSimd} with
 * `f32x4.relaxed_madd` at its end.
 */
export function hasRelaxedSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(RELAXED_PROBE);
}

const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type 0: () → v128
  ...[0x03, 0x02, 0x01, 0x00], // function 0 has type 0
  ...[0x0a, 0x1c, 0x01, 0x1a, 0x00], // one body of 26 bytes
  ...[0x43, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x13], // f32.const 0, f32x4.splat
  ...[0x43, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x13],
  ...[0x43, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x13],
  ...[0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd, end
);
