import { describe, expect, test } from 'vitest';
import { add, concat, gather, layerNorm, matmul, mean, reshape, stack, Tape, tanh } from './autograd/index.ts';
import { beamSearch, createSampler, createStopper, logSoftmax } from './decode/index.ts';
import { ReferenceEngine } from './engine/index.ts';
import { traceGradients } from './inspect/index.ts';
import { loose, sentence } from './misuse.case.ts';
import { encodeModelFile, readSafetensors, writeSafetensors } from './model/index.ts';
import {
  createNetwork,
  createStepper,
  crossEntropy,
  dilate,
  embedding,
  encoderDecoder,
  gateCount,
  gaussianNll,
  gru,
  keepPacked,
  last,
  layerFromConfig,
  leaky,
  linear,
  linearCrossEntropy,
  lstm,
  lstmCell,
  mostProbable,
  mse,
  Parameter,
  quantile,
  recurrent,
  reorderGates,
  tied,
  unroll,
} from './nn/index.ts';
import {
  classScores,
  clipGradients,
  confusionMatrix,
  createOptimizer,
  evaluate,
  type FitOptions,
  fit,
  type Objective,
  rocCurve,
  streams,
  type TrainingState,
} from './train/index.ts';

const sizes = { input: 3, hidden: 4 };
const network = createNetwork(new ReferenceEngine(), lstm(sizes));
const { tape } = network;
const examples: Objective = {
  examples: 2,
  loss: (batch, pass, on) =>
    mse(network.root.forward(on.constant(new Float64Array(batch.length * 3), [batch.length, 1, 3]), pass), [
      ...new Float64Array(batch.length * 4),
    ]),
};
const fitWith = (options: object) => fit(network, { training: examples, epochs: 1, ...options } as FitOptions);
const onTape = (body: () => unknown): unknown => tape.evaluate(() => body() as never);

const LAYERS: [string, () => unknown][] = [
  ['lstm: expected its options as an object, got an array', () => loose(lstm)([])],
  [
    'recurrent: expected residual as a list, got 1; give true, or numbers of layers',
    () => loose(lstm)({ ...sizes, residual: 1 }),
  ],
  ['recurrent: expected dropout as a list, got true', () => loose(gru)({ ...sizes, dropout: true })],
  [
    'lstm: expected dropout to be a value, got null; set it or leave it out',
    () => loose(lstm)({ ...sizes, dropout: null }),
  ],
  [
    'lstm: expected bidirectional to be true or false, got "yes"',
    () => loose(lstm)({ ...sizes, bidirectional: 'yes' }),
  ],
  ['lstm: expected peephole to be true or false, got 1', () => loose(lstmCell)({ ...sizes, peephole: 1 })],
  ['recurrent: expected reverse to be true or false, got 1', () => loose(recurrent)([lstmCell(sizes)], { reverse: 1 })],
  [
    'leaky: expected weightDrop to be a number, got "0.5"',
    () => loose(leaky)({ ...sizes, alpha: 0.5, weightDrop: '0.5' }),
  ],
  [
    'lstm: variational: expected input to be a number, got null',
    () => loose(lstmCell)({ ...sizes, variational: { input: null } }),
  ],
  [
    'recurrent: expected dropout p with 0 ≤ p < 1, got null',
    () => loose(lstm)({ ...sizes, layers: 2, dropout: [null] }),
  ],
  ['recurrent: expected at most 1000 layers, got 1000000000', () => loose(lstm)({ ...sizes, layers: 1e9 })],
  ['lstm: expected its options as an object, got a promise', () => loose(lstm)(Promise.resolve(sizes))],
  ['linear: expected start to be a function, got 0', () => loose(linear)({ input: 1, output: 1, start: 0 })],
  ['linear: expected input to be a number, got an array', () => loose(linear)({ input: [3], output: 1 })],
  ['tied: expected an embedding, got undefined', () => loose(tied)()],
  ['tied: expected an embedding, got a layer', () => loose(tied)(linear({ input: 1, output: 1 }))],
  ['dilate: expected a list of cells, got undefined in it', () => loose(dilate)()],
  ['dilate: expected dilation to be a whole number of at least 1', () => loose(dilate)(lstmCell(sizes), 1.5)],
  ['unroll: expected a list of cells, got a layer in it', () => loose(unroll)(lstm(sizes))],
  ['gates: expected a cell of', () => loose(gateCount)('transformer')],
  ['gates: expected a convention of', () => loose(reorderGates)('lstm', [1, 2, 3, 4], 'pytorch', 'torch')],
  ['gates: expected rows as a list, got undefined', () => loose(reorderGates)('lstm', undefined, 'pytorch', 'keras')],
  [
    'encoderDecoder: expected encoder to be a recurrent layer, got undefined',
    () => loose(encoderDecoder)({ decoder: lstm(sizes), target: embedding({ vocabulary: 2, output: 3 }), start: 0 }),
  ],
  [
    'encoderDecoder: expected target to be an embedding, got a layer',
    () => loose(encoderDecoder)({ encoder: lstm(sizes), decoder: lstm(sizes), target: lstm(sizes), start: 0 }),
  ],
  [
    'architecture: expected a list of layers or cells, got null',
    () => layerFromConfig({ kind: 'sequential', layers: null }),
  ],
  ['architecture: expected a list of layers or cells, got 1', () => layerFromConfig({ kind: 'recurrent', cells: 1 })],
];

