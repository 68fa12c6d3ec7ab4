import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from './file-error.ts';
import { listFolder } from './files.ts';

/** Whether there is a folder at `path`. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/**
 * Paths of the files, or of the folders, that lie in a folder itself, in the order of their names. Hidden ones are passed over.
 *
 * @throws RecurveError `file` for one that cannot be read, such as a link to nowhere
 */
export async function inFolder(folder: string, what: 'File' | 'Directory'): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await listFolder(folder)).filter((one) => !one.startsWith('.')).sort()) {
    const path = join(folder, name);
    const stats = await stat(path).catch((error) => {
      throw fileError(path, 'a file to read', error);
    });
    if (stats[`is${what}`]()) found.push(path);
  }
  return found;
}
