import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/setup.mjs';
import { compile, compileForPage, complaints, listSurface, undocumented } from './surface.ts';

const program = compile([join(root, 'test/api/usage.ts')]);

test('the package exports exactly the names in surface.txt (a wanted change: build, then `npx vitest run test/api --update`)', async () => {
  await expect(listSurface(program)).toMatchFileSnapshot('surface.txt');
});

test('no subpath exports a default', () => {
  expect(listSurface(program)).not.toMatch(/ {2}default {2}/);
});

test('every exported name has a doc comment', () => {
  expect(undocumented(program)).toEqual([]);
});

test('the declarations compile, and so does a program that uses them rightly; its wrong uses do not', () => {
  expect(complaints(program)).toEqual([]);
});

test('the declarations that a page imports compile without the types of Node and with nothing newer than ES2022', () => {
  expect(complaints(compileForPage())).toEqual([]);
});