const own = { config: { kind: 'own' }, forward: (x: unknown) => x };
const NETWORKS: [string, () => unknown][] = [
  [
    'layer: expected parameters of a layer by name, got undefined',
    () => loose(createNetwork)(new ReferenceEngine(), own),
  ],
  [
    'network: expected w to be a Parameter, got an array; make it with new Parameter(shape, start)',
    () => loose(createNetwork)(new ReferenceEngine(), { ...own, parameters: { w: [1] } }),
  ],
  ['memory: expected shape as a list, got undefined', () => loose(network.memory)({})],
  ['memory: expected loss to be a function, got 1', () => loose(network.memory)({ shape: [1, 2, 3], loss: 1 })],
  [
    'recurrent: expected carry to be a Map, got something else',
    () => loose(network.predict)([1, 2, 3], [1, 1, 3], { carry: {} }),
  ],
  [
    'parameter: expected shape as a list, got 3',
    () => new (Parameter as unknown as new (...a: unknown[]) => unknown)(3),
  ],
  [
    'optimizer: expected { steps, moments }, got undefined',
    () => loose(createOptimizer(network, { kind: 'sgd' }).load)(),
  ],
  ['tape: expected a tensor, got undefined', () => loose(network.memory)({ shape: [1, 2, 3], loss: () => undefined })],
  [
    'network: expected weight_ih_l0 as { shape, data }, got null',
    () => loose(network.load)({ ...network.state(), weight_ih_l0: null }),
  ],
  ['stepper: expected a network, got undefined', () => loose(createStepper)()],
  ['stepper: expected 1 × 3 numbers, got none', () => loose(createStepper(network).step)()],
  ['stepper: expected 8 numbers of state, got none', () => loose(createStepper(network).restore)()],
  ['stepper: expected 1 streams from 0 to 0, got none', () => loose(createStepper(network).rearrange)()],
  ['keepPacked: expected a network, got a layer', () => loose(keepPacked)(lstm(sizes))],
  ['optimizer: expected a network, got null', () => loose(createOptimizer)(null, { kind: 'adam' })],
  ['optimizer: expected its options as an object, got undefined', () => loose(createOptimizer)(network)],
  ['clip: expected a network, got something else', () => loose(clipGradients)({}, { norm: 1 })],
  ['traceGradients: expected a network, got undefined', () => loose(traceGradients)()],
  ['traceGradients: expected a function that gets the traces, got undefined', () => loose(traceGradients)(network)],
];

