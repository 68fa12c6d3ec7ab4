import { RecurveError } from '../errors.ts';
import { crc64 } from '../model/crc64.ts';
import { parseJson } from '../model/json.ts';
import { readFileIfThere, writeFileAtomic } from '../node/files.ts';
import type { OpenedModel } from './models.ts';

/** What the file of `--state` keeps, if it was given and is there. */
export async function readState<S>(
  path: string | undefined,
  check: (value: unknown, path: string) => S,
  options: { anyKey?: boolean } = {},
): Promise<S | undefined> {
  const bytes = path === undefined ? undefined : await readFileIfThere(path);
  return bytes && check(parseJson(new TextDecoder().decode(bytes), path as string, options), path as string);
}

/** Keeps a state in the file of `--state`. */
export async function writeState(path: string, state: object): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(state)}\n`);
}

/** Tells a model file from every other. */
export function fingerprintOf({ bytes }: OpenedModel): string {
  return `crc64:${crc64([bytes])}`;
}

/** Refuses a stream's state that another model has saved. Both are fingerprints. */
export function refuseForeignState(ours: string, saved: string): void {
  if (saved === ours) return;
  throw new RecurveError(
    'model',
    `stream: expected the state of this model (${ours}), got that of another (${saved}); use its model, or another state file`,
  );
}
