import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive, startOf } from './liveness.ts';
import { acquireLock } from './run-lock.ts';
import { temporaryFolder } from './temporary-folder.case.ts';

const host = hostname();
const linux = process.platform === 'linux';
const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
/** Takes a lock left with this content. */
async function takeOver(content: unknown): Promise<{ path: string; text: string }> {
  const path = join(temporaryFolder(), 'run.lock');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  const release = await acquireLock(path);
  const text = readFileSync(path, 'utf8');
  await release();
  return { path, text };
}

describe('acquireLock', () => {
  it('holds the lock until it is given back, and can be taken again then', async () => {
    const path = join(temporaryFolder(), 'run.lock');
    const release = await acquireLock(path);
    await expect(acquireLock(path)).rejects.toMatchObject({
      code: 'file',
      message: `${path}: expected a run folder nobody trains into, got one in use by process ${process.pid} on ${host}; wait for it, stop it, or choose another folder`,
    });
    await release();
    expect(existsSync(path)).toBe(false);
    await (await acquireLock(path))();
  });

  it.each([
    ['of a dead process', { pid: dead, host, id: 'x' }],
    ['that is empty, as a kill or a full disk leaves it', ''],
    ['that was written halfway', '{"pid":12'],
    ['that names nobody', 'null'],
  ])('takes over a lock %s', async (_, content) => {
    const { path, text } = await takeOver(content);
    expect(JSON.parse(text).pid).toBe(process.pid);
    expect(existsSync(path)).toBe(false);
  });

  it.skipIf(!linux)(
    'takes over a lock whose process id now belongs to a later process (start times are known on Linux only)',
    async () => {
      const { text } = await takeOver({ pid: process.ppid, host, start: '1', id: 'x' });
      expect(JSON.parse(text)).toMatchObject({ pid: process.pid, start: startOf(process.pid) });
    },
  );

  it.skipIf(!linux)('does not take over a lock of a live process with its true start time (Linux only)', async () => {
    await expect(takeOver({ pid: process.ppid, host, start: startOf(process.ppid), id: 'x' })).rejects.toThrow(
      'in use by',
    );
  });

  it('does not judge a process on another host, and says how to go on', async () => {
    await expect(takeOver({ pid: dead, host: `not-${host}`, id: 'x' })).rejects.toThrow(
      /in use by process \d+ on not-.*; delete .*run\.lock if that process is gone$/,
    );
  });

  it('lets exactly one of eight take over a dead lock at once', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'run.lock');
    writeFileSync(path, JSON.stringify({ pid: dead, host, id: 'x' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(path)));
    const releases = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(releases.length).toBe(1);
    await releases[0]();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over from one that was killed while it took over, and removes what that left', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'run.lock');
    writeFileSync(path, JSON.stringify({ pid: dead, host, id: 'x' }));
    writeFileSync(`${path}.x`, JSON.stringify({ pid: dead, host, id: 'y' }));
    writeFileSync(`${path}.w`, JSON.stringify({ pid: dead, host, id: 'z' }));
    const release = await acquireLock(path);
    expect(readdirSync(folder)).toEqual(['run.lock']);
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not take over while another that found the same process dead is at it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'run.lock');
    writeFileSync(path, JSON.stringify({ pid: dead, host, id: 'x' }));
    const other = { pid: process.ppid, host, ...(linux ? { start: startOf(process.ppid) } : {}), id: 'y' };
    writeFileSync(`${path}.x`, JSON.stringify(other));
    await expect(acquireLock(path)).rejects.toThrow(`in use by process ${process.ppid}`);
    expect(JSON.parse(readFileSync(path, 'utf8')).id).toBe('x');
  });

  it('never lets two hold the lock, when twenty take it and give it back at once', async () => {
    const path = join(temporaryFolder(), 'run.lock');
    let holders = 0;
    let taken = 0;
    const contend = async () => {
      const release = await acquireLock(path);
      expect(++holders).toBe(1);
      taken++;
      await new Promise((resolve) => setImmediate(resolve));
      holders--;
      await release();
    };
    const results = await Promise.allSettled(Array.from({ length: 20 }, contend));
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason.message).toContain('in use by');
    expect(taken).toBeGreaterThan(0);
    expect(existsSync(path)).toBe(false);
  });

  it('does not give back a lock that someone else has taken over', async () => {
    const path = join(temporaryFolder(), 'run.lock');
    const release = await acquireLock(path);
    writeFileSync(path, JSON.stringify({ pid: process.ppid, host, id: 'other' }));
    await release();
    expect(existsSync(path)).toBe(true);
  });
});

describe('isAlive', () => {
  it('tells a running process from one that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const pid = child.pid!;
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(pid)).toBe(false);
  });

  it.skipIf(!linux)('counts a zombie as dead (Linux only)', async () => {
    // The shell becomes a sleep that never collects its first child.
    const shell = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [output] = await once(shell.stdout, 'data');
    const zombie = Number(String(output));
    await expect.poll(() => readFileSync(`/proc/${zombie}/stat`, 'utf8').split(' ')[2], { timeout: 20_000 }).toBe('Z');
    expect(isAlive(zombie)).toBe(false);
    shell.kill('SIGKILL');
    await once(shell, 'exit');
  });
});
