import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RecurveError } from '../errors.ts';
import { expectBytes, expectText } from '../options.ts';
import { inChunks } from './chunks.ts';
import { errorCode, fileError } from './file-error.ts';
import { isAlive } from './liveness.ts';

/** Tells the temporary files of this process from those of a dead one that had the same process id. */
const token = randomBytes(4).toString('hex');
let written = 0;

/**
 * Writes a file so that, whenever the process or the machine dies, the path holds either the old or the new content, whole:
 * a temporary file in the same folder, flushed to disk, then renamed over the path, then the folder flushed. What earlier,
 * killed writers of this path left behind is removed. A failure leaves the old content and no temporary file. A link stays one, and
 * its target is written; a device or a pipe (`/dev/stdout`) is written to, never replaced.
 *
 * @throws RecurveError `file`: folder missing, no permission, read-only, disk full, …
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  expectText('writeFileAtomic', 'the path', path, 'of a URL give fileURLToPath(url)');
  if (typeof content !== 'string') expectBytes('writeFileAtomic', content);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await write(path, bytes, `to write ${bytes.length} bytes`);
}

/**
 * Does the same with a text in pieces, which together may be longer than a string can be.
 *
 * @throws RecurveError `file`: folder missing, no permission, read-only, disk full, …
 */
export async function writePiecesAtomic(path: string, pieces: Iterable<string>): Promise<void> {
  await write(path, inChunks(pieces), 'to write the result');
}

async function write(path: string, content: Uint8Array | Iterable<string>, wanted: string): Promise<void> {
  try {
    const there = await statIfThere(path);
    if (there && !there.isFile() && !there.isDirectory()) return await writeFile(path, content);
    await replaceFile(there ? await realpath(path) : path, content);
  } catch (error) {
    // What makes the pieces may fail too.
    throw errorCode(error) === undefined ? error : fileError(path, wanted, error);
  }
}

async function statIfThere(path: string) {
  return stat(path).catch((error) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}

async function replaceFile(path: string, content: Uint8Array | Iterable<string>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${token}-${written++}.tmp`);
  await removeStaleTemporaries(folder, basename(path));
  const file = await open(temporary, 'wx');
  try {
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Removes the temporary files that killed processes left in a folder, for one file name only. Those of live writers stay. */
async function removeStaleTemporaries(folder: string, name: string): Promise<void> {
  const prefix = `.${name}.`;
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(prefix)) continue;
    const match = /^(\d+)-([0-9a-f]{8})-\d+\.tmp$/.exec(entry.slice(prefix.length));
    if (!match) continue;
    const pid = Number(match[1]);
    const inUse = pid === process.pid ? match[2] === token : isAlive(pid);
    if (!inUse) await rm(join(folder, entry), { force: true });
  }
}

/** Flushes a folder's entries, without which a rename may be undone by a power cut. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; there the rename itself is written through.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems cannot flush folders: the file is whole all the same.
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Reads a whole file.
 *
 * @throws RecurveError `file`: missing, a folder, no permission, …
 */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(path, 'a file to read', error);
  }
}

/** Reads a whole file, or gives undefined where there is none. Any other failure is thrown as by `readFileBytes`. */
export async function readFileIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    // Such as /dev/zero: it has no end.
    const device = (await stat(path)).isCharacterDevice();
    if (!device) return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fileError(path, 'a file to read', error);
  }
  throw new RecurveError('file', `${path}: expected a file to read, got a device; give the name of a file`);
}

/**
 * Makes a folder and those above it, where they do not exist yet. A failure leaves none of them.
 *
 * @returns the folders that were made, the innermost first, as {@link removeEmptyFolders} takes them
 * @throws RecurveError `file`: a file is in the way, no permission, read-only, …
 */
export async function ensureFolder(path: string): Promise<string[]> {
  if (path === '')
    throw new RecurveError('file', 'folder: expected a path, got an empty text; give a name, or . for here');
  const made: string[] = [];
  try {
    await makeFolder(path, made);
  } catch (error) {
    await removeEmptyFolders(made);
    throw fileError(path, 'to make a folder', error);
  }
  return made;
}

/** Not `mkdir` with `recursive`, which on a read-only disk reports ENOENT. */
async function makeFolder(path: string, made: string[], inside = false): Promise<void> {
  try {
    await mkdir(path);
    made.unshift(path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    // Asked once only: a system folder such as /proc reports ENOENT though it is there.
    if (errorCode(error) !== 'ENOENT' || inside || dirname(path) === path) throw error;
    await makeFolder(dirname(path), made);
    await makeFolder(path, made, true);
  }
}

/**
 * Removes folders, each inside the next, up to the first that holds something.
 *
 * @throws RecurveError `file`: no permission, read-only, …
 */
export async function removeEmptyFolders(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await rmdir(path);
    } catch (error) {
      if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') return;
      throw fileError(path, 'to remove the empty folder', error);
    }
  }
}

/**
 * Names of the files and folders in a folder.
 *
 * @throws RecurveError `file`: missing, no folder, no permission, …
 */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    throw fileError(path, 'a folder to list', error);
  }
}

/**
 * Removes a file, if it is there.
 *
 * @throws RecurveError `file`: no permission, read-only, …
 */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw fileError(path, 'to remove the file', error);
  }
}

/**
 * Gives a file another name in the same folder, if it is there, over what has that name.
 *
 * @throws RecurveError `file`: no permission, read-only, …
 */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileError(from, `to be renamed to ${basename(to)}`, error);
  }
}
