import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { findChromium, install, nodeBinary, root } from '../../tools/setup.mjs';

/** Something that runs a bundled program: a Node release, or Chromium. */
export interface Host {
  name: string;
  /** Imports the program anew in a fresh process or page, calls an export of it, and gives what that resolves to. */
  call(name: string, ...args: readonly unknown[]): Promise<unknown>;
}

/** A program of this folder bundled once for all hosts. */
export interface Program {
  node(release: 20 | 24): Host | string;
  chromium(): Host | string;
  [Symbol.dispose](): void;
}

/** Bundles FILE.ts with the built package; a host that is not there is a sentence that says why. */
export async function bundled(file: string): Promise<Program> {
  const { rolldown } = await import('rolldown');
  const folder = mkdtempSync(join(tmpdir(), 'recurve-bench-'));
  const bundle = await rolldown({
    input: { program: join(import.meta.dirname, `${file}.ts`) },
    platform: 'browser',
    external: [/^node:/],
    tsconfig: false,
    // `using` is not in Node 20.
    transform: { target: 'es2022' },
    logLevel: 'silent',
  });
  await bundle.write({ dir: join(folder, 'web'), format: 'esm' });
  await bundle.close();
  writeFileSync(join(folder, 'web', 'index.html'), '<!doctype html><meta charset="utf-8"><title>Recurve</title>\n');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return {
    node: (release) => nodeHost(release, pathToFileURL(join(folder, 'web', 'program.js')).href),
    chromium: () => chromiumHost(folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function nodeHost(release: 20 | 24, program: string): Host | string {
  let binary = nodeBinary();
  if (release !== 24) {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      return `Node ${release} comes from npm for Linux on x64 only`;
    const missing = installed('hosts');
    if (missing) return missing;
    binary = join(root, 'test/platform/hosts/node_modules', `node${release}`, 'bin/node');
  }
  return {
    name: `Node ${release}`,
    async call(name, ...args) {
      const text = `const { ${name} } = await import(${JSON.stringify(program)});
        console.log(JSON.stringify(await ${name}(...${JSON.stringify(args)})));`;
      const { stdout } = await promisify(execFile)(binary, ['--input-type=module', '-e', text]);
      return JSON.parse(stdout);
    },
  };
}

function chromiumHost(folder: string): Host | string {
  const binary = findChromium();
  if (!binary || !existsSync(binary)) return 'no Chromium here; install it, or name one in RECURVE_CHROMIUM';
  const missing = installed('tests');
  if (missing) return missing;
  return {
    name: 'Chromium',
    async call(name, ...args) {
      // What drives it comes with the tests' packages, which are here by now.
      const { openChromium } = await import('../../test/platform/chromium.ts');
      const page = await openChromium(folder);
      try {
        return await page.evaluate(
          `import('/program.js').then((program) => program[${JSON.stringify(name)}](...${JSON.stringify(args)}))`,
        );
      } finally {
        await page.close();
      }
    },
  };
}

function installed(what: 'hosts' | 'tests' | 'peers'): string | undefined {
  try {
    install(what);
  } catch (error) {
    return (error as Error).message;
  }
}
