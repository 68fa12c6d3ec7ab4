import { expect } from 'vitest';
import { Random } from '../random.ts';
import type { Address, Engine } from './engine.ts';
import { ReferenceEngine } from './reference.ts';

/** Slots on either side of every array that no kernel may touch. */
const GUARD = 16;
const CANARY = -12345.5;

/** An engine whose arrays stand between canaries. */
export interface Bench {
  readonly engine: Engine;
  /** A fresh array with these values. */
  put(values: ArrayLike<number>): Address;
  /** A fresh index array. */
  putIndices(values: ArrayLike<number>): Address;
  get(address: Address, n: number): number[];
}

/** Runs `body` on one engine in a scope and checks afterwards that every canary is alive. */
export function onBench<R>(engine: Engine, body: (bench: Bench) => R): R {
  return engine.arena.scope(() => {
    const guards: Address[] = [];
    const room = (n: number): Address => {
      const start = engine.arena.take(n + 2 * GUARD);
      guards.push(start, start + GUARD + n);
      engine.fill(start, n + 2 * GUARD, CANARY);
      return start + GUARD;
    };
    const result = body({
      engine,
      put: (values) => {
        const address = room(values.length);
        engine.write(address, values);
        return address;
      },
      putIndices: (values) => {
        const address = room(values.length);
        engine.writeIndices(address, values);
        return address;
      },
      get: (address, n) => Array.from(engine.read(address, n)),
    });
    for (const guard of guards) {
      expect(Array.from(engine.read(guard, GUARD)), 'slots beside an array').toEqual(Array(GUARD).fill(CANARY));
    }
    return result;
  });
}

/** n numbers in [low, high), none equal to another in practice, all exact in f32. */
export function numbers(seed: number, n: number, low = -1, high = 1): number[] {
  const random = new Random(seed);
  return Array.from({ length: n }, () => Math.fround(random.uniformIn(low, high)));
}

/** Fails unless every number lies within `tolerance · max(1, |expected|)`; NaN matches NaN. */
export function expectClose(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(got.length, what).toBe(expected.length);
  let worst = 0;
  let place = -1;
  for (let i = 0; i < got.length; i++) {
    if (Object.is(got[i], expected[i]) || (Number.isNaN(got[i]) && Number.isNaN(expected[i]))) continue;
    const error = Math.abs(got[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(error <= worst)) {
      worst = error;
      place = i;
    }
  }
  if (!(worst <= tolerance)) {
    expect.fail(
      `${what}: element ${place} of ${got.length}: expected ${expected[place]}, got ${got[place]}, error ${worst} over ${tolerance}`,
    );
  }
}

/** Array sizes around the widths of vectors, panels and tiles. */
export const SIZES = [1, 3, 4, 5, 7, 8, 9, 17, 64];

/** Runs a body on the engine under test and on the reference, and compares what comes out, within `loosen` times the suite's tolerance. */
export type Compare = (body: (bench: Bench) => number[][], what?: string, loosen?: number) => Promise<void>;

export function comparer(create: () => Engine | Promise<Engine>, tolerance: number): Compare {
  return async (body, what = '', loosen = 1) => {
    const got = onBench(await create(), body);
    const expected = onBench(new ReferenceEngine(), body);
    expect(got.length).toBe(expected.length);
    got.forEach((values, i) => {
      expectClose(values, expected[i], tolerance * loosen, `${what} output ${i}`);
    });
  };
}
