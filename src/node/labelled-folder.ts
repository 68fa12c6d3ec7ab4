import { basename } from 'node:path';
import { RecurveError } from '../errors.ts';
import { foldersOfFiles } from './folder-files.ts';

/** A file of a folder per class, with the folder's name. */
export interface LabelledFile {
  label: string;
  path: string;
}

/**
 * The files in the folders of a folder, each folder a class, in the order of their names, by the rule of `folderFiles`.
 *
 * @throws RecurveError `data` where there is no folder with a file, `file` for one that cannot be read, such as a link to nowhere
 */
export async function labelledFiles(folder: string): Promise<{ files: LabelledFile[]; passedOver: string[] }> {
  const { folders, passedOver } = await foldersOfFiles(folder, 'texts');
  const files = folders.flatMap(({ path, files }) => files.map((file) => ({ label: basename(path), path: file })));
  if (files.length > 0) return { files, passedOver };
  throw new RecurveError(
    'data',
    `${folder}: expected a folder per class with a text in each file, got no file in a folder of it; name the folder above the classes`,
  );
}
