import { expect } from 'vitest';

/** max |a − b| ≤ bound, naming the worst element. */
export function expectClose(what: string, got: ArrayLike<number>, wanted: ArrayLike<number>, bound: number): void {
  expect(got.length, `${what}: elements`).toBe(wanted.length);
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const error = Math.abs(got[i] - wanted[i]);
    if (!(error <= Math.abs(got[worst] - wanted[worst]))) worst = i;
  }
  if (got.length === 0) return;
  const error = Math.abs(got[worst] - wanted[worst]);
  expect(error <= bound, `${what}[${worst}]: expected ${wanted[worst]}, got ${got[worst]}, error ${error}`).toBe(true);
}

/** The same numbers to the bit (0 and −0 count as equal: no result depends on the sign of zero). */
export function expectSameBits(what: string, got: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(got.length, `${what}: elements`).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) {
    if (got[i] !== wanted[i]) expect.fail(`${what}[${i}]: expected exactly ${wanted[i]}, got ${got[i]}`);
  }
}
