import { type ReadOptions, readTable, type Table } from '../data/index.ts';
import { openSource } from '../node/source.ts';
import type { Output } from './output.ts';

/** Reads the table at `place`. */
export async function loadTable(place: string, options: ReadOptions, output: Output): Promise<Table> {
  const prefix = 'dataset:';
  if (!place.startsWith(prefix)) return readTable(await openSource(place), options);
  const { datasetTable } = await import('./datasets.ts');
  return readTable(await openSource(await datasetTable(place.slice(prefix.length), output)), options);
}
