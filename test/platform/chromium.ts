import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../tools/setup.mjs';
import { webFiles } from './stage.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** A page of Debian's Chromium that can import the programs of `folder/web`. */
export interface BrowserPage {
  /** Evaluates an expression in the page and returns its awaited value. */
  evaluate(expression: string): Promise<unknown>;
  /** What the page said so far: errors, warnings, refused requests. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Serves `folder/web` on the loopback, each file with `headers`, and opens it. */
export async function openChromium(folder: string, headers: Record<string, string> = {}): Promise<BrowserPage> {
  const known = new Set(webFiles(folder));
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1) || 'index.html';
    if (!known.has(name)) return response.writeHead(name === 'favicon.ico' ? 204 : 404).end();
    response.writeHead(200, { ...headers, 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
    return response.end(readFileSync(join(folder, 'web', name)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch({
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
  return {
    evaluate: (expression) => page.evaluate(expression),
    complaints,
    async close() {
      await browser.close();
      server.close();
    },
  };
}
