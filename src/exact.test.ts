import { describe, expect, test } from 'vitest';
import { RecurveError } from './errors.ts';
import { cos, exp, log, log1p, normalQuantile, pow, sigmoid, sin, softplus } from './exact.ts';

// The oracle: fixed-point arithmetic on BigInt with 300 fractional bits, naive series, no shared code or constants.
const S = 300n;
const ONE = 1n << S;
const view = new DataView(new ArrayBuffer(8));

/** The exact value of a finite double, times 2^300; needs |x| >= 2^-240 or so to be exact. */
function fixed(x: number): bigint {
  view.setFloat64(0, x);
  const word = view.getBigUint64(0);
  const e = Number((word >> 52n) & 0x7ffn);
  const m = (word & 0xfffffffffffffn) | (e > 0 ? 1n << 52n : 0n);
  const shift = S + BigInt(Math.max(e, 1)) - 1075n;
  const value = shift >= 0n ? m << shift : m >> -shift;
  return x < 0 ? -value : value;
}
const mul = (a: bigint, b: bigint) => (a * b) >> S;
const div = (a: bigint, b: bigint) => (a << S) / b;
const absolute = (a: bigint) => (a < 0n ? -a : a);

/** Sum of an alternating-or-not series given the first term and the factor from term to term. */
function series(first: bigint, next: (term: bigint, n: bigint) => bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    sum += term;
    term = next(term, n);
  }
  return sum;
}
/** 2 atanh(1/n) and friends: atanh(t) for a fixed-point t. */
function atanhFixed(t: bigint): bigint {
  const z = mul(t, t);
  let power = t;
  return series(t, (_, n) => {
    power = mul(power, z);
    return power / (2n * n + 1n);
  });
}
const LN2 = 2n * atanhFixed(ONE / 3n);
const arctanInverse = (n: bigint) => {
  let power = ONE / n;
  return series(power, (_, k) => {
    power = -power / (n * n);
    return power / (2n * k + 1n);
  });
};
const PI = 16n * arctanInverse(5n) - 4n * arctanInverse(239n);

function expFixed(x: bigint): bigint {
  const k = x / LN2;
  const r = (x - k * LN2) >> 8n;
  let y = series(ONE, (term, n) => mul(term, r) / n);
  for (let i = 0; i < 8; i++) y = mul(y, y);
  return k >= 0n ? y << k : y >> -k;
}
function logFixed(x: bigint): bigint {
  let k = 0n;
  let m = x;
  while (m > (3n * ONE) / 2n) {
    m >>= 1n;
    k++;
  }
  // Doubling instead of halving would lose nothing, but the callers only pass x > 2^-60.
  while (m < (3n * ONE) / 4n) {
    m <<= 1n;
    k--;
  }
  return k * LN2 + 2n * atanhFixed(div(m - ONE, m + ONE));
}
function sinFixed(x: bigint): bigint {
  const turns = x / (2n * PI);
  const r = x - turns * 2n * PI;
  const z = mul(r, r);
  return series(r, (term, n) => -mul(term, z) / (2n * n * (2n * n + 1n)));
}
const cosFixed = (x: bigint) => sinFixed(x + PI / 2n);

/** |got - want| in units of the last place of want. */
function ulps(got: number, want: bigint): number {
  const exponent = BigInt(absolute(want).toString(2).length - 1);
  const difference = absolute(fixed(got) - want);
  return Number((difference << 72n) >> exponent) * 2 ** -20;
}

/** A repeatable spread of points; not the generator of the library, so a fault there cannot hide here. */
function* spread(count: number, low: number, high: number) {
  let state = 12345;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield low + ((i + state / 2 ** 32) / count) * (high - low);
  }
}
/** The same, spread evenly over the exponents 2^low to 2^high, with both signs. */
function* spreadLog(count: number, low: number, high: number, signed: boolean) {
  let i = 0;
  for (const e of spread(count, low, high)) yield (signed && i++ % 2 === 1 ? -1 : 1) * 2 ** e;
}

function worst(f: (x: number) => number, want: (x: bigint) => bigint, points: Iterable<number>[]): number {
  let most = 0;
  for (const set of points) for (const x of set) most = Math.max(most, ulps(f(x), want(fixed(x))));
  return most;
}