const MEASURES: [string, () => unknown][] = [
  ['tanh: expected x to be a tensor, got 1', () => onTape(() => loose(tanh)(1))],
  ['add: expected the second to be a tensor, got undefined', () => onTape(() => loose(add)(tape.zeros([1])))],
  ['matmul: expected the right factor to be a tensor', () => onTape(() => loose(matmul)(tape.zeros([1, 1]), [[1]]))],
  ['mean: expected x to be a tensor, got an array', () => onTape(() => loose(mean)([1, 2]))],
  ['reshape: expected shape as a list, got 2', () => onTape(() => loose(reshape)(tape.zeros([2]), 2))],
  ['concat: expected a part to be a tensor, got 1', () => onTape(() => loose(concat)([1]))],
  ['stack: expected steps as a list, got undefined', () => onTape(() => loose(stack)())],
  ['gather: expected indices as { values, shape }', () => onTape(() => loose(gather)(tape.zeros([2, 1]), [0, 1]))],
  ['layerNorm: expected gain to be a tensor', () => onTape(() => loose(layerNorm)(tape.zeros([1])))],
  [
    'tape: expected an engine, got a promise',
    () => new (Tape as unknown as new (e: unknown) => Tape)(Promise.resolve()),
  ],
  ['tape: expected a function to run, got undefined', () => loose(tape.run.bind(tape))()],
  ['tape: expected shape as a list, got 3', () => onTape(() => loose(tape.zeros.bind(tape))(3))],
  ['mostProbable: expected logits to be a tensor, got undefined', () => loose(mostProbable)()],
  ['loss: expected prediction to be a tensor, got 1', () => loose(mse)(1, [1])],
  [
    'crossEntropy: expected logits to be a tensor, got null',
    () => loose(crossEntropy)(null, { values: [0], shape: [1] }),
  ],
  [
    'quantile: expected quantiles as a list, got 0.5',
    () => onTape(() => loose(quantile)(tape.zeros([1, 1]), [0], 0.5)),
  ],
  ['quantile: expected prediction of shape', () => onTape(() => loose(quantile)(tape.zeros([1, 1]), undefined, [0.5]))],
  ['gaussianNll: expected log variance to be a tensor', () => onTape(() => loose(gaussianNll)(tape.zeros([1])))],
  ['linearCrossEntropy: expected the output layer', () => onTape(() => loose(linearCrossEntropy)(tape.zeros([1])))],
  ['confusion: expected examples and predictions as a list', () => loose(confusionMatrix)()],
  ['confusion: expected classes from 0 to 1, got 2 at 1', () => confusionMatrix([0, 1], [1, 2], 2)],
  ['confusion: expected at most 10000 classes, got 1000000000', () => confusionMatrix([0], [0], 1e9)],
  [
    'confusion: expected classes to be a whole number of at least 1, got undefined',
    () => loose(confusionMatrix)([0], [0]),
  ],
  ['classScores: expected counts [K, K] as a list, got undefined', () => loose(classScores)()],
  ['classScores: expected counts [K, K], got rows of another length', () => classScores([[1, 2]])],
  ['roc: expected examples and predictions as a list, got null', () => loose(rocCurve)([1], null)],
  ['linear: expected x to be a tensor, got an array', () => loose(linear({ input: 1, output: 1 }).forward)([1])],
  ['last: expected a pass, got undefined', () => onTape(() => loose(last().forward)(tape.zeros([1, 1, 1])))],
  ['streams: expected documents as a list, got 3', () => loose(streams)({ documents: 3, rows: 1, k1: 1, loss() {} })],
  ['streams: expected loss as a function, got undefined', () => loose(streams)({ documents: [3], rows: 1, k1: 1 })],
  ['sampler: expected known options, got topk; did you mean topK?', () => loose(createSampler)({ topk: 3 })],
  ['sampler: expected its options as an object, got 1', () => loose(createSampler)(1)],
  ['beam: expected a model with a function advance', () => loose(beamSearch)({}, { first: [1], width: 1, length: 1 })],
  ['logits: expected numbers as a list, got null', () => loose(logSoftmax)(null)],
  ['sampler: expected logits [K], got none', () => loose(createSampler().pick)()],
  ['stop: expected strings, got 1', () => loose(createStopper)(['a', 1])],
];

