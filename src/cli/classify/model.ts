import { readLike } from '../../data/index.ts';
import { formatCount } from '../../format.ts';
import { type ClassifyModel, type Examples, loadClassify } from '../../tasks/index.ts';
import { engineFromEnvironment } from '../environment.ts';
import type { OpenedModel } from '../models.ts';
import { refuseGiven } from '../options.ts';
import type { Output } from '../output.ts';
import { type ReadValues, readOptionsOf } from '../read-options.ts';
import { loadExamples } from './data.ts';

/** Values of the options by which data are read for a trained model. */
export interface DataValues extends ReadValues {
  text?: string;
  label?: string;
  lines?: boolean;
}

export async function loadModel({ bytes, path, numerics }: OpenedModel): Promise<ClassifyModel> {
  return loadClassify(bytes, { name: path, engine: await engineFromEnvironment(numerics) });
}

/** Reads data the way the training's were read, unless options say otherwise. */
export async function examplesFor(
  { reading, plan, written }: ClassifyModel,
  place: string,
  values: DataValues,
  { who, labelled, output }: { who: string; labelled: boolean; output: Output },
): Promise<Examples> {
  const { text, label, lines = false } = values;
  if (plan.kind === 'numbers') {
    const got = 'one of sequences of numbers';
    refuseGiven(who, values, ['--text', '--lines'], { wanted: 'a model of texts', got });
  }
  return loadExamples(
    place,
    {
      reading: { ...reading, ...(text !== undefined && { text }), ...(label !== undefined && { label }) },
      read: readLike(written, readOptionsOf(values)),
      ...(plan.kind === 'numbers' && { columns: reading.columns ?? plan.features }),
      ...{ labelled, lines, who, values },
    },
    output,
  );
}

/** Examples from which on a model reads for seconds. */
const WORTH_A_NOTE = 20_000;

/** Says that many examples are read. */
export function tellReading(examples: Examples, output: Output): void {
  const count = examples.kind === 'words' ? examples.texts.length : examples.sequences.length;
  const what = examples.kind === 'words' ? 'texts' : 'sequences';
  if (count >= WORTH_A_NOTE) output.note(`reading ${formatCount(count)} ${what}`);
}

/** Says where the words of the data are others than those of the training. */
export function tellUnknown(known: readonly number[], output: Output): void {
  const foreign = known.filter((share) => share < 0.5).length;
  if (foreign === 0) return;
  output.note(
    `${formatCount(foreign)} of ${formatCount(known.length)} texts consist mostly of words that the training did not hold; their answers lean on few words`,
  );
}
