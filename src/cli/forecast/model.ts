import { readLike, type SeriesResult, toSeries } from '../../data/index.ts';
import { type ForecastModel, loadForecast } from '../../tasks/index.ts';
import { engineFromEnvironment } from '../environment.ts';
import type { OpenedModel } from '../models.ts';
import type { Output } from '../output.ts';
import { type ReadValues, readOptionsOf } from '../read-options.ts';
import { loadTable } from '../tables.ts';

export async function loadModel({ bytes, path, numerics }: OpenedModel): Promise<ForecastModel> {
  return loadForecast(bytes, { name: path, engine: await engineFromEnvironment(numerics) });
}

/** Reads a table the way the model's training table was read, unless options say otherwise. */
export async function seriesFor(
  model: ForecastModel,
  place: string,
  values: ReadValues,
  output: Output,
): Promise<SeriesResult> {
  const { reading, written } = model;
  const text = reading.series === undefined ? {} : { text: [reading.series] };
  return toSeries(await loadTable(place, { ...readLike(written, readOptionsOf(values)), ...text }, output), reading);
}
