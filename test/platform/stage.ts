import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import ts from 'typescript';
import manifest from '../../package.json' with { type: 'json' };
import { readImports } from '../../tools/imports.ts';
import { root } from '../../tools/setup.mjs';

/** Subpaths of the package, `.` first, and the file each leads to; those of Node only are apart. */
export const subpaths = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [{ name: name.replace(/^\./, 'recurve'), file: target.default }],
);
export const browserSubpaths = subpaths.filter(({ name }) => name !== 'recurve/node');

/**
 * A folder as a user's project would be: the package as npm would publish it (its `files`, nothing else) with its
 * dependencies beside it, and the programs in plain JavaScript.
 */
export function stageProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recurve-platform-'));
  const home = join(folder, 'node_modules', 'recurve');
  const [{ files }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
      cwd: root,
      encoding: 'utf8',
    }),
  ) as [{ files: { path: string }[] }];
  for (const { path } of files) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    cpSync(join(root, path), join(home, path));
  }
  for (const name of Object.keys(manifest.dependencies)) linkPackage(name, folder);

  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (const program of ['digest', 'threads']) {
    const text = readFileSync(join(root, `test/platform/${program}.ts`), 'utf8');
    writeFileSync(join(folder, `${program}.js`), toJavaScript(text));
  }
  writeFileSync(
    join(folder, 'print-digest.js'),
    "import { digest } from './digest.js';\nconsole.log(await digest(Number(process.argv[2])));\n",
  );
  writeFileSync(
    join(folder, 'print-threads.js'),
    "import { train } from './threads.js';\nconsole.log(JSON.stringify(await train(Number(process.argv[2]))));\n",
  );
  writeFileSync(join(folder, 'entries.js'), entriesProgram(browserSubpaths));
  writeFileSync(join(folder, 'print-entries.js'), `${entriesProgram(subpaths)}console.log(JSON.stringify(names));\n`);
  return folder;
}

/** A program that imports every subpath whole and exports what each one exports. */
function entriesProgram(entries: readonly { name: string }[]): string {
  const imports = entries.map(({ name }, i) => `import * as entry${i} from '${name}';\n`).join('');
  const names = entries.map(({ name }, i) => `  '${name}': Object.keys(entry${i}).sort(),\n`).join('');
  return `${imports}export const names = {\n${names}};\n`;
}

/** Links a dependency and everything it needs, as a flat node_modules. */
function linkPackage(name: string, folder: string): void {
  const place = join(folder, 'node_modules', name);
  if (existsSync(place)) return;
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), place);
}

/** Bundles the programs as an app for browsers would be, into `folder/web/`. */
export async function bundleForBrowser(folder: string): Promise<void> {
  const programs = ['digest', 'threads', 'entries'];
  const input = Object.fromEntries(programs.map((name) => [name, join(folder, `${name}.js`)]));
  const bundle = await rolldown({ input, platform: 'browser', cwd: folder, external: [/^node:/] });
  await bundle.write({ dir: join(folder, 'web'), format: 'esm' });
  await bundle.close();
  writeFileSync(join(folder, 'web', 'index.html'), '<!doctype html><meta charset="utf-8"><title>Recurve</title>\n');
}

/** Files of the built package that an entry reaches, lazy imports too, and every bare specifier found on the way. */
export function reach(folder: string, entry: string): { files: string[]; packages: string[] } {
  const home = join(folder, 'node_modules', 'recurve');
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const { specifier, target } of readImports(file, readFileSync(join(home, file), 'utf8'))) {
      if (target === undefined) packages.add(specifier);
      else visit(target);
    }
  };
  visit(entry.replace('./', ''));
  return { files: [...files], packages: [...packages] };
}

/** Names of the files below `folder/web`, for the server. */
export function webFiles(folder: string): string[] {
  return readdirSync(join(folder, 'web'), { recursive: true }).map(String);
}

function toJavaScript(text: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}
