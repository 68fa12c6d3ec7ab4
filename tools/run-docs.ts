// Runs what the documentation shows. A fenced block is runnable when its fence says so: ```ts run, ```sh run.
// The blocks of one page run in order in one folder, so that a later one may use what an earlier one has written.
// `node tools/run-docs.ts README.md` runs one page by hand; the test suite runs all.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { listFiles, nodeBinary, root } from './setup.mjs';

/** A runnable block of a page. */
export interface Snippet {
  /** Page it is on, relative to the root. */
  readonly page: string;
  /** 1-based line of its first line of code. */
  readonly line: number;
  readonly language: 'ts' | 'sh';
  readonly code: string;
}

/** Pages of documentation outside docs/. */
const PAGES = ['README.md', 'FEATURES.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'kernels/README.md'];

/** Every page of documentation. */
export function listPages(): string[] {
  return [...PAGES, ...listFiles('docs', (file) => file.endsWith('.md'))];
}

/** Finds the runnable blocks of a page, in order. */
export function findSnippets(page: string, text: string): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, fence, info] = /^(`{3,})(.*)$/.exec(lines[i]) ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf(fence, i + 1);
    if (end < 0) throw new Error(`${page}:${i + 1}: expected the block to end with ${fence}, got the end of the page`);
    const [, language] = /^(ts|sh) run$/.exec(info.trim()) ?? [];
    const code = lines.slice(i + 1, end).join('\n');
    if (language !== undefined) snippets.push({ page, line: i + 2, language: language as 'ts' | 'sh', code });
    i = end;
  }
  return snippets;
}

/** A folder as a reader's project would be: `recurve` and the example data installed, the command `recurve` at hand. */
export function makeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recurve-docs-'));
  const link = (name: string, target: string) => {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(target, join(folder, 'node_modules', name));
  };
  link('recurve', root);
  link('vega-datasets', join(root, 'node_modules/vega-datasets'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  mkdirSync(join(folder, 'bin'));
  const main = join(root, manifest.bin.recurve);
  writeFileSync(join(folder, 'bin', 'recurve'), `#!/bin/sh\nexec '${nodeBinary()}' '${main}' "$@"\n`, { mode: 0o755 });
  return folder;
}

/** Runs a snippet and returns what it printed. Throws with its output, its page and its line when it fails. */
export function runSnippet({ page, line, language, code }: Snippet, folder: string): string {
  const path = [join(folder, 'bin'), dirname(nodeBinary()), process.env.PATH].join(delimiter);
  const name = `${page.replaceAll('/', '-')}-${line}.${language}`;
  // Blank lines before the code make a stack trace name the line of the page.
  writeFileSync(join(folder, name), '\n'.repeat(line - 1) + code);
  const [command, ...args] = language === 'ts' ? [nodeBinary(), name] : ['sh', '-eu', name];
  try {
    return execFileSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: path, NODE_NO_WARNINGS: '1' },
    });
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    throw new Error(`${page}:${line}: expected the block to run, got exit code ${status}\n${stdout}${stderr}`);
  }
}

if (import.meta.main) {
  const folder = makeProject();
  const pages = process.argv.length > 2 ? process.argv.slice(2) : listPages();
  for (const page of pages) {
    for (const snippet of findSnippets(page, readFileSync(join(root, page), 'utf8'))) {
      console.log(`── ${page}:${snippet.line}`);
      console.log(runSnippet(snippet, folder));
    }
  }
  rmSync(folder, { recursive: true });
}
