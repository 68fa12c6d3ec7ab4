// Elementary functions on four lanes of f32, from IEEE + - * /, comparisons and bit operations only: the same bits on
// every machine. Each bound is in ulp of the exact result, measured as README.md says; src/engine/math.test.ts
// sweeps and repeats it. NaN gives NaN; subnormal arguments and results are not flushed.
//
// Polynomial coefficients (highest power first) were fitted in f64 to the least maximum relative error of the result and
// rounded to f32 one by one, the rest fitted again. They stand in memory because V8 loads and spreads one in a single instruction,
// where a literal takes three: 2.4 → 1.6 ns per e^x, Node 24.
import { madd, nmadd } from './tier';

/** Reduction: 1/ln 2; 1.5 · 2^23, which added rounds to an integer in the low bits; ln 2 in two parts, the high one of 10 bits,
 * so that k times it is exact for every exponent k; 1, 2, ½ and the sign bit. */
export const COMMON = memory.data<f32>([1.44269504, 12582912, 0.693359375, -2.12194442e-4, 1, 2, 0.5, -0.0]);
export const LOG2E = 0;
export const ROUND = 1;
export const LN2_HIGH = 2;
export const LN2_LOW = 3;
export const ONE = 4;
export const TWO = 5;
export const HALF = 6;
export const SIGN = 7;

/** Number i of a table in every lane. */
@inline
export function spread(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}

/** a · b + c: rounded twice in exact arithmetic, which knows no fused operation. */
@inline
export function mulAdd(a: v128, b: v128, c: v128): v128 {
  return madd(c, a, b);
}

/** 2^k for the integer k in [-126, 127] that stands in the low bits of each lane; the bits above do not matter. */
@inline
function powerOfTwo(k: v128): v128 {
  return i32x4.add(i32x4.shl(k, 23), spread(COMMON, ONE));
}

/** (e^r − 1 − r) / r² on |r| ≤ 0.3466, error below 2^-30 of e^r − 1. */
const EXPONENTIAL = memory.data<f32>([0.0001955502, 0.0013934053, 0.008333912, 0.041666474, 0.16666664, 0.5]);
const EXP_RANGE = memory.data<f32>([89, -104]);

/** The remainder r of x = k·ln 2 + r; `t` holds k + ROUND. */
@inline
function remainder(x: v128, t: v128): v128 {
  const n = f32x4.sub(t, spread(COMMON, ROUND));
  return nmadd(nmadd(x, n, spread(COMMON, LN2_HIGH)), n, spread(COMMON, LN2_LOW));
}

/** e^r. */
@inline
function exponential(r: v128): v128 {
  const rr = f32x4.mul(r, r);
  const q01 = mulAdd(r, spread(EXPONENTIAL, 0), spread(EXPONENTIAL, 1));
  const q23 = mulAdd(r, spread(EXPONENTIAL, 2), spread(EXPONENTIAL, 3));
  const q45 = mulAdd(r, spread(EXPONENTIAL, 4), spread(EXPONENTIAL, 5));
  const q = mulAdd(rr, mulAdd(rr, q01, q23), q45);
  return f32x4.add(spread(COMMON, ONE), mulAdd(rr, q, r));
}

/**
 * e^x: x = k·ln 2 + r, polynomial in r, scaling by 2^k in two halves so that subnormal results are rounded once.
 * Domain: all; 0 below −103.97, Infinity above 88.72. Maximum error 0.99 ulp.
 */
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, spread(EXP_RANGE, 0)), spread(EXP_RANGE, 1));
  const t = mulAdd(x, spread(COMMON, LOG2E), spread(COMMON, ROUND));
  // k >> 1: of an exponent only the low nine bits count, so that the bits of ROUND above k do not matter.
  const half = i32x4.shr_u(t, 1);
  return f32x4.mul(f32x4.mul(exponential(remainder(x, t)), powerOfTwo(half)), powerOfTwo(i32x4.sub(t, half)));
}

/** 2^24 in front of 2^k and 2^-24 behind it keep k ≥ −150 in the range of normal numbers. */
const SCALE = memory.data<f32>([16777216, 5.9604644775390625e-8]);

/** The bits of `exp` for x ≤ 0 by fewer operations: scaling is exact until the last product, which rounds a subnormal result once. */
@inline
function expOfNegative(x: v128): v128 {
  x = f32x4.pmax(x, spread(EXP_RANGE, 1));
  const t = mulAdd(x, spread(COMMON, LOG2E), spread(COMMON, ROUND));
  const scale = i32x4.add(i32x4.shl(t, 23), spread(SCALE, 0));
  return f32x4.mul(f32x4.mul(exponential(remainder(x, t)), scale), spread(SCALE, 1));
}

