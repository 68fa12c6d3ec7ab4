import { once } from 'node:events';
import { RecurveError } from '../../errors.ts';
import type { Json } from '../../model/index.ts';
import { parseJson } from '../../model/json.ts';
import { anyObject, number, object, oneOf, string } from '../../model/validate.ts';
import { readFileIfThere, writeFileAtomic } from '../../node/files.ts';
import { inputLines } from '../input-lines.ts';
import { fingerprintOf, type OpenedModel } from '../models.ts';
import { loadModel } from './model.ts';

interface Values {
  state?: string;
  skipSeen?: boolean;
  format?: string;
}

const checkSaved = object({
  format: oneOf(1),
  model: string({ min: 1 }),
  lines: number({ integer: true, min: 0 }),
  stream: anyObject,
});

/** `recurve stream`: says of each line what it cost and what may follow, with the state on disk before the answer is printed. */
export async function stream(
  opened: OpenedModel,
  _: readonly string[],
  { state, skipSeen, format = 'auto' }: Values,
): Promise<void> {
  if (skipSeen || format !== 'auto') {
    throw new RecurveError(
      'usage',
      `stream: expected no ${skipSeen ? '--skip-seen' : `--format ${format}`} with a language model, got it; each line is text, and none is known by a time`,
    );
  }
  using model = await loadModel(opened);
  const fingerprint = fingerprintOf(opened);
  const saved = state === undefined ? undefined : await readState(state, fingerprint);
  using reader = model.stream(saved?.stream);
  let lines = saved?.lines ?? 0;
  if (saved) process.stderr.write(`going on after line ${lines}\n`);
  for await (const line of inputLines()) {
    const { tokens, unknown, nats, next } = reader.push(`${line}\n`);
    lines++;
    if (state !== undefined) {
      const kept = { format: 1, model: fingerprint, lines, stream: reader.state() };
      await writeFileAtomic(state, `${JSON.stringify(kept)}\n`);
    }
    const answer = JSON.stringify({ line: lines, tokens, unknown, nats, bits: nats / Math.LN2, next });
    if (!process.stdout.write(`${answer}\n`)) await once(process.stdout, 'drain');
  }
}

async function readState(path: string, fingerprint: string): Promise<{ lines: number; stream: Json } | undefined> {
  const bytes = await readFileIfThere(path);
  if (bytes === undefined) return undefined;
  const saved = checkSaved(parseJson(new TextDecoder().decode(bytes), path), path);
  if (saved.model === fingerprint) return saved;
  throw new RecurveError(
    'model',
    `stream: expected the state of this model (${fingerprint}), got that of another (${saved.model}); use its model, or another state file`,
  );
}
