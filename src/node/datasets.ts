import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Dataset, DatasetFile } from '../data/datasets.ts';
import { RecurveError } from '../errors.ts';
import { ensureFolder, readFileIfThere, writeFileAtomic } from './files.ts';

/** Where data sets are looked for. */
export interface DatasetPlaces {
  /** A folder with copies in a folder per origin, read only and asked first; `RECURVE_DATA`. */
  mirror?: string | undefined;
  /** Where fetched files are kept, a folder per data set. */
  cache: string;
}

/** A file of a data set that is on this machine. */
export interface LocalFile {
  readonly name: string;
  readonly path: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The places an environment names: `RECURVE_DATA`, and a folder below the user's cache (`XDG_CACHE_HOME` where it is set). */
export function datasetPlaces(env: Environment = process.env, platform: string = process.platform): DatasetPlaces {
  const windows = platform === 'win32' ? env.LOCALAPPDATA : undefined;
  const caches = env.XDG_CACHE_HOME || windows || join(env.HOME || homedir(), '.cache');
  return { mirror: env.RECURVE_DATA || undefined, cache: join(caches, 'recurve', 'datasets') };
}

/**
 * Finds a data set on this machine, every file checked by its SHA-256; undefined where a file of it is missing.
 *
 * @throws RecurveError `data` for a file that is there and differs
 */
export async function findDataset(dataset: Dataset, places: DatasetPlaces): Promise<LocalFile[] | undefined> {
  const found: LocalFile[] = [];
  for (const file of dataset.files) {
    const local = await findFile(dataset, file, places);
    if (!local) return undefined;
    found.push(local);
  }
  return found;
}

/**
 * Finds a data set or fetches what is missing of it from its home into the cache. A file that arrives is checked before
 * it is kept, and kept whole or not at all.
 *
 * @throws RecurveError `file` when it cannot be fetched or kept, `data` when it is not the file it should be
 */
export async function fetchDataset(
  dataset: Dataset,
  places: DatasetPlaces,
  options: { signal?: AbortSignal; onFetch?(file: DatasetFile): void } = {},
): Promise<LocalFile[]> {
  const local: LocalFile[] = [];
  for (const file of dataset.files) {
    const found = await findFile(dataset, file, places);
    if (found) {
      local.push(found);
      continue;
    }
    options.onFetch?.(file);
    const bytes = await download(file, options.signal);
    check(file, bytes, file.url, 'its home may have changed, or the network damages it');
    const folder = join(places.cache, dataset.name);
    await ensureFolder(folder);
    const path = join(folder, file.name);
    await writeFileAtomic(path, bytes);
    local.push({ name: file.name, path });
  }
  return local;
}

async function findFile(dataset: Dataset, file: DatasetFile, places: DatasetPlaces): Promise<LocalFile | undefined> {
  const paths = [join(places.cache, dataset.name, file.name)];
  if (places.mirror !== undefined) paths.unshift(join(places.mirror, dataset.folder, file.name));
  for (const path of paths) {
    const bytes = await readFileIfThere(path);
    if (!bytes) continue;
    check(file, bytes, path, 'delete or replace it');
    return { name: file.name, path };
  }
  return undefined;
}

function check(file: DatasetFile, bytes: Uint8Array, place: string, next: string): void {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === file.sha256) return;
  throw new RecurveError(
    'data',
    `${place}: expected ${file.bytes} bytes of SHA-256 ${file.sha256}, got ${bytes.length} of ${sha256}; ${next}`,
  );
}

/** Reads no more than the file should have, so a wrong address cannot fill the memory. */
async function download(file: DatasetFile, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const fail = (got: string, cause?: unknown) =>
    new RecurveError(
      'file',
      `${file.url}: expected a file to fetch, got ${got}; check the network, or name a folder with copies in RECURVE_DATA`,
      { cause },
    );
  try {
    const response = await fetch(file.url, signal ? { signal } : {});
    if (!response.ok || !response.body) throw fail(`status ${response.status} ${response.statusText}`.trim());
    const bytes = new Uint8Array(file.bytes);
    let at = 0;
    for await (const piece of response.body) {
      if (at + piece.length > bytes.length) throw fail(`more than ${file.bytes} bytes`);
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes.subarray(0, at);
  } catch (error) {
    if (error instanceof RecurveError) throw error;
    const { message, cause } = error as Error;
    throw fail(
      cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message,
      error,
    );
  }
}
