import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  ensureFolder,
  listFolder,
  readFileBytes,
  readFileIfThere,
  removeEmptyFolders,
  removeFile,
  writeFileAtomic,
} from './files.ts';
import { mountTmpfs, remountReadOnly, temporaryFolder } from './temporary-folder.case.ts';

const mountRefused = 'needs root and the right to mount';

describe('writeFileAtomic', () => {
  it('writes a new file, replaces an old one, and leaves nothing else in the folder', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.bin');
    await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    await writeFileAtomic(path, 'Grüße');
    expect(readFileSync(path, 'utf8')).toBe('Grüße');
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });

  it('ends with one whole version when one process writes the same path many times at once', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.bin');
    await Promise.all(Array.from({ length: 20 }, (_, i) => writeFileAtomic(path, new Uint8Array(5000).fill(i))));
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(5000);
    expect(new Set(bytes).size).toBe(1);
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });

  it('removes what killed writers of the same path left, but nothing of live ones, of others, or of the user', async () => {
    const folder = temporaryFolder();
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    const stale = [`.a.bin.${dead}-0123abcd-0.tmp`, `.a.bin.${process.pid}-0123abcd-7.tmp`];
    const kept = [
      `.a.bin.${process.ppid}-0123abcd-0.tmp`,
      `.b.bin.${dead}-0123abcd-0.tmp`,
      '.a.bin.mine.tmp',
      'a.bin.tmp',
    ];
    for (const name of [...stale, ...kept]) writeFileSync(join(folder, name), 'x');
    await writeFileAtomic(join(folder, 'a.bin'), 'y');
    expect(readdirSync(folder).sort()).toEqual([...kept, 'a.bin'].sort());
  });

  it('writes through a link to its target, and the link stays one', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'a.bin'), 'old');
    symlinkSync(join('real', 'a.bin'), join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), 'new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real', 'a.bin'), 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'real'))).toEqual(['a.bin']);
  });

  it('writes into a device or a pipe instead of putting a file in its place', async ({ skip }) => {
    if (process.platform === 'win32') return skip('needs named pipes');
    const pipe = join(temporaryFolder(), 'pipe');
    spawnSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] });
    const got = reader.stdout.toArray();
    await writeFileAtomic(pipe, 'through');
    expect(Buffer.concat(await got).toString()).toBe('through');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it('does not read a device that has no end in search of a file', async ({ skip }) => {
    if (process.platform === 'win32') return skip('needs /dev/zero');
    await expect(readFileIfThere('/dev/zero')).rejects.toMatchObject({
      code: 'file',
      message: '/dev/zero: expected a file to read, got a device; give the name of a file',
    });
  });

  it('says that the folder is missing, that a folder or a file is in the way', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'plain'), 'x');
    const write = (...path: string[]) => writeFileAtomic(join(folder, ...path), 'abc');
    await expect(write('no', 'a')).rejects.toMatchObject({
      code: 'file',
      message: `${join(folder, 'no', 'a')}: expected to write 3 bytes, got no such file or folder (ENOENT); check the path`,
    });
    await expect(write('sub')).rejects.toThrow('got a folder (EISDIR); give the name of a file');
    await expect(write('plain', 'a')).rejects.toThrow('got a file where a folder should be (ENOTDIR); check the path');
    await expect(write('x'.repeat(300))).rejects.toThrow('got a name too long for this disk (ENAMETOOLONG)');
    expect(readdirSync(folder).sort()).toEqual(['plain', 'sub']);
    expect(readFileSync(join(folder, 'plain'), 'utf8')).toBe('x');
  });

  it('says that a folder may not be written (run as root, it becomes nobody for the attempt)', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      const next = 'change the permissions or choose another place';
      await expect(writeFileAtomic(join(folder, 'a'), 'abc')).rejects.toThrow(`got no permission (EACCES); ${next}`);
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(folder, 0o755);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says that the disk is full, keeps the old file and leaves no other (a tmpfs of 64 KiB)', async ({ skip }) => {
    const folder = mountTmpfs('size=64k');
    if (folder === undefined) return skip(mountRefused);
    const path = join(folder, 'a.bin');
    await writeFileAtomic(path, new Uint8Array(20_000).fill(1));
    await expect(writeFileAtomic(path, new Uint8Array(60_000).fill(2))).rejects.toMatchObject({
      code: 'file',
      message: `${path}: expected to write 60000 bytes, got a full disk (ENOSPC); free some space or choose another disk`,
    });
    expect(readdirSync(folder)).toEqual(['a.bin']);
    expect(readFileSync(path)).toEqual(Buffer.alloc(20_000, 1));
    await writeFileAtomic(path, new Uint8Array(30_000).fill(3));
    expect(readFileSync(path)).toEqual(Buffer.alloc(30_000, 3));
  });

  it('says that the disk is read-only and keeps the old file (a tmpfs mounted read-only, which binds root too)', async ({
    skip,
  }) => {
    const folder = mountTmpfs('size=64k');
    if (folder === undefined) return skip(mountRefused);
    const path = join(folder, 'a.bin');
    await writeFileAtomic(path, 'old');
    remountReadOnly(folder);
    await expect(writeFileAtomic(path, 'new')).rejects.toThrow('got a read-only disk (EROFS); choose another place');
    await expect(ensureFolder(join(folder, 'sub'))).rejects.toThrow(
      'expected to make a folder, got a read-only disk (EROFS)',
    );
    await expect(removeFile(path)).rejects.toThrow('expected to remove the file, got a read-only disk (EROFS)');
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it.skipIf(!process.features.typescript)(
    'leaves one of two whole versions after kill -9 at 20 random moments of writing them in turn (skipped where Node runs no TypeScript)',
    async () => {
      const folder = temporaryFolder();
      const path = join(folder, 'model.bin');
      const versions = [Buffer.alloc(400_000, 1), Buffer.alloc(700_000, 2)];
      const script = `
        const { writeFileAtomic } = await import(${JSON.stringify(new URL('files.ts', import.meta.url).href)});
        const versions = [Buffer.alloc(400_000, 1), Buffer.alloc(700_000, 2)];
        for (let i = 0; ; i++) {
          await writeFileAtomic(${JSON.stringify(path)}, versions[i % 2]);
          if (i === 0) console.log('writing');
        }`;
      let midWrite = 0;
      for (let round = 0; round < 20; round++) {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        await once(child.stdout, 'data');
        await sleep(Math.random() * 40);
        child.kill('SIGKILL');
        await once(child, 'exit');
        const bytes = readFileSync(path);
        expect(versions.some((version) => version.equals(bytes))).toBe(true);
        const left = readdirSync(folder).filter((name) => name !== 'model.bin');
        midWrite += left.length;
        expect(left.length).toBeLessThanOrEqual(1);
      }
      // Or else the kills proved nothing: some must have hit while a temporary file was being written.
      expect(midWrite).toBeGreaterThan(0);
      await writeFileAtomic(path, 'end');
      expect(readdirSync(folder)).toEqual(['model.bin']);
    },
  );
});

