import { expect, test } from 'vitest';
import { addingProblem, copyMemoryless, copyProblem, embeddedReber, temporalOrder } from '../../src/data/index.ts';
import { createEngine } from '../../src/engine/index.ts';
import {
  createNetwork,
  crossEntropy,
  gru,
  type Layer,
  last,
  linear,
  lstm,
  mse,
  type Network,
  type RecurrentLayer,
  rnn,
  sequential,
} from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { evaluate, fit, type Objective } from '../../src/train/index.ts';

type Loss = Objective['loss'];
/** Loss on `count` new sequences. */
type Problem = (network: Network, draw: (count: number) => Random) => Loss;

const adding =
  (steps: number): Problem =>
  (network, draw) =>
  (batch, pass, tape) => {
    const { x, shape, targets } = addingProblem({ count: batch.length, steps }, draw(batch[0]));
    return mse(network.root.forward(tape.constant(x, shape), pass), targets);
  };

function oneHot(symbols: Int32Array, kinds: number): Float32Array {
  const x = new Float32Array(symbols.length * kinds);
  symbols.forEach((symbol, i) => {
    x[i * kinds + symbol] = 1;
  });
  return x;
}

const copy =
  (delay: number, length: number): Problem =>
  (network, draw) =>
  (batch, pass, tape) => {
    const { symbols, shape, targets, symbolKinds } = copyProblem(
      { count: batch.length, delay, length, kinds: 2 },
      draw(batch[0]),
    );
    const x = tape.constant(oneHot(symbols, symbolKinds), [...shape, symbolKinds]);
    return crossEntropy(network.root.forward(x, pass), { values: targets, shape });
  };

const order =
  (steps: number): Problem =>
  (network, draw) =>
  (batch, pass, tape) => {
    const { symbols, shape, lengths, targets } = temporalOrder({ count: batch.length, steps }, draw(batch[0]));
    const x = tape.constant(oneHot(symbols, 8), [...shape, 8]);
    return crossEntropy(network.root.forward(x, { ...pass, lengths }), { values: targets, shape: [batch.length] });
  };

/** Only the last letter but one, which needs the memory: whether it is T or P. */
const reber: Problem = (network, draw) => (batch, pass, tape) => {
  const { symbols, shape, lengths, targets } = embeddedReber({ count: batch.length }, draw(batch[0]));
  const [, T] = shape;
  const weights = Float64Array.from(targets, (_, i) => (i % T === lengths[Math.floor(i / T)] - 2 ? 1 : 0));
  const x = tape.constant(oneHot(symbols, 7), [...shape, 7]);
  return crossEntropy(network.root.forward(x, { ...pass, lengths }), { values: targets, shape }, { weights });
};

/** Trains with new sequences at every step; the mean loss of 200 others. */
async function lossAfter(
  problem: Problem,
  root: Layer,
  { steps, rate, seed = 1 }: { steps: number; rate: number; seed?: number },
): Promise<number> {
  const engine = await createEngine();
  using network = createNetwork(engine, root, { seed });
  const random = new Random(seed);
  const training = random.fork('training');
  await fit(network, {
    training: { examples: steps * 32, loss: problem(network, () => training) },
    epochs: 1,
    batchSize: 32,
    rate,
    clip: { norm: 1 },
    seed,
  });
  const loss = problem(network, (first) => random.fork(`test ${first}`));
  return evaluate(network, { examples: 200, loss }, 200);
}

const atEnd = (layer: RecurrentLayer, outputs: number): Layer =>
  sequential(layer, last(), linear({ input: layer.cells[0].hidden, output: outputs }));
const atEachStep = (layer: RecurrentLayer, outputs: number): Layer =>
  sequential(layer, linear({ input: layer.cells[0].hidden, output: outputs }));

test.each([
  ['GRU', gru({ input: 2, hidden: 16, init: { bias: { chrono: 30 } } })],
  ['LSTM', lstm({ input: 2, hidden: 16, init: { bias: { chrono: 30 } } })],
])(
  '%s learns the adding problem at T = 30: mean squared error below a tenth of the 1/6 of guessing',
  async (_, layer) => {
    expect(await lossAfter(adding(30), atEnd(layer, 1), { steps: 600, rate: 1e-2 })).toBeLessThan(1 / 60);
  },
);

test('an RNN does not learn the adding problem at T = 100 in 300 steps: error above 0.12, near the 1/6 of guessing', async () => {
  const layer = rnn({ input: 2, hidden: 16 });
  expect(await lossAfter(adding(100), atEnd(layer, 1), { steps: 300, rate: 1e-3 })).toBeGreaterThan(0.12);
});

test('LSTM with chrono start copies 3 of 2 kinds over a delay of 10: loss below a fifth of the memoryless one', async () => {
  const layer = lstm({ input: 4, hidden: 24, init: { bias: { chrono: 16 } } });
  const loss = await lossAfter(copy(10, 3), atEachStep(layer, 4), { steps: 500, rate: 1e-2 });
  expect(loss).toBeLessThan(copyMemoryless({ delay: 10, length: 3, kinds: 2 }) / 5);
});

test('RNN with a skip connection as long as the delay copies at once: loss below a fifth of the memoryless one', async () => {
  const layer = rnn({ input: 4, hidden: 16, skip: 13 });
  const loss = await lossAfter(copy(10, 3), atEachStep(layer, 4), { steps: 200, rate: 1e-2 });
  expect(loss).toBeLessThan(copyMemoryless({ delay: 10, length: 3, kinds: 2 }) / 5);
});

test('GRU with chrono start learns temporal order at 40 steps: loss below a fifth of the ln 4 of guessing', async () => {
  const layer = gru({ input: 8, hidden: 16, init: { bias: { chrono: 40 } } });
  expect(await lossAfter(order(40), atEnd(layer, 4), { steps: 250, rate: 1e-2 })).toBeLessThan(Math.log(4) / 5);
});

test('LSTM remembers the second letter of embedded Reber strings to their end: loss below a fifth of the ln 2 of guessing', async () => {
  const layer = lstm({ input: 7, hidden: 16 });
  expect(await lossAfter(reber, atEachStep(layer, 7), { steps: 250, rate: 1e-2 })).toBeLessThan(Math.log(2) / 5);
});
