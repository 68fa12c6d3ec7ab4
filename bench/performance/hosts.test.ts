import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readImports } from '../../tools/imports.ts';

/** Files of this checkout that a file loads before it runs, itself included. */
function loaded(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const lines = text.split('\n');
  for (const { target, typeOnly, line } of readImports(file, text)) {
    if (target?.endsWith('.ts') && !typeOnly && !lines[line - 1].includes('import(')) loaded(target, seen);
  }
  return seen;
}

test('the bench starts without the packages of the tests, which a fresh clone does not have', () => {
  const files = [...loaded('bench/performance/index.ts')];
  expect(files).toContain('bench/performance/hosts.ts');
  expect(files.filter((file) => file.startsWith('test/'))).toEqual([]);
});
