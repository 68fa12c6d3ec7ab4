import { RecurveError } from '../errors.ts';
import { decodeText, type Source, streamOf } from './bytes.ts';
import { shorten } from './table.ts';

/** Words, and a label for each where the text has them. */
export interface TaggedSentence {
  tokens: string[];
  labels?: string[];
}

export interface TaggedText {
  /** Where it came from, for messages. */
  source: string;
  sentences: TaggedSentence[];
}

export interface TaggedTextOptions {
  /** What messages call the source; a `Source` brings its own. Default `text`. */
  name?: string;
  /**
   * `conll`: a word and its columns a line, sentences apart by blank lines; `jsonl`: objects with `tokens` and `labels` (or `tags`);
   * `plain`: a sentence a line, words apart by white space, without labels. Default: jsonl where the text begins with a brace, else conll.
   */
  format?: 'auto' | 'conll' | 'jsonl' | 'plain';
  /** CoNLL: which column, from 1, the label is. Default the last; in a file of ten columns (CoNLL-U) the fourth, and the word the second. */
  labelColumn?: number;
  /** CoNLL: which column, from 1, the word is. */
  tokenColumn?: number;
}

/** Longest line that is taken for one of a text, in UTF-16 units: a longer one is another kind of file. */
const LONGEST_LINE = 1_000_000;

/**
 * Reads tagged text.
 *
 * @throws `data` for an empty or binary file, bytes that are no UTF-8, a line above a million characters, a sentence whose words and
 *   labels differ in number; each with the line
 */
export async function readTagged(
  input: Source | Uint8Array | string,
  options: TaggedTextOptions = {},
): Promise<TaggedText> {
  const named = typeof input === 'object' && 'stream' in input;
  const name = named ? input.name : (options.name ?? 'text');
  const stream = named ? input.stream : streamOf(typeof input === 'string' ? new TextEncoder().encode(input) : input);
  const reader = new Lines(name);
  const lines = reader.read(decodeText(stream as AsyncIterable<Uint8Array>, name, 'utf-8'));
  const { format = 'auto' } = options;
  const sentences: TaggedSentence[] = [];
  let open: TaggedSentence | undefined;
  let kind = format;
  for await (const line of lines) {
    if (kind === 'auto' && line.trim() !== '') kind = line.trimStart().startsWith('{') ? 'jsonl' : 'conll';
    if (kind === 'jsonl') {
      if (line.trim() !== '') sentences.push(sentenceOf(line, name, reader.line));
    } else if (kind === 'plain') {
      const tokens = line.split(/\s+/u).filter(Boolean);
      if (tokens.length > 0) sentences.push({ tokens });
    } else if (line.trim() === '') {
      if (open) sentences.push(open);
      open = undefined;
    } else if (!(line.startsWith('#') && /^#( |$)/.test(line)) && !line.startsWith('-DOCSTART-')) {
      const read = cellsOf(line, options);
      if (!read) continue;
      if (read.token === undefined || read.token === '') {
        throw new RecurveError(
          'data',
          `${name}: expected a word in line ${reader.line}, got "${shorten(line)}"; name its column with tokenColumn`,
        );
      }
      open ??= { tokens: [] };
      open.tokens.push(read.token);
      if (read.label !== undefined) {
        open.labels ??= [];
        open.labels.push(read.label);
      }
      if ((open.labels?.length ?? 0) !== 0 && open.labels?.length !== open.tokens.length) {
        throw new RecurveError(
          'data',
          `${name}: expected a label beside each word, got none for "${shorten(read.token)}" in line ${reader.line}; add it, or blank lines between sentences`,
        );
      }
    }
  }
  if (open) sentences.push(open);
  if (sentences.length > 0) return { source: name, sentences };
  throw new RecurveError(
    'data',
    `${name}: expected at least one sentence, got an empty text; check that it was written completely`,
  );
}

/** Word and label of a CoNLL line; undefined for a line that is neither, such as the ranges of CoNLL-U. */
function cellsOf(
  line: string,
  { tokenColumn, labelColumn }: TaggedTextOptions,
): { token: string | undefined; label: string | undefined } | undefined {
  const cells = line.includes('\t') ? line.split('\t').map((cell) => cell.trim()) : line.trim().split(/\s+/u);
  const universal = cells.length === 10 && /^\d+([-.]\d+)?$/.test(cells[0]);
  if (universal && /[-.]/.test(cells[0])) return undefined;
  const token = cells[(tokenColumn ?? (universal ? 2 : 1)) - 1];
  const at = labelColumn ?? (universal ? 4 : cells.length);
  return { token, label: at > 1 || labelColumn !== undefined ? cells[at - 1] : undefined };
}

function sentenceOf(line: string, name: string, number: number): TaggedSentence {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new RecurveError(
      'data',
      `${name}: expected JSON in line ${number}, got "${shorten(line)}"; write an object a line`,
      {
        cause,
      },
    );
  }
  const { tokens, labels, tags } = (value ?? {}) as Record<string, unknown>;
  const told = labels ?? tags;
  const texts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((entry) => typeof entry === 'string' && entry !== '');
  if (!texts(tokens) || tokens.length === 0) {
    throw new RecurveError(
      'data',
      `${name}: expected a list of words as tokens in line ${number}, got ${shorten(JSON.stringify(tokens) ?? 'none')}; write {"tokens": ["a", …], "labels": ["X", …]}`,
    );
  }
  if (told === undefined) return { tokens };
  if (!texts(told) || told.length !== tokens.length) {
    throw new RecurveError(
      'data',
      `${name}: expected ${tokens.length} labels in line ${number}, one per word, got ${Array.isArray(told) ? told.length : 'none'}; correct the line`,
    );
  }
  return { tokens, labels: told };
}

/** Cuts a text into lines, counting them. */
class Lines {
  /** Number of the line last given, from 1. */
  line = 0;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async *read(pieces: AsyncIterable<string>): AsyncGenerator<string> {
    let rest = '';
    for await (const piece of pieces) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield this.#count(line);
      this.#check(rest, this.line + 1);
    }
    if (rest !== '') yield this.#count(rest);
  }

  #count(line: string): string {
    this.line++;
    this.#check(line, this.line);
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    return this.line === 1 ? whole.replace(/^\uFEFF/, '') : whole;
  }

  #check(line: string, number: number): void {
    if (line.length <= LONGEST_LINE) return;
    throw new RecurveError(
      'data',
      `${this.#name}: expected lines of at most ${LONGEST_LINE.toLocaleString('en')} characters, got a longer one, line ${number}; break it, or give another file`,
    );
  }
}
