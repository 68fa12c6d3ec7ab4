import { DATASETS, type Dataset, datasetNamed, type Published } from '../data/datasets.ts';
import { RecurveError } from '../errors.ts';
import {
  type DatasetPlaces,
  datasetPlaces,
  fetchDataset,
  findDataset,
  type LocalFile,
  mirrorDatasets,
} from '../node/datasets.ts';
import { type Output, type OutputValues, outputOf } from './output.ts';
import { right, textTable } from './terminal/index.ts';

/** `recurve datasets list` */
export async function list(values: OutputValues): Promise<void> {
  const output = outputOf(values);
  const places = datasetPlaces();
  const rows = [];
  for (const dataset of DATASETS) {
    rows.push({ ...about(dataset), ...(await stateOf(dataset, places)) });
  }
  for (const { damaged } of rows) if (damaged !== undefined) output.note(damaged);
  await output.result({ datasets: rows });
  await output.print(
    textTable({
      columns: [
        { header: 'name', whole: true },
        { ...right('size'), whole: true },
        { header: 'here', whole: true },
        'licence',
        'holds',
      ],
      rows: rows.map(({ name, bytes, here, damaged, licence, title }) => [
        name,
        size(bytes),
        damaged === undefined ? (here ? 'yes' : '') : 'damaged',
        licence,
        title,
      ]),
      width: process.stdout.isTTY ? output.width : Number.MAX_SAFE_INTEGER,
      ...output.abilities,
    }),
  );
}

/** Whether a data set is on this machine; one with a damaged file is told of, and does not hide the others. */
async function stateOf(dataset: Dataset, places: DatasetPlaces): Promise<{ here: boolean; damaged?: string }> {
  try {
    return { here: (await findDataset(dataset, places)) !== undefined };
  } catch (error) {
    if (error instanceof RecurveError && error.code === 'data') return { here: false, damaged: error.message };
    throw error;
  }
}

/** `recurve datasets path NAME` */
export async function path(name: string, values: OutputValues): Promise<void> {
  const output = outputOf(values);
  const dataset = datasetNamed(name);
  const places = datasetPlaces();
  const files = await findDataset(dataset, places);
  if (!files) {
    throw new RecurveError(
      'file',
      `datasets: expected ${name} on this machine, got nothing in ${places.mirror === undefined ? '' : `${places.mirror} (RECURVE_DATA) and `}the cache; get it with recurve datasets get ${name}`,
    );
  }
  await output.result({ name, files });
  await output.print(files.map((file) => file.path).join('\n'));
}

/** `recurve datasets get NAME` */
export async function get(name: string, values: OutputValues): Promise<void> {
  const output = outputOf(values);
  const dataset = datasetNamed(name);
  const files = await fetchWithNotes(dataset, output);
  const checked = dataset.files.map(({ sha256 }, k) => ({ ...files[k], sha256 }));
  await output.result({ ...about(dataset), files: checked });
  const { licence, credit, home } = dataset;
  await output.print(
    [
      ...checked.map(({ path, sha256 }) => `${path}\n  SHA-256 ${sha256}, as it should be`),
      `licence: ${licence}`,
      ...(credit ? [`credit: ${credit}`] : []),
      `home: ${home}`,
    ].join('\n'),
  );
}

/** `recurve datasets mirror FOLDER [NAMES…]` */
export async function mirror(folder: string, names: readonly string[], values: OutputValues): Promise<void> {
  const output = outputOf(values);
  const wanted = names.length > 0 ? names.map(datasetNamed) : DATASETS;
  const { files, left } = await mirrorDatasets(wanted, folder, datasetPlaces(), {
    onFetch: (published, dataset) => output.note(fetching(published, dataset)),
  });
  for (const { name, files: parts } of left) {
    const how = parts.map(({ made }) => made?.by === 'hand' && made.how).filter(Boolean);
    output.note(`left out ${name}: it is in mirrors only (${how.join('; ')})`);
  }
  await output.result({ folder, files, left: left.map(({ name }) => name) });
  await output.print(
    `${files.length} files of ${wanted.length - left.length} data sets in ${folder}; set RECURVE_DATA=${folder}`,
  );
}

/** The files that `dataset:NAME` stands for, fetched where they are missing: the first one is the one meant where one is wanted. */
export async function datasetFiles(name: string, output: Output): Promise<LocalFile[]> {
  return fetchWithNotes(datasetNamed(name), output);
}

function fetchWithNotes(dataset: Dataset, output: Output): ReturnType<typeof fetchDataset> {
  return fetchDataset(dataset, datasetPlaces(), {
    onFetch: (published) => output.note(fetching(published, dataset)),
  });
}

function fetching({ url, bytes }: Published, { licence }: Dataset): string {
  return `fetching ${url} (${size(bytes)}; licence: ${licence})`;
}

function about({ name, title, home, licence, credit, files }: Dataset) {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { name, title, home, licence, ...(credit && { credit }), bytes };
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
