// tanh and sigmoid, the functions of the gates. V8 moves nothing out of a loop: constants that a function spreads are loaded again at every
// turn, by two instructions each, 26 of the 56 that eight numbers take. These two take theirs as arguments, and the loops over arrays
// hold them in registers: 1.25 and 1.13 times as fast, with and without fused multiply-add (Node 24).
import { COMMON, LN2_HIGH, LN2_LOW, LOG2E, mulAdd, ONE, ROUND, SIGN, spread, TWO } from './math';
import { nmadd } from './tier';
import { loadPart, storePart } from './vector';

/** (e^r − 1 − r) / r² on |r| ≤ 0.3466, error below 2^-26 of e^r − 1: as near as a quotient of it can tell. */
const LESS_ONE = memory.data<f32>([0.0013869964, 0.008366252, 0.041667443, 0.16666546, 0.49999997]);
/** From here on tanh x is 1. */
const TANH_RANGE = memory.data<f32>([10]);
/** Between these e^−x takes one factor 2^k alone, which for k = 128 is Infinity. */
const SIGMOID_RANGE = memory.data<f32>([89, -87]);

/** e^r − 1 for x = k·ln 2 + r; q0 to q4 are LESS_ONE. */
@inline
function exponentialLessOne(x: v128, k: v128, high: v128, low: v128, q0: v128, q1: v128, q2: v128, q3: v128, q4: v128): v128 {
  const r = nmadd(nmadd(x, k, high), k, low);
  const rr = f32x4.mul(r, r);
  const q = mulAdd(r, mulAdd(rr, mulAdd(r, q0, q1), mulAdd(r, q2, q3)), q4);
  return mulAdd(rr, q, r);
}

/**
 * tanh x: m / (m + 2) with m = e^(2|x|) − 1 = 2^k·(e^r − 1) + (2^k − 1), which keeps all digits of small x; sign put back.
 * Domain: all; ±1 beyond 9.01. Maximum error 2.61 ulp.
 */
@inline
function tanhOf(
  x: v128, sign: v128, range: v128, log2e: v128, round: v128, high: v128, low: v128,
  q0: v128, q1: v128, q2: v128, q3: v128, q4: v128, one: v128, two: v128,
): v128 {
  const s = v128.and(x, sign);
  const a = f32x4.pmin(v128.xor(x, s), range);
  const double = f32x4.add(a, a);
  const t = mulAdd(double, log2e, round);
  const scale = i32x4.add(i32x4.shl(t, 23), one);
  const e = exponentialLessOne(double, f32x4.sub(t, round), high, low, q0, q1, q2, q3, q4);
  const m = mulAdd(e, scale, f32x4.sub(scale, one));
  return v128.or(f32x4.div(m, f32x4.add(m, two)), s);
}

/** 1 / (1 + e^−x). Domain: all; 0 below −88.376, that is results below 2^−127.5. Maximum error 2.5 ulp. */
@inline
function sigmoidOf(
  x: v128, sign: v128, most: v128, least: v128, log2e: v128, round: v128, high: v128, low: v128,
  q0: v128, q1: v128, q2: v128, q3: v128, q4: v128, one: v128,
): v128 {
  const opposite = f32x4.pmax(f32x4.pmin(v128.xor(x, sign), most), least);
  const t = mulAdd(opposite, log2e, round);
  const e = exponentialLessOne(opposite, f32x4.sub(t, round), high, low, q0, q1, q2, q3, q4);
  const z = f32x4.mul(f32x4.add(one, e), i32x4.add(i32x4.shl(t, 23), one));
  return f32x4.div(one, f32x4.add(one, z));
}

/** σ(x) alone. */
@inline
export function sigmoid(x: v128): v128 {
  return sigmoidOf(
    x, spread(COMMON, SIGN), spread(SIGMOID_RANGE, 0), spread(SIGMOID_RANGE, 1), spread(COMMON, LOG2E), spread(COMMON, ROUND),
    spread(COMMON, LN2_HIGH), spread(COMMON, LN2_LOW), spread(LESS_ONE, 0), spread(LESS_ONE, 1), spread(LESS_ONE, 2), spread(LESS_ONE, 3),
    spread(LESS_ONE, 4), spread(COMMON, ONE),
  );
}

/** y[i] = tanh x[i]; y may be x. */
export function mapTanh(y: usize, x: usize, n: i32): void {
  const sign = spread(COMMON, SIGN);
  const range = spread(TANH_RANGE, 0);
  const log2e = spread(COMMON, LOG2E);
  const round = spread(COMMON, ROUND);
  const high = spread(COMMON, LN2_HIGH);
  const low = spread(COMMON, LN2_LOW);
  const q0 = spread(LESS_ONE, 0);
  const q1 = spread(LESS_ONE, 1);
  const q2 = spread(LESS_ONE, 2);
  const q3 = spread(LESS_ONE, 3);
  const q4 = spread(LESS_ONE, 4);
  const one = spread(COMMON, ONE);
  const two = spread(COMMON, TWO);
  for (; n >= 8; n -= 8) {
    const a = tanhOf(v128.load(x), sign, range, log2e, round, high, low, q0, q1, q2, q3, q4, one, two);
    const b = tanhOf(v128.load(x, 16), sign, range, log2e, round, high, low, q0, q1, q2, q3, q4, one, two);
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, tanhOf(loadPart(x, n), sign, range, log2e, round, high, low, q0, q1, q2, q3, q4, one, two), n);
    x += 16;
    y += 16;
  }
}

/** y[i] = σ(x[i]); y may be x. */
export function mapSigmoid(y: usize, x: usize, n: i32): void {
  const sign = spread(COMMON, SIGN);
  const most = spread(SIGMOID_RANGE, 0);
  const least = spread(SIGMOID_RANGE, 1);
  const log2e = spread(COMMON, LOG2E);
  const round = spread(COMMON, ROUND);
  const high = spread(COMMON, LN2_HIGH);
  const low = spread(COMMON, LN2_LOW);
  const q0 = spread(LESS_ONE, 0);
  const q1 = spread(LESS_ONE, 1);
  const q2 = spread(LESS_ONE, 2);
  const q3 = spread(LESS_ONE, 3);
  const q4 = spread(LESS_ONE, 4);
  const one = spread(COMMON, ONE);
  for (; n >= 8; n -= 8) {
    const a = sigmoidOf(v128.load(x), sign, most, least, log2e, round, high, low, q0, q1, q2, q3, q4, one);
    const b = sigmoidOf(v128.load(x, 16), sign, most, least, log2e, round, high, low, q0, q1, q2, q3, q4, one);
    v128.store(y, b, 16);
    v128.store(y, a);
    x += 32;
    y += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(y, sigmoidOf(loadPart(x, n), sign, most, least, log2e, round, high, low, q0, q1, q2, q3, q4, one), n);
    x += 16;
    y += 16;
  }
}
