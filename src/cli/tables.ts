import { type ReadOptions, readTable, type Table } from '../data/index.ts';
import { openSource } from '../node/source.ts';
import type { Output } from './output.ts';

const PREFIX = 'dataset:';

/** Reads the table at `place`. */
export async function loadTable(place: string, options: ReadOptions, output: Output): Promise<Table> {
  const [first] = await placesOf(place, output);
  return readTable(await openSource(first), options);
}

/** What a place stands for: the files of `dataset:NAME`, fetched where they are missing; any other place itself. */
export async function placesOf(place: string, output: Output): Promise<string[]> {
  if (!place.startsWith(PREFIX)) return [place];
  const { datasetFiles } = await import('./datasets.ts');
  return (await datasetFiles(place.slice(PREFIX.length), output)).map(({ path }) => path);
}
