import { RecurveError } from '../errors.ts';
import { type KernelModule, kernelModules } from './wasm.gen.ts';

/** Kernels compiled one way: what the host must be able to do for it, and the module itself. */
export interface Tier {
  readonly name: string;
  /** One line for `recurve doctor`. */
  readonly description: string;
  /** Whether this host can run it. */
  supported(): boolean;
  readonly module: KernelModule;
}

/**
 * All tiers, the preferred first. In exact arithmetic they agree to the bit, so the choice is one of speed alone.
 * Every one is the same source in `kernels/`, compiled as `tools/build.mjs` says.
 */
export const TIERS: readonly Tier[] = [
  {
    name: 'simd',
    description: '128-bit SIMD, multiply then add, 4×2 tile',
    supported: hasSimd,
    module: kernelModules.simd,
  },
];

/** The tier that runs and why. */
export interface TierChoice {
  readonly tier: Tier;
  readonly reason: string;
}

/**
 * Picks the fastest tier that the host supports, or the one asked for.
 *
 * @param forced name of a tier; the command line passes `RECURVE_TIER`
 * @throws RecurveError `unsupported` for an unknown tier or one that the host cannot run
 */
export function chooseTier(forced?: string, tiers: readonly Tier[] = TIERS): TierChoice {
  const names = tiers.map((tier) => tier.name).join(', ');
  if (forced !== undefined) {
    const tier = tiers.find((t) => t.name === forced);
    if (!tier) {
      throw new RecurveError(
        'unsupported',
        `engine: expected a tier out of ${names}, got '${forced}'; unset RECURVE_TIER to let the engine choose`,
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
  const tier = tiers.find((t) => t.supported());
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
