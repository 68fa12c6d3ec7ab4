import { RecurveError } from '../errors.ts';
import type { JsonObject } from './json.ts';

/**
 * Checks an untrusted JSON value and returns it typed. `path` names the value in the message: file, then keys.
 *
 * @throws RecurveError `model`
 * @example
 * const architecture = object({ cell: oneOf('rnn', 'lstm', 'gru'), hidden: number({ integer: true, min: 1 }) });
 * architecture({ cell: 'gru', hidden: '64' }, 'weather.safetensors: architecture');
 * // weather.safetensors: architecture.hidden: expected an integer from 1, got "64"; …
 */
export type Check<T> = (value: unknown, path: string) => T;
/** The type a check returns. */
export type Checked<C> = C extends Check<infer T> ? T : never;
type Checks = Record<string, Check<unknown>>;

function refuse(path: string, expected: string, value: unknown): never {
  throw new RecurveError(
    'model',
    `${path}: expected ${expected}, got ${show(value)}; the file is damaged or was made by another version of Recurve`,
  );
}

/** A value as messages show it, cut short. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

export function string(options: { min?: number } = {}): Check<string> {
  const { min = 0 } = options;
  return (value, path) => {
    if (typeof value === 'string' && value.length >= min) return value;
    return refuse(path, min > 0 ? `a text of at least ${min} characters` : 'a text', value);
  };
}

export function number(options: { integer?: boolean; min?: number; max?: number } = {}): Check<number> {
  const { integer = false, min = -Infinity, max = Infinity } = options;
  const expected = `${integer ? 'an integer' : 'a number'}${min > -Infinity ? ` from ${min}` : ''}${max < Infinity ? ` to ${max}` : ''}`;
  return (value, path) => {
    const kind = integer ? Number.isSafeInteger(value) : Number.isFinite(value);
    return kind && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : refuse(path, expected, value);
  };
}

/** A time that a `Date` can hold, in ms since 1970-01-01 UTC. */
export const instant: Check<number> = number({ min: -8.64e15, max: 8.64e15 });

export const boolean: Check<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse(path, 'true or false', value);

export function oneOf<const T extends string | number>(...choices: T[]): Check<T> {
  return (value, path) =>
    choices.find((choice) => choice === value) ?? refuse(path, choices.map(show).join(' or '), value);
}

export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value, path) => (value === null ? null : check(value, path));
}

export function array<T>(item: Check<T>): Check<T[]> {
  return (value, path) =>
    Array.isArray(value) ? value.map((element, i) => item(element, `${path}[${i}]`)) : refuse(path, 'a list', value);
}

/** An object with any keys, every value checked. */
export function record<T>(item: Check<T>): Check<Record<string, T>> {
  return (value, path) => {
    const entries = Object.entries(plain(value, path));
    return Object.fromEntries(entries.map(([key, element]) => [key, item(element, `${path}.${key}`)]));
  };
}

/** Any JSON object, its inside left to whoever owns it. */
export const anyObject: Check<JsonObject> = (value, path) => plain(value, path) as JsonObject;

/** An object with exactly these keys. An unknown key is refused: to ignore it could change what the model computes. */
export function object<R extends Checks, O extends Checks = Record<never, never>>(
  required: R,
  optional?: O,
): Check<{ [K in keyof R]: Checked<R[K]> } & { [K in keyof O]?: Checked<O[K]> }> {
  return (value, path) => {
    const source = plain(value, path);
    const known = new Map(Object.entries({ ...required, ...optional }));
    for (const key of Object.keys(source)) {
      if (!known.has(key)) refuse(path, `only the keys ${[...known.keys()].join(', ')}`, key);
    }
    const result: Record<string, unknown> = {};
    for (const [key, check] of known) {
      if (Object.hasOwn(source, key)) result[key] = check(source[key], `${path}.${key}`);
      else if (Object.hasOwn(required, key)) refuse(`${path}.${key}`, 'a value', undefined);
    }
    return result as never;
  };
}

function plain(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, 'an object', value);
  return value as Record<string, unknown>;
}
