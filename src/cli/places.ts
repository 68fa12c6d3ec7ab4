import { resolve } from 'node:path';
import type { Source } from '../data/bytes.ts';
import { decodeText, type ReadOptions, readTable, type Table } from '../data/index.ts';
import { RecurveError } from '../errors.ts';
import { counted, firstOf } from '../format.ts';
import { folderFiles, type Sought } from '../node/folder-files.ts';
import { openSource } from '../node/source.ts';
import type { Output } from './output.ts';

const DATASET = 'dataset:';

/** Most bytes that are read at once: all of them are held in memory. */
const MOST = 2 ** 30;

/** Files passed over that are named one by one; the others are counted. */
const NAMED = 3;

/** Whether a place is the name of a data set. */
export function isDataset(place: string): boolean {
  return place.startsWith(DATASET);
}

/** What a place stands for: the files of `dataset:NAME`, fetched where they are missing; any other place itself. */
export async function placesOf(place: string, output: Output): Promise<string[]> {
  if (!isDataset(place)) return [place];
  const { datasetFiles } = await import('./datasets.ts');
  return (await datasetFiles(place.slice(DATASET.length), output)).map(({ path }) => path);
}

/** A place of data as `config.json` keeps it, so that the run can be resumed from another folder. */
export function lastingPlace(place: string): string {
  return isDataset(place) || /^(-|[a-z]+:\/\/.*)$/i.test(place) ? place : resolve(place);
}

/** Opens a place that stands for one file; of several the first is meant. */
export async function openPlace(place: string, output: Output): Promise<Source> {
  const [first] = await placesOf(place, output);
  return openSource(first);
}

/** Reads the table at a place. */
export async function loadTable(place: string, options: ReadOptions, output: Output): Promise<Table> {
  return readTable(await openPlace(place, output), options);
}

/**
 * The bytes of a file, an address, or standard input (`-`), with the name that messages give it.
 *
 * @throws RecurveError `file` where it cannot be read, `data` for more than a gibibyte
 */
export async function readWhole(path: string): Promise<{ name: string; bytes: Uint8Array }> {
  const { name, stream } = await openSource(path);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    size += piece.length;
    if (size > MOST) {
      throw new RecurveError('data', `${name}: expected at most 1 GiB, got more; take a part of it`);
    }
  }
  return { name, bytes: Buffer.concat(pieces) };
}

/** The text of a file, an address, or standard input; an empty one is refused. */
export async function readText(path: string): Promise<string> {
  const { name, bytes } = await readWhole(path);
  return decodeText(bytes, { name });
}

/** The texts of files of a folder, of which some may be empty. */
export async function readTexts(paths: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const path of paths) {
    const { name, bytes } = await readWhole(path);
    texts.push(bytes.length === 0 ? '' : decodeText(bytes, { name }));
  }
  return texts;
}

/** The files that a folder of data stands for; those that are no data by their names are told. */
export async function filesIn(folder: string, sought: Sought, output: Output): Promise<string[]> {
  const { files, passedOver } = await folderFiles(folder, sought);
  tellPassedOver(folder, passedOver, output);
  return files;
}

/** Tells which files of a folder are no data by their names. */
export function tellPassedOver(folder: string, names: readonly string[], output: Output): void {
  if (names.length === 0) return;
  const count = names.length === 1 ? 'a file' : counted(names.length, 'file');
  output.note(`passed over ${count} of ${folder}: ${firstOf(names, NAMED)}`);
}
