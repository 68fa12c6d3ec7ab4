import { once } from 'node:events';
import type { Json } from '../model/index.ts';
import { parseJson } from '../model/json.ts';
import { anyObject, number, object, oneOf, string } from '../model/validate.ts';
import { readFileIfThere, writeFileAtomic } from '../node/files.ts';
import { inputLines } from './input-lines.ts';
import { fingerprintOf, type OpenedModel, refuseForeignState } from './models.ts';

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
  const saved = state === undefined ? undefined : await readState(state, fingerprint);
  using stream = open(saved?.stream);
  let lines = saved?.lines ?? 0;
  if (saved) process.stderr.write(`going on after line ${lines}\n`);
  let count = 0;
  for await (const line of inputLines()) {
    const answer = stream.answer(line, ++count);
    if (answer === undefined) continue;
    lines++;
    if (state !== undefined) {
      const kept = { format: 1, model: fingerprint, lines, stream: stream.state() };
      await writeFileAtomic(state, `${JSON.stringify(kept)}\n`);
    }
    if (!process.stdout.write(`${JSON.stringify({ line: lines, ...answer })}\n`)) await once(process.stdout, 'drain');
  }
}

async function readState(path: string, fingerprint: string): Promise<{ lines: number; stream: Json } | undefined> {
  const bytes = await readFileIfThere(path);
  if (bytes === undefined) return undefined;
  const saved = checkSaved(parseJson(new TextDecoder().decode(bytes), path), path);
  refuseForeignState(fingerprint, saved.model);
  return saved;
}
