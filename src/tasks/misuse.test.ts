import { describe, expect, test } from 'vitest';
import { readTable, toSeries } from '../data/index.ts';
import { loose, sentence } from '../misuse.case.ts';
import {
  backtest,
  loadForecast,
  sequenceExamples,
  textExamples,
  toTagTable,
  trainClassify,
  trainCompose,
  trainForecast,
  trainGenerate,
  trainTag,
} from './index.ts';

const table = await readTable('day,rain\n1,2\n2,3\n3,5\n');
const series = toSeries(table, { target: 'rain', time: null });

const CALLS: [string, () => unknown][] = [
  ['textExamples: expected its options as an object', () => loose(textExamples)(table)],
  [
    'sequenceExamples: expected known options, got labels; did you mean label?',
    () => loose(sequenceExamples)(table, { id: 'day', labels: 'rain' }),
  ],
  ['tag: expected a target, got undefined', () => loose(toTagTable)(table)],
  ['data: expected a table, got null', () => loose(toTagTable)(null, { target: 'rain' })],
];

const TRAININGS: [string, () => unknown][] = [
  ['forecast: expected series as a list, got undefined', () => loose(trainForecast)(table)],
  ['forecast: expected its options as an object, got null', () => loose(trainForecast)(series, null)],
  ['generate: expected its options as an object, got null', () => loose(trainGenerate)('text', null)],
  ['generate: expected tied to be true or false, got "no"', () => loose(trainGenerate)('text', { tied: 'no' })],
  ['compose: expected pieces as a list, got undefined', () => loose(trainCompose)()],
  ['classify: expected examples, got undefined', () => loose(trainClassify)()],
  ['tag: expected a table or tagged text, got "x"', () => loose(trainTag)('x')],
  ['model: expected the bytes of a file, got a promise', () => loose(loadForecast)(Promise.resolve())],
  [
    'generate: expected known options, got onprogress; did you mean onProgress?',
    () => loose(trainGenerate)('text', {}, { onprogress() {} }),
  ],
  ['forecast: expected an AbortSignal, got true', () => loose(trainForecast)(series, {}, { signal: true })],
  ['tag: expected an engine, got a promise', () => loose(trainTag)({}, {}, { engine: Promise.resolve() })],
  ['compose: checkpoint: expected known options', () => loose(trainCompose)([], {}, { checkpoint: { seconds: 3 } })],
  ['backtest: expected refit to be true or false, got 1', () => loose(backtest)(series, {}, { refit: 1 })],
];

describe('what types would refuse is refused in a sentence, in plain JavaScript too', () => {
  test.each(CALLS)('%s', (beginning, call) => {
    expect(call).toThrow(sentence(beginning));
  });

  test.each(TRAININGS)('%s', async (beginning, call) => {
    await expect(async () => call()).rejects.toThrow(sentence(beginning));
  });
});
