/**
 * Elementary functions in f64 from IEEE basic operations only (`+ - * /`, square root, floor, bit access).
 *
 * `Math.exp` and its family may differ in the last bits between hosts; everything here gives the same bits on
 * every machine, so whatever reaches a weight or a prediction is computed with these. Each bound is in ulp of the
 * exact result and was measured by the sweep in `exact.test.ts` against a 300-bit reference; the title repeats it.
 */
import { RecurveError } from './errors.ts';

const bits = new DataView(new ArrayBuffer(8));

// ln 2 = LN2_HIGH + LN2_LOW; the high part has 33 bits, so k * LN2_HIGH is exact for every exponent k of a double.
const LN2_HIGH = 0.6931471804855391;
const LN2_LOW = 7.440617110012397e-11;
const SQRT_HALF = Math.SQRT1_2;

/** 2^k for an integer k in [-1022, 1023]. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (1023 + k) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** x * 2^k for k in [-2044, 2046], rounded once even where the result is subnormal. */
function scale(x: number, k: number): number {
  if (k < -1022) return x * powerOfTwo(k + 1022) * powerOfTwo(-1022);
  if (k > 1023) return x * powerOfTwo(k - 1023) * powerOfTwo(1023);
  return x * powerOfTwo(k);
}

/** `(e^r - 1 - r) / r²` for |r| <= 0.35: the Taylor series to r^13, truncation under 2^-60 of e^r. */
function exponentialTail(r: number): number {
  let q = 1 / 6227020800;
  q = q * r + 1 / 479001600;
  q = q * r + 1 / 39916800;
  q = q * r + 1 / 3628800;
  q = q * r + 1 / 362880;
  q = q * r + 1 / 40320;
  q = q * r + 1 / 5040;
  q = q * r + 1 / 720;
  q = q * r + 1 / 120;
  q = q * r + 1 / 24;
  q = q * r + 1 / 6;
  return q * r + 0.5;
}

/** e^(high + low) with |low| far below an ulp of high. */
function exponential(high: number, low: number): number {
  if (high > 710) return Infinity;
  if (high < -746) return 0;
  const k = Math.floor(high / Math.LN2 + 0.5);
  const a = high - k * LN2_HIGH;
  const b = low - k * LN2_LOW;
  const r = a + b;
  const lost = a - r + b;
  const sum = 1 + r;
  return scale(sum + (1 - sum + r + (lost + r * r * exponentialTail(r))), k);
}

/**
 * e^x: reduction by `k ln 2` in two parts, then a Taylor polynomial of degree 13.
 *
 * Domain: all doubles; overflows to Infinity above 709.78, underflows to 0 below -745.13. Maximum error 0.7 ulp.
 */
export function exp(x: number): number {
  return exponential(x, 0);
}

/** `ln(2^k (1 + f)) + c` for 1 + f in [√½, √2]: `ln(1+f) = f - f²/2 + s (f²/2 + R(s²))`, `s = f / (2 + f)`. */
function logarithm(k: number, f: number, c: number): number {
  const s = f / (2 + f);
  const z = s * s;
  let r = 2 / 25;
  r = r * z + 2 / 23;
  r = r * z + 2 / 21;
  r = r * z + 2 / 19;
  r = r * z + 2 / 17;
  r = r * z + 2 / 15;
  r = r * z + 2 / 13;
  r = r * z + 2 / 11;
  r = r * z + 2 / 9;
  r = r * z + 2 / 7;
  r = r * z + 2 / 5;
  r = r * z + 2 / 3;
  const half = 0.5 * f * f;
  return k * LN2_HIGH + (f - (half - (s * (half + r * z) + (k * LN2_LOW + c))));
}

/** Split of a positive finite x into `2^k m`, m in [√½, √2); the exponent is returned, m is left in `mantissa`. */
let mantissa = 1;
function splitExponent(x: number): number {
  let k = 0;
  let y = x;
  if (y < 2.2250738585072014e-308) {
    y *= 18014398509481984;
    k = -54;
  }
  bits.setFloat64(0, y);
  const high = bits.getUint32(0);
  k += (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  mantissa = bits.getFloat64(0);
  if (mantissa >= Math.SQRT2) {
    mantissa *= 0.5;
    k += 1;
  }
  return k;
}

/**
 * Natural logarithm: exponent and mantissa by bits, then the series of `atanh` to s^25.
 *
 * Domain: x >= 0 (`log(0)` is -Infinity); a negative x or NaN gives NaN, as in IEEE 754. Maximum error 0.9 ulp.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  const k = splitExponent(x);
  return logarithm(k, mantissa - 1, 0);
}

/**
 * `ln(1 + x)` without cancellation near 0: the rounding error of `1 + x` enters as a correction.
 *
 * Domain: x >= -1 (`log1p(-1)` is -Infinity); below gives NaN. Maximum error 0.9 ulp.
 */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  if (x > -1e-17 && x < 1e-17) return x;
  if (x > SQRT_HALF - 1 && x < Math.SQRT2 - 1) return logarithm(0, x, 0);
  const u = 1 + x;
  const lost = x >= 1 ? 1 - (u - x) : x - (u - 1);
  const k = splitExponent(u);
  return logarithm(k, mantissa - 1, lost / u);
}

