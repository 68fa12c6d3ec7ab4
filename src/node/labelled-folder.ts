import { basename } from 'node:path';
import { RecurveError } from '../errors.ts';
import { inFolder } from './folder-files.ts';

/** A file of a folder per class, with the folder's name. */
export interface LabelledFile {
  label: string;
  path: string;
}

/**
 * The files in the folders of a folder, each folder a class, in the order of their names. Hidden files and folders are passed over, and
 * so is what does not lie in such a folder.
 *
 * @throws RecurveError `data` where there is no folder with a file, `file` for one that cannot be read, such as a link to nowhere
 */
export async function labelledFiles(folder: string): Promise<LabelledFile[]> {
  const found: LabelledFile[] = [];
  for (const inner of await inFolder(folder, 'Directory'))
    for (const path of await inFolder(inner, 'File')) found.push({ label: basename(inner), path });
  if (found.length > 0) return found;
  throw new RecurveError(
    'data',
    `${folder}: expected a folder per class with a text in each file, got no file in a folder of it; name the folder above the classes`,
  );
}
