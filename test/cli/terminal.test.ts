// What a person at a terminal sees of a training, whose lines of progress are redrawn in place.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shownLines } from '../../src/cli/terminal/screen.case.ts';
import { temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { rainCsv } from '../../src/tasks/tag/data.case.ts';
import { recurve } from './recurve.ts';

const TERMINAL = 'data:text/javascript,Object.assign(process.stderr, { isTTY: true, columns: 80 })';
const TINY = ['--hidden', '2', '--members', '1', '--epochs', '2', '--seed', '3'];
const REVIEWS = Array.from(
  { length: 60 },
  (_, i) => `a ${['fine', 'dull'][i % 2]} film ${i % 7},${['yes', 'no'][i % 2]}`,
);
/** So many columns that the regression beside the network is left out, of which a note tells. */
const WIDE = rainCsv(200)
  .trimEnd()
  .split('\n')
  .map((line, t) => [line, ...Array.from({ length: 90 }, (_, c) => (t === 0 ? `x${c}` : (t * (c + 3)) % 97))].join())
  .join('\n');

test.each([
  ['classify', `text,label\n${REVIEWS.join('\n')}\n`, [], /^\d+ examples to train/],
  ['tag', WIDE, ['--target', 'rain > 0'], /^the regression beside the network is left out/],
])('the notes of train %s still stand above the progress when it ends', (task, data, args, note) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'data.csv'), data);
  const train = ['train', task, 'data.csv', ...args, ...TINY, '--out', 'run'];
  const env = { TERM: 'xterm', NO_COLOR: '1', CI: undefined };
  const { code, stderr } = recurve(train, { cwd, env, node: ['--import', TERMINAL] });
  expect(code, stderr).toBe(0);
  const lines = shownLines(stderr);
  expect(lines.slice(-2)).toEqual([expect.stringMatching(/^loss /), expect.stringMatching(/^learning rate /)]);
  expect(lines.filter((line) => note.test(line))).toHaveLength(1);
});
