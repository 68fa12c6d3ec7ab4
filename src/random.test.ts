import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecurveError } from './errors.ts';
import { dropoutMask, dropoutThreshold, Random, threefry2x32 } from './random.ts';

const hex = (words: readonly number[]) => words.map((w) => w.toString(16).padStart(8, '0')).join(' ');

/** FNV-1a over the bytes of doubles, big-endian: enough to notice a changed bit. */
function digest(values: Iterable<number>): string {
  const view = new DataView(new ArrayBuffer(8));
  let h = 0x811c9dc5;
  for (const value of values) {
    view.setFloat64(0, value);
    for (let i = 0; i < 8; i++) h = Math.imul(h ^ view.getUint8(i), 0x01000193) >>> 0;
  }
  return hex([h]);
}
const draw = (n: number, f: () => number) => Float64Array.from({ length: n }, f);
const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / x.length;
const moment = (x: Float64Array, power: number) => mean(x.map((v) => v ** power));

describe('threefry2x32', () => {
  test('gives the known answers of Random123 for 20 rounds', () => {
    expect(hex(threefry2x32(0, 0, 0, 0))).toBe('6b200159 99ba4efe');
    expect(hex(threefry2x32(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff))).toBe('1cb996fc bb002be7');
    expect(hex(threefry2x32(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3))).toBe('c4923a9c 483df7a0');
  });
});

describe('dropoutMask', () => {
  test('keeps element i exactly where word i & 1 of block i >> 1 reaches floor(p 2^32)', () => {
    const key = new Random(3).fork('dropout').key;
    const mask = dropoutMask(key, 17, 0.3, new Uint8Array(1001));
    const threshold = Math.floor(0.3 * 2 ** 32);
    for (let i = 0; i < mask.length; i++) {
      const word = threefry2x32(key[0], key[1], i >> 1, 17)[i & 1]!;
      expect(mask[i]).toBe(word >= threshold ? 1 : 0);
    }
  });

  test('keeps a word that equals the threshold and drops the one below', () => {
    const [word] = threefry2x32(1, 2, 0, 0);
    expect([...dropoutMask([1, 2], 0, word / 2 ** 32, new Uint8Array(1))]).toEqual([1]);
    expect([...dropoutMask([1, 2], 0, (word + 1) / 2 ** 32, new Uint8Array(1))]).toEqual([0]);
  });

  test('drops a share p of 100,000 elements within 5 standard deviations, all different from step to step', () => {
    const key = new Random(3).key;
    for (const p of [0, 0.1, 0.5, 0.9]) {
      const mask = dropoutMask(key, 1, p, new Uint8Array(100_000));
      const dropped = mask.reduce((sum, keep) => sum + 1 - keep, 0);
      expect(Math.abs(dropped - 1e5 * p)).toBeLessThanOrEqual(5 * Math.sqrt(1e5 * p * (1 - p)));
    }
    const steps = [1, 2].map((step) => dropoutMask(key, step, 0.5, new Uint8Array(1000)));
    expect(steps[0]).not.toEqual(steps[1]);
  });

  test('refuses a rate outside [0, 1)', () => {
    expect(dropoutThreshold(0.5)).toBe(2 ** 31);
    for (const p of [1, -0.1, NaN])
      expect(() => dropoutThreshold(p)).toThrow(/dropout: expected a rate in \[0, 1\), got/);
  });
});

