import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { rainCsv } from '../../src/tasks/tag/data.case.ts';
import { table } from './recurve.ts';
import { expectSignalToEndScoring } from './stopped.ts';

const TINY = ['--hidden', '2', '--epochs', '1', '--seed', '3'];

/** So much to score that it is told, so little to learn that it takes a moment. */
const TRAININGS: [string, string, readonly string[]][] = [
  [
    'forecast',
    table(2600),
    [
      ...TINY,
      '--target',
      'temp',
      '--context',
      '4',
      '--horizon',
      '100',
      '--validation',
      'holdout',
      '--test-share',
      '0.6',
    ],
  ],
  ['tag', rainCsv(25_000), [...TINY, '--target', 'rain > 0', '--members', '1', '--test-share', '0.9']],
  [
    'classify',
    `text,label\n${Array.from({ length: 7000 }, (_, i) => `the ${['good', 'bad', 'odd'][i % 3]} film ${i % 97},${i % 2}\n`).join('')}`,
    [...TINY, '--test-share', '0.8'],
  ],
  [
    'generate',
    Array.from({ length: 14_000 }, (_, i) => `the cat sat ${(i * i) % 13}\n`).join(''),
    [...TINY, '--validation-share', '0.8'],
  ],
];

test.each(TRAININGS)(
  'Ctrl-C while %s is scored ends it, and --resume scores to the same figures',
  async (task, data, args) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'data.csv'), data);
    await expectSignalToEndScoring({ cwd, task, args: ['data.csv', ...args] });
  },
);

test('the command that goes on names --max-time, so that a training which it had ended is scored and no longer', async () => {
  const cwd = temporaryFolder();
  const [task, data, args] = TRAININGS[1];
  writeFileSync(join(cwd, 'data.csv'), data);
  await expectSignalToEndScoring({ cwd, task, args: ['data.csv', ...args] }, ['--max-time', '0.001']);
});
