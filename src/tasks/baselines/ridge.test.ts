import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecurveError } from '../../errors.ts';
import { Random } from '../../random.ts';
import { cholesky, choleskySolve } from './cholesky.ts';
import { atOnce } from './pieces.ts';
import { fitRidge } from './ridge.ts';

/** Inputs with unlike scales, targets linear in them with noise. */
function problem(rows: number, features: number, horizon: number, seed: number, noise = 0.1) {
  const random = new Random(seed);
  const inputs = Float64Array.from(
    { length: rows * features },
    (_, i) => (1 + (i % features)) * random.normal() + 7 * (i % features),
  );
  const truth = Float64Array.from({ length: features * horizon }, () => random.normal());
  const targets = new Float64Array(rows * horizon);
  for (let n = 0; n < rows; n++) {
    for (let h = 0; h < horizon; h++) {
      let y = 100 * h - 30 + noise * random.normal();
      for (let f = 0; f < features; f++) y += inputs[n * features + f]! * truth[f * horizon + h]!;
      targets[n * horizon + h] = y;
    }
  }
  return { inputs, targets, features, horizon, truth };
}

describe('cholesky', () => {
  test('solves random positive definite systems, residual under 1e-10, sizes 1 to 23', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 23 }), fc.nat(1000), (n, seed) => {
        const random = new Random(seed);
        const m = Float64Array.from({ length: n * n }, () => random.normal());
        const a = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            for (let k = 0; k < n; k++) a[i * n + j]! += m[i * n + k]! * m[j * n + k]!;
            if (i === j) a[i * n + j]! += 1;
          }
        }
        const b = Float64Array.from({ length: n }, () => random.normal());
        const x = b.slice();
        const l = a.slice();
        expect(atOnce(cholesky(l, n))).toBe(true);
        choleskySolve(l, n, x);
        for (let i = 0; i < n; i++) {
          let sum = -b[i]!;
          for (let j = 0; j < n; j++) sum += a[i * n + j]! * x[j]!;
          expect(Math.abs(sum)).toBeLessThan(1e-10);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('reports a singular and an indefinite matrix', () => {
    expect(atOnce(cholesky(Float64Array.of(1, 1, 1, 1), 2))).toBe(false);
    expect(atOnce(cholesky(Float64Array.of(1, 2, 2, 1), 2))).toBe(false);
  });
});