/**
 * Logistic function `1 / (1 + e^-x)`, written `e^x / (1 + e^x)` for x < 0 so neither side overflows or cancels;
 * the rounding error of the sum is divided out.
 *
 * Domain: all doubles. Maximum error 2 ulp.
 */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  const d = 1 + e;
  const y = (x < 0 ? e : 1) / d;
  return y - (y * (1 - d + e)) / d;
}

/**
 * `ln(1 + e^x)` as `max(x, 0) + log1p(e^-|x|)`: no overflow for large x, no loss for very negative x.
 *
 * Domain: all doubles. Maximum error 1.6 ulp.
 */
export function softplus(x: number): number {
  const tail = log1p(exp(-Math.abs(x)));
  return x > 0 ? x + tail : tail;
}

// π/2 in four parts; the first three have 33 bits, so n times each is exact for n < 2^20.
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487111665e-21;
const HALF_PI_4 = 8.4784276603689e-32;
const TWO_OVER_PI = 0.6366197723675814;

/** Sine of `r + low` for |r| <= π/4: Taylor to r^17, truncation under 2^-62 of the result. */
function sineKernel(r: number, low: number): number {
  const z = r * r;
  let q = 1 / 355687428096000;
  q = q * z - 1 / 1307674368000;
  q = q * z + 1 / 6227020800;
  q = q * z - 1 / 39916800;
  q = q * z + 1 / 362880;
  q = q * z - 1 / 5040;
  q = q * z + 1 / 120;
  q = q * z - 1 / 6;
  return r + (low * (1 - 0.5 * z) + r * z * q);
}

/** Cosine of `r + low` for |r| <= π/4: Taylor to r^18; `1 - r²/2` is rounded once and its error put back. */
function cosineKernel(r: number, low: number): number {
  const z = r * r;
  let q = -1 / 6402373705728000;
  q = q * z + 1 / 20922789888000;
  q = q * z - 1 / 87178291200;
  q = q * z + 1 / 479001600;
  q = q * z - 1 / 3628800;
  q = q * z + 1 / 40320;
  q = q * z - 1 / 720;
  q = q * z + 1 / 24;
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * z * q - r * low));
}

/** sin(x + quarter π/2) by Cody-Waite reduction: `r = x - n π/2`, every subtraction with its rounding error kept. */
function sineOfQuarter(name: string, x: number, quarter: number): number {
  if (!(Math.abs(x) <= 1048576)) {
    throw new RecurveError('numeric', `${name}: expected an angle within ±2^20 radians, got ${x}; reduce it first`);
  }
  const n = Math.floor(x * TWO_OVER_PI + 0.5);
  const first = x - n * HALF_PI_1;
  const second = -n * HALF_PI_2;
  const a = first + second;
  const aPart = a - first;
  const aLost = first - (a - aPart) + (second - aPart);
  const third = -n * HALF_PI_3;
  const b = a + third;
  const bPart = b - a;
  const bLost = a - (b - bPart) + (third - bPart);
  const tail = aLost + (bLost - n * HALF_PI_4);
  const r = b + tail;
  const low = b - r + tail;
  switch ((n + quarter) & 3) {
    case 0:
      return sineKernel(r, low);
    case 1:
      return cosineKernel(r, low);
    case 2:
      return -sineKernel(r, low);
    default:
      return -cosineKernel(r, low);
  }
}

/**
 * Sine of x radians: Cody-Waite reduction by π/2 in four parts, then a Taylor polynomial of degree 17.
 *
 * Domain: |x| <= 2^20; throws outside (code `numeric`). Maximum error 0.8 ulp.
 */
export function sin(x: number): number {
  return x === 0 ? x : sineOfQuarter('sin', x, 0);
}

/**
 * Cosine of x radians: Cody-Waite reduction by π/2 in four parts, then a Taylor polynomial of degree 18.
 *
 * Domain: |x| <= 2^20; throws outside (code `numeric`). Maximum error 0.8 ulp.
 */
