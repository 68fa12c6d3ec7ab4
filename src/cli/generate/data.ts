import { RecurveError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import { isFolder } from '../../node/folder-files.ts';
import type { Output } from '../output.ts';
import { filesIn, placesOf, readText, readTexts } from '../places.ts';

/**
 * Reads texts one after the other: files, folders, addresses, standard input, data sets. A text that does not end its last line gets a
 * line break before the next one.
 */
export async function loadText(places: readonly string[], output: Output): Promise<string> {
  const texts: string[] = [];
  for (const place of places)
    for (const path of await placesOf(place, output)) {
      if (!(await isFolder(path))) texts.push(await readText(path));
      else for (const text of await folderTexts(path, output)) texts.push(text);
    }
  return texts.map((text, i) => (i < texts.length - 1 && !text.endsWith('\n') ? `${text}\n` : text)).join('');
}

/** The texts of a folder's files in the order of their names; an empty file is none. */
async function folderTexts(folder: string, output: Output): Promise<string[]> {
  const texts = (await readTexts(await filesIn(folder, 'texts', output))).filter((text) => text !== '');
  if (texts.length > 0) return texts;
  throw new RecurveError(
    'data',
    `${folder}: expected a folder with texts, got no file with text in it; name the folder the files lie in`,
  );
}

/** Characters from which on a model reads for seconds: it takes one token after another. */
const WORTH_A_NOTE = 200_000;

/** Says that a long text is read, or a minute for each two or three megabytes would pass in silence. */
export function tellReading(text: string, output: Output): void {
  if (text.length >= WORTH_A_NOTE) output.note(`reading ${formatCount(text.length)} characters`);
}
