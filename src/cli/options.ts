import { Option } from 'commander';
import { RecurveError } from '../errors.ts';

/** An option that takes a number; whether the number makes sense is for the library to say. */
export function numberOption(flags: string, description: string): Option {
  return parsed(flags, description, 'a number', (text) => {
    const value = Number(text);
    return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
  });
}

/** An option that takes a whole number from 0. */
export function wholeOption(flags: string, description: string): Option {
  return parsed(flags, description, 'a whole number', (text) => {
    const value = Number(text);
    return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
  });
}

/** An option that takes names separated by commas, or `none`. */
export function listOption(flags: string, description: string): Option {
  return parsed(flags, description, 'names separated by commas, or none', (text) => {
    if (text === 'none') return [];
    const names = text.split(',').map((name) => name.trim());
    return names.includes('') ? undefined : names;
  });
}

/** An option that takes texts, each an argument; `\n`, `\t` and `\\` in one stand for a line break, a tab and a backslash. */
export function textsOption(flags: string, description: string): Option {
  const option = new Option(flags, `${description}; \\n, \\t and \\\\ stand for line break, tab and backslash`);
  return option.argParser((text: string, before: string[] = []) => [...before, unescaped(text)]);
}

const ESCAPED: Readonly<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\\\': '\\' };

/** A backslash before any other character is one. */
function unescaped(text: string): string {
  return text.replace(/\\[nt\\]/g, (pair) => ESCAPED[pair]);
}

/** An option that takes numbers separated by commas. */
export function numbersOption(flags: string, description: string): Option {
  return parsed(flags, description, 'numbers separated by commas', (text) => {
    const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    return values.every(Number.isFinite) ? values : undefined;
  });
}

/** An option that takes one of a few words. */
export function choiceOption(
  flags: string,
  description: string,
  choices: readonly string[],
  standard?: string,
): Option {
  const help = `${description}: ${choices.join(', ')}${standard === undefined ? '' : `; default ${standard}`}`;
  return parsed(flags, help, `one of ${choices.join(', ')}`, (text) => (choices.includes(text) ? text : undefined));
}

function parsed(
  flags: string,
  description: string,
  wanted: string,
  parse: (text: string) => unknown | undefined,
): Option {
  const option = new Option(flags, description);
  return option.argParser((text: string) => {
    const value = parse(text);
    if (value !== undefined) return value;
    throw new RecurveError('usage', `${option.long}: expected ${wanted}, got "${text}"; see --help`);
  });
}

/**
 * Refuses options that were given though there is no use for them.
 *
 * @param flags as on the command line: `--min-count`; `--no-header` counts where the value is false
 * @param wanted what they are for, and `got` what there is, as in `a table` and `tagged text`
 */
export function refuseGiven(
  who: string,
  values: object,
  flags: readonly string[],
  { wanted, got }: { wanted: string; got: string },
): void {
  const flag = firstGiven(values, flags);
  if (flag === undefined) return;
  throw new RecurveError('usage', `${who}: expected ${flag} with ${wanted}, got ${got}; leave it out`);
}

/** Refuses two options that say different things of one, both given. */
export function refuseBoth(who: string, values: object, one: string, other: string): void {
  if (firstGiven(values, [one]) === undefined || firstGiven(values, [other]) === undefined) return;
  throw new RecurveError('usage', `${who}: expected ${one} or ${other}, got both; choose one`);
}

/** The first of some options that was given; of `--no-header`, whether the value is false. */
export function firstGiven(values: object, flags: readonly string[]): string | undefined {
  return flags.find((flag) => {
    const [, no, words] = /^--(no-)?(.+)$/.exec(flag) as RegExpExecArray;
    const value = (values as Record<string, unknown>)[words.replace(/-./g, (sign) => sign[1].toUpperCase())];
    return no ? value === false : value !== undefined && value !== false;
  });
}

/** Leaves out what was not given, so that the library's defaults hold. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
