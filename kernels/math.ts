// Elementary functions on four lanes of f32, from IEEE + - * /, comparisons and bit operations only: the same bits on
// every machine. Bounds are in ulp of the exact result, measured over all 2^32 arguments (README.md) and swept by
// src/engine/math.test.ts. NaN gives NaN; subnormal arguments and results are not flushed.

const LOG2E: f32 = 1.44269504;
// ln 2 = LN2_HIGH + LN2_LOW; the high part has 10 bits, so k · LN2_HIGH is exact for every exponent k.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194442e-4;
/** 1.5 · 2^23: adding it rounds to the nearest integer, which then stands in the low bits. */
const ROUND: f32 = 12582912;
const ROUND_BITS: i32 = 0x4b400000;

@inline
function constant(x: f32): v128 {
  return f32x4.splat(x);
}

/** a · b + c, rounded twice: exact mode knows no fused operation. */
@inline
function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

@inline
function negate(x: v128): v128 {
  return f32x4.neg(x);
}

/** 2^k for lanes of i32 k in [-126, 127]. */
@inline
function powerOfTwo(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23);
}

/** (e^r − 1 − r) / r² on |r| ≤ 0.3466: minimax polynomial of degree 5, error below 2^-30 of e^r − 1. */
@inline
function exponentialTail(r: v128): v128 {
  let q = mulAdd(r, constant(0.0001955502), constant(0.0013934053));
  q = mulAdd(r, q, constant(0.008333912));
  q = mulAdd(r, q, constant(0.041666474));
  q = mulAdd(r, q, constant(0.16666664));
  return mulAdd(r, q, constant(0.5));
}

/**
 * e^x: x = k·ln 2 + r, polynomial in r, scaling by 2^k in two halves so that subnormal results are rounded once.
 * Domain: all; 0 below −103.97, Infinity above 88.72. Maximum error EXP_ULP ulp.
 */
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, constant(89)), constant(-104));
  const t = mulAdd(x, constant(LOG2E), constant(ROUND));
  const k = i32x4.sub(t, i32x4.splat(ROUND_BITS));
  const n = f32x4.sub(t, constant(ROUND));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)));
  const y = f32x4.add(constant(1), mulAdd(f32x4.mul(r, r), exponentialTail(r), r));
  const half = i32x4.shr_s(k, 1);
  return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(k, half)));
}

/** (log(1+f) − f + f²/2) / f³ on [√½ − 1, √2 − 1]: minimax polynomial of degree 8, error below 2^-30 of log(1+f). */
@inline
function logarithmTail(f: v128): v128 {
  let p = mulAdd(f, constant(0.067330286), constant(-0.11660669));
  p = mulAdd(f, p, constant(0.118862025));
  p = mulAdd(f, p, constant(-0.12408196));
  p = mulAdd(f, p, constant(0.14220233));
  p = mulAdd(f, p, constant(-0.16667855));
  p = mulAdd(f, p, constant(0.20002073));
  p = mulAdd(f, p, constant(-0.25000012));
  return mulAdd(f, p, constant(0.33333313));
}

/** e·ln 2 + log(1+f) + correction. */
@inline
function logarithm(e: v128, f: v128, correction: v128): v128 {
  const square = f32x4.mul(f, f);
  let tail = f32x4.mul(f32x4.mul(square, f), logarithmTail(f));
  tail = f32x4.sub(tail, f32x4.mul(square, constant(0.5)));
  tail = f32x4.add(tail, mulAdd(e, constant(LN2_LOW), correction));
  return mulAdd(e, constant(LN2_HIGH), f32x4.add(f, tail));
}

/** Exponent of x relative to [√½, √2): x = 2^e · m. */
@inline
function exponentOf(x: v128): v128 {
  return i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
}

/** Edge cases of a logarithm: log 0 = −Infinity, log Infinity = Infinity, NaN for negative numbers and NaN. */
@inline
function logarithmEdges(y: v128, x: v128): v128 {
  y = v128.bitselect(x, y, f32x4.eq(x, constant(Infinity)));
  y = v128.bitselect(constant(-Infinity), y, f32x4.eq(x, constant(0)));
  return v128.bitselect(y, constant(NaN), f32x4.ge(x, constant(0)));
}

/**
 * log x: x = 2^e · m with m in [√½, √2), polynomial in m − 1. Subnormal arguments are scaled by 2^23 first.
 * Domain: x ≥ 0. Maximum error LOG_ULP ulp.
 */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, constant(1.17549435e-38));
  const s = v128.bitselect(f32x4.mul(x, constant(8388608)), x, tiny);
  const k = exponentOf(s);
  const f = f32x4.sub(i32x4.sub(s, i32x4.shl(k, 23)), constant(1));
  const e = f32x4.sub(f32x4.convert_i32x4_s(k), v128.and(tiny, constant(23)));
  return logarithmEdges(logarithm(e, f, constant(0)), x);
}

/**
 * log(1 + x): as log of u = 1 + x, with what the rounding of u lost added back as lost / u; where u lies in [√½, √2) the
 * polynomial takes x itself. Domain: x ≥ −1. Maximum error LOG1P_ULP ulp.
 */
@inline
export function log1p(x: v128): v128 {
  const one = constant(1);
  const u = f32x4.add(x, one);
  const k = exponentOf(u);
  const near = i32x4.eq(k, i32x4.splat(0));
  const f = v128.bitselect(x, f32x4.sub(i32x4.sub(u, i32x4.shl(k, 23)), one), near);
  const lost = v128.bitselect(f32x4.sub(one, f32x4.sub(u, x)), f32x4.sub(x, f32x4.sub(u, one)), f32x4.ge(x, one));
  const correction = v128.andnot(f32x4.div(lost, u), near);
  const y = logarithmEdges(logarithm(f32x4.convert_i32x4_s(k), f, correction), u);
  return v128.bitselect(x, y, f32x4.eq(x, constant(0)));
}

/**
 * tanh x = t / (t + 2) with t = e^(2|x|) − 1, computed as 2^k · (e^r − 1) + (2^k − 1), sign put back.
 * Domain: all; ±1 beyond 9.01. Maximum error TANH_ULP ulp.
 */
@inline
export function tanh(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const a = f32x4.pmin(v128.xor(x, sign), constant(10));
  const a2 = f32x4.add(a, a);
  const t = mulAdd(a2, constant(LOG2E), constant(ROUND));
  const n = f32x4.sub(t, constant(ROUND));
  const r = f32x4.sub(f32x4.sub(a2, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)));
  const p = mulAdd(f32x4.mul(r, r), exponentialTail(r), r);
  const scale = powerOfTwo(i32x4.sub(t, i32x4.splat(ROUND_BITS)));
  const y = mulAdd(scale, p, f32x4.sub(scale, constant(1)));
  return v128.or(f32x4.div(y, f32x4.add(y, constant(2))), sign);
}

/**
 * 1 / (1 + e^−x), for negative x as e^x / (1 + e^x), so that small results keep their digits.
 * Domain: all. Maximum error SIGMOID_ULP ulp.
 */
@inline
export function sigmoid(x: v128): v128 {
  const one = constant(1);
  const z = exp(negate(f32x4.abs(x)));
  return f32x4.div(v128.bitselect(z, one, f32x4.lt(x, constant(0))), f32x4.add(one, z));
}

/** log(1 + e^x) = max(x, 0) + log1p(e^−|x|). Domain: all. Maximum error SOFTPLUS_ULP ulp. */
@inline
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, constant(0)), log1p(exp(negate(f32x4.abs(x)))));
}
