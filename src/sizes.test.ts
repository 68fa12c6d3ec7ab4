import { describe, expect, test } from 'vitest';
import { broadcastTo, layerNorm, sizeOf } from './autograd/index.ts';
import {
  addingProblem,
  copyProblem,
  embeddedReber,
  formatStep,
  gather,
  nextTimes,
  parseStep,
  readTable,
  rollOf,
  stepAfter,
  temporalOrder,
  toSeries,
  windowCount,
  windows,
  writeMidi,
  zoneOf,
} from './data/index.ts';
import { beamSearch } from './decode/index.ts';
import { ReferenceEngine } from './engine/index.ts';
import { sentence } from './misuse.case.ts';
import { constant, createNetwork, crossEntropy, linear, Parameter, zeros } from './nn/index.ts';
import { Random } from './random.ts';
import {
  drift,
  fitBaselines,
  persistence,
  pointIntervals,
  schemePairs,
  toTagTable,
  trainForecast,
  trainGenerate,
  trainTag,
} from './tasks/index.ts';
import { cutStream, evaluate, type FitOptions, fit, type Objective, streams } from './train/index.ts';

const BILLION = 1e9;
const random = new Random(1);
const network = createNetwork(new ReferenceEngine(), linear({ input: 1, output: 1 }));
const onTape = (body: () => unknown): unknown => network.tape.evaluate(() => body() as never);
const objective = (examples: number): Objective => ({ examples, loss: (_batch, _pass, tape) => tape.zeros([1]) });
const fitWith = (options: Partial<FitOptions>) => fit(network, { training: objective(1), epochs: 1, ...options });
const reading = { rows: 1, k1: 4, loss: objective(1).loss as never };

const table = await readTable(`day,rain\n${Array.from({ length: 60 }, (_, i) => `${i},${i % 7}`).join('\n')}\n`);
const series = toSeries(table, { target: 'rain', time: null });
const index = windows(series.series, { context: 4, horizon: 2 });
const note = { pitch: 60, start: 0, duration: 12, voice: 0 };
const scoreWith = (other: Partial<typeof note>) => ({ title: '', pickup: 0, notes: [{ ...note, ...other }] });
const data = { values: new Float64Array(20), trainEnd: 10, horizon: 1 };
const beam = { first: [0, 1], width: 1, length: 1 };
const model = { advance: () => [[0, 1]] };
const berlin = zoneOf('Europe/Berlin');

