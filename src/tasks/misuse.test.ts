import { describe, expect, test } from 'vitest';
import { readTable, toSeries } from '../data/index.ts';
import { loose, sentence } from '../misuse.case.ts';
import {
  backtest,
  classifyReportInput,
  composeReportInput,
  createRhymes,
  evaluateTag,
  fitBaselines,
  fitRidge,
  forecastReportInput,
  forecastSettings,
  imageExamples,
  loadForecast,
  loadTag,
  persistence,
  pianoRollOf,
  pointIntervals,
  rhymingShare,
  schemePairs,
  sequenceExamples,
  tagReportInput,
  textExamples,
  toTagTable,
  trainClassify,
  trainCompose,
  trainForecast,
  trainGenerate,
  trainTag,
  writeVerse,
} from './index.ts';

const table = await readTable('day,rain\n1,2\n2,3\n3,5\n');
const series = toSeries(table, { target: 'rain', time: null });

const long = toSeries(await readTable(`v\n${Array.from({ length: 60 }, (_, i) => i % 7).join('\n')}\n`), {
  target: 'v',
  time: null,
});
const SHORT = { context: 3, horizon: 1, hidden: 2, epochs: 1, validation: 'holdout' };

/** A trained model as far as calls see it that are refused before anything is read of it. */
const trained = { model: { encode() {} } };

const CALLS: [string, () => unknown][] = [
  [
    'forecastReportInput: expected what a training returned, got a promise',
    () => loose(forecastReportInput)(Promise.resolve()),
  ],
  ['tagReportInput: expected a table or tagged text, got undefined', () => loose(tagReportInput)(trained)],
  ['composeReportInput: expected what a training returned, got undefined', () => loose(composeReportInput)()],
  ['pianoRollOf: expected a score, got undefined', () => loose(pianoRollOf)()],
  ['persistence: expected a series { values, trainEnd, horizon }, got an array', () => loose(persistence)([1, 2])],
  ['baselines: expected known options, got ordr', () => loose(fitBaselines)({}, { ordr: 1 })],
  ['ridge: expected { inputs, targets, features, horizon }, got undefined', () => loose(fitRidge)()],
  ['conformal: expected levels as a list, got 0.8', () => loose(pointIntervals)(new Float64Array(1), 0.8)],
  ['forecast: expected interval levels as a list, got 80', () => loose(forecastSettings)({ levels: 80 })],
  ['rhymes: expected a dictionary of pronunciations, got undefined', () => loose(createRhymes)()],
  ['verse: expected rhymes, got something else', () => loose(rhymingShare)('a', 'aa', {})],
  ['verse: expected scheme as a string, got 4', () => loose(schemePairs)(4, 4)],
  ['imageExamples: expected images as { shape, values }, got a promise', () => loose(imageExamples)(Promise.resolve())],
  [
    'imageExamples: expected labels as',
    () => loose(imageExamples)({ shape: [1, 1, 1], values: new Uint8Array(1) }, [1], 'x'),
  ],
  ['data: expected a table, got undefined', () => loose(sequenceExamples)(undefined, { id: 'day' })],
  ['textExamples: expected its options as an object', () => loose(textExamples)(table)],
  [
    'sequenceExamples: expected known options, got labels; did you mean label?',
    () => loose(sequenceExamples)(table, { id: 'day', labels: 'rain' }),
  ],
  ['tag: expected a target, got undefined', () => loose(toTagTable)(table)],
  ['data: expected a table, got null', () => loose(toTagTable)(null, { target: 'rain' })],
];

const TRAININGS: [string, () => unknown][] = [
  ['classifyReportInput: expected what a training returned, got null', () => loose(classifyReportInput)(null)],
  ['evaluateTag: expected a table or tagged text, got "x"', () => loose(evaluateTag)(trained.model, 'x')],
  ['evaluateTag: expected a model, got something else', () => loose(evaluateTag)(trained, table)],
  ['verse: expected a model, got undefined', () => loose(writeVerse)(undefined, { scheme: 'aa' })],
  ['classify: expected its options as an object, got null', () => loose(trainClassify)({}, null)],
  ['compose: expected pieces { name, music }, got null', () => loose(trainCompose)([null])],
  [
    'resume: expected a checkpoint { tensors, document }, got an array',
    () => loose(trainForecast)(long, SHORT, { resume: [] }),
  ],
  ['loadForecast: expected its options as an object, got "x"', () => loose(loadForecast)(new Uint8Array(), 'x')],
  ['loadTag: expected an engine, got a promise', () => loose(loadTag)(new Uint8Array(), { engine: Promise.resolve() })],
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
