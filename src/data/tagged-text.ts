import { RecurveError } from '../errors.ts';
import { counted, formatCount } from '../format.ts';
import { expectOptions, expectWhole, type OptionNames } from '../options.ts';
import { decodeText, type Source, sourceOf, unixBreaks } from './bytes.ts';
import { shownValue } from './nested.ts';
import { shorten } from './table.ts';

/** Words, and a label for each where the text has them. */
export interface TaggedSentence {
  tokens: string[];
  labels?: string[];
}

/** Sentences whose words have labels, or wait for them. */
export interface TaggedText {
  /** Where it came from, for messages. */
  source: string;
  sentences: TaggedSentence[];
}

/** How tagged text is written. */
export interface TaggedTextOptions {
  /** What messages call the source; a `Source` brings its own. Default `text`. */
  name?: string;
  /**
   * `conll`: a word and its columns a line, sentences apart by blank lines; `jsonl`: objects with `tokens` and `labels` (or `tags`);
   * `plain`: a sentence a line, words apart by white space, without labels. Default: jsonl where the text begins with a brace, else conll.
   */
  format?: 'auto' | 'conll' | 'jsonl' | 'plain';
  /**
   * CoNLL: which column, from 1, the label is. Default the last, and then every line has as many columns as the first; in a file of ten
   * columns (CoNLL-U) the fourth, and the word the second.
   */
  labelColumn?: number;
  /** CoNLL: which column, from 1, the word is. */
  tokenColumn?: number;
}

const TEXT_OPTIONS: OptionNames<TaggedTextOptions> = {
  name: true,
  format: true,
  labelColumn: 'number',
  tokenColumn: 'number',
};

/** Longest line that is taken for one of a text, in UTF-16 units: a longer one is another kind of file. */
const LONGEST_LINE = 1_000_000;

/**
 * Reads tagged text.
 *
 * @throws `data` for an empty or binary file, bytes that are no UTF-8, a line above a million characters, lines with unlike numbers of
 *   columns, a sentence whose words and labels differ in number; each with the line. `usage` for columns that cannot be
 */
export async function readTagged(
  input: Source | Uint8Array | string,
  options: TaggedTextOptions = {},
): Promise<TaggedText> {
  expectOptions('readTagged', options, TEXT_OPTIONS);
  const { name, stream } = sourceOf(input, options.name ?? 'text');
  const reader = new Lines(name);
  const lines = reader.read(unixBreaks(decodeText(stream, name)));
  const { format = 'auto' } = options;
  checkColumns(options);
  const sentences: TaggedSentence[] = [];
  let open: TaggedSentence | undefined;
  let kind = format;
  let width: number | undefined;
  let tabs: boolean | undefined;
  for await (const line of lines) {
    if (kind === 'auto' && line.trim() !== '') kind = kindOf(line, name);
    if (kind === 'jsonl') {
      if (line.trim() !== '') sentences.push(sentenceOf(line, name, reader.line));
    } else if (kind === 'plain') {
      const tokens = line.split(/\s+/u).filter(Boolean);
      if (tokens.length > 0) sentences.push({ tokens });
    } else if (line.trim() === '') {
      if (open) sentences.push(open);
      open = undefined;
    } else if (!isComment(line, open && !tabs ? width : undefined) && !line.startsWith('-DOCSTART-')) {
      const cells = cellsOf(line);
      width ??= cells.length;
      tabs ??= line.includes('\t');
      const { token, label } = wordOf(cells, { line, number: reader.line, width, name }, options);
      if (token === undefined) continue;
      open ??= { tokens: [] };
      open.tokens.push(token);
      if (label !== undefined) {
        open.labels ??= [];
        open.labels.push(label);
      }
      if (open.labels && open.labels.length !== open.tokens.length) throw unlabelled(name, token, reader.line);
    }
  }
  if (open) sentences.push(open);
  if (sentences.length > 0) return { source: name, sentences };
  throw new RecurveError(
    'data',
    `${name}: expected at least one sentence, got an empty text; check that it was written completely`,
  );
}

