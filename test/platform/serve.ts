import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { webFiles } from './stage.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** The programs of a staged project, as a web server would offer them. */
export interface Site {
  /** With a slash at its end. */
  readonly address: string;
  /** What the page posts first. */
  readonly posted: Promise<string>;
  close(): void;
}

/** Serves `folder/web` on the loopback, each file with `headers`; `pages` are further ones, by name. */
export async function serve(
  folder: string,
  headers: Record<string, string>,
  pages: Record<string, string> = {},
): Promise<Site> {
  const known = new Set(webFiles(folder));
  let post = (_: string): void => undefined;
  const posted = new Promise<string>((resolve) => {
    post = resolve;
  });
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      post(await text(request));
      return response.writeHead(204).end();
    }
    const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1) || 'index.html';
    if (!(name in pages || known.has(name))) return response.writeHead(name === 'favicon.ico' ? 204 : 404).end();
    response.writeHead(200, { ...headers, 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
    return response.end(pages[name] ?? readFileSync(join(folder, 'web', name)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    posted,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
