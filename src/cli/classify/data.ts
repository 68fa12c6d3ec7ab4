import { basename, extname, resolve } from 'node:path';
import { decodeText as decodeStream } from '../../data/bytes.ts';
import { unpacked } from '../../data/gzip.ts';
import { type ReadOptions, readIdx, readTable, type Table, wordTokenizer } from '../../data/index.ts';
import { decodeText, readWordVectors, type WordVectors } from '../../data/text/index.ts';
import { RecurveError } from '../../errors.ts';
import { readFileBytes } from '../../node/files.ts';
import { folderFiles, foldersOfFiles, isFolder } from '../../node/folder-files.ts';
import { labelledFiles } from '../../node/labelled-folder.ts';
import { openSource } from '../../node/source.ts';
import {
  type ClassifyReading,
  type Examples,
  imageExamples,
  sequenceExamples,
  type TextExamples,
  textExamples,
  wideExamples,
} from '../../tasks/index.ts';
import { refuseGiven } from '../options.ts';
import type { Output } from '../output.ts';
import { tellPassedOver } from '../passed-over.ts';
import { READ_FLAGS } from '../read-options.ts';
import { lastingPlace } from '../train-config.ts';
import { readWhole } from '../whole-file.ts';

/** Options that only tables understand. */
const TABLE_FLAGS = ['--text', '--label', '--sequence', '--step-width', '--columns', ...READ_FLAGS];

/** Which columns of a table to read, and how it is written. */
export interface ExampleOptions {
  reading: ClassifyReading;
  read: ReadOptions;
  /** Columns of numbers; default all others. */
  columns?: readonly string[];
  /** Whether labels are needed: those of a table are read only then. */
  labelled: boolean;
  /** Every line of a text file is an example. */
  lines?: boolean;
  /** The command and its options as given: those that the place does not understand are refused. */
  who: string;
  values: object;
}

const DATASET = 'dataset:';

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
  return tableExamples(one, options);
}

/** The place as `config.json` keeps it, so that the run can be resumed from another folder. */
export function lastingExamples(place: string): string {
  return partsOf(place)
    .map((part) => {
      const path = part.replace(/^[^=/\\]+=/, '');
      const label = part.slice(0, part.length - path.length);
      return label + (label ? resolve(path) : lastingPlace(path));
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
  if (!place.startsWith(DATASET)) return partsOf(place);
  const { datasetFiles } = await import('../datasets.ts');
  const files = await datasetFiles(place.slice(DATASET.length), output);
  const stems = new Set(files.map(({ path }) => basename(path, extname(path))));
  if (files.length > 1 && stems.size === 1) return files.map(({ path }) => `${extname(path).slice(1)}=${path}`);
  return [files[0].path];
}

async function labelledLines(parts: readonly string[]): Promise<TextExamples> {
  const texts: string[] = [];
  const labels: string[] = [];
  for (const part of parts) {
    const at = part.indexOf('=');
    const { texts: lines } = await linesOf(part.slice(at + 1));
    for (const line of lines) {
      texts.push(line);
      labels.push(part.slice(0, at));
    }
  }
  return { kind: 'words', source: parts.map((part) => part.slice(part.indexOf('=') + 1)).join(', '), texts, labels };
}

/** A text per line of a file or of standard input; blank lines are none. */
async function linesOf(path: string): Promise<TextExamples> {
  const text = decodeText(await bytesOf(path), { name: path === '-' ? 'standard input' : path });
  return { kind: 'words', source: path, texts: text.split(/\r|\n/).filter((line) => line.trim() !== '') };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return path === '-' ? (await readWhole(path)).bytes : readFileBytes(path);
}

/** The texts of a folder per class; where no classes are wanted, also of a folder with nothing but texts. */
async function folderExamples(folder: string, labelled: boolean, output: Output): Promise<TextExamples> {
  const flat = !labelled && (await foldersOfFiles(folder, 'texts')).folders.length === 0;
  if (flat) {
    const { files: ids, passedOver } = await folderFiles(folder, 'texts');
    tellPassedOver(folder, passedOver, output);
    return { kind: 'words', source: folder, ids, texts: await textsOf(ids) };
  }
  const { files, passedOver } = await labelledFiles(folder);
  tellPassedOver(folder, passedOver, output);
  const ids = files.map(({ path }) => path);
  const labels = files.map(({ label }) => label);
  return { kind: 'words', source: folder, ids, texts: await textsOf(ids), labels };
}

async function textsOf(paths: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const path of paths) {
    const bytes = await readFileBytes(path);
    texts.push(bytes.length === 0 ? '' : decodeText(bytes, { name: path }));
  }
  return texts;
}

async function idxExamples([images, labels, ...more]: readonly string[], labelled: boolean): Promise<Examples> {
  if (more.length > 0 || (labelled && labels === undefined)) {
    throw new RecurveError(
      'usage',
      `classify: expected images,labels in IDX, got ${more.length > 0 ? 'more files' : 'images alone'}; name both files with a comma between`,
    );
  }
  const read = async (path: string) => readIdx(await readFileBytes(path), { name: path });
  return imageExamples(await read(images), labels === undefined ? undefined : await read(labels), images, labels);
}

async function tableExamples(place: string, { reading, read, columns, labelled }: ExampleOptions): Promise<Examples> {
  const { text, label, id, width } = reading;
  if (columns && id === undefined && width === undefined) {
    throw new RecurveError(
      'usage',
      `classify: expected arrays in IDX, as in training, got ${place}; a table has sequences where the model was trained on one`,
    );
  }
  // To be told a class, no row needs one: a column of labels may be there and empty.
  const named = labelled && label !== undefined ? { label } : {};
  if (id === undefined && width === undefined) {
    const texts = async () => textExamples(await tableOf(place, reading, read), { text: text ?? 'text', ...named });
    return labelled ? texts() : texts().catch(tellLines);
  }
  const table = await tableOf(place, reading, read);
  if (width !== undefined) {
    return wideExamples(table, { width, ...named, ...(id !== undefined && { id }), ...(columns && { columns }) });
  }
  return sequenceExamples(table, { id: id as string, ...named, ...(columns && { columns }) });
}

async function tableOf(place: string, { text, label, id }: ClassifyReading, read: ReadOptions): Promise<Table> {
  const exact = [text, label, id].filter((name) => name !== undefined);
  // In a text or a label "none" is a word.
  return readTable(await openSource(place), { missing: [''], ...read, text: exact });
}

/** What is no table may be texts, a file of them or one typed in its place. */
function tellLines(error: unknown): never {
  if (!(error instanceof RecurveError)) throw error;
  throw new RecurveError(error.code, `${error.message} (a text per line: --lines, with - for standard input)`, {
    cause: error,
  });
}

/** Pretrained vectors of the words that occur in the examples. */
export async function loadVectors(path: string, examples: Examples, lowercase: boolean): Promise<WordVectors> {
  if (examples.kind !== 'words') {
    throw new RecurveError('usage', 'train classify: expected texts with --vectors, got numbers; leave it out');
  }
  const tokenizer = wordTokenizer({ lowercase });
  const words = new Set(examples.texts.flatMap((text) => tokenizer.words(text)));
  const { name, stream } = await openSource(path);
  return readWordVectors(decodeStream(unpacked(stream, name), name), { name, words });
}
