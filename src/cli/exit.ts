import type { ErrorCode } from '../errors.ts';

/**
 * What the command line tool exits with, by error code. They are documented in docs/cli.md and do not change.
 *
 * `ok` also when the reader of the output went away, `internal` for a fault of Recurve itself.
 */
export const exitCodes: Readonly<Record<ErrorCode | 'ok' | 'internal', number>> = {
  ok: 0,
  internal: 1,
  usage: 2,
  data: 3,
  shape: 3,
  model: 4,
  file: 5,
  memory: 6,
  numeric: 7,
  unsupported: 8,
  thread: 9,
  interrupted: 130,
};
