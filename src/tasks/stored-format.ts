import type { TableFormat } from '../data/index.ts';
import { array, boolean, type Check, object, oneOf, string } from '../model/validate.ts';

/** How the table of a model's training was written, in its file; files of earlier versions do not say. */
export const checkWritten: Check<TableFormat> = object({}, {
  format: oneOf('csv', 'tsv'),
  delimiter: string({ min: 1 }),
  decimal: oneOf('.', ','),
  header: boolean,
  missing: array(string()),
  encoding: string({ min: 1 }),
} satisfies Record<keyof TableFormat, Check<unknown>>) as Check<TableFormat>;
