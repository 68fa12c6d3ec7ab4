// What npm would publish: the folders of src as subpaths, dist/ and the pages that README.md leads to, and the rules of publint.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import manifest from '../package.json' with { type: 'json' };
import { isNodeModule, packageOf, readImports } from './imports.ts';
import { listFiles, root } from './setup.mjs';

/** Folders of src that are no subpath: the command line is a program, not a library. */
const PRIVATE_FOLDERS = ['cli'];
/** What a package has beside its code: what npm adds by itself, and the pages, which have no other home. */
const PAGES = ['CHANGELOG.md', 'CONTRIBUTING.md', 'FEATURES.md', 'LICENSE', 'README.md', 'package.json'];
/** Of docs/, pages and their pictures. */
const DOCS = /^docs\/([\w-]+\.md|pictures\/[\w-]+\.svg)$/;
/** Folders of the clone that README.md speaks of as such. */
const OF_A_CLONE = /^(examples|bench)\b/;

const problems: string[] = [];

// Subpaths are the folders of src that have an index.ts, in both directions.
const folders = listFiles('src', (file) => /^src\/([a-z]+\/)?index\.ts$/.test(file)).map((file) => file.slice(4, -9));
const wanted = folders.filter((name) => !PRIVATE_FOLDERS.includes(name)).map((name) => (name ? `./${name}` : '.'));
const exported = Object.keys(manifest.exports).filter((name) => name !== './package.json');
for (const name of wanted) if (!exported.includes(name)) problems.push(`package.json exports: ${name} is missing`);
for (const name of exported) {
  if (!wanted.includes(name)) problems.push(`package.json exports: ${name} has no ${join('src', name, 'index.ts')}`);
}

// Of code only dist/ is published, whole, and it imports only what package.json says a user gets.
const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], { encoding: 'utf8' }),
) as [{ files: { path: string }[] }];
const known = { ...manifest.dependencies, ...manifest.peerDependencies };
for (const { path } of files) {
  if (!path.startsWith('dist/') && !PAGES.includes(path) && !DOCS.test(path))
    problems.push(`published: ${path} is no part of dist/ and no page`);
  if (/\.(test|case)\./.test(path)) problems.push(`published: ${path} is a test`);
  if (!path.endsWith('.js')) continue;
  for (const { specifier, target } of readImports(path, readFileSync(join(root, path), 'utf8'))) {
    if (target !== undefined || isNodeModule(specifier) || packageOf(specifier) in known) continue;
    problems.push(`${path} imports ${specifier}: not among the dependencies and optional peers of package.json`);
  }
}
const published = new Set(files.map(({ path }) => path));
for (const name of PAGES) if (!published.has(name)) problems.push(`published: ${name} is missing`);
for (const [, target] of readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
  if (!OF_A_CLONE.test(target) && !published.has(target))
    problems.push(`README.md leads to ${target}, which is not published`);
}

const { messages } = await publint({ pkgDir: root, strict: true });
for (const message of messages) problems.push(`publint: ${formatMessage(message, manifest, { color: false })}`);

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`package: ${exported.length} subpaths, ${files.length} files, publint content`);
process.exitCode = problems.length > 0 ? 1 : 0;
