import { expect } from 'vitest';
import { RecurveError } from './errors.ts';

/** Functions as plain JavaScript sees them. */
export type Call = (...args: unknown[]) => unknown;
export const loose = (f: unknown): Call => f as Call;

/** One sentence of Recurve's own, with what was expected, what was got and the next move. */
export const sentence = (beginning: string): object =>
  expect.toSatisfy(
    (error: Error) =>
      error instanceof RecurveError && error.message.startsWith(beginning) && / got .*; /s.test(error.message),
    beginning,
  );