/** (log(1+f) − f + f²/2) / f³ on [√½ − 1, √2 − 1], error below 2^-30 of log(1+f). */
const LOGARITHM = memory.data<f32>([
  0.067330286, -0.11660669, 0.118862025, -0.12408196, 0.14220233, -0.16667855, 0.20002073, -0.25000012, 0.33333313,
]);

/** e·ln 2 + log(1+f) + correction. */
@inline
function logarithm(e: v128, f: v128, correction: v128): v128 {
  let p = mulAdd(f, spread(LOGARITHM, 0), spread(LOGARITHM, 1));
  p = mulAdd(f, p, spread(LOGARITHM, 2));
  p = mulAdd(f, p, spread(LOGARITHM, 3));
  p = mulAdd(f, p, spread(LOGARITHM, 4));
  p = mulAdd(f, p, spread(LOGARITHM, 5));
  p = mulAdd(f, p, spread(LOGARITHM, 6));
  p = mulAdd(f, p, spread(LOGARITHM, 7));
  p = mulAdd(f, p, spread(LOGARITHM, 8));
  const square = f32x4.mul(f, f);
  let tail = f32x4.sub(f32x4.mul(f32x4.mul(square, f), p), f32x4.mul(square, spread(COMMON, HALF)));
  tail = f32x4.add(tail, mulAdd(e, spread(COMMON, LN2_LOW), correction));
  return mulAdd(e, spread(COMMON, LN2_HIGH), f32x4.add(f, tail));
}

/** Exponent of x relative to [√½, √2): x = 2^e · m. */
@inline
function exponentOf(x: v128): v128 {
  return i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
}

/** Edge cases of a logarithm: log 0 = −Infinity, log Infinity = Infinity, NaN for negative numbers and NaN. */
@inline
function logarithmEdges(y: v128, x: v128): v128 {
  const zero = f32x4.splat(0);
  y = v128.bitselect(x, y, f32x4.eq(x, f32x4.splat(Infinity)));
  y = v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, zero));
  return v128.bitselect(y, f32x4.splat(NaN), f32x4.ge(x, zero));
}

/** Smallest normal number, 2^23, 23. */
const SUBNORMAL = memory.data<f32>([1.17549435e-38, 8388608, 23]);

/**
 * log x: x = 2^e · m with m in [√½, √2), polynomial in m − 1. Subnormal arguments are scaled by 2^23 first.
 * Domain: x ≥ 0. Maximum error 0.9 ulp.
 */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, spread(SUBNORMAL, 0));
  const s = v128.bitselect(f32x4.mul(x, spread(SUBNORMAL, 1)), x, tiny);
  const k = exponentOf(s);
  const f = f32x4.sub(i32x4.sub(s, i32x4.shl(k, 23)), spread(COMMON, ONE));
  const e = f32x4.sub(f32x4.convert_i32x4_s(k), v128.and(tiny, spread(SUBNORMAL, 2)));
  return logarithmEdges(logarithm(e, f, f32x4.splat(0)), x);
}

/**
 * log(1 + x): as log of u = 1 + x, with what the rounding of u lost added back as lost / u; where u lies in [√½, √2) the
 * polynomial takes x itself. Domain: x ≥ −1. Maximum error 0.9 ulp.
 */
@inline
export function log1p(x: v128): v128 {
  const one = spread(COMMON, ONE);
  const u = f32x4.add(x, one);
  const k = exponentOf(u);
  const near = i32x4.eq(k, i32x4.splat(0));
  const f = v128.bitselect(x, f32x4.sub(i32x4.sub(u, i32x4.shl(k, 23)), one), near);
  const lost = v128.bitselect(f32x4.sub(one, f32x4.sub(u, x)), f32x4.sub(x, f32x4.sub(u, one)), f32x4.ge(x, one));
  const correction = v128.andnot(f32x4.div(lost, u), near);
  const y = logarithmEdges(logarithm(f32x4.convert_i32x4_s(k), f, correction), u);
  return v128.bitselect(x, y, f32x4.eq(x, f32x4.splat(0)));
}

/** log(1 + e^x) = max(x, 0) + log1p(e^−|x|). Domain: all. Maximum error 1.7 ulp. */
@inline
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1p(expOfNegative(v128.or(x, spread(COMMON, SIGN)))));
}