const SIZES: [string, () => unknown][] = [
  [
    'random.permutation: expected n to be a whole number from 0 to 100,000,000, got 1000000000',
    () => random.permutation(BILLION),
  ],
  ['random.permutation: expected n to be a whole number from 0', () => random.permutation(1.5)],
  [
    'data: expected the number of times to be a whole number from 0 to 10,000,000',
    () => nextTimes(0, parseStep('1h'), BILLION),
  ],
  ['data: expected a time before the year 275760', () => nextTimes(0, parseStep('1000y'), 1000)],
  ['data: expected a time before the year 275760', () => stepAfter(0, BILLION, parseStep('1d'), berlin)],
  ['data: expected a time before the year 275760, got NaN', () => stepAfter(Number.NaN, 1, parseStep('1mo'), berlin)],
  ['data: expected a step such as', () => parseStep(`${'9'.repeat(400)}h`)],
  ['data: expected a step, got', () => formatStep({ unit: 'day', count: Infinity })],
  ['addingProblem: expected at most 100000000 steps', () => addingProblem({ count: BILLION, steps: 2 }, random)],
  ['copyProblem: expected at most 100000000 steps', () => copyProblem({ count: 1, delay: 1, length: BILLION }, random)],
  ['temporalOrder: expected at most 100000000 steps', () => temporalOrder({ count: BILLION }, random)],
  ['embeddedReber: expected at most 100000000 steps', () => embeddedReber({ count: BILLION }, random)],
  ['windows: expected stride to be a whole number', () => windowCount(10, 1, 1, 0)],
  [
    'windows: expected window to be a whole number from 0 to 54, got 1000000000',
    () => gather(index, [BILLION], new Float32Array(8), { part: 'context' }),
  ],
  [
    'windows: expected column to be a whole number from 0 to 1, got NaN',
    () => gather(index, [0], new Float32Array(4), { part: 'context', columns: [Number.NaN] }),
  ],
  ['midi: expected notes in whole numbers', () => writeMidi(scoreWith({ start: 2 ** 31 }))],
  ['midi: expected notes in whole numbers', () => writeMidi(scoreWith({ voice: BILLION }))],
  ['x.mid: expected a piece of at most', () => rollOf(scoreWith({ duration: Infinity }), 2, 'x.mid')],
  ['x.mid: expected a piece of at most', () => rollOf(scoreWith({ start: Number.NaN }), 2, 'x.mid')],
  [
    'beam: expected length to be a whole number from 1 to 100,000, got 1000000000',
    () => beamSearch(model, { ...beam, length: BILLION }),
  ],
  [
    'beam: expected width to be a whole number from 1 to 100,000, got 1000000000',
    () => beamSearch(model, { ...beam, width: BILLION }),
  ],
  ['shape: expected whole numbers of at least 0, got [1.5, 2]', () => sizeOf([1.5, 2])],
  ['shape: expected whole numbers of at least 0', () => network.memory({ shape: [1, Infinity, 1] })],
  [
    'arena: expected the memory of a step to fit into 4096 MiB, got a need of 7630 MiB',
    () => onTape(() => network.tape.zeros([BILLION])),
  ],
  [
    'arena: expected the memory of a step to fit into 4096 MiB, got a need of 7630 MiB',
    () => onTape(() => broadcastTo(network.tape.constant([1], [1]), [BILLION])),
  ],
  ['memory: expected an input of at most 1073741824 numbers', () => network.memory({ shape: [2, BILLION, 1] })],
  [
    'shape: expected whole numbers of at least 0, got [-1, 2]',
    () =>
      createNetwork(new ReferenceEngine(), {
        config: { kind: 'own' },
        parameters: { w: new Parameter([-1, 2], zeros) },
        forward: (x) => x,
      }),
  ],
  [
    'network: expected finite first values of weight, got NaN',
    () => createNetwork(new ReferenceEngine(), linear({ input: 1, output: 1, start: constant(Number.NaN) })),
  ],
  [
    'layerNorm: expected epsilon above 0, got NaN',
    () =>
      onTape(() => {
        const [x, gain, bias] = [[1, 2], [2], [2]].map((shape) => network.tape.zeros(shape));
        return layerNorm(x, gain, bias, Number.NaN);
      }),
  ],
  [
    'loss: expected lengths from 0 to 2, got 1000000000 for row 0',
    () =>
      onTape(() =>
        crossEntropy(network.tape.zeros([1, 2, 2]), { values: [0, 0], shape: [1, 2] }, { lengths: [BILLION] }),
      ),
  ],
  [
    'cutStream: expected rows to be a whole number from 1 to 1,000,000, got 1000000000',
    () => cutStream(2 ** 40, BILLION),
  ],
  [
    'streams: expected at most 20000000 windows of k1 = 4 steps in all, got 250000000',
    () => streams({ ...reading, documents: [BILLION] }),
  ],
  [
    'streams: expected documents of at most 2147483647 steps in all',
    () => streams({ ...reading, documents: [2 ** 31], k1: BILLION }),
  ],
  [
    'streams: expected at most 100000000 steps in a window of 1 rows, got 1000000000; lower rows or k1',
    () => streams({ ...reading, documents: [BILLION], k1: BILLION }),
  ],
  [
    'persistence: expected horizon to be a whole number from 1 to 1,000,000',
    () => persistence({ ...data, horizon: BILLION }),
  ],
  ['persistence: expected horizon', () => persistence({ ...data, trainEnd: 0, horizon: BILLION })],
  ['drift: expected horizon to be a whole number from 1 to 1,000,000', () => drift({ ...data, horizon: BILLION })],
  [
    'ar(1): expected horizon to be a whole number from 1 to 1,000,000',
    () => fitBaselines({ ...data, horizon: BILLION }),
  ],
  ['conformal: expected rising levels', () => pointIntervals(new Float64Array(1), [Number.NaN])],
  ['verse: expected lines to be a whole number from 0 to 100,000, got 1000000000', () => schemePairs('aabb', BILLION)],
];

const TRAININGS: [string, () => Promise<unknown>][] = [
  [
    'fit: expected training examples to be a whole number from 1 to 100,000,000, got 1000000000',
    () => fitWith({ training: objective(BILLION) }),
  ],
  [
    'fit: expected validation examples to be a whole number from 1 to 100,000,000',
    () => fitWith({ validation: objective(BILLION) }),
  ],
  [
    'evaluate: expected data examples to be a whole number from 1 to 100,000,000',
    () => evaluate(network, objective(BILLION)),
  ],
  ['forecast: expected at least', () => trainForecast(series, { horizon: BILLION, validation: 'holdout' })],
  [
    'tag: expected',
    () => trainTag(toTagTable(table, { target: 'rain > 2', time: null }), { ahead: BILLION, epochs: 1, hidden: 1 }),
  ],
];

describe('sizes that no machine has are refused in a sentence before anything is made', () => {
  test.each(SIZES)('%s', (beginning, call) => {
    expect(call).toThrow(sentence(beginning));
  });

  test.each(TRAININGS)('%s', async (beginning, call) => {
    await expect(call()).rejects.toThrow(sentence(beginning));
  });

  test('a number of next tokens that is none', async () => {
    const { model } = await trainGenerate('To be, or not to be, that is the question.\n'.repeat(9), {
      ...{ hidden: 2, embedding: 2, epochs: 1, window: 8, batchSize: 2 },
    });
    await expect(model.next('To', -1)).rejects.toThrow(sentence('next: expected count to be a whole number'));
  });
});

test('a step of a part of a millisecond is written', () => {
  expect(formatStep({ unit: 'ms', count: 33.5 })).toBe('33.5 milliseconds');
});
