import { describe, readLike, readTagged, type TaggedText } from '../../data/index.ts';
import { MISSING } from '../../data/missing.ts';
import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import { knownTagTable, type TagModel, type TagTable, toTagTable } from '../../tasks/index.ts';
import { given, refuseGiven } from '../options.ts';
import type { Output } from '../output.ts';
import { loadTable, openPlace } from '../places.ts';
import { READ_FLAGS, type ReadValues, readOptionsOf } from '../read-options.ts';
import { TEXT_FLAGS } from './text-options.ts';
import type { TrainConfig } from './train-settings.ts';

/** Values of the options that say how text is written. */
export interface TextValues {
  tagged?: 'auto' | 'conll' | 'jsonl' | 'plain';
  tokenColumn?: number;
  labelColumn?: number;
}

/** Reads the data of a training, a table whose target lies `ahead` steps ahead or text, and tells what was found in a table. */
export async function loadData(
  place: string,
  { table, text, read }: TrainConfig,
  ahead: number,
  output: Output,
): Promise<TagTable | TaggedText> {
  if (!table) return readTagged(await openPlace(place, output), text);
  const data = toTagTable(await loadTable(place, read, output), table, ahead);
  for (const line of describe(data.report)) output.note(line);
  const longest = data.series.reduce((most, { series }) => Math.max(most, series.length), 0);
  if (ahead >= longest) {
    throw new RecurveError(
      'data',
      `${place}: expected more steps than --ahead, got ${formatCount(longest)} and --ahead ${formatCount(ahead)}; tell a nearer step, or give more rows`,
    );
  }
  return data;
}

/** Reads data the way the model's were. */
export async function dataFor(
  model: TagModel,
  place: string,
  who: string,
  values: ReadValues & TextValues,
  output: Output,
): Promise<TagTable | TaggedText> {
  const { plan, classes, reading, written = {} } = model;
  if (plan.kind === 'text') {
    refuseGiven(who, values, READ_FLAGS, { wanted: 'a model of a table', got: 'one of text' });
    const { tagged, tokenColumn, labelColumn } = values;
    const text = await readTagged(await openPlace(place, output), given({ format: tagged, tokenColumn, labelColumn }));
    const labels = text.sentences.flatMap((sentence) => sentence.labels ?? []);
    if (labels.length > 0 && !labels.some((label) => classes.includes(label))) {
      output.note(
        `none of the labels in ${text.source} is one of the model, the first is "${shorten(labels[0])}"; where lines are sentences, say --tagged plain`,
      );
    }
    return text;
  }
  refuseGiven(who, values, TEXT_FLAGS, { wanted: 'a model of text', got: 'one of a table' });
  const series = reading?.series;
  const table = await loadTable(
    place,
    {
      ...missingBeside(classes),
      ...readLike(written, readOptionsOf(values)),
      ...(series !== undefined && { text: [series] }),
    },
    output,
  );
  const data = knownTagTable(table, reading as NonNullable<typeof reading>, { ...plan, classes });
  for (const line of describe(data.report)) output.note(line);
  return data;
}

/** What counts as missing where one of the usual texts, such as none, is a class of the model. */
function missingBeside(classes: readonly string[]): { missing?: string[] } {
  const names = new Set(classes.map((name) => name.trim().toLowerCase()));
  return MISSING.some((text) => names.has(text)) ? { missing: MISSING.filter((text) => !names.has(text)) } : {};
}
