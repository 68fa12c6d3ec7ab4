import {
  describe,
  type ReadOptions,
  readLike,
  type SeriesOptions,
  type SeriesResult,
  toSeries,
} from '../../data/index.ts';
import type { ForecastModel } from '../../tasks/index.ts';
import type { Output } from '../output.ts';
import { loadTable } from '../places.ts';
import { type ReadValues, readOptionsOf } from '../read-options.ts';

/** Reads the series of a table, and tells what was found in it. */
export async function loadSeries(
  place: string,
  read: ReadOptions,
  series: SeriesOptions,
  output: Output,
): Promise<SeriesResult> {
  const data = toSeries(await loadTable(place, read, output), series);
  for (const line of describe(data.report)) output.note(line);
  return data;
}

/** Reads a table the way the model's training table was read, unless options say otherwise. */
export function seriesFor(
  { reading, written }: ForecastModel,
  place: string,
  values: ReadValues,
  output: Output,
): Promise<SeriesResult> {
  const text = reading.series === undefined ? {} : { text: [reading.series] };
  return loadSeries(place, { ...readLike(written, readOptionsOf(values)), ...text }, reading, output);
}
