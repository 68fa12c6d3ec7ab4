import { RecurveError } from './errors.ts';
import { formatCount } from './format.ts';
import { nearest } from './nearest.ts';

/** What an option has to be, as far as it is checked by {@link expectOptions}: `true` leaves that to whoever takes it, and so does null, which may itself be given. */
type OptionKind<V> = [V] extends [boolean]
  ? 'boolean'
  : [V] extends [number]
    ? 'number'
    : [V] extends [(...args: never) => unknown]
      ? 'function'
      : true;

/** Every option of a type by its name: the compiler sees to it that none is missing and none is foreign. */
export type OptionNames<O> = {
  readonly [K in keyof O]-?: null extends O[K] ? null : OptionKind<NonNullable<O[K]>>;
};

const WORDS = { boolean: 'true or false', number: 'a number', function: 'a function' } as const;

/**
 * Refuses an option that is none: one that is no key of `known`, null, or no boolean, number or function where `known` says that it is one.
 * TypeScript does so where it sees the options written down; in plain JavaScript a slip of the pen would be ignored in silence, and the
 * default would hold.
 *
 * @throws RecurveError `usage`, with the option that was probably meant
 */
export function expectOptions<O extends object>(who: string, given: O, known: OptionNames<NoInfer<O>>): void {
  if (!isNamed(given)) expectNamed(who, given, Object.keys(known)[0]);
  // Losses ask in every step, so that nothing is allocated where all is well.
  for (const name in given) {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (!Object.hasOwn(known, name)) throw unknownOption(who, name, Object.keys(known));
    const kind: OptionKind<unknown> | keyof typeof WORDS | null = known[name];
    const wanted = kind === 'boolean' || kind === 'number' || kind === 'function' ? WORDS[kind] : 'a value';
    if (wanted === 'a value' ? value !== null || kind === null : typeof value === kind) continue;
    throw new RecurveError(
      'usage',
      `${who}: expected ${name} to be ${wanted}, got ${kindOf(value)}; set it or leave it out`,
    );
  }
}

const isNamed = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && !Array.isArray(given) && !(given instanceof Promise);

/** Refuses options that are no object; `example` is the name of one of them. */
export function expectNamed(who: string, given: unknown, example: string): void {
  if (isNamed(given)) return;
  throw new RecurveError(
    'usage',
    `${who}: expected its options as an object, got ${kindOf(given)}; name each, as in { ${example}: … }`,
  );
}

/** What {@link expectOptions} is to know of options that have these defaults. */
export function namesOf<O extends object>(defaults: O): OptionNames<O> {
  const kinds = Object.entries(defaults).map(([name, value]) => [name, typeof value === 'boolean' ? 'boolean' : value]);
  return Object.fromEntries(kinds) as OptionNames<O>;
}

/** The defaults with what is given in their place; an option that is undefined counts as left out. */
export function filledIn<S extends object>(defaults: S, options: { readonly [K in keyof S]?: S[K] | undefined }): S {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as Partial<S>) };
}

function unknownOption(who: string, name: string, names: readonly string[]): RecurveError {
  const meant = nearest(name, names);
  return new RecurveError(
    'usage',
    `${who}: expected known options, got ${name}; ${meant === undefined ? `they are ${names.join(', ')}` : `did you mean ${meant}?`}`,
  );
}

/** What somebody gave, in words. */
export function kindOf(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given.length > 40 ? `${given.slice(0, 40)}…` : given);
  if (Array.isArray(given)) return 'an array';
  if (given instanceof Promise) return 'a promise';
  if (typeof given === 'function') return 'a function';
  if (typeof given !== 'object' || given === null) return String(given);
  if (ArrayBuffer.isView(given)) return `a ${given.constructor.name}`;
  if ('forward' in given) return 'a layer';
  return 'step' in given ? 'a cell' : 'something else';
}

/** Refuses what is no list; `next` says what to give. Typed arrays are lists of numbers. */
export function expectList(who: string, what: string, given: unknown, next: string): void {
  if (Array.isArray(given) || (ArrayBuffer.isView(given) && 'length' in given)) return;
  throw new RecurveError('usage', `${who}: expected ${what} as a list, got ${kindOf(given)}; ${next}`);
}

/** Refuses what is no text; `next` says what to give. */
export function expectText(who: string, what: string, given: unknown, next = 'decode bytes with decodeText'): void {
  if (typeof given === 'string') return;
  throw new RecurveError('usage', `${who}: expected ${what} as a string, got ${kindOf(given)}; ${next}`);
}

/** Refuses what are no bytes. */
export function expectBytes(who: string, given: unknown): void {
  if (given instanceof Uint8Array) return;
  throw new RecurveError(
    'usage',
    `${who}: expected bytes, got ${kindOf(given)}; give the content of a file as a Uint8Array`,
  );
}

/** Refuses anything but a whole number from `least` (default 1) to `most`; `next` says what to do. */
export function expectWhole(
  who: string,
  what: string,
  value: number,
  { least = 1, most, next = `set ${what}` }: { least?: number; most?: number | undefined; next?: string } = {},
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= (most ?? value)) return;
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${formatCount(most)}`;
  throw new RecurveError(
    'usage',
    `${who}: expected ${what} to be a whole number ${range}, got ${kindOf(value)}; ${next}`,
  );
}

/** Refuses anything but a finite number above 0; `next` says what to do. */
export function expectPositive(who: string, what: string, value: number, next: string): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new RecurveError('usage', `${who}: expected ${what} above 0, got ${kindOf(value)}; ${next}`);
}

/** Refuses anything but a share, or a probability, of 0 ≤ p < 1; `next` says what to do. */
export function expectShare(who: string, what: string, p: number, next = '0 switches it off'): void {
  if (Number.isFinite(p) && p >= 0 && p < 1) return;
  throw new RecurveError('usage', `${who}: expected ${what} p with 0 ≤ p < 1, got ${kindOf(p)}; ${next}`);
}

/** Refuses what is none of the choices; `next` says which to take. */
export function expectChoice(
  who: string,
  what: string,
  value: unknown,
  choices: readonly string[],
  next = 'choose one of them',
): void {
  if ((choices as readonly unknown[]).includes(value)) return;
  throw new RecurveError(
    'usage',
    `${who}: expected ${what} to be one of ${choices.join(', ')}, got ${kindOf(value)}; ${next}`,
  );
}
