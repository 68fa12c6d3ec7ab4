import { type Command, Option } from 'commander';
import type { ReadOptions } from '../data/index.ts';
import { choiceOption, given, listOption } from './options.ts';

/** What `<table>` may be, for the help of every command that takes one. */
export const TABLE = 'path, http(s) address, - for standard input, or dataset:NAME';

/** What `<data>` may be, for the help of every command that takes some. */
export const DATA = `as in training: ${TABLE}`;

/** What `<model>` may be, for the help of every command that takes one. */
export const MODEL = 'model.safetensors or a run folder';

/** Values of the options that say how a table is written. */
export interface ReadValues {
  format?: ReadOptions['format'];
  delimiter?: string;
  decimal?: '.' | ',';
  header?: boolean;
  missingTexts?: string[];
  encoding?: string;
}

/** Group of the options that say how a table is written. */
const READ_GROUP = 'How the table is written (found by looking at it):';

/** The same of a trained model's next table. */
export const READ_LIKE_GROUP = 'How the table is written (as train was told, else found by looking at it):';

/**
 * The options that say how a table is written; all of it is found by looking where they are left out.
 *
 * @param missing what counts as missing by default, for the help
 */
export function readOptions(missing = 'NA, NaN, null, - …'): Option[] {
  return [
    choiceOption('--format <kind>', 'of the file', ['auto', 'csv', 'tsv', 'jsonl', 'parquet'], 'auto'),
    new Option('--delimiter <sign>', 'one character, or tab'),
    choiceOption('--decimal <sign>', 'decimal sign', ['.', ',']),
    // In this order neither is the default.
    new Option('--header', 'the first line holds the names of the columns'),
    new Option('--no-header', 'the first line holds data; columns are column_1, column_2, …'),
    listOption('--missing-texts <a,b>', `texts that mean a missing cell; default ${missing}`),
    new Option('--encoding <name>', 'of the text; default utf-8'),
  ];
}

/** Flags of {@link readOptions}, for places that are no table. */
export const READ_FLAGS = readOptions().map(({ long }) => long as string);

/** Adds {@link readOptions} to a command of which every use reads a table. */
export function addReadOptions(command: Command, missing?: string): void {
  command.optionsGroup(READ_GROUP);
  for (const option of readOptions(missing)) command.addOption(option);
}

export function readOptionsOf(values: ReadValues): ReadOptions {
  const { format, delimiter, decimal, header, missingTexts, encoding } = values;
  return {
    ...given({ format, decimal, encoding, header, delimiter: delimiter === 'tab' ? '\t' : delimiter }),
    // An empty cell is missing under every list.
    ...(missingTexts && { missing: ['', ...missingTexts] }),
  };
}
