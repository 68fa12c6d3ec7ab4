import { describe, expect, test } from 'vitest';
import { ReferenceEngine } from '../engine/index.ts';
import { clipGradients, createOptimizer, fit } from '../train/index.ts';
import {
  activation,
  attention,
  type Cell,
  createNetwork,
  crossEntropy,
  last,
  linear,
  lstm,
  lstmCell,
  mse,
  Parameter,
  recurrent,
  rnnCell,
  sequential,
  timeDistributed,
  zeros,
} from './index.ts';

const sizes = { input: 2, hidden: 3 };
const engine = new ReferenceEngine();
const model = sequential(lstm(sizes), last(), linear({ input: 3, output: 2 }));
const network = createNetwork(engine, model);
const noPass = undefined as never;

describe('what somebody used to another library writes is refused in one sentence', () => {
  test.each<[string, () => unknown, string]>([
    [
      'layers in a list',
      () => sequential([lstm(sizes)] as never),
      'sequential: expected a layer, got an array; give layers one by one',
    ],
    [
      'nothing for a layer',
      () => sequential(lstm(sizes), undefined as never),
      'sequential: expected a layer, got undefined',
    ],
    [
      'a factory that was not called',
      () => timeDistributed(linear as never),
      'timeDistributed: expected a layer, got a function',
    ],
    [
      'a cell for a layer',
      () => sequential(lstmCell(sizes) as never),
      'got a cell; make a layer of it, recurrent([cell])',
    ],
    [
      'a cell without a list',
      () => recurrent(lstmCell(sizes) as never),
      'recurrent: expected a list of cells, got a cell;',
    ],
    ['a layer among cells', () => recurrent([lstm(sizes)] as never), 'expected a list of cells, got a layer in it;'],
    ['a hole among cells', () => recurrent([undefined] as never), 'expected a list of cells, got undefined in it;'],
    [
      'a layer among backward cells',
      () => recurrent([rnnCell(sizes)], { backward: [lstm(sizes)] as never }),
      'recurrent: backward: expected a list of cells, got a layer in it',
    ],
    [
      'an engine that was not awaited',
      () => createNetwork(Promise.resolve(engine) as never, model),
      'network: expected an engine and then a layer, got a promise first; await createEngine()',
    ],
    ['the layer first', () => createNetwork(model as never, engine as never), 'got a layer first'],
    ['no layer', () => createNetwork(engine, undefined as never), 'network: expected a layer, got undefined'],
    [
      'a name of every object for a function',
      () => activation('constructor' as never),
      'activation: expected name to be one of tanh',
    ],
    [
      'a name of every object for a comparison',
      () => attention({ kind: 'toString' as never, query: 1, keys: 1 }),
      'attention: expected kind',
    ],
    [
      'numbers for a tensor',
      () => network.tape.evaluate(() => model.forward([[1, 2]] as never, noPass)),
      'sequential: expected x to be a tensor, got an array; make one with tape.constant',
    ],
    [
      'no pass',
      () => network.tape.evaluate(() => model.forward(network.tape.zeros([1, 1, 2]), noPass)),
      'sequential: expected a pass, got undefined;',
    ],
    [
      'a pass without keys',
      () => network.tape.run(() => lstm(sizes).forward(network.tape.zeros([1, 1, 2]), { training: true } as never)),
      'recurrent: expected a pass, got one of a training without dropoutKey',
    ],
    [
      'nothing to predict from',
      () => network.predict(undefined as never, [1, 1, 2]),
      'tensor: expected numbers and their shape, got nothing and object',
    ],
    [
      'no shape',
      () => network.predict([1, 2], undefined as never),
      'tensor: expected numbers and their shape, got object and undefined',
    ],
    [
      'classes without a shape',
      () => network.tape.run(() => crossEntropy(network.tape.zeros([1, 2]), [1] as never)),
      'crossEntropy: expected targets as { values, shape }, got an array;',
    ],
    ['no weights', () => network.load(undefined as never), 'network: expected weights by name, got undefined'],
    [
      'weights without shapes',
      () => network.load(Object.fromEntries(network.entries.map(({ name }) => [name, [0]])) as never),
      'network: expected 0.weight_ih_l0 as { shape, data }, got an array;',
    ],
    [
      'no targets',
      () => network.tape.run(() => mse(network.tape.zeros([1, 2]), undefined as never)),
      'expected 2 targets for a prediction of shape [1, 2], got none',
    ],
    [
      'a limit that is none',
      () => clipGradients(network, { norm: 'x' as never }),
      'clip: expected norm to be a number, got "x"',
    ],
  ])('%s', (_what, call, message) => {
    expect(call).toThrow(message);
  });

  test('a step without a learning rate, which leaves the weights as they were', () => {
    using optimizer = createOptimizer(network, { kind: 'sgd' });
    const before = network.state();
    for (const rate of [undefined, Number.NaN]) {
      expect(() => optimizer.step(rate as never)).toThrow(
        `sgd: expected a learning rate and a scale that are numbers, got ${rate}`,
      );
    }
    expect(network.state()).toEqual(before);
  });

  test('a training without data or without a loss', async () => {
    await expect(fit(network, { epochs: 1 } as never)).rejects.toThrow(
      'fit: expected training to say how many examples',
    );
    await expect(fit(network, { training: { examples: 1 } as never, epochs: 1 })).rejects.toThrow('got no loss; give');
    const training = { examples: 1, loss: () => mse(network.tape.zeros([1]), [0]) };
    await expect(fit(network, { training, validation: [1] as never, epochs: 1 })).rejects.toThrow(
      'fit: expected validation',
    );
  });
});

describe.each([false, true])(
  'a cell of one’s own whose step gives other states than it says, uniform %s',
  (uniform) => {
    const own = (step: Cell['step'], stateNames = ['h']): Cell => ({
      kind: 'own',
      input: 2,
      hidden: 3,
      options: {},
      stateNames,
      parameters: { w: new Parameter([3, 2], zeros) },
      uniform,
      step,
    });
    test.each<[string, Cell, string]>([
      ['of another width', own((x) => ({ h: x })), 'give the states h [1, 3], got h [1, 2]; make them agree'],
      ['none', own(() => undefined as never), 'give the states h [1, 3], got none'],
      ['a tensor alone', own((_, { h }) => h as never), 'give the states h [1, 3], got '],
      ['one too few', own((_, { h }) => ({ h }), ['h', 'c']), 'give the states h [1, 3], c [1, 3], got h [1, 3];'],
      ['one too many', own((_, { h }) => ({ h, c: h })), 'give the states h [1, 3], got h [1, 3], c [1, 3]'],
    ])('is refused: %s', (_what, cell, message) => {
      using network = createNetwork(new ReferenceEngine(), recurrent([cell]));
      using _repeats = createOptimizer(network, { kind: 'sgd' });
      expect(() => network.predict([1, 2, 3, 4], [1, 2, 2])).toThrow(`own: expected step to ${message}`);
    });
  },
);
