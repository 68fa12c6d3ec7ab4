import { RecurveError } from '../../errors.ts';
import { firstNotFinite } from '../../finite.ts';
import { formatCount } from '../../format.ts';
import { expectOptions, kindOf } from '../../options.ts';
import { shorten } from '../table.ts';

/** Vectors of words that were learned elsewhere. */
export interface WordVectors {
  /** Where they came from, for messages. */
  readonly source: string;
  /** Numbers per word. */
  readonly width: number;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

/** Which vectors of a file to keep. */
export interface WordVectorOptions {
  /** What messages call the source. Default `vectors`. */
  name?: string;
  /** Only these words are kept: a file of millions then costs the memory of those that are used. Default: all. */
  words?: ReadonlySet<string>;
}

/** A longer line is no word with its numbers. */
const MAX_LINE = 1 << 20;

/**
 * Reads vectors in the text format of word2vec, GloVe and fastText: a word and its numbers per line, separated by spaces, after an
 * optional first line with how many words and how many numbers each. A word may hold spaces itself (GloVe's largest file has such). Of a word that
 * comes twice the first vector counts.
 *
 * @param texts the file, in pieces of any size
 * @throws RecurveError `data` with the line, where it is not such a file
 */
export async function readWordVectors(
  texts: AsyncIterable<string> | Iterable<string>,
  options: WordVectorOptions = {},
): Promise<WordVectors> {
  expectOptions('readWordVectors', options, { name: true, words: true });
  const { name = 'vectors', words } = options;
  if (typeof texts !== 'object' || texts === null || !(Symbol.iterator in texts || Symbol.asyncIterator in texts)) {
    throw new RecurveError(
      'usage',
      `readWordVectors: expected a stream or list of texts, got ${kindOf(texts)}; give the file in pieces, [text] for the whole`,
    );
  }
  if (words !== undefined && typeof words?.has !== 'function') {
    throw new RecurveError(
      'usage',
      `readWordVectors: expected words as a Set, got ${kindOf(words)}; give new Set(list)`,
    );
  }
  const vectors = new Map<string, Float32Array>();
  /** Words as the first line says, where it says so, and as they come. */
  let promised: number | undefined;
  let count = 0;
  let width = 0;
  let line = 0;
  const refuse = (expected: string, got: string): RecurveError =>
    new RecurveError(
      'data',
      `${name}: expected ${expected} in line ${line}, got ${got}; give vectors as text, in the format of word2vec, GloVe or fastText`,
    );
  const add = (text: string): void => {
    line++;
    const cells = text.trimEnd().split(' ');
    if (line === 1 && cells.length === 2 && cells.every((cell) => /^\d+$/.test(cell))) {
      [promised, width] = cells.map(Number);
      if (width < 1) throw refuse('at least one number per word', cells[1]);
      return;
    }
    if (cells.length < 2) {
      if (text.trim() === '') return;
      throw refuse('a word and its numbers', `"${shorten(text)}"`);
    }
    count++;
    // The first word of a file without a head has no space in it.
    if (width === 0) width = cells.length - 1;
    const word = cells.slice(0, cells.length - width).join(' ');
    if (cells.length <= width) throw refuse(`a word and ${width} numbers`, `${cells.length - 1} numbers`);
    if ((words && !words.has(word)) || vectors.has(word)) return;
    const vector = Float32Array.from(cells.slice(cells.length - width), (cell) =>
      cell === '' ? Number.NaN : Number(cell),
    );
    const bad = firstNotFinite(vector);
    if (bad >= 0) throw refuse('finite numbers', `"${shorten(cells[cells.length - width + bad])}"`);
    vectors.set(word, vector);
  };
  let pending = '';
  for await (const text of texts) {
    const lines = (pending + text).split('\n');
    pending = lines.pop() as string;
    for (const one of lines) add(one);
    if (pending.length > MAX_LINE) {
      line++;
      throw refuse('a word and its numbers', `a line of over ${formatCount(MAX_LINE)} characters`);
    }
  }
  if (pending !== '') add(pending);
  if (width === 0)
    throw new RecurveError('data', `${name}: expected words with their vectors, got an empty file; name another`);
  if (promised !== undefined && count !== promised) {
    throw new RecurveError(
      'data',
      `${name}: expected ${formatCount(promised)} words, as its first line says, got ${formatCount(count)}; the file is cut off or was put together, fetch it again`,
    );
  }
  return { source: name, width, vectors };
}
