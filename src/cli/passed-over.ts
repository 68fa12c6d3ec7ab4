import type { Output } from './output.ts';

/** Files that are named one by one; the others are counted. */
const NAMED = 3;

/** Tells which files of a folder are no data by their names. */
export function tellPassedOver(folder: string, names: readonly string[], output: Output): void {
  if (names.length === 0) return;
  const more = names.length - NAMED;
  const listed = names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  output.note(`passed over ${names.length === 1 ? 'a file' : `${names.length} files`} of ${folder}: ${listed}`);
}