describe('fitRidge', () => {
  test('without a penalty finds the exact coefficients of noiseless data within 1e-9, several steps at once', () => {
    const data = problem(300, 5, 3, 1, 0);
    const fit = fitRidge(data, { penalties: [0] });
    for (let i = 0; i < data.truth.length; i++)
      expect(Math.abs(fit.coefficients[i]! - data.truth[i]!)).toBeLessThan(1e-9);
    expect(fit.intercept.map((b) => Math.round(b * 1e6) / 1e6)).toEqual(Float64Array.of(-30, 70, 170));
  });

  test('meets the condition of the minimum: Zᵀ(y - ŷ) = N penalty w on standardised inputs, mean residual 0', () => {
    const data = problem(140, 4, 2, 2, 3);
    const { inputs, targets, features: F, horizon } = data;
    const rows = 140;
    for (const penalty of [1e-3, 0.1, 2]) {
      const fit = fitRidge(data, { penalties: [penalty] });
      const predicted = fit.predict(inputs);
      for (let h = 0; h < horizon; h++) {
        const residual = Array.from(
          { length: rows },
          (_, n) => targets[n * horizon + h]! - predicted[n * horizon + h]!,
        );
        expect(residual.reduce((a, b) => a + b, 0) / rows).toBeCloseTo(0, 9);
        for (let f = 0; f < F; f++) {
          const column = Array.from({ length: rows }, (_, n) => inputs[n * F + f]!);
          const mean = column.reduce((a, b) => a + b, 0) / rows;
          const deviation = Math.sqrt(column.reduce((a, x) => a + (x - mean) ** 2, 0) / rows);
          const gradient = column.reduce((a, x, n) => a + ((x - mean) / deviation) * residual[n]!, 0);
          expect(gradient / rows).toBeCloseTo(penalty * fit.coefficients[f * horizon + h]! * deviation, 8);
        }
      }
    }
  });

  test('the intercept is free: adding 1e6 to the targets adds 1e6 to every forecast, whatever the penalty', () => {
    const data = problem(50, 3, 1, 3);
    const moved = { ...data, targets: data.targets.map((y) => y + 1e6) };
    const [a, b] = [data, moved].map((d) => fitRidge(d, { penalties: [10] }).predict(data.inputs));
    for (let n = 0; n < 50; n++) expect(b![n]! - a![n]!).toBeCloseTo(1e6, 6);
  });

  test('chooses a small penalty for clean data and a large one for pure noise', () => {
    expect(fitRidge(problem(200, 5, 1, 4, 0.01)).penalty).toBe(1e-4);
    const random = new Random(6);
    const noise = Float64Array.from({ length: 60 }, () => random.normal());
    const inputs = Float64Array.from({ length: 60 * 40 }, () => random.normal());
    expect(fitRidge({ inputs, targets: noise, features: 40, horizon: 1 }).penalty).toBe(1);
  });

  test('the choice is refitted on all rows: the same as asking for that penalty at once, within 1e-9', () => {
    const data = problem(203, 5, 2, 5, 2);
    const chosen = fitRidge(data, { validationRows: 37 });
    const direct = fitRidge(data, { penalties: [chosen.penalty] });
    for (let i = 0; i < direct.coefficients.length; i++) {
      expect(Math.abs(chosen.coefficients[i]! - direct.coefficients[i]!)).toBeLessThan(1e-9);
    }
  });

  test('gives a constant column the coefficient 0 and survives copies of a column and more columns than rows', () => {
    const rows = 30;
    const random = new Random(8);
    const x = Float64Array.from({ length: rows }, () => random.normal());
    const inputs = Float64Array.from({ length: rows * 3 }, (_, i) => (i % 3 === 0 ? 0.1 : x[Math.floor(i / 3)]!));
    const targets = x.map((v) => 4 * v + 1);
    const fit = fitRidge({ inputs, targets, features: 3, horizon: 1 }, { penalties: [0] });
    expect(fit.note).toMatch(/linearly dependent; penalty raised from 0 to 1e-8/);
    expect(fit.coefficients[0]).toBe(0);
    expect(fit.coefficients[1]).toBeCloseTo(2, 4);
    expect(fit.predict(inputs)[7]).toBeCloseTo(targets[7]!, 5);
    const wide = problem(12, 50, 1, 9);
    expect(fitRidge(wide).predict(wide.inputs).every(Number.isFinite)).toBe(true);
  });

  test('takes Float32 inputs, values of 1e30, and too few rows to choose on', () => {
    const data = problem(100, 3, 1, 10);
    const single = fitRidge({ ...data, inputs: Float32Array.from(data.inputs) });
    expect(single.coefficients[0]).toBeCloseTo(data.truth[0]!, 1);
    const huge = { ...data, inputs: data.inputs.map((x) => x * 1e30), targets: data.targets.map((y) => y * 1e30) };
    expect(fitRidge(huge).coefficients[0]).toBeCloseTo(data.truth[0]!, 1);
    expect(fitRidge(problem(5, 2, 1, 11)).note).toMatch(/5 rows leave none to choose a penalty on/);
  });

  test('300 features and 700 rows match a small independent gradient descent forecast within 1e-3', () => {
    const data = problem(700, 300, 1, 12, 1);
    const fit = fitRidge(data, { penalties: [1] });
    // Gradient descent on standardised columns: slow, naive and without a matrix.
    const { inputs, targets } = data;
    const z = inputs.slice();
    for (let f = 0; f < 300; f++) {
      let mean = 0;
      let square = 0;
      for (let n = 0; n < 700; n++) mean += inputs[n * 300 + f]! / 700;
      for (let n = 0; n < 700; n++) square += (inputs[n * 300 + f]! - mean) ** 2 / 700;
      for (let n = 0; n < 700; n++) z[n * 300 + f] = (inputs[n * 300 + f]! - mean) / Math.sqrt(square);
    }
    const centre = targets.reduce((a, b) => a + b, 0) / 700;
    const w = new Float64Array(300);
    const predict = (n: number) => {
      let y = centre;
      for (let f = 0; f < 300; f++) y += z[n * 300 + f]! * w[f]!;
      return y;
    };
    for (let step = 0; step < 60; step++) {
      const gradient = w.map((v) => v);
      for (let n = 0; n < 700; n++) {
        const e = predict(n) - targets[n]!;
        for (let f = 0; f < 300; f++) gradient[f]! += (e * z[n * 300 + f]!) / 700;
      }
      for (let f = 0; f < 300; f++) w[f]! -= 0.25 * gradient[f]!;
    }
    const predicted = fit.predict(inputs);
    for (let n = 0; n < 700; n += 50) expect(Math.abs(predicted[n]! / predict(n) - 1)).toBeLessThan(1e-3);
  });

  test('refuses misfit shapes, missing numbers, one row and bad options, and says which row', () => {
    const data = problem(20, 2, 1, 13);
    expect(() => fitRidge({ ...data, features: 3 })).toThrow(
      /expected inputs \[N, 3\] and targets \[N, 1\], got 40 and 20/,
    );
    const holed = data.inputs.slice();
    holed[7] = NaN;
    expect(() => fitRidge({ ...data, inputs: holed })).toThrow(/got NaN in input row 3; fill missing values first/);
    expect(() => fitRidge(problem(1, 2, 1, 14))).toThrow(/expected at least 2 training rows, got 1/);
    for (const penalties of [[], [-1], [NaN]]) expect(() => fitRidge(data, { penalties })).toThrow(RecurveError);
    expect(() => fitRidge(data, { validationRows: 19 })).toThrow(/expected validationRows from 0 to 18, got 19/);
    expect(() => fitRidge(data).predict(new Float64Array(3))).toThrow(/expected inputs \[M, 2\], got 3 numbers/);
  });
});
