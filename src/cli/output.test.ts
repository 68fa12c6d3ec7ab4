import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { outputOf } from './output.ts';

afterEach(() => vi.restoreAllMocks());

test('a result is written in pieces, each when the reader has taken the one before', async () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return false;
  });
  const line = `${'x'.repeat(99)}\n`;
  let made = 0;
  const lines = function* () {
    for (; made < 2000; made++) yield line;
  };
  const printed = outputOf({}).print(lines());
  for (let chunks = 1; chunks <= 3; chunks++) {
    await turn();
    expect(written).toHaveLength(chunks);
    // One line more, which did not fit into the last chunk.
    expect(made).toBe(Math.min(2000, chunks * 655));
    process.stdout.emit('drain');
  }
  for (; written.join('').length < 200_000; await turn()) process.stdout.emit('drain');
  process.stdout.emit('drain');
  await printed;
  expect(written.join('')).toBe(line.repeat(2000));
});

test.each([
  ['', '\n'],
  ['a', 'a\n'],
  ['a\n', 'a\n'],
  [['a', '\n', ''], 'a\n'],
  [['a\n', 'b'], 'a\nb\n'],
  [[], '\n'],
])('the last line of %j is ended', async (text, expected) => {
  let written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += chunk;
    return true;
  });
  await outputOf({}).print(text);
  await outputOf({ json: true }).print(text);
  expect(written).toBe(expected);
});