const report = process.env.EXACT_REPORT !== undefined;
function expectWithin(name: string, measured: number, bound: number) {
  if (report) console.log(`${name}: ${measured.toFixed(4)} ulp`);
  expect(measured).toBeLessThanOrEqual(bound);
}

describe('exact', () => {
  test('exp is within 0.7 ulp over [-100, 200] and near 0', () => {
    const points = [spread(6000, -100, 200), spread(6000, -1, 1), spreadLog(2000, -50, 0, true)];
    expectWithin('exp', worst(exp, expFixed, points), 0.7);
  });

  test('exp overflows to Infinity, underflows through the subnormals to 0 and keeps NaN', () => {
    expect(exp(709.782712893384)).toBe(1.7976931348622732e308);
    expect(exp(709.782712893385)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(Number.MIN_VALUE);
    expect(exp(-745.1332191019412)).toBe(0);
    // e^-740 = 84.78 * 2^-1074: the subnormal range is reached by one rounding only.
    expect(exp(-740)).toBe(85 * Number.MIN_VALUE);
    expect([exp(-Infinity), exp(Infinity), exp(0), exp(-0)]).toEqual([0, Infinity, 1, 1]);
    expect(exp(NaN)).toBeNaN();
  });

  test('log is within 0.9 ulp over 2^-60 to 2^200 and next to 1', () => {
    const points = [spreadLog(8000, -60, 200, false), spread(8000, 0.5, 2), spread(2000, 0.999, 1.001)];
    expectWithin('log', worst(log, logFixed, points), 0.9);
  });

  test('log is -Infinity at 0, NaN below, exact at subnormal and huge powers of two', () => {
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(NaN)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
    expect(Object.is(log(1), 0)).toBe(true);
    expect(log(Number.MIN_VALUE)).toBe(-744.4400719213812);
    expect(log(Number.MAX_VALUE)).toBe(709.782712893384);
  });

  test('log1p is within 0.9 ulp over [-0.999, 1000] and near 0, where log(1 + x) would lose everything', () => {
    const points = [
      spread(8000, -0.999, 2),
      spread(4000, 2, 1000),
      spreadLog(3000, -50, 0, false),
      spread(2000, -1e-6, 1e-6),
    ];
    expectWithin(
      'log1p',
      worst(log1p, (x) => logFixed(ONE + x), points),
      0.9,
    );
    expect(log1p(1e-12)).not.toBe(log(1 + 1e-12));
    expect([log1p(-1), log1p(-0), log1p(Infinity)]).toEqual([-Infinity, -0, Infinity]);
    expect(log1p(-2)).toBeNaN();
  });

  test('sigmoid is within 2 ulp over [-100, 100] and does not overflow', () => {
    const want = (x: bigint) => div(ONE, ONE + expFixed(-x));
    const points = [spread(8000, -100, 100), spread(8000, -3, 3)];
    expectWithin('sigmoid', worst(sigmoid, want, points), 2);
    expect([sigmoid(-1e4), sigmoid(1e4), sigmoid(0)]).toEqual([0, 1, 0.5]);
  });

  test('softplus is within 1.6 ulp over [-100, 100] and is x itself for large x', () => {
    const want = (x: bigint) => logFixed(ONE + expFixed(x));
    const points = [spread(6000, -30, 100), spread(6000, -3, 3)];
    expectWithin('softplus', worst(softplus, want, points), 1.6);
    expect([softplus(1e4), softplus(-1e4)]).toEqual([1e4, 0]);
    expect(softplus(-100)).toBe(exp(-100));
  });

  test('sin and cos are within 0.8 ulp over ±2^20', () => {
    const points = () => [spread(5000, -4, 4), spread(4000, -1048576, 1048576), spreadLog(2000, -30, 20, true)];
    expectWithin('sin', worst(sin, sinFixed, points()), 0.8);
    expectWithin('cos', worst(cos, cosFixed, points()), 0.8);
  });

  test('sin and cos keep 0.8 ulp on the doubles nearest to multiples of π/2, where two parts of π would fail', () => {
    const near: number[] = [];
    for (let n = 1; n < 600_000; n = Math.ceil(n * 1.01)) near.push(n * (Math.PI / 2));
    // These lie about n 2^-53 from a multiple of π/2: with 66 bits of π the remainder would keep 13 bits.
    expectWithin('sin near', worst(sin, sinFixed, [near]), 0.8);
    expectWithin('cos near', worst(cos, cosFixed, [near]), 0.8);
  });

  test('sin and cos throw beyond ±2^20 and on NaN, naming the angle', () => {
    expect(() => sin(1048577)).toThrow(/sin: expected an angle within ±2\^20 radians, got 1048577/);
    expect(() => cos(NaN)).toThrow(RecurveError);
    expect(Object.is(sin(-0), -0)).toBe(true);
    expect(cos(0)).toBe(1);
  });

  test('pow is within 0.7 ulp for bases 2^-8 to 2^8 and results 2^-60 to 2^200', () => {
    let most = 0;
    const bases = [...spreadLog(90, -8, 8, false), ...spread(60, 0.9, 1.1), 0.9, 0.999, 0.9999];
    for (const x of bases) {
      const l = logFixed(fixed(x));
      for (const e of spread(60, -60, 200)) {
        const y = e / Math.log2(x);
        most = Math.max(most, ulps(pow(x, y), expFixed(mul(l, fixed(y)))));
      }
    }
    expectWithin('pow', most, 0.7);
  });

  test('pow of the Adam decay 0.999 stays within 0.7 ulp after 30,000 steps, where a running product drifts', () => {
    const want = expFixed(30_000n * logFixed(fixed(0.999)));
    let product = 1;
    for (let i = 0; i < 30_000; i++) product *= 0.999;
    expect(ulps(pow(0.999, 30_000), want)).toBeLessThanOrEqual(0.7);
    expect(ulps(product, want)).toBeGreaterThan(3);
  });

  test('pow handles zero, one, negative bases and refuses what is not a real number', () => {
    expect([pow(0, 2), pow(0, -1), pow(5, 0), pow(1, 1e300), pow(-2, 3), pow(-2, 4)]).toEqual([
      0,
      Infinity,
      1,
      1,
      -8,
      16,
    ]);
    expect([pow(10, 15), pow(2, -1074), pow(2, 1024), pow(0.5, 1e20)]).toEqual([1e15, Number.MIN_VALUE, Infinity, 0]);
    expect(() => pow(-2, 0.5)).toThrow(RecurveError);
    expect(() => pow(2, NaN)).toThrow(RecurveError);
  });

  test('normalQuantile inverts the normal distribution within a relative 1e-15, from 2^-60 to 1 - 2^-53', () => {
    // Φ(z) by its Taylor series in fixed point: φ(z) (z + z³/3 + z⁵/15 + …); Newton's step then measures the error.
    const rootTwoPi = (() => {
      let r = fixed(Math.sqrt(2 * Math.PI));
      for (let i = 0; i < 4; i++) r = (r + div(2n * PI, r)) / 2n;
      return r;
    })();
    const density = (z: bigint) => div(expFixed(-mul(z, z) / 2n), rootTwoPi);
    const cumulative = (z: bigint) => {
      const zz = mul(z, z);
      return (
        ONE / 2n +
        mul(
          density(z),
          series(z, (term, n) => mul(term, zz) / (2n * n + 1n)),
        )
      );
    };
    let most = 0;
    const points = [...spread(3000, 1e-4, 0.9999), ...spreadLog(600, -60, -2, false), 1 - 2 ** -53, 0.975, 0.1, 0.9];
    for (const p of points) {
      if (p === 0.5) continue;
      const z = normalQuantile(p);
      const step = div(cumulative(fixed(z)) - fixed(p), density(fixed(z)));
      most = Math.max(most, Math.abs(Number(div(step, fixed(z)) >> (S - 80n)) * 2 ** -80));
    }
    if (report) console.log(`normalQuantile: ${most} relative`);
    expect(most).toBeLessThanOrEqual(1e-15);
    expect(normalQuantile(0.5)).toBe(0);
    // Far tail, from mpmath with 60 digits.
    expect(normalQuantile(1e-300)).toBeCloseTo(-37.0470962993612, 12);
    for (const p of [0, 1, -0.1, NaN]) expect(() => normalQuantile(p)).toThrow(RecurveError);
  });
});
