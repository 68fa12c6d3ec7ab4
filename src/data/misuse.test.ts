import { describe, expect, test } from 'vitest';
import { loose, sentence } from '../misuse.case.ts';
import { Random } from '../random.ts';
import {
  addingProblem,
  bucketBatches,
  calendarFeatures,
  characterCodec,
  columnOf,
  copyProblem,
  createTextCodec,
  createVocabulary,
  decodeText,
  describe as describeReport,
  fitScaler,
  nextTimes,
  paddingShare,
  parseKey,
  parsePart,
  parsePitch,
  parseStep,
  readAbc,
  readIdx,
  readMidi,
  readMusic,
  readTable,
  readTagged,
  readWordVectors,
  rollOf,
  splitSeries,
  toSeries,
  trainBpe,
  vocabularyFromCounts,
  windows,
  wordCodec,
  writeMidi,
} from './index.ts';

const table = await readTable('day,rain\n1,2\n2,3\n3,5\n');
const { series } = toSeries(table, { target: 'rain', time: null });

const CALLS: [string, () => unknown][] = [
  [
    'data: expected a table, got a promise; await readTable',
    () => loose(toSeries)(Promise.resolve(table), { target: 'rain' }),
  ],
  ['data: expected its options as an object, got undefined', () => loose(toSeries)(table)],
  [
    'data: expected known options, got targets; did you mean target?',
    () => loose(toSeries)(table, { targets: 'rain' }),
  ],
  ['data: expected target columns as a list, got 1', () => loose(toSeries)(table, { target: 1 })],
  [
    'data: expected covariates columns as a list, got "day"',
    () => loose(toSeries)(table, { target: 'rain', covariates: 'day' }),
  ],
  ['describe: expected the series of a report as a list', () => loose(describeReport)(table)],
  ['windows: expected series as a list, got undefined', () => loose(windows)(undefined, { context: 1, horizon: 1 })],
  ['split: expected series as a list, got something else', () => loose(splitSeries)({}, {})],
  ['scaler: expected its options as an object, got "standard"', () => loose(fitScaler)(series, 'standard')],
  ['readMusic: expected bytes, got "X:1"', () => loose(readMusic)('X:1', 'a.abc')],
  ['readMidi: expected bytes, got undefined', () => loose(readMidi)()],
  ['data: expected a column named null in', () => loose(columnOf)(table, null)],
  ['windows: expected series as a list, got none', () => loose(windows)([], { context: 1, horizon: 1 })],
  ['windows: expected known options, got contxt', () => loose(windows)(series, { contxt: 1, horizon: 1 })],
  ['split: expected series as a list, got null in it', () => loose(splitSeries)([null], {})],
  ['data: expected test as { fraction }', () => loose(splitSeries)(series, { test: 0.2 })],
  ['data: expected test as { fraction }', () => loose(splitSeries)(series, { test: { share: 0.2 } })],
  ['data: expected a part as a string, got 0.2', () => loose(parsePart)(0.2)],
  ['data: expected a step as a string, got undefined', () => loose(parseStep)()],
  ['data: expected a step, got "1d"', () => loose(calendarFeatures)([0], '1d')],
  ['data: expected a time zone, got "Europe/Rome"', () => loose(nextTimes)(0, parseStep('1d'), 2, 'Europe/Rome')],
  [
    'data: expected the number of times to be a whole number from 0 to 10,000,000, got -1',
    () => nextTimes(0, parseStep('1d'), -1),
  ],
  ['addingProblem: expected random numbers, got 7', () => loose(addingProblem)({ count: 1, steps: 4 }, 7)],
  ['copyProblem: expected its options as an object, got 32', () => loose(copyProblem)(32, new Random(1))],
  ['bucketing: expected known options, got batch', () => loose(bucketBatches)([1], { batch: 2 }, new Random(1))],
  ['padding: expected batches as a list, got undefined', () => loose(paddingShare)([1])],
  ['codec: expected what to learn the words from as a string, got an array', () => loose(wordCodec)(['a'])],
  ['codec: expected unit to be one of characters', () => loose(createTextCodec)('letters', 'a')],
  ['codec: expected what to encode as a string, got undefined', () => loose(characterCodec('a').encode)()],
  ['codec: expected ids as a list, got "a"', () => loose(characterCodec('a').decode)('a')],
  ['bpe: expected known options, got vocabulary', () => loose(trainBpe)('a', { vocabulary: 300 })],
  ['vocabulary: expected tokens as a list, got undefined', () => loose(createVocabulary)()],
  ['vocabulary: expected specials as a list, got "unknown"', () => loose(createVocabulary)(['a'], 'unknown')],
  ['vocabulary: expected minCount to be a number, got "2"', () => loose(vocabularyFromCounts)([], { minCount: '2' })],
  ['decodeText: expected bytes, got "a"', () => loose(decodeText)('a')],
  ['readAbc: expected ABC as a string', () => loose(readAbc)(new Uint8Array(3), 'a.abc')],
  ['key: expected a key as a string, got null', () => loose(parseKey)(null)],
  ['note: expected a note as a string, got 60', () => loose(parsePitch)(60)],
  ['writeMidi: expected a score, got an array', () => loose(writeMidi)([])],
  ['roll: expected stepsPerQuarter to divide 48, got 5', () => rollOf({ title: '', pickup: 0, notes: [] }, 5, 'a')],
];

const READERS: [string, () => unknown][] = [
  ['table: expected a text, bytes or a stream of bytes, got undefined', () => loose(readTable)()],
  [
    'readTable: expected known options, got delimeter; did you mean delimiter?',
    () => loose(readTable)('a', { delimeter: ';' }),
  ],
  ['text: expected a text, bytes or a stream of bytes, got an array', () => loose(readTagged)([])],
  ['readIdx: expected bytes, got an array', () => loose(readIdx)([0, 0])],
  ['readWordVectors: expected a stream or list of texts', () => loose(readWordVectors)('a 1')],
  ['readWordVectors: expected words as a Set', () => loose(readWordVectors)(['a 1'], { words: ['a'] })],
];

describe('what types would refuse is refused in a sentence, in plain JavaScript too', () => {
  test.each(CALLS)('%s', (beginning, call) => {
    expect(call).toThrow(sentence(beginning));
  });

  test.each(READERS)('%s', async (beginning, call) => {
    await expect(async () => call()).rejects.toThrow(sentence(beginning));
  });
});
