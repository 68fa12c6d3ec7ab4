import { stat } from 'node:fs/promises';
import type { ReadOptions, SeriesResult } from '../data/index.ts';
import { toSeries } from '../data/index.ts';
import { crc64 } from '../model/crc64.ts';
import { readFileBytes } from '../node/files.ts';
import { runPaths } from '../node/run-folder.ts';
import { type ForecastModel, loadForecast } from '../tasks/index.ts';
import { engineFromEnvironment } from './environment.ts';
import type { Output } from './output.ts';
import { loadTable } from './tables.ts';

/** Loads the model of a file or of a run folder. */
export async function loadModel(place: string): Promise<{ model: ForecastModel; path: string; fingerprint: string }> {
  const folder = await stat(place).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  const path = folder ? runPaths(place).model : place;
  const bytes = await readFileBytes(path);
  const model = await loadForecast(bytes, { name: path, engine: await engineFromEnvironment() });
  return { model, path, fingerprint: `crc64:${crc64([bytes])}` };
}

/** Reads a table the way the model's training table was read. */
export async function seriesFor(
  model: ForecastModel,
  place: string,
  options: ReadOptions,
  output: Output,
): Promise<SeriesResult> {
  const { reading } = model;
  const text = reading.series === undefined ? {} : { text: [reading.series] };
  return toSeries(await loadTable(place, { ...options, ...text }, output), reading);
}
