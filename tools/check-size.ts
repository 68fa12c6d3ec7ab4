// The code a page loads to run a model: bundled from dist/, minified, gzipped, compared with the promise of the design.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import manifest from '../package.json' with { type: 'json' };
import { root } from './setup.mjs';

/** Bytes of gzip a page that loads a trained model and steps it may weigh. */
const LIMIT = 60_000;

const page = 'test/platform/page.ts';
const built = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [[name.replace(/^\./, 'recurve'), join(root, target.default)]],
);
const bundle = await rolldown({
  input: join(root, page),
  platform: 'browser',
  // The published files, not the sources: what tsdown leaves in dist/ is what a page pays for.
  resolve: { alias: Object.fromEntries(built.map(([name, file]) => [`${name}$`, file])) },
  tsconfig: false,
});
const { output } = await bundle.generate({ format: 'esm', minify: true });
await bundle.close();

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
const chunks = output.map((chunk) => {
  const bytes = Buffer.from(chunk.type === 'chunk' ? chunk.code : chunk.source);
  const lazy = chunk.type === 'chunk' && !chunk.isEntry && chunk.isDynamicEntry;
  return { name: chunk.fileName, bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, lazy };
});
for (const { name, bytes, gzip, lazy } of chunks) {
  console.log(`${name}: ${kilobytes(bytes)} minified, ${kilobytes(gzip)} gzip${lazy ? ' (loaded on demand)' : ''}`);
}
const total = chunks.filter(({ lazy }) => !lazy).reduce((sum, { gzip }) => sum + gzip, 0);
const lines = readFileSync(join(root, page), 'utf8').split('\n').length;
const sentence = `a page of ${lines} lines that loads a trained model and steps it weighs ${kilobytes(total)} gzip`;
if (total <= LIMIT) console.log(`size: ${sentence}; the limit is ${kilobytes(LIMIT)}`);
else console.error(`size: ${sentence}, more than the limit of ${kilobytes(LIMIT)}; look at what ${page} reaches`);
process.exitCode = total <= LIMIT ? 0 : 1;
