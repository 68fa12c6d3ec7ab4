import { type ReadOptions, type SeriesResult, toSeries } from '../../data/index.ts';
import { type ForecastModel, loadForecast } from '../../tasks/index.ts';
import { engineFromEnvironment } from '../environment.ts';
import type { OpenedModel } from '../models.ts';
import type { Output } from '../output.ts';
import { loadTable } from '../tables.ts';

export async function loadModel({ bytes, path, numerics }: OpenedModel): Promise<ForecastModel> {
  return loadForecast(bytes, { name: path, engine: await engineFromEnvironment(numerics) });
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
