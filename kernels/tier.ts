// What differs between the engine tiers (TIERS in tools/build.mjs). Both constants are known when the kernels are compiled, so that
// `if (WIDE)` costs nothing and the branch not taken is not in the module.

/** Whether `a·b + c` may round once: relaxed SIMD, which is outside exact mode. */
export const FMA: bool = ASC_FEATURE_RELAXED_SIMD;

/** Whether V8 will merge pairs of vectors into 256-bit ones: tiles may be twice as wide before their registers run out. */
export const WIDE: bool = RECURVE_WIDE != 0;

/** acc + a·b, lane by lane; one rounding where {@link FMA}, else two. */
@inline
export function madd(acc: v128, a: v128, b: v128): v128 {
  if (FMA) return f32x4.relaxed_madd(a, b, acc);
  return f32x4.add(acc, f32x4.mul(a, b));
}

/** acc − a·b, lane by lane; one rounding where {@link FMA}, else two. */
@inline
export function nmadd(acc: v128, a: v128, b: v128): v128 {
  if (FMA) return f32x4.relaxed_nmadd(a, b, acc);
  return f32x4.sub(acc, f32x4.mul(a, b));
}
