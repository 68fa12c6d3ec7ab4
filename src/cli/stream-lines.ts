import type { Json } from '../model/index.ts';
import { anyObject, number, object, oneOf, string } from '../model/validate.ts';
import { inputLines } from './input-lines.ts';
import type { OpenedModel } from './models.ts';
import { writeOut } from './output.ts';
import { fingerprintOf, readState, refuseForeignState, writeState } from './stream-state.ts';

/** Values of the options of `recurve stream` that every model of lines understands. */
export interface LineValues {
  state?: string;
}

/** A model that answers lines. */
export interface LineStream {
  /** What is printed of a line, beside its number; undefined for one that is passed over. */
  answer(line: string, count: number): object | undefined;
  /** Plain JSON to go on from. */
  state(): Json;
  [Symbol.dispose](): void;
}

const checkSaved = object({
  format: oneOf(1),
  model: string({ min: 1 }),
  lines: number({ integer: true, min: 0 }),
  stream: anyObject,
});

/**
 * Answers each line of standard input on a line, with the state on disk before the answer is printed.
 *
 * @param open begins the stream, or goes on with a saved one
 */
export async function streamLines(
  opened: OpenedModel,
  { state }: LineValues,
  open: (saved?: Json) => LineStream,
): Promise<void> {
  const fingerprint = fingerprintOf(opened);
  const saved = await readState(state, checkSaved);
  if (saved) refuseForeignState(fingerprint, saved.model);
  using stream = open(saved?.stream);
  let lines = saved?.lines ?? 0;
  if (saved) process.stderr.write(`going on after line ${lines}\n`);
  let count = 0;
  for await (const line of inputLines()) {
    const answer = stream.answer(line, ++count);
    if (answer === undefined) continue;
    lines++;
    if (state !== undefined) {
      await writeState(state, { format: 1, model: fingerprint, lines, stream: stream.state() });
    }
    await writeOut(`${JSON.stringify({ line: lines, ...answer })}\n`);
  }
}