const FILES: [string, () => unknown][] = [
  ['model: expected the bytes of a file, got undefined', () => loose(readSafetensors)()],
  ['model: expected { tensors, document }, got something else', () => loose(encodeModelFile)({ encode() {} })],
  [
    'writeSafetensors: expected "w" as { dtype, shape, data }',
    () => loose(writeSafetensors)({ w: new Float32Array(2) }, {}),
  ],
];

const TRAININGS: [string, () => Promise<unknown>][] = [
  ['fit: expected a network, got undefined', () => fit(...([] as unknown as Parameters<typeof fit>))],
  ['fit: expected clip to be a value, got null; set it or leave it out', () => fitWith({ clip: null })],
  ['fit: expected schedule to be a value, got null', () => fitWith({ schedule: null })],
  ['schedule: expected its options as an object, got "cosine"', () => fitWith({ schedule: 'cosine' })],
  ['clip: expected its options as an object, got 0', () => fitWith({ clip: 0 })],
  ['fit: checkpoint: expected its options as an object, got false', () => fitWith({ checkpoint: false })],
  [
    'fit: checkpoint: expected save to be a function, got "x"',
    () => fitWith({ checkpoint: { everySeconds: 1, save: 'x' } }),
  ],
  ['fit: expected checkpoint with a function save, got none', () => fitWith({ checkpoint: { everySeconds: 1 } })],
  ['fit: expected restoreBest to be true or false, got 1', () => fitWith({ restoreBest: 1 })],
  ['fit: expected rate to be a number, got "0.01"', () => fitWith({ rate: '0.01' })],
  ['fit: expected an AbortSignal, got something else', () => fitWith({ signal: new AbortController() })],
  ['fit: expected checkpoint.everySeconds of at least 0', () => fitWith({ checkpoint: { save: async () => {} } })],
  ['fit: expected validation to say how many', () => fitWith({ validation: false })],
  ['fit: expected onProgress to be a function, got 1', () => fitWith({ onProgress: 1 })],
  ['fit: expected one length per example, 2 in all, got none', () => fitWith({ bucketing: {} })],
  ['fit: expected weight of training to be a function', () => fitWith({ training: { ...examples, weight: 1 } })],
  ['fit: expected training examples to be a whole number', () => fitWith({ training: { ...examples, examples: 0 } })],
  [
    'fit: expected a checkpoint of',
    () => fitWith({ resume: { weights: new Float64Array(network.slots), optimizer: {} } }),
  ],
  ['evaluate: expected a network, got undefined', () => evaluate(...([] as unknown as Parameters<typeof evaluate>))],
  [
    'evaluate: expected data to say how many examples there are',
    () => evaluate(...([network] as unknown as Parameters<typeof evaluate>)),
  ],
  [
    'evaluate: expected batchSize to be a whole number of at least 1, got something else',
    () => evaluate(network, examples, { batchSize: 2 } as never),
  ],
  [
    'evaluate: expected loss to return a tensor of one element, got number',
    () => evaluate(network, { examples: 1, loss: () => 1 as never }),
  ],
];

describe('what types would refuse is refused in a sentence, in plain JavaScript too', () => {
  test.each([...LAYERS, ...NETWORKS, ...MEASURES, ...FILES])('%s', (beginning, call) => {
    expect(call).toThrow(sentence(beginning));
  });

  test.each([...TRAININGS])('%s', async (beginning, call) => {
    await expect(call()).rejects.toThrow(sentence(beginning));
  });

  test('a checkpoint whose count of steps is damaged is refused before anything is trained', async () => {
    let saved: TrainingState | undefined;
    const save = async (state: TrainingState): Promise<void> => {
      saved = state;
    };
    await fitWith({ checkpoint: { everySeconds: 0, save } });
    await expect(fitWith({ resume: { ...saved, step: Number.NaN } })).rejects.toThrow('fit: expected a checkpoint of');
    await expect(fitWith({ resume: saved })).resolves.toMatchObject({ steps: 1 });
  });
});
