export { DATASETS, type Dataset, type DatasetFile, datasetNamed } from '../data/datasets.ts';
export {
  type DatasetPlaces,
  datasetPlaces,
  fetchDataset,
  findDataset,
  type LocalFile,
  mirrorDatasets,
} from './datasets.ts';
export { ensureFolder, readFileBytes, writeFileAtomic } from './files.ts';
export type { MetricsLog, MetricsRecord } from './metrics-log.ts';
export { openMetricsLog, readMetricsLog } from './metrics-log.ts';
export type { Run, RunOptions, RunPaths } from './run-folder.ts';
export { openRun, runPaths } from './run-folder.ts';
export { openSource } from './source.ts';
