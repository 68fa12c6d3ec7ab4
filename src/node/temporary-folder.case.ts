import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new folder that is gone when the test is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recurve-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Mounts a memory disk of a few KiB for the test; gives undefined where this user may not mount. */
export function mountTmpfs(options: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'recurve-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
  onTestFinished(() => {
    if (mounted) spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return mounted ? folder : undefined;
}

/** Makes a mounted folder read-only. */
export function remountReadOnly(folder: string): void {
  if (spawnSync('mount', ['-o', 'remount,ro', folder]).status !== 0) throw new Error('remount failed');
}
