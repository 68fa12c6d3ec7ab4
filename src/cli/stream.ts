import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { rowReader } from '../data/rows.ts';
import { parseJson } from '../model/json.ts';
import { readFileIfThere, writeFileAtomic } from '../node/files.ts';
import { loadModel } from './models.ts';
import { given } from './options.ts';
import { checkSavedStream, type SavedStream, streamSession } from './stream-session.ts';

interface Values {
  state?: string;
  skipSeen?: boolean;
  format?: 'auto' | 'csv' | 'tsv' | 'jsonl';
  delimiter?: string;
  decimal?: '.' | ',';
  missingTexts?: string[];
}

/** `recurve stream` */
export async function stream(place: string, values: Values): Promise<void> {
  const { model, fingerprint } = await loadModel(place);
  const saved = values.state === undefined ? undefined : await readState(values.state);
  const session = streamSession(model, { fingerprint, saved, skipSeen: values.skipSeen ?? false });
  const { reading, plan } = model;
  const { format, delimiter, decimal, missingTexts } = values;
  const header = saved?.header ?? undefined;
  const reader = await rowReader({
    name: 'standard input',
    columns: plan.columns,
    time: reading.time ?? null,
    zone: plan.zone,
    ...given({ format, decimal, header, series: reading.series, timeFormat: reading.timeFormat }),
    ...given({ delimiter: delimiter === 'tab' ? '\t' : delimiter }),
    ...(missingTexts && { missing: ['', ...missingTexts] }),
  });
  if (saved) process.stderr.write(`going on after row ${saved.rows}\n`);

  let passedOver = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const row = reader.read(line, session.lastTime);
    if (row === null) continue;
    const taken = session.take(row);
    if (taken.kind === 'seen') {
      passedOver++;
      continue;
    }
    // In this order an answer that was read is never forgotten.
    if (taken.kind === 'new' && values.state !== undefined) {
      await writeFileAtomic(values.state, `${JSON.stringify(session.save(reader.header))}\n`);
    }
    if (!process.stdout.write(`${taken.answer}\n`)) await once(process.stdout, 'drain');
  }
  if (passedOver > 0) process.stderr.write(`passed over ${passedOver} rows that were taken before\n`);
}

async function readState(path: string): Promise<SavedStream | undefined> {
  const bytes = await readFileIfThere(path);
  if (bytes === undefined) return undefined;
  return checkSavedStream(parseJson(new TextDecoder().decode(bytes), path), path);
}
