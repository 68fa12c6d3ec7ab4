import { RecurveError } from '../errors.ts';
import { kindOf } from '../options.ts';

/** The defaults with what is given in their place; an option that is undefined counts as left out. */
export function filledIn<S extends object>(defaults: S, options: { readonly [K in keyof S]?: S[K] | undefined }): S {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as Partial<S>) };
}

/** Refuses anything but a finite number above 0. */
export function expectAboveZero(task: string, name: string, value: number, next: string): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new RecurveError('usage', `${task}: expected ${name} above 0, got ${kindOf(value)}; ${next}`);
}
