import { RecurveError } from 'recurve';
import { decodeText } from 'recurve/data';
import { datasetNamed, datasetPlaces, findDataset, readFileBytes } from 'recurve/node';

/** The text of a data set, from RECURVE_DATA or the cache. */
export async function datasetText(name: string): Promise<string> {
  const [file] = (await findDataset(datasetNamed(name), datasetPlaces())) ?? [];
  if (!file) {
    throw new RecurveError(
      'usage',
      `bench tasks: expected ${name} in RECURVE_DATA or the cache, got nothing; run recurve datasets get ${name}`,
    );
  }
  return decodeText(await readFileBytes(file.path), { name: file.path });
}
