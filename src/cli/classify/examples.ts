import { type ReadOptions, readIdx } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import { foldersOfFiles } from '../../node/folder-files.ts';
import { labelledFiles } from '../../node/labelled-folder.ts';
import {
  type ClassifyReading,
  type Examples,
  imageExamples,
  sequenceExamples,
  type TextExamples,
  textExamples,
  wideExamples,
} from '../../tasks/index.ts';
import type { Output } from '../output.ts';
import { filesIn, loadTable, readText, readTexts, readWhole, tellPassedOver } from '../places.ts';

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

/** A text per line of a file per class, each written `LABEL=file`. */
export async function labelledLines(parts: readonly string[]): Promise<TextExamples> {
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
export async function linesOf(path: string): Promise<TextExamples> {
  const text = await readText(path);
  return { kind: 'words', source: path, texts: text.split(/\r|\n/).filter((line) => line.trim() !== '') };
}

/** The texts of a folder per class; where no classes are wanted, also of a folder with nothing but texts. */
export async function folderExamples(folder: string, labelled: boolean, output: Output): Promise<TextExamples> {
  const flat = !labelled && (await foldersOfFiles(folder, 'texts')).folders.length === 0;
  if (flat) {
    const ids = await filesIn(folder, 'texts', output);
    return { kind: 'words', source: folder, ids, texts: await readTexts(ids) };
  }
  const { files, passedOver } = await labelledFiles(folder);
  tellPassedOver(folder, passedOver, output);
  const ids = files.map(({ path }) => path);
  const labels = files.map(({ label }) => label);
  return { kind: 'words', source: folder, ids, texts: await readTexts(ids), labels };
}

/** Pictures, with their classes where these are wanted. */
export async function idxExamples([images, labels, ...more]: readonly string[], labelled: boolean): Promise<Examples> {
  if (more.length > 0 || (labelled && labels === undefined)) {
    throw new RecurveError(
      'usage',
      `classify: expected images,labels in IDX, got ${more.length > 0 ? 'more files' : 'images alone'}; name both files with a comma between`,
    );
  }
  const read = async (path: string) => {
    const { name, bytes } = await readWhole(path);
    return readIdx(bytes, { name });
  };
  return imageExamples(await read(images), labels === undefined ? undefined : await read(labels), images, labels);
}

/** Texts, sequences of rows or sequences of columns, as the reading says. */
export async function tableExamples(
  place: string,
  { reading, read, columns, labelled }: ExampleOptions,
  output: Output,
): Promise<Examples> {
  const { text, label, id, width } = reading;
  if (columns && id === undefined && width === undefined) {
    throw new RecurveError(
      'usage',
      `classify: expected arrays in IDX, as in training, got ${place}; a table has sequences where the model was trained on one`,
    );
  }
  const exact = [text, label, id].filter((name) => name !== undefined);
  // In a text or a label "none" is a word.
  const table = () => loadTable(place, { missing: [''], ...read, text: exact }, output);
  // To be told a class, no row needs one: a column of labels may be there and empty.
  const named = labelled && label !== undefined ? { label } : {};
  if (id === undefined && width === undefined) {
    const texts = async () => textExamples(await table(), { text: text ?? 'text', ...named });
    return labelled ? texts() : texts().catch(tellLines);
  }
  if (width !== undefined) {
    return wideExamples(await table(), {
      width,
      ...named,
      ...(id !== undefined && { id }),
      ...(columns && { columns }),
    });
  }
  return sequenceExamples(await table(), { id: id as string, ...named, ...(columns && { columns }) });
}

/** What is no table may be texts, a file of them or one typed in its place. */
function tellLines(error: unknown): never {
  if (!(error instanceof RecurveError)) throw error;
  throw new RecurveError(error.code, `${error.message} (a text per line: --lines, with - for standard input)`, {
    cause: error,
  });
}
