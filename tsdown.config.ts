import { existsSync } from 'node:fs';
import { defineConfig } from 'tsdown';
import manifest from './package.json' with { type: 'json' };

/** One entry per exported subpath and one per program: `./engine` → src/engine/index.ts → dist/engine/index.js. */
const outputs = [
  ...Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [] : [target.default])),
  manifest.bin.recurve,
  // The program of a child process: nothing imports it (src/engine/proof/prove.ts).
  './dist/engine/proof/trial.js',
];
const entries = outputs
  .map((output) => output.replace(/^\.\/dist\/|\.js$/g, ''))
  .filter((name) => existsSync(`src/${name}.ts`))
  .map((name) => [name, `src/${name}.ts`]);

export default defineConfig({
  entry: Object.fromEntries(entries),
  root: 'src',
  format: 'esm',
  // Neutral, not node: what a browser can import must not be resolved as if it ran in Node. `node:` stays an import.
  platform: 'neutral',
  target: 'es2022',
  // One output file per source file: a stack trace names the file it comes from, and every entry shares one copy.
  unbundle: true,
  dts: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  inputOptions: { external: [/^node:/], checks: { pluginTimings: false } },
  report: false,
});
