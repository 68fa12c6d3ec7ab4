import type { ReadOptions } from './read-table.ts';

/** How a table is written, as far as it was said: what of {@link ReadOptions} holds for the next table of its kind too. */
export type TableFormat = Omit<ReadOptions, 'name' | 'format' | 'columns' | 'text'> & {
  /** The other formats are told from the first bytes of each table. */
  format?: 'csv' | 'tsv';
};

/** What of the options by which a table was read holds for the next one. */
export function tableFormatOf(options: ReadOptions): TableFormat {
  const { format, delimiter, decimal, header, missing, encoding } = options;
  const told = {
    ...((format === 'csv' || format === 'tsv') && { format }),
    ...{ delimiter, decimal, header, missing, encoding },
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

/** Options for the next table: as the first was written, where `given` says nothing else. */
export function readLike(written: TableFormat, given: ReadOptions): ReadOptions {
  const { delimiter, decimal, ...rest } = written;
  return {
    ...rest,
    // One sign cannot be both, and a tab is what TSV means: what is given holds.
    ...(delimiter !== undefined && delimiter !== given.decimal && given.format !== 'tsv' && { delimiter }),
    ...(decimal !== undefined && decimal !== given.delimiter && { decimal }),
    ...given,
  };
}
