import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitScaler, type Scaler, type ScalerKind, scaleFor, scaleValues, unscaleValues } from './scaler.ts';
import type { Series } from './series.ts';

function made(values: number[], observed = values.map(() => 1), id = ''): Series {
  const length = values.length;
  return {
    id,
    time: null,
    step: null,
    zone: 'UTC',
    length,
    history: length,
    names: ['v'],
    roles: ['target'],
    values: [Float64Array.from(values)],
    observed: [Uint8Array.from(observed)],
  };
}

const fit = (values: number[], kind: ScalerKind) => scaleFor(fitScaler([made(values)], { kind }), '', 'v');

test('standard, robust and min-max give the textbook centers and scales', () => {
  expect(fit([2, 4, 4, 4, 5, 5, 7, 9], 'standard')).toEqual({ center: 5, scale: 2 });
  expect(fit([1, 2, 3, 4, 100], 'robust')).toEqual({ center: 3, scale: 2 });
  expect(fit([3, -1, 7], 'min-max')).toEqual({ center: -1, scale: 8 });
  expect(fit([3, -1, 7], 'none')).toEqual({ center: 0, scale: 1 });
});

test('scaled values are finite in f32 and come back within 1e-12 of the largest magnitude, for any data up to 1e30', () => {
  const any = fc.array(fc.double({ min: -1e30, max: 1e30, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(any, fc.constantFrom<ScalerKind>('standard', 'robust', 'min-max'), (values, kind) => {
      const scale = fit(values, kind);
      const scaled = scaleValues(values, scale);
      const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const [k, back] of unscaleValues(scaled, scale).entries()) {
        expect(Number.isFinite(Math.fround(scaled[k]!))).toBe(true);
        expect(Math.abs(back - values[k]!)).toBeLessThanOrEqual(1e-12 * size);
      }
    }),
    { numRuns: 1000 },
  );
});

test('constants get scale 1, and equal quartiles get the standard deviation', () => {
  expect(fit([0.1, 0.1, 0.1], 'standard')).toEqual({ center: 0.1, scale: 1 });
  expect(fit([1e30, 1e30], 'min-max')).toEqual({ center: 1e30, scale: 1 });
  expect(fit([0, 0, 0, 0, 0, 0, 0, 8], 'robust').scale).toBe(fit([0, 0, 0, 0, 0, 0, 0, 8], 'standard').scale);
});

test('only observed values of the training span count', () => {
  const series = made([1, 99, 3, 1000, 1000], [1, 0, 1, 1, 1]);
  expect(fitScaler([series], { spans: [{ from: 0, to: 3 }] })).toEqual({
    kind: 'standard',
    names: ['v'],
    ids: null,
    center: [[2]],
    scale: [[1]],
  });
  expect(() => fitScaler([series], { spans: [{ from: 1, to: 2 }] })).toThrow(
    /expected observed values of column "v" in the training span, got none/,
  );
});

test('a scale per series survives JSON and refuses a series it has not seen', () => {
  const fitted = fitScaler([made([0, 10], undefined, 'a'), made([100, 300], undefined, 'b')], {
    kind: 'min-max',
    perSeries: true,
  });
  const back = JSON.parse(JSON.stringify(fitted)) as Scaler;
  expect(scaleFor(back, 'a', 'v')).toEqual({ center: 0, scale: 10 });
  expect(scaleFor(back, 'b', 'v')).toEqual({ center: 100, scale: 200 });
  expect(() => scaleFor(back, 'c', 'v')).toThrow('got series "c"');
  expect(() => scaleFor(back, 'a', 'w')).toThrow('got column "w"');
});
