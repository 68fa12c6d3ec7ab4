import { DATASETS, type Dataset, datasetNamed } from '../data/datasets.ts';
import { RecurveError } from '../errors.ts';
import { datasetPlaces, fetchDataset, findDataset } from '../node/datasets.ts';
import { type Output, outputOf } from './output.ts';
import { textTable } from './terminal/index.ts';

interface Values {
  json?: boolean;
}

/** `recurve datasets list` */
export async function list(values: Values): Promise<void> {
  const output = outputOf(values);
  const places = datasetPlaces();
  const rows = [];
  for (const dataset of DATASETS) {
    const files = await findDataset(dataset, places);
    rows.push({ ...about(dataset), here: files !== undefined });
  }
  output.result({ datasets: rows });
  output.print(
    textTable({
      columns: [
        { header: 'name' },
        { header: 'size', align: 'right' },
        { header: 'here' },
        { header: 'licence' },
        { header: 'holds' },
      ],
      rows: rows.map(({ name, bytes, here, licence, title }) => [name, size(bytes), here ? 'yes' : '', licence, title]),
      width: process.stdout.isTTY ? output.width : Number.MAX_SAFE_INTEGER,
      ...output.abilities,
    }),
  );
}

/** `recurve datasets path NAME` */
export async function path(name: string, values: Values): Promise<void> {
  const output = outputOf(values);
  const dataset = datasetNamed(name);
  const files = await findDataset(dataset, datasetPlaces());
  if (!files) {
    throw new RecurveError(
      'file',
      `datasets: expected ${name} on this machine, got nothing in the cache; fetch it with recurve datasets fetch ${name}`,
    );
  }
  output.result({ name, files });
  output.print(files.map((file) => file.path).join('\n'));
}

/** `recurve datasets fetch NAME` */
export async function fetchNamed(name: string, values: Values): Promise<void> {
  const output = outputOf(values);
  const dataset = datasetNamed(name);
  const files = await fetchWithNotes(dataset, output);
  output.result({ ...about(dataset), files });
  const { licence, credit, home } = dataset;
  output.print(
    [
      ...files.map((file) => file.path),
      `licence: ${licence}`,
      ...(credit ? [`credit: ${credit}`] : []),
      `home: ${home}`,
    ].join('\n'),
  );
}

/** The table that `dataset:NAME` stands for, fetched where it is missing. */
export async function datasetTable(name: string, output: Output): Promise<string> {
  const dataset = datasetNamed(name);
  const [first] = await fetchWithNotes(dataset, output);
  return first.path;
}

function fetchWithNotes(dataset: Dataset, output: Output): ReturnType<typeof fetchDataset> {
  return fetchDataset(dataset, datasetPlaces(), {
    onFetch: ({ url, bytes }) => output.note(`fetching ${url} (${size(bytes)}; licence: ${dataset.licence})`),
  });
}

function about({ name, title, home, licence, credit, files }: Dataset) {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { name, title, home, licence, ...(credit && { credit }), bytes };
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
