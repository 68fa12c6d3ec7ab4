import { readFileSync } from 'node:fs';

/**
 * When a process started, in the kernel's ticks since boot; undefined where the system does not tell (only Linux does).
 * Together with the process id it names a process for good: an id alone is given out again, and in a container it is often
 * the same at every start.
 */
export function startOf(pid: number): string | undefined {
  return processStat(pid)?.start;
}

/** Whether a process runs. A zombie, killed but not yet collected by its parent, counts as dead. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const state = processStat(pid)?.state;
  return state !== 'Z' && state !== 'X';
}

/** Reads `/proc/<pid>/stat`, whose fields are counted behind the command's closing bracket: state is the 3rd, start the 22nd. */
function processStat(pid: number): { state: string; start: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // Not Linux, or gone by now: nothing is known, and the callers say what that means.
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], start: fields[19] };
}