describe('reading, listing, removing and making folders', () => {
  it('read what was written, and tell a missing file from every other failure', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a');
    expect(await readFileIfThere(path)).toBeUndefined();
    await expect(readFileBytes(path)).rejects.toThrow(
      `${path}: expected a file to read, got no such file or folder (ENOENT)`,
    );
    await expect(readFileBytes(folder)).rejects.toThrow('got a folder (EISDIR); give the name of a file');
    await expect(readFileIfThere(folder)).rejects.toMatchObject({ code: 'file' });
    writeFileSync(path, 'abc');
    expect(new TextDecoder().decode(await readFileBytes(path))).toBe('abc');
    expect(await listFolder(folder)).toEqual(['a']);
    await expect(listFolder(path)).rejects.toThrow(
      'expected a folder to list, got a file where a folder should be (ENOTDIR)',
    );
    await removeFile(path);
    await removeFile(path);
    expect(await listFolder(folder)).toEqual([]);
  });

  it('make a folder with those above it, and say what is in the way', async () => {
    const folder = temporaryFolder();
    expect(await ensureFolder(join(folder, 'x', 'y'))).toEqual([join(folder, 'x', 'y'), join(folder, 'x')]);
    expect(await ensureFolder(join(folder, 'x', 'y'))).toEqual([]);
    expect(statSync(join(folder, 'x', 'y')).isDirectory()).toBe(true);
    writeFileSync(join(folder, 'plain'), '');
    await expect(ensureFolder(join(folder, 'plain'))).rejects.toThrow('got a file of that name in the way (EEXIST)');
    await expect(ensureFolder(join(folder, 'plain', 'z'))).rejects.toThrow('(ENOTDIR)');
    // Where a folder is there and takes no other, asking again and again would never end.
    if (process.platform === 'linux') await expect(ensureFolder('/proc/recurve/run')).rejects.toThrow('(ENOENT)');
    await expect(ensureFolder('')).rejects.toThrow('folder: expected a path, got an empty text');
  });

  it('leave none of the folders of which one could not be made', async () => {
    const folder = temporaryFolder();
    const endless = join(folder, 'a', 'b', 'c'.repeat(300));
    await expect(ensureFolder(endless)).rejects.toThrow('expected to make a folder');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('remove empty folders, up to the first that holds something', async () => {
    const folder = temporaryFolder();
    const made = await ensureFolder(join(folder, 'x', 'y', 'z'));
    writeFileSync(join(folder, 'x', 'mine.txt'), '');
    await removeEmptyFolders(made);
    expect(readdirSync(join(folder, 'x'))).toEqual(['mine.txt']);
    await expect(removeEmptyFolders(made)).rejects.toThrow('expected to remove the empty folder, got no such');
  });
});
