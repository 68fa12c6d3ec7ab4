import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterEpoch, checkSchedule, PLATEAU_START, rateFactor, type Schedule } from './schedules.ts';

const at = (step: number, steps = 100, epoch = 0) => ({ step, steps, epoch });
const factors = (schedule: Schedule, steps: number[], of = 100): number[] =>
  steps.map((step) => rateFactor(schedule, at(step, of), PLATEAU_START));

describe('rateFactor', () => {
  it('rises over the warm-up from 1/n to 1, whatever comes after', () => {
    expect(factors({ kind: 'constant', warmup: 4 }, [0, 1, 2, 3, 4, 99])).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
    expect(factors({ kind: 'constant' }, [0, 50])).toEqual([1, 1]);
    expect(rateFactor({ kind: 'step', every: 1, factor: 0.5, warmup: 2 }, at(0, 10, 1), PLATEAU_START)).toBe(0.25);
  });

  it('follows half a cosine from 1 to final, begun after the warm-up', () => {
    const near = (values: number[]) => values.map((v) => expect.closeTo(v, 14));
    expect(factors({ kind: 'cosine' }, [0, 25, 50, 75, 100])).toEqual(
      near([1, 0.5 + Math.SQRT1_2 / 2, 0.5, 0.5 - Math.SQRT1_2 / 2, 0]),
    );
    expect(factors({ kind: 'cosine', final: 0.2 }, [0, 50, 100])).toEqual(near([1, 0.6, 0.2]));
    expect(factors({ kind: 'cosine', warmup: 20 }, [9, 20, 60, 100])).toEqual(near([0.5, 1, 0.5, 0]));
    // A warm-up longer than the training only rises.
    expect(factors({ kind: 'cosine', warmup: 200 }, [0, 99])).toEqual(near([1 / 200, 0.5]));
  });

  it('falls by a factor every so many epochs', () => {
    const by = (epoch: number, schedule: Schedule) => rateFactor(schedule, at(0, 1, epoch), PLATEAU_START);
    expect([0, 2, 3, 5, 6].map((epoch) => by(epoch, { kind: 'step', every: 3, factor: 0.5 }))).toEqual([
      1, 1, 0.5, 0.5, 0.25,
    ]);
    expect(by(1, { kind: 'step', every: 1 })).toBeCloseTo(0.1, 15);
  });

  it('never leaves 0 to 1 and never rises after the warm-up (500 cases)', () => {
    const schedules = fc.oneof(
      fc.record({ kind: fc.constant('cosine' as const), final: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({
        kind: fc.constant('step' as const),
        every: fc.integer({ min: 1, max: 9 }),
        factor: fc.double({ min: 1e-3, max: 1, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(schedules, fc.nat(30), fc.integer({ min: 1, max: 50 }), (schedule, warmup, steps) => {
        let before = 1;
        for (let step = 0; step < steps; step++) {
          const factor = rateFactor(
            { ...schedule, warmup },
            { step, steps, epoch: Math.floor(step / 5) },
            PLATEAU_START,
          );
          expect(factor).toBeGreaterThanOrEqual(0);
          expect(factor).toBeLessThanOrEqual(1);
          if (step >= warmup) {
            expect(factor).toBeLessThanOrEqual(before);
            before = factor;
          }
        }
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});

describe('a plateau', () => {
  const follow = (schedule: Schedule, losses: number[]): number[] => {
    let state = PLATEAU_START;
    return losses.map((loss) => {
      state = afterEpoch(schedule, state, loss);
      return rateFactor(schedule, at(0), state);
    });
  };

  it('halves the rate after patience epochs without a lower loss, and waits as long again', () => {
    expect(follow({ kind: 'plateau', patience: 2 }, [5, 4, 4, 4.5, 6, 7, 3, 3.5, 3])).toEqual([
      1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125,
    ]);
  });

  it('has patience 5 by default and stops at the minimum', () => {
    expect(follow({ kind: 'plateau' }, [1, 1, 1, 1, 1, 1])).toEqual([1, 1, 1, 1, 1, 0.5]);
    expect(follow({ kind: 'plateau', patience: 1, factor: 0.1, minimum: 0.05 }, [1, 1, 1, 1])).toEqual([
      1, 0.1, 0.05, 0.05,
    ]);
  });

  it('is remembered by no other schedule', () => {
    expect(afterEpoch({ kind: 'constant' }, PLATEAU_START, 1)).toBe(PLATEAU_START);
  });
});

describe('checkSchedule refuses', () => {
  it.each([
    [{ kind: 'constant', warmup: -1 }, /warmup to be a whole number of at least 0, got -1/],
    [{ kind: 'cosine', warmup: 1.5 }, /warmup to be a whole number of at least 0, got 1.5/],
    [{ kind: 'cosine', final: 2 }, /final between 0 and 1, got 2/],
    [{ kind: 'step', every: 0 }, /every to be a whole number of at least 1, got 0/],
    [{ kind: 'step' } as never, /every to be a whole number of at least 1, got undefined/],
    [{ kind: 'step', every: 2, factor: 0 }, /factor above 0 and at most 1, got 0/],
    [{ kind: 'plateau', patience: 0 }, /patience to be a whole number of at least 1, got 0/],
    [{ kind: 'plateau', minimum: -1 }, /minimum between 0 and 1, got -1/],
    [{ kind: 'warm' } as never, /kind to be one of constant, cosine, step, plateau, got "warm"/],
  ] as [Schedule, RegExp][])('%j', (schedule, message) => {
    expect(() => checkSchedule(schedule)).toThrow(message);
  });
});