export function cos(x: number): number {
  return sineOfQuarter('cos', x, 1);
}

/** Rounding error of the product `a * b = p + error` (Dekker 1971); exact while nothing over- or underflows. */
function productError(a: number, b: number, p: number): number {
  const aBig = 134217729 * a;
  const aHigh = aBig - (aBig - a);
  const bBig = 134217729 * b;
  const bHigh = bBig - (bBig - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (p - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/**
 * x^y as `e^(y ln x)` with the logarithm carried in two doubles (about 65 bits), so large exponents stay accurate.
 *
 * Domain: x >= 0 and finite y, or x < 0 and an integer y; `pow(x, 0)` is 1.
 * Throws (code `numeric`) where the result is not a real number. Maximum error 0.7 ulp.
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (!(Math.abs(y) < Infinity) || !(Math.abs(x) < Infinity) || (x < 0 && Math.floor(y) !== y)) {
    throw new RecurveError(
      'numeric',
      `pow: expected finite x >= 0, or an integer exponent, got ${x} to the power of ${y}; check the arguments`,
    );
  }
  if (x < 0) return y % 2 === 0 ? pow(-x, y) : -pow(-x, y);
  if (x === 0) return y > 0 ? 0 : Infinity;

  const k = splitExponent(x);
  const f = mantissa - 1;
  // s = f / (m + 1) in two doubles; m + 1 may need 54 bits.
  const d = mantissa + 1;
  const dLow = mantissa - (d - 1);
  const s = f / d;
  const sd = s * d;
  const sLow = (f - sd - productError(s, d, sd) - s * dLow) / d;
  const z = s * s;
  const zLow = productError(s, s, z) + 2 * s * sLow;
  // s³/3 needs two doubles as well; from s⁵/5 on one is enough.
  const third = 1 / 3;
  const c = z * third;
  const cLow = productError(z, third, c) + zLow * third + z * 1.850371707708594e-17;
  let q = 1 / 25;
  q = q * z + 1 / 23;
  q = q * z + 1 / 21;
  q = q * z + 1 / 19;
  q = q * z + 1 / 17;
  q = q * z + 1 / 15;
  q = q * z + 1 / 13;
  q = q * z + 1 / 11;
  q = q * z + 1 / 9;
  q = q * z + 1 / 7;
  q = q * z + 1 / 5;
  // ln m = 2 s (1 + g), g = z/3 + z² q(z) in two doubles.
  const rest = z * z * q;
  const g = c + rest;
  const gLow = c - g + rest + cLow;
  const sg = s * g;
  const sgLow = productError(s, g, sg) + s * gLow + sLow * g;
  const m1 = s + sg;
  const mLow = s - m1 + sg + sgLow + sLow;
  const base = k * LN2_HIGH;
  const l1 = base + 2 * m1;
  const part = l1 - base;
  const l1Lost = base - (l1 - part) + (2 * m1 - part);
  const l2 = k * LN2_LOW;
  const lLow = l1Lost + l2 + productError(k, LN2_LOW, l2) + 2 * mLow;
  const high = l1 + lLow;
  const low = l1 - high + lLow;

  const product = y * high;
  if (product > 720) return Infinity;
  if (product < -760) return 0;
  return exponential(product, productError(y, high, product) + y * low);
}

/** Polynomial with the constant term first, by Horner's rule. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
}

const CENTRAL_TOP = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
  33430.57558358813, 2509.0809287301227,
];
const CENTRAL_BOTTOM = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
  5226.495278852854,
];
const MIDDLE_TOP = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
];
const MIDDLE_BOTTOM = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const TAIL_TOP = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const TAIL_BOTTOM = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
  1.421511758316446e-7, 2.0442631033899397e-15,
];

/**
 * Quantile of the standard normal distribution: the z with `P(Z <= z) = p`.
 *
 * Method: Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), PPND16, with `log` of this file.
 * Domain: 0 < p < 1; throws outside (code `numeric`). Maximum relative error 1e-15 for p in [1e-300, 1 - 2^-53].
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) {
    throw new RecurveError(
      'numeric',
      `normalQuantile: expected a probability between 0 and 1, got ${p}; exclude 0 and 1`,
    );
  }
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRAL_TOP, r)) / polynomial(CENTRAL_BOTTOM, r);
  }
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const z =
    r <= 5
      ? polynomial(MIDDLE_TOP, r - 1.6) / polynomial(MIDDLE_BOTTOM, r - 1.6)
      : polynomial(TAIL_TOP, r - 5) / polynomial(TAIL_BOTTOM, r - 5);
  return q < 0 ? -z : z;
}
