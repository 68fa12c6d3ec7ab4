/**
 * Stable, documented error codes. Each has an exit code of the command line (`src/cli/exit.ts`).
 *
 * - `usage`: an option or argument that no command or function takes
 * - `shape`: a tensor, length or size that does not fit
 * - `data`: a table, series or dataset that cannot be used as it is
 * - `model`: a model or checkpoint file that is damaged, foreign or of another task
 * - `file`: reading or writing failed: missing, read-only, disk full
 * - `memory`: the arena or the host ran out of memory
 * - `numeric`: a loss or weight became NaN or infinite
 * - `thread`: a worker thread ended or failed while the engine needed it
 * - `interrupted`: stopped on request, state saved where that was possible
 * - `unsupported`: the host lacks something that is needed (Node too old, no WebAssembly SIMD)
 */
export type ErrorCode =
  | 'usage'
  | 'shape'
  | 'data'
  | 'model'
  | 'file'
  | 'memory'
  | 'numeric'
  | 'thread'
  | 'interrupted'
  | 'unsupported';

/**
 * The one error class of Recurve. The message is one sentence for people:
 * who, what was expected, what was got, and the next move.
 *
 * @example
 * throw new RecurveError('shape', 'lstm: expected x of shape [B, T, 8], got [32, 50, 9]; build the layer with input: 9');
 */
export class RecurveError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RecurveError';
    this.code = code;
  }
}

/** For whoever uses an engine that was disposed of. */
export function engineEnded(): RecurveError {
  return new RecurveError('usage', 'engine: expected an engine in use, got one that has ended; make a new one');
}