function checkColumns({ tokenColumn, labelColumn }: TaggedTextOptions): void {
  for (const [what, column] of Object.entries({ tokenColumn, labelColumn })) {
    if (column !== undefined) expectWhole('text', what, column, { next: 'count from 1' });
  }
  if (tokenColumn === undefined || tokenColumn !== labelColumn) return;
  throw new RecurveError(
    'usage',
    `text: expected word and label in two columns, got ${tokenColumn} for both; name both`,
  );
}

/** What a text is by the first of its lines. */
function kindOf(line: string, name: string): 'jsonl' | 'conll' {
  if (/^\s*\[\s*[{[]/.test(line)) {
    throw new RecurveError(
      'data',
      `${name}: expected CoNLL or JSON lines, got a JSON array; write one object per line, as jq -c '.[]' does`,
    );
  }
  return line.trimStart().startsWith('{') ? 'jsonl' : 'conll';
}

/**
 * Whether a line of CoNLL is a comment, such as `# text = a dog`. Those stand before sentences; within one whose columns spaces part, a line
 * of as many columns as the others, `width`, is the word `#`, as CoNLL-2000 has it in `# # B-NP`.
 */
function isComment(line: string, width: number | undefined): boolean {
  return /^#( |$)/.test(line) && (width === undefined || width < 2 || cellsOf(line).length !== width);
}

function cellsOf(line: string): string[] {
  return line.includes('\t') ? line.split('\t').map((cell) => cell.trim()) : line.trim().split(/\s+/u);
}

/** Word and label of the cells of a CoNLL line; neither of one that is the range of CoNLL-U. `width` is that of the first line. */
function wordOf(
  cells: readonly string[],
  { line, number, width, name }: { line: string; number: number; width: number; name: string },
  { tokenColumn, labelColumn }: TaggedTextOptions,
): { token?: string; label?: string } {
  const universal = cells.length === 10 && /^\d+([-.]\d+)?$/.test(cells[0]);
  if (universal && /[-.]/.test(cells[0])) return {};
  const at = tokenColumn ?? (universal ? 2 : 1);
  const token = cells[at - 1];
  if (token === undefined || token === '') {
    throw new RecurveError(
      'data',
      `${name}: expected a word in column ${at} of line ${number}, got "${shorten(line.replaceAll('\t', ' '))}"; name its column with tokenColumn`,
    );
  }
  const labelAt = labelColumn ?? (universal ? 4 : width);
  if (labelAt === 1 && labelColumn === undefined && cells.length === 1) return { token };
  // Where the last column is the label, a cell too few or too many would make a label of another column.
  if (labelColumn === undefined && cells.length !== width) {
    if (cells.length === 1) throw unlabelled(name, token, number);
    throw new RecurveError(
      'data',
      `${name}: expected ${counted(width, 'column')} in line ${number}, as in the first, got ${cells.length}; repair the line, name the column of the labels (labelColumn), or of text without labels the format (plain)`,
    );
  }
  const label = cells[labelAt - 1];
  if (label === '') throw unlabelled(name, token, number);
  return { token, ...(label !== undefined && { label }) };
}

function unlabelled(name: string, token: string, number: number): RecurveError {
  return new RecurveError(
    'data',
    `${name}: expected a label beside each word, got none for "${shorten(token)}" in line ${number}; add it, or blank lines between sentences`,
  );
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
      `${name}: expected a list of words as tokens in line ${number}, got ${shorten(shownValue(tokens))}; write {"tokens": ["a", …], "labels": ["X", …]}`,
    );
  }
  if (told === undefined) return { tokens };
  if (!texts(told) || told.length !== tokens.length) {
    const count = Array.isArray(told) && told.length !== tokens.length ? told.length : shorten(shownValue(told));
    throw new RecurveError(
      'data',
      `${name}: expected ${counted(tokens.length, 'label')} in line ${number}, a text for each word, got ${count}; correct the line`,
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
    return this.line === 1 ? line.replace(/^\uFEFF/, '') : line;
  }

  #check(line: string, number: number): void {
    if (line.length <= LONGEST_LINE) return;
    throw new RecurveError(
      'data',
      `${this.#name}: expected lines of at most ${formatCount(LONGEST_LINE)} characters, got a longer one, line ${number}; break it, or give another file`,
    );
  }
}
