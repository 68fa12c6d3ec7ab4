import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSnippets, listPages, makeProject, runSnippet } from '../../tools/run-docs.ts';
import { root } from '../../tools/setup.mjs';

const read = (page: string) => readFileSync(join(root, page), 'utf8');

/** What GitHub calls the headings of a page. */
const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(listPages())('%s', (page) => {
  let folder: string;
  beforeAll(() => {
    folder = makeProject();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const snippet of findSnippets(page, read(page))) {
    test(`the ${snippet.language} block at line ${snippet.line} runs`, () => {
      runSnippet(snippet, folder);
    }, 180_000);
  }

  test('leads nowhere with its relative links but to files that exist', () => {
    const targets = [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1]);
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  test('leads to headings that exist', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*\.md)?#([^)\s]+)\)/g)];
    const lost = links.filter(
      ([, target, anchor]) => !anchorsOf(target ? join(dirname(page), target) : page).includes(anchor),
    );
    expect(lost.map(([link]) => link)).toEqual([]);
  });
});

test('README.md shows a library example that runs', () => {
  expect(findSnippets('README.md', read('README.md')).map(({ language }) => language)).toContain('ts');
});

describe('findSnippets', () => {
  test('takes the marked blocks only, with the line of their first line of code', () => {
    const text = ['# Page', '```ts', 'no', '```', '```ts run', 'a', 'b', '```', '', '```sh run', 'c', '```'].join('\n');
    expect(findSnippets('page.md', text)).toEqual([
      { page: 'page.md', line: 6, language: 'ts', code: 'a\nb' },
      { page: 'page.md', line: 11, language: 'sh', code: 'c' },
    ]);
  });

  test('does not take a block that is quoted inside a longer fence', () => {
    expect(findSnippets('page.md', ['````md', '```ts run', 'x', '```', '````'].join('\n'))).toEqual([]);
  });

  test('refuses a block that never ends', () => {
    expect(() => findSnippets('page.md', '```ts run\nx')).toThrow('page.md:1: expected the block to end');
  });
});

describe('runSnippet', () => {
  test('names page and line of a failing statement', () => {
    const folder = makeProject();
    const snippet = { page: 'docs/page.md', line: 40, language: 'ts', code: "\nthrow new Error('planted');" } as const;
    expect(() => runSnippet(snippet, folder)).toThrow(
      /docs\/page\.md:40: expected the block to run[\s\S]*page\.md-40\.ts:41/,
    );
    rmSync(folder, { recursive: true });
  });

  test('stops a shell block at the first command that fails', () => {
    const folder = makeProject();
    const snippet = { page: 'page.md', line: 1, language: 'sh', code: 'false\ntrue' } as const;
    expect(() => runSnippet(snippet, folder)).toThrow('got exit code 1');
    rmSync(folder, { recursive: true });
  });
});
