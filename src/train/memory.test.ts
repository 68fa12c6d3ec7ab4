import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

describe('40,000 training steps', () => {
  it('leave the arena exactly, and the heap within 200 KB, where they were', async () => {
    const script = fileURLToPath(new URL('./memory.case.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--no-warnings', script]);
    const { steps, before, after } = JSON.parse(stdout);
    expect(steps).toBe(40_000);
    expect(after.arena).toEqual(before.arena);
    expect(before.arena.workspace).toBe(0);
    // Compiled code comes and goes by 110 KB; steps that left 5 bytes each would show.
    expect(after.heap - before.heap).toBeLessThan(200_000);
    expect(after.external - before.external).toBeLessThan(200_000);
  });
});
