import { describe, expect, it } from 'vitest';
import type { Series } from '../../data/index.ts';
import { type FeaturePlan, inputWidth, inUnit, prepare, writeInput, writeTarget } from './features.ts';

const DAY = 86_400_000;

/** Ten days of y = t², x = 100 + t and a column k known in advance, four days of it beyond the history. */
function made(): Series {
  const days = Array.from({ length: 14 }, (_, t) => t);
  return {
    id: '',
    time: Float64Array.from(days, (t) => Date.UTC(2023, 11, 25) + t * DAY),
    step: { unit: 'day', count: 1 },
    zone: 'UTC',
    length: 14,
    history: 10,
    names: ['y', 'x', 'k'],
    roles: ['target', 'covariate', 'known'],
    values: [
      Float64Array.from(days, (t) => t * t),
      Float64Array.from(days, (t) => 100 + t),
      Float64Array.from(days, (t) => 10 * t),
    ],
    observed: days.map(() => new Uint8Array(14).fill(1)).slice(0, 3),
  };
}

const PLAN: FeaturePlan = {
  columns: ['y', 'x', 'k'],
  known: 1,
  context: 3,
  horizon: 2,
  calendar: ['week_sin_1', 'week_cos_1'],
  step: { unit: 'day', count: 1 },
  zone: 'UTC',
  scaler: { kind: 'standard', names: ['y', 'x', 'k'], ids: null, center: [[1, 100, 0]], scale: [[2, 1, 10]] },
  anchor: 'none',
  levels: false,
  inputScale: [1, 1, 1],
  stepScale: [1, 1],
};

function inputOf(plan: FeaturePlan, series: Series, origin: number): number[] {
  const row = new Float64Array(inputWidth(plan)).fill(Number.NaN);
  writeInput(plan, prepare(plan, series), origin, row, 0);
  return [...row];
}

function targetOf(plan: FeaturePlan, series: Series, origin: number, end = series.history) {
  const [targets, weights] = [new Float64Array(plan.horizon), new Float64Array(plan.horizon)];
  writeTarget(plan, prepare(plan, series), origin, end, targets, weights, 0);
  return { targets: [...targets], weights: [...weights] };
}

const weekday = (t: number): number[] => {
  // 2023-12-25 is a Monday.
  const phase = (2 * Math.PI * (t % 7)) / 7;
  return [expect.closeTo(Math.sin(phase), 12), expect.closeTo(Math.cos(phase), 12)] as never;
};

describe('an input row', () => {
  it('holds the scaled columns and the calendar of each step read, then what is known of each step ahead', () => {
    const scaled = (t: number) => [(t * t - 1) / 2, t, t];
    expect(inputOf(PLAN, made(), 5)).toEqual([
      ...[2, 3, 4].flatMap((t) => [...scaled(t), ...weekday(t)]),
      ...[5, 6].flatMap((t) => [t, ...weekday(t)]),
    ]);
  });

  it('anchored is relative to the mean of its own window and divided by the input scale', () => {
    const plan: FeaturePlan = { ...PLAN, anchor: 'last', inputScale: [2, 4, 8], calendar: [] };
    const y = [4, 9, 16].map((v) => (v - 1) / 2);
    const mean = (y[0] + y[1] + y[2]) / 3;
    const near = (values: number[]) => values.map((v) => expect.closeTo(v, 12));
    expect(inputOf(plan, made(), 5)).toEqual(
      near([...[0, 1, 2].flatMap((k) => [(y[k] - mean) / 2, (k - 1) / 4, (k - 1) / 8]), 2 / 8, 3 / 8]),
    );
  });

  it('with levels has the scaled columns beside the relative ones', () => {
    const plan: FeaturePlan = { ...PLAN, anchor: 'last', levels: true, calendar: [] };
    const row = inputOf(plan, made(), 5);
    expect([0, 1, 2].map((t) => row.slice(t * 6 + 3, t * 6 + 6))).toEqual(
      [2, 3, 4].map((t) => [(t * t - 1) / 2, t, t]),
    );
  });

  it('knows the calendar of steps after the data', () => {
    const plan: FeaturePlan = { ...PLAN, columns: ['y', 'x'], known: 0, inputScale: [1, 1] };
    const row = inputOf(plan, { ...made(), history: 14 }, 14);
    expect(row.slice(-4)).toEqual([...weekday(14), ...weekday(15)]);
  });

  it('reads no target or covariate from its origin on, and no known column beyond its horizon', () => {
    for (const anchor of ['none', 'last'] as const) {
      for (const levels of [false, true]) {
        const plan: FeaturePlan = { ...PLAN, anchor, levels };
        const wanted = inputOf(plan, made(), 5);
        const other = made();
        for (let t = 5; t < 14; t++) {
          other.values[0][t] = other.values[1][t] = -1e9 * t;
          if (t >= 7) other.values[2][t] = -1e9 * t;
        }
        expect(inputOf(plan, other, 5)).toEqual(wanted);
        // And the known one inside it.
        other.values[2][6] = 7;
        expect(inputOf(plan, other, 5)).not.toEqual(wanted);
      }
    }
  });

  it('reads nothing before its window', () => {
    const other = made();
    for (const column of other.values) column.fill(-1e9, 0, 2);
    expect(inputOf({ ...PLAN, anchor: 'last' }, other, 5)).toEqual(inputOf({ ...PLAN, anchor: 'last' }, made(), 5));
  });

  it('is refused where the known column ends before the horizon', () => {
    expect(() => inputOf(PLAN, made(), 13)).toThrow(/^forecast: expected "k" for 2 steps ahead, got 1;/);
  });
});

describe('targets', () => {
  it('are the scaled values ahead, relative to the last one where anchored, over the scale of the step', () => {
    expect(targetOf(PLAN, made(), 5).targets).toEqual([12, 17.5]);
    const anchored: FeaturePlan = { ...PLAN, anchor: 'last', stepScale: [2, 5] };
    expect(targetOf(anchored, made(), 5).targets).toEqual([(12 - 7.5) / 2, (17.5 - 7.5) / 5]);
  });

  it('weigh 0, and are 0, at holes, after the history and from the end of their span on', () => {
    const series = made();
    series.observed[0][6] = 0;
    expect(targetOf(PLAN, series, 5)).toEqual({ targets: [12, 0], weights: [1, 0] });
    expect(targetOf(PLAN, made(), 9)).toEqual({ targets: [40, 0], weights: [1, 0] });
    expect(targetOf(PLAN, made(), 5, 6)).toEqual({ targets: [12, 0], weights: [1, 0] });
  });

  it('come back in the unit of the column through inUnit', () => {
    for (const plan of [PLAN, { ...PLAN, anchor: 'last', stepScale: [2, 5] } satisfies FeaturePlan]) {
      const { targets } = targetOf(plan, made(), 5);
      const values = inUnit(plan, [{ prepared: prepare(plan, made()), origin: 5 }], Float64Array.from(targets));
      values.forEach((y, h) => {
        expect(y).toBeCloseTo((5 + h) ** 2, 12);
      });
    }
  });
});
