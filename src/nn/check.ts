import { RecurveError } from '../errors.ts';

/** Refuses anything but a whole number of at least 1. */
export function expectSize(who: string, what: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new RecurveError(
      'usage',
      `${who}: expected ${what} to be a whole number of at least 1, got ${value}; set ${what}`,
    );
  }
}

/** Refuses anything but a probability below 1. */
export function expectDropout(who: string, p: number): void {
  if (!(p >= 0 && p < 1)) {
    throw new RecurveError('usage', `${who}: expected dropout p with 0 ≤ p < 1, got ${p}; 0 switches it off`);
  }
}
