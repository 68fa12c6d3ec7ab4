import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import {
  blocks,
  chrono,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initialiser,
  identity,
  normal,
} from './init.ts';
import { orthogonal } from './orthogonal.ts';

function drawn(initialise: Initialiser, shape: readonly number[], seed = 1): Float64Array {
  const values = new Float64Array(shape.reduce((a, b) => a * b, 1));
  initialise(values, shape, new Random(seed));
  return values;
}

const deviation = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

/** Largest |AAᵀ − I| (rows) or |AᵀA − I| (columns), the smaller product. */
function departure(values: Float64Array, [rows, columns]: readonly number[]): number {
  const [n, m] = [Math.min(rows, columns), Math.max(rows, columns)];
  const at = (i: number, k: number): number => (rows <= columns ? values[i * columns + k] : values[k * columns + i]);
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let k = 0; k < m; k++) dot += at(i, k) * at(j, k);
      worst = Math.max(worst, Math.abs(dot - (i === j ? 1 : 0)));
    }
  }
  return worst;
}

describe('orthogonal', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [64, 64],
    [65, 33],
    [33, 65],
    [7, 1],
    [1, 7],
    [200, 200],
  ])('gives orthonormal rows or columns within 1e-13, shape %i × %i', (...shape) => {
    expect(departure(drawn(orthogonal(), shape), shape)).toBeLessThanOrEqual(1e-13);
    const scaled = drawn(orthogonal(2.5), shape).map((v) => v / 2.5);
    expect(departure(scaled, shape)).toBeLessThanOrEqual(1e-13);
  });

  it('has entries of mean 0, variance 1/n and the fourth moment 3/(n(n+2)) of the uniform distribution, within 5 standard errors', () => {
    for (const n of [4, 16, 200]) {
      const matrices = n === 200 ? 2 : 800;
      const all = Array.from({ length: matrices }, (_, s) => drawn(orthogonal(), [n, n], s));
      const count = matrices * n * n;
      const moment = (k: number): number => all.reduce((sum, m) => sum + m.reduce((a, v) => a + v ** k, 0), 0) / count;
      expect(Math.abs(moment(1))).toBeLessThanOrEqual(5 / Math.sqrt(n * count));
      expect(moment(2)).toBeCloseTo(1 / n, 10);
      // The spread of v⁴ of a normal v is √96/n²; entries of one matrix are nearly independent, those of a small one less so.
      expect(Math.abs(moment(4) - 3 / (n * (n + 2)))).toBeLessThanOrEqual(
        (5 * Math.sqrt(96)) / (n * n * Math.sqrt(count / n)),
      );
    }
  });

  it('draws rotations and reflections about equally often, and the same bits for the same seed', () => {
    const determinants = Array.from({ length: 100 }, (_, seed) => {
      const [a, b, c, d] = drawn(orthogonal(), [2, 2], seed);
      return a * d - b * c;
    });
    const rotations = determinants.filter((d) => d > 0).length;
    expect(rotations).toBeGreaterThan(30);
    expect(rotations).toBeLessThan(70);
    expect(drawn(orthogonal(), [40, 40], 9)).toEqual(drawn(orthogonal(), [40, 40], 9));
    expect(drawn(orthogonal(), [40, 40], 9)).not.toEqual(drawn(orthogonal(), [40, 40], 8));
  });

  it('makes a matrix of 2048 × 2048 whose first rows are orthonormal within 1e-13', () => {
    const n = 2048;
    const values = drawn(orthogonal(), [n, n]);
    expect(departure(values.subarray(0, 20 * n), [20, n])).toBeLessThanOrEqual(1e-13);
  });
});

describe('other starts', () => {
  it('have the deviation of their papers within 2 % on 40,000 numbers', () => {
    const shape = [100, 400];
    const wanted: [Initialiser, number][] = [
      [glorotUniform, Math.sqrt(2 / 500)],
      [glorotNormal, Math.sqrt(2 / 500)],
      [heUniform, Math.sqrt(2 / 400)],
      [heNormal, Math.sqrt(2 / 400)],
      [normal(0.3), 0.3],
    ];
    for (const [initialise, sd] of wanted) {
      expect(Math.abs(deviation(drawn(initialise, shape)) / sd - 1)).toBeLessThanOrEqual(0.02);
    }
    const largest = (values: Float64Array): number => values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expect(largest(drawn(glorotUniform, shape))).toBeLessThanOrEqual(Math.sqrt(6 / 500));
    expect(largest(drawn(heUniform, shape))).toBeLessThanOrEqual(Math.sqrt(6 / 400));
    expect(largest(drawn(glorotNormal, shape))).toBeGreaterThan(Math.sqrt(6 / 500));
  });

  it('identity stands on the diagonal of every shape and of every block', () => {
    expect([...drawn(identity(0.5), [2, 3])]).toEqual([0.5, 0, 0, 0, 0.5, 0]);
    expect([...drawn(blocks(2, identity()), [4, 2])]).toEqual([1, 0, 0, 1, 1, 0, 0, 1]);
    expect(departure(drawn(blocks(3, orthogonal()), [12, 4]).subarray(16, 32), [4, 4])).toBeLessThanOrEqual(1e-14);
  });

  it('chrono draws log u with u uniform from 1 to longest − 1, and refuses memories that are none', () => {
    const steps = drawn(chrono(101), [20_000]).map(Math.exp);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(1 - 1e-12);
    expect(Math.max(...steps)).toBeLessThanOrEqual(100 + 1e-9);
    expect(Math.abs(steps.reduce((a, b) => a + b, 0) / steps.length - 50.5)).toBeLessThanOrEqual(1);
    for (const longest of [2, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => chrono(longest)).toThrow('chrono: expected the longest memory in steps, more than 2, got');
    }
  });
});
