import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeTooOld, root } from './setup.mjs';

const folder = mkdtempSync(join(tmpdir(), 'recurve-setup-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('nodeTooOld', () => {
  test.each(['20.19.0', '20.20.2', '22.0.0', '26.10.0'])('accepts Node %s', (version) => {
    expect(nodeTooOld(version)).toBeUndefined();
  });

  test.each(['18.20.8', '20.18.3', '16.0.0'])('refuses Node %s in one sentence that says what to do', (version) => {
    const message = nodeTooOld(version);
    expect(message).toMatch(/^recurve: expected Node 20\.19 or newer, got .*; install/);
    expect(message).toContain(version);
    expect(message).not.toContain('\n');
  });
});

describe('run', () => {
  const script = (body: string) => {
    const file = join(folder, `parent-${Math.random().toString(36).slice(2)}.mjs`);
    writeFileSync(file, `import { run } from '${join(root, 'tools/setup.mjs')}';\n${body}`);
    return file;
  };

  test('resolves with the exit code of the child', () => {
    const file = script("process.exitCode = await run(process.execPath, ['-e', 'process.exit(7)']);");
    expect(spawnSync(process.execPath, [file]).status).toBe(7);
  });

  test('passes an interrupt on once, outlives it, and returns what the child makes of it', async () => {
    const child = "let n = 0; process.on('SIGINT', () => { n++; setTimeout(() => process.exit(40 + n), 200); });";
    const wait = "setInterval(() => {}, 1000); console.log('ready');";
    const file = script(`process.exitCode = await run(process.execPath, ['-e', ${JSON.stringify(child + wait)}]);`);
    const parent = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
    await once(parent.stdout, 'data');
    parent.kill('SIGINT');
    parent.kill('SIGINT');
    const [code] = await once(parent, 'exit');
    expect(code).toBe(41);
  });

  test('reports a child ended by a signal as 128 + its number, as a shell does', () => {
    const body = "process.exitCode = await run(process.execPath, ['-e', 'process.kill(process.pid, \"SIGKILL\")']);";
    expect(spawnSync(process.execPath, [script(body)]).status).toBe(137);
  });
});
