import { describe, expect, test } from 'vitest';
import { createEngine, ReferenceEngine } from './engine/index.ts';
import {
  attention,
  createNetwork,
  crossEntropy,
  dropout,
  embedding,
  encoderDecoder,
  gru,
  gruCell,
  huber,
  last,
  layerFromConfig,
  leaky,
  linear,
  lstm,
  lstmCell,
  mse,
  pool,
  recurrent,
  rnn,
  sequential,
} from './nn/index.ts';
import { expectChoice, expectOptions, expectWhole } from './options.ts';
import { createOptimizer, type FitOptions, fit, type OptimizerConfig, streams } from './train/index.ts';

/** As plain JavaScript would call it. */
const loose = <T>(options: object): T => options as T;
const sizes = { input: 2, hidden: 3 };

describe('a name that is no option is refused, with the one that was probably meant', () => {
  test.each<[string, () => unknown, string]>([
    [
      'a size',
      () => lstm(loose({ input: 2, hiden: 3 })),
      'lstm: expected known options, got hiden; did you mean hidden?',
    ],
    [
      'an option of the stack',
      () => gru(loose({ ...sizes, bidirectonal: true })),
      'gru: expected known options, got bidirectonal; did you mean bidirectional?',
    ],
    ['of a cell', () => lstmCell(loose({ ...sizes, peepholes: true })), 'did you mean peephole?'],
    ['of another cell', () => gruCell(loose({ ...sizes, forgetBias: 1 })), 'got forgetBias; they are input, hidden,'],
    [
      'of another cell in a stack',
      () => rnn(loose({ ...sizes, reset: 'before' })),
      'rnn: expected known options, got reset;',
    ],
    [
      'in parts of a start',
      () => rnn({ ...sizes, init: loose({ recurent: 'orthogonal' }) }),
      'rnn: init: expected known',
    ],
    ['in masks', () => leaky({ ...sizes, alpha: 0.5, variational: loose({ inputs: 0.1 }) }), 'did you mean input?'],
    [
      'in zoneout',
      () => lstm({ ...sizes, zoneout: loose({ cell: 0.1 }) }),
      'lstm: zoneout: expected known options, got cell',
    ],
    ['of recurrent', () => recurrent([lstmCell(sizes)], loose({ return: 'last' })), 'did you mean returns?'],
    ['of linear', () => linear(loose({ input: 2, output: 1, biass: false })), 'did you mean bias?'],
    [
      'of an embedding',
      () => embedding(loose({ vocabulary: 5, output: 2, dim: 4 })),
      'they are vocabulary, output, start',
    ],
    ['of dropout', () => dropout(loose({ p: 0.5, inplace: true })), 'dropout: expected known options, got inplace'],
    ['of a pool', () => pool(loose({ over: 'max', axis: 1 })), 'pool: expected known options, got axis'],
    ['of attention', () => attention(loose({ kind: 'dot', query: 2, keys: 2, hiden: 2 })), 'did you mean hidden?'],
    [
      'of an encoder and decoder',
      () =>
        encoderDecoder(
          loose({
            encoder: lstm(sizes),
            target: embedding({ vocabulary: 4, output: 2 }),
            decoder: lstm(sizes),
            begin: 0,
          }),
        ),
      'encoderDecoder: expected known options, got begin',
    ],
    ['of streams', () => streams(loose({ documents: [9], rows: 1, k1: 3, k3: 4, loss: () => undefined })), 'got k3;'],
    ['in a model file', () => layerFromConfig({ kind: 'linear', input: 1, output: 1, scale: 2 }), 'got scale'],
    ['no object at all, as PyTorch has it', () => lstm(2 as never), 'expected its options as an object, got 2'],
    ['nothing at all', () => lstm(undefined as never), 'expected its options as an object, got undefined'],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(message);
  });

  test('of a network, its predictions and its losses', () => {
    const model = sequential(lstm(sizes), last(), linear({ input: 3, output: 2 }));
    expect(() => createNetwork(new ReferenceEngine(), model, loose({ sed: 1 }))).toThrow('did you mean seed?');
    using network = createNetwork(new ReferenceEngine(), model);
    expect(() => network.predict([1, 2], [1, 1, 2], loose({ lenghts: [1] }))).toThrow('did you mean lengths?');
    network.tape.evaluate(() => {
      const y = network.tape.constant([1, 2], [1, 2]);
      expect(() => mse(y, [1, 2], loose({ weigths: [1, 0] }))).toThrow(
        'loss: expected known options, got weigths; did',
      );
      expect(() => huber(y, [1, 2], loose({ detla: 2 }))).toThrow('did you mean delta?');
      expect(() => crossEntropy(y, { values: [1], shape: [1] }, loose({ labelSmooting: 0.1 }))).toThrow(
        'labelSmoothing?',
      );
      expect(huber(y, [1, 2], { delta: 2, weights: [1, 0] }).values()[0]).toBe(0);
    });
  });

  test.each<[OptimizerConfig, string]>([
    [loose({ kind: 'adam', betta1: 0.8 }), 'adam: expected known options, got betta1; did you mean beta1?'],
    [loose({ kind: 'sgd', beta1: 0.8 }), 'sgd: expected known options, got beta1; they are kind, momentum,'],
  ])('of the optimiser %j', (config, message) => {
    using network = createNetwork(new ReferenceEngine(), linear({ input: 1, output: 1 }));
    expect(() => createOptimizer(network, config)).toThrow(message);
  });

  test.each<[Partial<FitOptions>, string]>([
    [loose({ batchsize: 2 }), 'fit: expected known options, got batchsize; did you mean batchSize?'],
    [{ clip: loose({ norms: 1 }) }, 'clip: expected known options, got norms; did you mean norm?'],
    [{ average: loose({ decay: 0.9, uses: 'end' }) }, 'did you mean use?'],
    [{ schedule: loose({ kind: 'cosine', warmups: 3 }) }, 'schedule: cosine: expected known options, got warmups; did'],
    [{ schedule: loose({ kind: 'constant', factor: 0.5 }) }, 'they are kind, warmup'],
    [{ bucketing: loose({ lengths: [1, 1], pools: 3 }) }, 'did you mean pool?'],
  ])('of a training, %j', async (options, message) => {
    const layer = linear({ input: 1, output: 1 });
    using network = createNetwork(new ReferenceEngine(), layer);
    const training: FitOptions['training'] = {
      examples: 2,
      loss: (rows, pass, tape) => mse(layer.forward(tape.constant([...rows], [rows.length, 1]), pass), [...rows]),
    };
    await expect(fit(network, { training, epochs: 1, ...options })).rejects.toThrow(message);
  });

  test('of an engine', async () => {
    await expect(createEngine(loose({ thread: 2 }))).rejects.toThrow(
      'engine: expected known options, got thread; did you mean threads?',
    );
  });
});

