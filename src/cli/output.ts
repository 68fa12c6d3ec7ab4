import { once } from 'node:events';
import { inChunks } from '../node/chunks.ts';
import { writePiecesAtomic } from '../node/files.ts';
import { jsonPieces } from './json-pieces.ts';
import { type Abilities, abilitiesOf, columnsOf, type TextTableOptions, textTable } from './terminal/index.ts';

/** Where a command writes: results to standard output, news to standard error. */
export interface Output {
  readonly json: boolean;
  /** What standard output can show. */
  readonly abilities: Abilities;
  /** Columns of standard output. */
  readonly width: number;
  /** A table that standard output can show. */
  table(table: Pick<TextTableOptions, 'columns' | 'rows' | 'highlight'>): string;
  /** Writes a result for people; nothing with `--json`. */
  print(text: Text): Promise<void>;
  /** Writes the one object of `--json`; nothing without. */
  result(value: object): Promise<void>;
  /** Writes a result into a file in place of standard output: with `--json` the object, without the text as it is. */
  save(path: string, value: object, text: Text): Promise<void>;
  /** Tells what goes on; nothing with `--json` or `--quiet`. */
  note(line: string): void;
}

/** Values of the options that say what is told. */
export interface OutputValues {
  /** Print one JSON object. */
  json?: boolean;
  /** Print the result only. */
  quiet?: boolean;
}

/** A text, or the pieces of one that may be longer than a string can be. */
export type Text = string | Iterable<string>;

export function outputOf({ json = false, quiet = false }: OutputValues): Output {
  const note = (line: string): void => {
    if (!json && !quiet) process.stderr.write(`${line}\n`);
  };
  const abilities = abilitiesOf(process.stdout, process.env, process.platform);
  const width = columnsOf(process.stdout);
  return {
    json,
    abilities,
    width,
    table: (table) => textTable({ ...table, width, ...abilities }),
    async print(text) {
      if (!json) await write(ended(text));
    },
    async result(value) {
      if (json) await write(ended(jsonPieces(value)));
    },
    async save(path, value, text) {
      await writePiecesAtomic(path, json ? ended(jsonPieces(value)) : piecesOf(text));
      note(`wrote ${path}`);
    },
    note,
  };
}

/** Writes to standard output as fast as it is read; `run` sees to what goes wrong there. */
async function write(pieces: Iterable<string>): Promise<void> {
  for (const chunk of inChunks(pieces)) await writeOut(chunk);
}

/** Writes a piece to standard output, and waits until it has room for the next. */
export async function writeOut(piece: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}

/** A text whose last line is ended. */
function* ended(text: Text): Generator<string> {
  let last = '';
  for (const piece of piecesOf(text)) {
    yield piece;
    if (piece !== '') last = piece;
  }
  if (!last.endsWith('\n')) yield '\n';
}

function piecesOf(text: Text): Iterable<string> {
  return typeof text === 'string' ? [text] : text;
}
