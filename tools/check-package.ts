// What npm would publish: the folders of src as subpaths, nothing but dist/, and the rules of publint.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import manifest from '../package.json' with { type: 'json' };
import { isNodeModule, packageOf, readImports } from './imports.ts';
import { listFiles, root } from './setup.mjs';

/** Folders of src that are no subpath: the command line is a program, not a library. */
const PRIVATE_FOLDERS = ['cli'];
/** What npm adds to dist/ by itself. */
const ALWAYS_PUBLISHED = ['LICENSE', 'README.md', 'package.json'];

const problems: string[] = [];

// Subpaths are the folders of src that have an index.ts, in both directions.
const folders = listFiles('src', (file) => /^src\/([a-z]+\/)?index\.ts$/.test(file)).map((file) => file.slice(4, -9));
const wanted = folders.filter((name) => !PRIVATE_FOLDERS.includes(name)).map((name) => (name ? `./${name}` : '.'));
const exported = Object.keys(manifest.exports).filter((name) => name !== './package.json');
for (const name of wanted) if (!exported.includes(name)) problems.push(`package.json exports: ${name} is missing`);
for (const name of exported) {
  if (!wanted.includes(name)) problems.push(`package.json exports: ${name} has no ${join('src', name, 'index.ts')}`);
}

// Only dist/ is published, whole, and it imports only what package.json says a user gets.
const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], { encoding: 'utf8' }),
) as [{ files: { path: string }[] }];
const known = { ...manifest.dependencies, ...manifest.peerDependencies };
for (const { path } of files) {
  if (!path.startsWith('dist/') && !ALWAYS_PUBLISHED.includes(path))
    problems.push(`published: ${path} is no part of dist/`);
  if (/\.(test|case)\./.test(path)) problems.push(`published: ${path} is a test`);
  if (!path.endsWith('.js')) continue;
  for (const { specifier, target } of readImports(path, readFileSync(join(root, path), 'utf8'))) {
    if (target !== undefined || isNodeModule(specifier) || packageOf(specifier) in known) continue;
    problems.push(`${path} imports ${specifier}: not among the dependencies and optional peers of package.json`);
  }
}
for (const name of ALWAYS_PUBLISHED) if (!existsSync(join(root, name))) problems.push(`published: ${name} is missing`);

const { messages } = await publint({ pkgDir: root, strict: true });
for (const message of messages) problems.push(`publint: ${formatMessage(message, manifest, { color: false })}`);

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`package: ${exported.length} subpaths, ${files.length} files, publint content`);
process.exitCode = problems.length > 0 ? 1 : 0;
