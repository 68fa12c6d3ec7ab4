import { RecurveError } from './errors.ts';
import { nearest } from './nearest.ts';

/** Every option of a type by its name: the compiler sees to it that none is missing and none is foreign. */
export type OptionNames<O> = Readonly<Record<keyof O, true>>;

/**
 * Refuses an option that is none: one that is no key of `known`. TypeScript does so where it sees the options written down; in plain JavaScript a slip of the pen would
 * be ignored in silence, and the default would hold.
 *
 * @throws RecurveError `usage`, with the option that was probably meant
 */
export function expectOptions(who: string, given: unknown, known: Readonly<Record<string, unknown>>): void {
  if (typeof given !== 'object' || given === null) {
    throw new RecurveError(
      'usage',
      `${who}: expected its options as an object, got ${String(given)}; name each, as in { ${Object.keys(known)[0]}: … }`,
    );
  }
  // Losses ask in every step, so that nothing is allocated where all is well.
  for (const name in given) {
    if (Object.hasOwn(known, name) || (given as Record<string, unknown>)[name] === undefined) continue;
    const names = Object.keys(known);
    const meant = nearest(name, names);
    throw new RecurveError(
      'usage',
      `${who}: expected known options, got ${name}; ${meant === undefined ? `they are ${names.join(', ')}` : `did you mean ${meant}?`}`,
    );
  }
}