describe('Random', () => {
  test('gives the same bits for seed 7 on every machine', () => {
    const random = new Random(7);
    expect(hex([random.nextUint32(), random.nextUint32()])).toBe(hex(threefry2x32(7, 0, 0, 0)));
    expect(digest(draw(1000, () => random.uniform()))).toBe('70120a82');
    expect(digest(draw(1000, () => random.normal()))).toBe('8f38a6ab');
    expect(digest(random.permutation(1000))).toBe('3538459e');
    expect(hex(random.fork('init').key)).toBe('eabbbef5 fa5d3f12');
  });

  test('takes every safe non-negative whole number as a seed and uses all its bits', () => {
    expect(new Random(2 ** 53 - 1).key).toEqual([0xffffffff, 0x1fffff]);
    expect(new Random(2 ** 32).nextUint32()).not.toBe(new Random(0).nextUint32());
    for (const seed of [-1, 0.5, NaN, 2 ** 53, Infinity]) expect(() => new Random(seed)).toThrow(RecurveError);
  });

  test('a fork depends on key and name only, not on order or on what was drawn', () => {
    const one = new Random(7);
    const other = new Random(7);
    other.uniform();
    other.fork('b');
    expect(one.fork('a').key).toEqual(other.fork('a').key);
    const names = ['', 'a', 'b', 'ab', 'ba', 'a\0', '\0', '\0\0', 'weight_ih_l0', 'weight_ih_l1', 'é', '日本'];
    const keys = new Set(names.map((name) => hex(one.fork(name).key)));
    expect(keys.size).toBe(names.length);
    expect(one.fork('a').fork('b').key).not.toEqual(one.fork('b').fork('a').key);
  });

  test('restore continues a stream to the bit from any position, through JSON', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(37), (seed, skipped) => {
        const random = new Random(seed).fork('x');
        for (let i = 0; i < skipped; i++) random.nextUint32();
        const again = Random.restore(JSON.parse(JSON.stringify(random.state)));
        for (let i = 0; i < 9; i++) expect(again.normal()).toBe(random.normal());
      }),
      { numRuns: 50 },
    );
    // Far positions reach the high word of the counter.
    const far = Random.restore({ key: [1, 2], position: 2 ** 40 + 1 });
    expect(far.nextUint32()).toBe(threefry2x32(1, 2, 2 ** 39, 2 ** 7)[1]);
  });

  test('restore refuses a damaged state', () => {
    const bad = [{ key: [1], position: 0 }, { key: [1, -2], position: 0 }, { key: [1, 2], position: -1 }, {}];
    for (const state of bad) expect(() => Random.restore(state as never)).toThrow(/the checkpoint is damaged/);
  });

  test('uniform has mean 1/2, variance 1/12 and passes chi-square over 256 buckets at 5 standard deviations', () => {
    const random = new Random(11);
    const x = draw(200_000, () => random.uniform());
    expect(Math.abs(mean(x) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / x.length));
    expect(Math.abs(moment(x, 2) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / x.length));
    const buckets = new Float64Array(256);
    for (const v of x) buckets[Math.floor(v * 256)]! += 1;
    const expected = x.length / 256;
    const chi = buckets.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(Math.abs(chi - 255)).toBeLessThan(5 * Math.sqrt(2 * 255));
    expect(x.every((v) => v >= 0 && v < 1)).toBe(true);
  });

  test('normal has moments 0, 1, 0, 3 within 5 standard deviations and the right share beyond 2', () => {
    const random = new Random(12);
    const x = draw(200_000, () => random.normal());
    const n = x.length;
    expect(Math.abs(mean(x))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(x, 2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(x, 3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(x, 4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    const beyond = x.filter((v) => Math.abs(v) > 2).length;
    expect(Math.abs(beyond - 0.0455 * n)).toBeLessThan(5 * Math.sqrt(0.0455 * n));
  });

  test('forks and neighbouring seeds are uncorrelated within 5 standard deviations, also at a shift of one', () => {
    const root = new Random(1);
    const streams = [root, root.fork('a'), root.fork('b'), new Random(2), root.fork('a').fork('a')];
    const draws = streams.map((random) => draw(20_000, () => random.uniform() - 0.5));
    for (let i = 0; i < draws.length; i++) {
      for (let j = i; j < draws.length; j++) {
        for (const shift of i === j ? [1] : [0, 1]) {
          const n = 20_000 - shift;
          let sum = 0;
          for (let t = 0; t < n; t++) sum += draws[i]![t]! * draws[j]![t + shift]!;
          expect(Math.abs((sum / n) * 12)).toBeLessThan(5 / Math.sqrt(n));
        }
      }
    }
  });

  test('integer is uniform for a range that does not divide 2^32 and refuses others', () => {
    const random = new Random(13);
    // Without rejection the lower half would come up twice as often as the upper.
    const n = 2 ** 31 + 2 ** 30;
    let low = 0;
    for (let i = 0; i < 20_000; i++) if (random.integer(n) < n / 3) low++;
    expect(Math.abs(low - 20_000 / 3)).toBeLessThan(5 * Math.sqrt(20_000 * (2 / 9)));
    expect(random.integer(1)).toBe(0);
    expect(random.integer(2 ** 32)).toBeLessThan(2 ** 32);
    for (const bad of [0, -1, 1.5, 2 ** 33, NaN]) expect(() => random.integer(bad)).toThrow(RecurveError);
  });

  test('uniformIn stays in its range', () => {
    const random = new Random(4);
    for (let i = 0; i < 1000; i++) {
      const x = random.uniformIn(-3, 2);
      expect(x >= -3 && x < 2).toBe(true);
    }
  });

  test('permutation holds every index once and all 24 orders of 4 come up alike (chi-square)', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(50), (seed, n) => {
        const p = new Random(seed).permutation(n);
        expect([...p].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
      { numRuns: 30 },
    );
    const random = new Random(14);
    const orders = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.shuffle(['a', 'b', 'c', 'd']).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    const chi = [...orders.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(orders.size).toBe(24);
    expect(Math.abs(chi - 23)).toBeLessThan(5 * Math.sqrt(2 * 23));
  });
});
