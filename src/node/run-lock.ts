import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecurveError } from '../errors.ts';
import { errorCode, fileError } from './file-error.ts';
import { removeFile, writeFileAtomic } from './files.ts';
import { isAlive, startOf } from './liveness.ts';

interface Owner {
  pid: number;
  host: string;
  /** Start time of the process where the system tells it. */
  start?: string;
  id: string;
}

type Holder = Owner | 'gone' | 'torn';

/** How long a lock may stay half written, or two that take over a dead one may need to see each other. Milliseconds. */
const settleTime = 150;

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
  await take(path, text, me);
  return async () => {
    // Only our own: someone who found this process dead may have taken over.
    if (idOf(await readOwner(path)) === me.id) await removeFile(path);
  };
}

async function take(path: string, text: string, me: Owner): Promise<void> {
  // More than one attempt when the lock is given back between a failed creation and the look at it.
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await create(path, text)) return;
    const holder = await readOwner(path);
    if (holder === 'gone') continue;
    if (holder !== 'torn' && isRunning(holder)) throw held(path, holder);
    return takeOver(path, text, me, holder);
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

/** Of several that take over at once the last rename wins, and after the wait each sees who that was. */
async function takeOver(path: string, text: string, me: Owner, dead: Holder): Promise<void> {
  const holder = await readOwner(path);
  if (idOf(holder) !== idOf(dead)) throw held(path, holder);
  await writeFileAtomic(path, text);
  await sleep(settleTime);
  const winner = await readOwner(path);
  if (idOf(winner) !== me.id) throw held(path, winner);
}

/** Reads a lock; torn when it is still without an owner after the time a live writer would need. */
async function readOwner(path: string): Promise<Holder> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (attempt > 0) await sleep(settleTime);
    try {
      const owner = JSON.parse(await readFile(path, 'utf8')) as Owner | null;
      if (Number.isSafeInteger(owner?.pid)) return owner as Owner;
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
