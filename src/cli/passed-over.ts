import { counted, firstOf } from '../format.ts';
import type { Output } from './output.ts';

/** Files that are named one by one; the others are counted. */
const NAMED = 3;

/** Tells which files of a folder are no data by their names. */
export function tellPassedOver(folder: string, names: readonly string[], output: Output): void {
  if (names.length === 0) return;
  const count = names.length === 1 ? 'a file' : counted(names.length, 'file');
  output.note(`passed over ${count} of ${folder}: ${firstOf(names, NAMED)}`);
}
