import { describe, type ReadOptions, readTagged, type TaggedText } from '../../data/index.ts';
import { openSource } from '../../node/source.ts';
import { knownTagTable, loadTag, type TagModel, type TagTable } from '../../tasks/index.ts';
import { engineFromEnvironment } from '../environment.ts';
import type { OpenedModel } from '../models.ts';
import type { Output } from '../output.ts';
import { loadTable, placesOf } from '../tables.ts';

/** Values of the options that say how text is written. */
export interface TextValues {
  tagged?: 'auto' | 'conll' | 'jsonl' | 'plain';
  tokenColumn?: number;
  labelColumn?: number;
}

export async function loadModel({ bytes, path, numerics }: OpenedModel): Promise<TagModel> {
  return loadTag(bytes, { name: path, engine: await engineFromEnvironment(numerics) });
}

/** Reads data the way the model's were. */
export async function dataFor(
  model: TagModel,
  place: string,
  { read, text }: { read: ReadOptions; text: TextValues },
  output: Output,
): Promise<TagTable | TaggedText> {
  const { plan, classes, reading } = model;
  if (plan.kind === 'text') {
    const [first] = await placesOf(place, output);
    const { tagged, ...columns } = text;
    return readTagged(await openSource(first), { ...columns, ...(tagged && { format: tagged }) });
  }
  const series = reading?.series;
  const table = await loadTable(place, { ...read, ...(series !== undefined && { text: [series] }) }, output);
  const data = knownTagTable(table, reading as NonNullable<typeof reading>, { ...plan, classes });
  for (const line of describe(data.report)) output.note(line);
  return data;
}
