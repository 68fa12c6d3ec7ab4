import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset, DatasetFile, Published } from '../data/datasets.ts';
import { userCaches } from '../engine/proof/caches.ts';
import { RecurveError } from '../errors.ts';
import { ensureFolder, readFileBytes, readFileIfThere, writeFileAtomic } from './files.ts';

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

/**
 * The places an environment names: `RECURVE_DATA`, and a folder below the user's cache (`XDG_CACHE_HOME` where it is set). Without a home
 * it lies among the temporary files, since every file is checked by its SHA-256 wherever it lies.
 */
export function datasetPlaces(
  env: Environment = process.env,
  platform: string = process.platform,
  home?: () => string | undefined,
): DatasetPlaces {
  const caches = userCaches({ env, platform }, home) ?? join(tmpdir(), '.cache');
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
  options: { signal?: AbortSignal; onFetch?(published: Published): void } = {},
): Promise<LocalFile[]> {
  const local: LocalFile[] = [];
  // Several files may lie in one archive.
  const fetched = new Map<string, Uint8Array>();
  for (const file of dataset.files) {
    const found = await findFile(dataset, file, places);
    if (found) {
      local.push(found);
      continue;
    }
    const bytes = await make(dataset, file, async (published) => {
      const before = fetched.get(published.url);
      if (before) return before;
      options.onFetch?.(published);
      const arrived = await download(published, options.signal);
      check(published, arrived, published.url, 'its home may have changed, or the network damages it');
      fetched.set(published.url, arrived);
      return arrived;
    });
    check(file, bytes, `${file.name} made of ${file.url}`, 'report it, please');
    const folder = join(places.cache, dataset.name);
    await ensureFolder(folder);
    const path = join(folder, file.name);
    await writeFileAtomic(path, bytes);
    local.push({ name: file.name, path });
  }
  return local;
}

/** The bytes of a file out of what its home publishes. */
async function make(
  dataset: Dataset,
  file: DatasetFile,
  fetched: (published: Published) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { made } = file;
  switch (made?.by) {
    case undefined:
      return fetched(file);
    case 'unzip': {
      const archive = await fetched(made.origin);
      const { unzipSync } = await import('fflate');
      const { [made.member]: bytes } = unzipSync(archive, { filter: ({ name }) => name === made.member });
      if (bytes) return bytes;
      throw new RecurveError('data', `${file.url}: expected ${made.member} in it, got none; report it, please`);
    }
    case 'excerpt': {
      const text = new TextDecoder().decode(await fetched(made.origin)).replaceAll('\r\n', '\n');
      return new TextEncoder().encode(text.slice(made.from)).subarray(0, file.bytes);
    }
    case 'hand':
      throw new RecurveError(
        'file',
        `${dataset.name}: expected ${dataset.folder}/${file.name} in a mirror, got none; it is ${made.how}, and not made here: name a folder that has it in RECURVE_DATA (the original: ${file.url})`,
      );
  }
}

/**
 * Copies data sets into a folder of the shape that `RECURVE_DATA` names: a folder per origin, with a SOURCE.txt that says whence and
 * under which licence. What is there and right stays; what is missing comes from the places or the network.
 *
 * @returns paths of the files, and the data sets that cannot be fetched because they are in mirrors only
 */
export async function mirrorDatasets(
  datasets: readonly Dataset[],
  folder: string,
  places: DatasetPlaces,
  options: { signal?: AbortSignal; onFetch?(published: Published, dataset: Dataset): void } = {},
): Promise<{ files: LocalFile[]; left: Dataset[] }> {
  const files: LocalFile[] = [];
  const left: Dataset[] = [];
  for (const dataset of datasets) {
    const target = join(folder, dataset.folder);
    const here = (await wholeIn(target, dataset)) ?? (await findDataset(dataset, places));
    if (!here && dataset.files.some(({ made }) => made?.by === 'hand')) {
      left.push(dataset);
      continue;
    }
    const local =
      here ??
      (await fetchDataset(dataset, places, {
        ...(options.signal && { signal: options.signal }),
        onFetch: (published) => options.onFetch?.(published, dataset),
      }));
    await ensureFolder(target);
    for (const { name, path } of local) {
      const copy = join(target, name);
      if (copy !== path) await writeFileAtomic(copy, await readFileBytes(path));
      files.push({ name, path: copy });
    }
    // Before the next set is fetched, which may fail: no file is left without its licence.
    const source = join(target, 'SOURCE.txt');
    const there = await readFileIfThere(source);
    await writeFileAtomic(source, sourcesOf(there ? new TextDecoder().decode(there) : '', dataset));
  }
  return { files, left };
}

/** The files of a data set in a folder, where all are there and right. */
async function wholeIn(folder: string, { files }: Dataset): Promise<LocalFile[] | undefined> {
  const found: LocalFile[] = [];
  for (const file of files) {
    const path = join(folder, file.name);
    const bytes = await readFileIfThere(path);
    if (!bytes || digestOf(bytes) !== file.sha256) return undefined;
    found.push({ name: file.name, path });
  }
  return found;
}

/** What is said of a data set, after what is said of others in the same folder. */
function sourcesOf(there: string, dataset: Dataset): string {
  // A paragraph begins at the margin; that of this data set is written anew.
  const others = there.split(/\n(?=\S)/).filter((part) => !part.startsWith(`${dataset.name}: `));
  const paragraphs = [...others, sourceOf(dataset)].map((part) => part.trimEnd());
  return `${paragraphs.filter((part) => part !== '').join('\n\n')}\n`;
}

function sourceOf({ name, title, home, licence, credit, files }: Dataset): string {
  const origins = files.map(({ name: file, url, made }) => {
    const how = { unzip: ', out of the archive', excerpt: ', without the frame of the e-text', hand: ', converted' };
    return `  ${file}: ${url}${made ? how[made.by] : ''}`;
  });
  return [
    `${name}: ${title}`,
    `  home: ${home}`,
    `  licence: ${licence}${credit ? `; credit: ${credit}` : ''}`,
    ...origins,
    '',
  ].join('\n');
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

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function check(file: Published, bytes: Uint8Array, place: string, next: string): void {
  const sha256 = digestOf(bytes);
  if (sha256 === file.sha256) return;
  throw new RecurveError(
    'data',
    `${place}: expected ${file.bytes} bytes of SHA-256 ${file.sha256}, got ${bytes.length} of ${sha256}; ${next}`,
  );
}

/** Reads no more than the file should have, so a wrong address cannot fill the memory. */
async function download(file: Published, signal: AbortSignal | undefined): Promise<Uint8Array> {
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
