import { access, constants, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { errorCode, fileError } from './file-error.ts';
import { listFolder } from './files.ts';

/** What a folder is searched for. */
export type Sought = 'texts' | 'music';

/** What a folder stands for as data, in the order of the names. */
export interface FolderFiles {
  files: string[];
  /** Of those that are not hidden, as seen from the folder: to be told. */
  passedOver: string[];
}

/** Endings of files of music; texts may end as they like. */
const MUSIC = /\.(mid|midi|abc|json)$/i;

/** What lies beside data: notes about them, what editors keep and what desktops leave. */
const BESIDE = /^(readme|licen[cs]e)(\.[^.]+)?$|^(thumbs\.db|desktop\.ini)$|(~|\.(bak|orig|swp|tmp))$/i;

/** Whether there is a folder at `path`. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/**
 * The files that a folder of data stands for: those that lie in it, are not hidden and have the name of data. Backup copies, README and
 * LICENSE, what desktops leave, pipes and, of music, other endings are passed over; so are folders, in silence.
 *
 * @throws RecurveError `file` for files that cannot be read, such as links to nowhere: data without them are other data
 */
export async function folderFiles(folder: string, sought: Sought): Promise<FolderFiles> {
  const { files, passedOver, unreadable } = await lookInto(folder, sought);
  refuseUnreadable(folder, unreadable);
  return { files, passedOver: passedOver.map((path) => relative(folder, path)) };
}

/**
 * The same of the folders in a folder, each with its own files. What lies in none of them is passed over.
 *
 * @throws RecurveError `file` as {@link folderFiles}
 */
export async function foldersOfFiles(
  folder: string,
  sought: Sought,
): Promise<{ folders: { path: string; files: string[] }[]; passedOver: string[] }> {
  const outer = await lookInto(folder, sought);
  const inner = await Promise.all(outer.folders.map((path) => lookInto(path, sought)));
  refuseUnreadable(
    folder,
    [outer, ...inner].flatMap(({ unreadable }) => unreadable),
  );
  return {
    folders: outer.folders.map((path, k) => ({ path, files: inner[k].files })),
    passedOver: [...outer.files, ...[outer, ...inner].flatMap(({ passedOver }) => passedOver)].map((path) =>
      relative(folder, path),
    ),
  };
}

interface Found extends FolderFiles {
  folders: string[];
  unreadable: { path: string; error: unknown }[];
}

async function lookInto(folder: string, sought: Sought): Promise<Found> {
  const found: Found = { files: [], folders: [], passedOver: [], unreadable: [] };
  for (const name of (await listFolder(folder)).filter((one) => !one.startsWith('.')).sort()) {
    const path = join(folder, name);
    const foreign = BESIDE.test(name) || (sought === 'music' && !MUSIC.test(name));
    try {
      const stats = await stat(path);
      if (stats.isDirectory()) found.folders.push(path);
      else if (foreign || !stats.isFile()) found.passedOver.push(path);
      else {
        await access(path, constants.R_OK);
        found.files.push(path);
      }
    } catch (error) {
      if (foreign) found.passedOver.push(path);
      else found.unreadable.push({ path, error });
    }
  }
  return found;
}

function refuseUnreadable(folder: string, unreadable: Found['unreadable']): void {
  if (unreadable.length === 0) return;
  const [{ path, error }] = unreadable;
  const others = unreadable.length - 1;
  throw fileError(path, 'a file to read', error, {
    // A name that the folder lists and that leads nowhere is a link.
    ...(errorCode(error) === 'ENOENT' && { got: 'a link to nowhere' }),
    next:
      others === 0
        ? `mend it or take it out of ${folder}`
        : `mend it and ${others} more of ${folder} that cannot be read, or take them out`,
  });
}
