import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../tools/setup.mjs';
import { webFiles } from './stage.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** What Chromium made of the bundled programs. */
export interface BrowserResult {
  readonly version: string;
  readonly digest: string;
  readonly names: Record<string, string[]>;
  /** Messages of the page: errors, warnings, refused requests. */
  readonly complaints: string[];
}

/** Serves `folder/web` on the loopback, runs its page.js in Debian's Chromium and returns what it answered. */
export async function runInChromium(folder: string): Promise<BrowserResult> {
  const known = new Set(webFiles(folder));
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1) || 'index.html';
    if (!known.has(name)) return response.writeHead(name === 'favicon.ico' ? 204 : 404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
    return response.end(readFileSync(join(folder, 'web', name)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath: findChromium()!,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${port}/`);
    // A string, so that no tool rewrites the import on its way into the page.
    const answer = (await page.evaluate(
      "import('/page.js').then(async ({ digest, names }) => ({ digest: await digest(), names }))",
    )) as Pick<BrowserResult, 'digest' | 'names'>;
    return { version: browser.version(), ...answer, complaints };
  } finally {
    await browser?.close();
    server.close();
  }
}
