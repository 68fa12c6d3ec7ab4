import { listNames } from '../../data/table.ts';
import { firstOf } from '../../format.ts';

/** Groups of names that are told of. */
const SHOWN = 3;

/** What is left of a name without case, spaces around and between words, and Unicode's ways to write the same letters. */
function plain(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Another class whose name differs from this one in case or spaces alone. */
export function alikeClass(name: string, classes: readonly string[]): string | undefined {
  return classes.find((other) => other !== name && plain(other) === plain(name));
}

/** Tells of classes whose names differ in case or spaces alone, as hand-typed labels do; a sentence, or none. */
export function alikeNotes(classes: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const name of classes) groups.set(plain(name), [...(groups.get(plain(name)) ?? []), name]);
  const alike = [...groups.values()].filter(({ length }) => length > 1);
  if (alike.length === 0) return [];
  const shown = firstOf(alike.map(listNames), SHOWN, '; ');
  return [`classes that differ in case or spaces alone are learned apart: ${shown}; write them alike if they are one`];
}
