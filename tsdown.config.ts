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

/** Declares `Symbol.dispose`, which a program with `lib: ["es2022", "dom"]` does not know. */
const DISPOSABLE = '/// <reference lib="esnext.disposable" />';

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
  plugins: [
    {
      name: 'declare-disposable',
      generateBundle(_, files) {
        for (const file of Object.values(files)) {
          if (file.type !== 'chunk' || !file.fileName.endsWith('.d.ts')) continue;
          if (/Symbol\.dispose|\bDisposable\b/.test(file.code)) file.code = `${DISPOSABLE}\n${file.code}`;
        }
      },
    },
  ],
  inputOptions: { external: [/^node:/], checks: { pluginTimings: false } },
  report: false,
});
