import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSnippets, makeProject, runSnippet } from '../../tools/run-docs.ts';
import { findChromium, findFirefox, root } from '../../tools/setup.mjs';
import { openChromium } from '../platform/chromium.ts';
import { evaluateInFirefox } from '../platform/firefox.ts';

const page = 'docs/browser.md';
const text = readFileSync(join(root, page), 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language} page\n(.*?)\`\`\``, 's').exec(text)![1];

/** What the page says when it is ready, as a program for `document`. */
const SAID = `(async () => {
  for (let n = 0; document.title !== 'ready' && n < 200; n++) await new Promise((resolve) => setTimeout(resolve, 50));
  return ['review', 'rain', 'story'].map((id) => document.getElementById(id).textContent);
})()`;
const EXPECTED = [
  expect.stringMatching(/^praise 0\.\d\d, for "lovely"$/),
  expect.stringMatching(/^\d\d %$/),
  expect.stringMatching(/^the [a-z .\n]{40}$/),
];

let folder: string;
beforeAll(async () => {
  folder = makeProject();
  for (const snippet of findSnippets(page, text)) runSnippet(snippet, folder);
  const web = join(folder, 'web');
  mkdirSync(web);
  cpSync(join(folder, 'public'), web, { recursive: true });
  cpSync(join(root, 'dist'), join(web, 'node_modules/recurve/dist'), { recursive: true });
  writeFileSync(join(folder, 'main.js'), block('js'));
  const bundle = await rolldown({ input: join(folder, 'main.js'), platform: 'browser', cwd: folder });
  await bundle.write({ dir: web, format: 'esm' });
  await bundle.close();
  writeFileSync(join(web, 'index.html'), block('html'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function expectSaid(): Promise<void> {
  const chromium = await openChromium(folder);
  try {
    expect(await chromium.evaluate(SAID)).toEqual(EXPECTED);
    expect(chromium.complaints).toEqual([]);
  } finally {
    await chromium.close();
  }
}

test('the page says in Chromium what it is for, and has nothing to complain about', async (context) => {
  if (!findChromium()) return context.skip('needs a Chromium');
  await expectSaid();
});

test('its program runs from dist/ without a bundler', async (context) => {
  if (!findChromium()) return context.skip('needs a Chromium');
  const [, address] = /import \{ loadClassify \} from '\.(\/node_modules\/[^']+)'/.exec(text)!;
  writeFileSync(join(folder, 'web/main.js'), block('js').replace('recurve/tasks', address));
  await expectSaid();
});

test('the page says the same in Firefox', async (context) => {
  if (!findFirefox()) return context.skip('needs a Firefox');
  const body = block('html').replace(/<script.*/s, '');
  const filled = `document.body.innerHTML = ${JSON.stringify(body)}; await import('/main.js');`;
  expect(await evaluateInFirefox(folder, `{ ${filled} return ${SAID}; }`)).toEqual(EXPECTED);
});
