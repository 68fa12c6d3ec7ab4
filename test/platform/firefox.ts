import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFirefox } from '../../tools/setup.mjs';
import { serve } from './serve.ts';

/** A page that has told nothing by then never will: Firefox is ended, and the test fails with a reason instead of leaving it behind. */
const MOST_MS = 40_000;

/**
 * Evaluates an expression in a page of Firefox that can import the programs of `folder/web`, and returns its awaited value, `{ error }`
 * where it throws. The page tells it by itself, since no driver for a Firefox as distributions ship it is among the dependencies.
 */
export async function evaluateInFirefox(
  folder: string,
  expression: string,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const tell = `const told = await (async () => ${expression})().catch(({ message }) => ({ error: message }));
    await fetch('/', { method: 'POST', body: JSON.stringify(told) });`;
  const page = `<!doctype html><meta charset="utf-8"><title>Recurve</title><script type="module">${tell}</script>\n`;
  const site = await serve(folder, headers, { 'tell.html': page });
  const profile = mkdtempSync(join(tmpdir(), 'recurve-firefox-'));
  const args = ['--headless', '--no-remote', '--profile', profile, `${site.address}tell.html`];
  // A group of its own: a browser is many processes.
  const firefox = spawn(findFirefox()!, args, { stdio: 'ignore', detached: true, timeout: MOST_MS });
  const ended = new Promise<void>((resolve) => firefox.on('close', () => resolve()));
  const gone = ended.then(() =>
    Promise.reject(new Error('expected Firefox to stay until its page has told, it ended')),
  );
  try {
    return JSON.parse(await Promise.race([site.posted, gone]));
  } finally {
    if (firefox.exitCode === null && firefox.signalCode === null) process.kill(-firefox.pid!, 'SIGKILL');
    await ended;
    site.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