test('options without a value are none, and those of a prototype do not count', () => {
  expect(() => expectOptions('x', loose<{ a: number }>({ a: 1, b: undefined }), { a: 'number' })).not.toThrow();
  expect(() => expectOptions('x', loose<{ a: string }>({ constructor: 1 }), { a: true })).toThrow('got constructor');
});

test.each<[value: number, range: { least?: number; most?: number }, message: string | undefined]>([
  [1, {}, undefined],
  [0, {}, 'gru: expected hidden to be a whole number of at least 1, got 0; set hidden'],
  [0, { least: 0 }, undefined],
  [1.5, {}, 'of at least 1, got 1.5'],
  [Number.NaN, {}, 'of at least 1, got NaN'],
  [2 ** 53, {}, 'of at least 1, got 9007199254740992'],
  ['3' as never, {}, 'of at least 1, got "3"'],
  [1024, { least: 2, most: 1024 }, undefined],
  [1025, { least: 2, most: 1024 }, 'to be a whole number from 2 to 1,024, got 1025'],
])('%s as a whole number in %o', (value, range, message) => {
  const check = () => expectWhole('gru', 'hidden', value, range);
  if (message === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(message);
});

test('a word that is no choice is refused with those there are, a name of every object too', () => {
  expect(() => expectChoice('pool', 'over', 'max', ['mean', 'max'])).not.toThrow();
  for (const [given, shown] of [
    ['Max', '"Max"'],
    ['toString', '"toString"'],
    [undefined, 'undefined'],
    [['mean'], 'an array'],
  ])
    expect(() => expectChoice('pool', 'over', given, ['mean', 'max'], 'mean is the default')).toThrow(
      `pool: expected over to be one of mean, max, got ${shown}; mean is the default`,
    );
});
