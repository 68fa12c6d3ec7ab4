import { RecurveError } from '../errors.ts';
import { exitCodes } from './exit.ts';

/** What the user is told of a failure, and the exit code. */
export interface Failure {
  code: string;
  /** One sentence. */
  message: string;
  exitCode: number;
  /** For the authors: shown with `RECURVE_DEBUG=1` only. */
  stack?: string | undefined;
}

/** Makes of anything thrown what the user is told. */
export function failureOf(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { stack } = error;
  if (error instanceof RecurveError) {
    return { code: error.code, message: error.message, exitCode: exitCodes[error.code], stack };
  }
  if (isOutOfMemory(error)) {
    const message = `recurve: expected enough memory, got "${error.message}"; use fewer columns or rows, or a smaller model`;
    return { code: 'memory', message, exitCode: exitCodes.memory, stack };
  }
  const said = `${error.name}: ${error.message}`.replace(/\s*\n\s*/g, ' ');
  const message = `recurve: expected no fault in itself, got ${said}; please report it with the command, and what it prints with RECURVE_DEBUG=1`;
  return { code: 'internal', message, exitCode: exitCodes.internal, stack };
}

/** Hosts say it in different words; all are RangeErrors. */
function isOutOfMemory(error: Error): boolean {
  return error instanceof RangeError && /memory|allocation|array length|string length/i.test(error.message);
}

/** Writes a failure to standard error: the sentence, or one JSON object for `--json`. */
export function printFailure(failure: Failure, options: { json: boolean; debug: boolean }): void {
  const { code, message, exitCode, stack } = failure;
  const text = options.json ? JSON.stringify({ error: { code, message, exitCode } }) : message;
  process.stderr.write(`${text}\n`);
  if (options.debug && stack) process.stderr.write(`${stack}\n`);
}
