import { basename, extname } from 'node:path';
import { decodeText } from '../../data/bytes.ts';
import { unpacked } from '../../data/gzip.ts';
import { readLike, wordTokenizer } from '../../data/index.ts';
import { readWordVectors, type WordVectors } from '../../data/text/index.ts';
import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import { isFolder } from '../../node/folder-files.ts';
import { openSource } from '../../node/source.ts';
import type { ClassifyModel, Examples } from '../../tasks/index.ts';
import { refuseGiven } from '../options.ts';
import type { Output } from '../output.ts';
import { isDataset, lastingPlace, placesOf } from '../places.ts';
import { READ_FLAGS, type ReadValues, readOptionsOf } from '../read-options.ts';
import { type ExampleOptions, folderExamples, idxExamples, labelledLines, linesOf, tableExamples } from './examples.ts';

/** Options that only tables understand. */
const TABLE_FLAGS = ['--text', '--label', '--sequence', '--step-width', '--columns', ...READ_FLAGS];

/** Values of the options by which data are read for a trained model. */
export interface DataValues extends ReadValues {
  text?: string;
  label?: string;
  lines?: boolean;
}

/**
 * Reads examples from a table, a folder with a folder of texts per class, files of a text per line (`LABEL=file,LABEL=file`), two arrays
 * in IDX (`images,labels`), or a data set that is one of these.
 */
export async function loadExamples(place: string, options: ExampleOptions, output: Output): Promise<Examples> {
  const parts = await expanded(place, output);
  const noTable = (got: string, lines = options.lines): void => {
    const { who, values } = options;
    refuseGiven(who, values, TABLE_FLAGS, { wanted: 'a table', got });
    if (lines)
      throw new RecurveError('usage', `${who}: expected --lines with a file of texts, got ${got}; leave it out`);
  };
  if (parts.every((part) => /^[^=/\\]+=./.test(part))) {
    noTable('a file of texts per class');
    return labelledLines(parts);
  }
  if (/(ubyte|\.idx)(\.gz)?$/.test(parts[0])) {
    noTable('arrays in IDX');
    return idxExamples(parts, options.labelled);
  }
  if (parts.length > 1) {
    throw new RecurveError(
      'usage',
      `classify: expected one place, or LABEL=file for each class, or images,labels in IDX, got "${place}"; write the label before each file`,
    );
  }
  const [one] = parts;
  if (await isFolder(one)) {
    noTable('a folder per class');
    return folderExamples(one, options.labelled, output);
  }
  if (options.lines) {
    noTable('a text per line', false);
    return linesOf(one);
  }
  return tableExamples(one, options, output);
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

/** The place as `config.json` keeps it, so that the run can be resumed from another folder. */
export function lastingExamples(place: string): string {
  return partsOf(place)
    .map((part) => {
      const [, label = '', path] = /^([^=/\\]+=)?(.*)$/s.exec(part) as RegExpExecArray;
      return label + lastingPlace(path);
    })
    .join(',');
}

function partsOf(place: string): string[] {
  const parts = place.split(',');
  const empty = parts.find((part) => /^$|^=|^[^=/\\]+=$/.test(part));
  if (empty === undefined) return parts;
  throw new RecurveError('usage', `classify: expected the name of a file, or LABEL=file, got "${empty}"; write it out`);
}

/** A data set of several files of one name is a class per ending: `rt-polarity.pos`, `rt-polarity.neg`. */
async function expanded(place: string, output: Output): Promise<string[]> {
  if (!isDataset(place)) return partsOf(place);
  const files = await placesOf(place, output);
  const stems = new Set(files.map((path) => basename(path, extname(path))));
  if (files.length > 1 && stems.size === 1) return files.map((path) => `${extname(path).slice(1)}=${path}`);
  return files.slice(0, 1);
}

/** Pretrained vectors of the words that occur in the examples. */
export async function loadVectors(path: string, examples: Examples, lowercase: boolean): Promise<WordVectors> {
  if (examples.kind !== 'words') {
    throw new RecurveError('usage', 'train classify: expected texts with --vectors, got numbers; leave it out');
  }
  const tokenizer = wordTokenizer({ lowercase });
  const words = new Set(examples.texts.flatMap((text) => tokenizer.words(text)));
  const { name, stream } = await openSource(path);
  return readWordVectors(decodeText(unpacked(stream, name), name), { name, words });
}

/** Examples from which on a model reads for seconds. */
const WORTH_A_NOTE = 20_000;

/** Says that many examples are read. */
export function tellReading(examples: Examples, output: Output): void {
  const count = examples.kind === 'words' ? examples.texts.length : examples.sequences.length;
  const what = examples.kind === 'words' ? 'texts' : 'sequences';
  if (count >= WORTH_A_NOTE) output.note(`reading ${formatCount(count)} ${what}`);
}
