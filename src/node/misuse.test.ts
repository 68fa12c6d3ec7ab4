import { expect, test } from 'vitest';
import { loose, sentence } from '../misuse.case.ts';
import { datasetNamed, openRun, openSource, writeFileAtomic } from './index.ts';

const CALLS: [string, () => unknown][] = [
  ['openSource: expected a place as a string, got undefined', () => loose(openSource)()],
  [
    'writeFileAtomic: expected the path as a string, got something else',
    () => loose(writeFileAtomic)(new URL('file:///a'), 'a'),
  ],
  ['writeFileAtomic: expected bytes, got a promise', () => loose(writeFileAtomic)('a.txt', Promise.resolve('a'))],
  ['openRun: expected its options as an object, got undefined', () => loose(openRun)('a')],
  [
    'openRun: expected known options, got overwite; did you mean overwrite?',
    () => loose(openRun)('a', { overwite: true }),
  ],
  ['datasets: expected a name as a string, got null', () => loose(datasetNamed)(null)],
];

test.each(CALLS)('%s', async (beginning, call) => {
  await expect(async () => call()).rejects.toThrow(sentence(beginning));
});
