import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecurveError } from '../errors.ts';
import { errorCode, fileError } from './file-error.ts';
import { listFolder, removeFile, writeFileAtomic } from './files.ts';
import { isAlive, startOf } from './liveness.ts';

interface Owner {
  pid: number;
  host: string;
  /** Start time of the process where the system tells it. */
  start?: string;
  id: string;
}

type Holder = Owner | 'gone' | 'torn';

/** How long a live process may leave its lock without content. Milliseconds. */
const tornTime = 500;

/**
 * Takes the lock file of a run folder, so that no two trainings write into it. The lock of a process that is gone, killed
 * or not, is taken over.
 *
 * @returns the function that gives the lock back
 * @throws RecurveError `file` while another process holds it
 */
export async function acquireLock(path: string): Promise<() => Promise<void>> {
  const start = startOf(process.pid);
  const me: Owner = { pid: process.pid, host: hostname(), ...(start === undefined ? {} : { start }), id: randomUUID() };
  const text = `${JSON.stringify(me)}\n`;
  await take(path, text);
  await removeGuards(path);
  return async () => {
    // Only our own: someone who found this process dead may have taken over.
    if (idOf(await readOwner(path)) === me.id) await removeFile(path);
  };
}

async function take(path: string, text: string): Promise<void> {
  // More than one attempt when the lock is given back between a failed creation and the look at it.
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await create(path, text)) return;
    const holder = await readOwner(path);
    if (holder === 'gone') continue;
    if (holder !== 'torn' && isRunning(holder)) throw held(path, holder);
    return takeOver(path, text, holder);
  }
  throw held(path, 'gone');
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // A full disk leaves an empty lock behind.
    await rm(path, { force: true });
    throw fileError(path, 'to lock the run folder', error);
  }
}

/**
 * Replaces the lock of a dead process, guarded by a lock of its own that bears the dead one's name: of several that found it
 * dead, one at a time looks again and replaces, so the second finds the first. The guard of a killed taker is taken over likewise.
 */
async function takeOver(path: string, text: string, dead: Holder): Promise<void> {
  const releaseGuard = await acquireLock(`${path}.${idOf(dead)}`);
  try {
    const holder = await readOwner(path);
    if (idOf(holder) !== idOf(dead)) throw held(path, holder);
    await writeFileAtomic(path, text);
  } finally {
    await releaseGuard();
  }
}

/** Removes what killed takers left. Who holds the lock may: a guard matters only while the lock bears the dead one's name. */
async function removeGuards(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await listFolder(dirname(path))) {
    if (name.startsWith(prefix)) await removeFile(join(dirname(path), name));
  }
}

/** Reads a lock; torn when it is still without an owner after the time a live writer would need. */
async function readOwner(path: string): Promise<Holder> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (attempt > 0) await sleep(tornTime);
    try {
      const owner = JSON.parse(await readFile(path, 'utf8')) as Owner | null;
      if (Number.isSafeInteger(owner?.pid) && /^[\w-]+$/.test(owner?.id ?? '')) return owner as Owner;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 'gone';
      if (!(error instanceof SyntaxError)) throw fileError(path, 'to read the lock', error);
    }
  }
  return 'torn';
}

function idOf(holder: Holder): string {
  return typeof holder === 'string' ? holder : holder.id;
}

/** A process on another host cannot be asked, so it counts as running. */
function isRunning({ pid, host, start }: Owner): boolean {
  if (host !== hostname()) return true;
  return isAlive(pid) && (start === undefined || startOf(pid) === start);
}

function held(path: string, holder: Holder): RecurveError {
  const known = typeof holder !== 'string';
  const who = known ? `process ${holder.pid} on ${holder.host}` : 'another process';
  const foreign = known && holder.host !== hostname();
  const next = foreign ? `delete ${path} if that process is gone` : 'wait for it, stop it, or choose another folder';
  return new RecurveError(
    'file',
    `${path}: expected a run folder nobody trains into, got one in use by ${who}; ${next}`,
  );
}
