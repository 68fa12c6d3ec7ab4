import { describe, expect, it } from 'vitest';
import { ENGINES } from '../engine/engines.case.ts';
import { createEngine } from '../engine/index.ts';
import { mse, type Network, noDropout } from '../nn/index.ts';
import { Random } from '../random.ts';
import { fit } from './fit.ts';
import { createOptimizer } from './optimizers.ts';
import type { FitOptions } from './options.ts';
import { checkReach, checkStates, DOCUMENTS, numbersOf, placesOf, streamNetwork, streamTask } from './streams.case.ts';
import { traceOf } from './training.case.ts';
import type { TrainingState } from './training-state.ts';
import { cutStream, planStreams, streams } from './truncated.ts';

const engine = await createEngine();
const weightsOf = (network: Network): number[] => [...network.engine.read(network.weights, network.slots)];

describe.each(ENGINES)('truncated back-propagation on $name', ({ open }) => {
  it('with windows as long as the documents is back-propagation through all of time, to the bit', async () => {
    const places = [0, 1, 2].map((d) => placesOf([0, 2, 5][d]).slice(0, 7));
    const positions = Int32Array.from(places.flatMap((place) => [...place]));
    using whole = streamNetwork(await open());
    whole.zeroGradients();
    const { x, y } = numbersOf({ positions });
    const loss = whole.tape.run(() => {
      const pass = { training: true, dropoutKey: noDropout };
      const value = mse(whole.root.forward(whole.tape.constant(x, [3, 7, 2]), pass), y);
      whole.tape.backward(value);
      return value.item();
    });
    using sgd = createOptimizer(whole, { kind: 'sgd' });
    sgd.step(0.1);

    for (const k2 of [undefined, 7, 9]) {
      using truncated = streamNetwork(await open());
      const training = streams({
        documents: [7, 7, 7],
        rows: 3,
        k1: 7,
        ...(k2 && { k2 }),
        shuffle: false,
        loss(window, pass, tape) {
          expect(window.positions).toEqual(Int32Array.from({ length: 21 }, (_, i) => i));
          return mse(truncated.root.forward(tape.constant(x, [3, 7, 2]), pass), y, { weights: window.weights });
        },
      });
      const { history, steps } = await fit(truncated, { training, epochs: 1, optimizer: { kind: 'sgd' }, rate: 0.1 });
      expect(steps).toBe(1);
      expect(history[0].loss).toBe(loss);
      expect(weightsOf(truncated)).toEqual(weightsOf(whole));
    }
  });

  it.each([
    { k1: 3, k2: 3 },
    { k1: 3, k2: 4 },
    { k1: 2, k2: 5 },
    { k1: 1, k2: 1 },
    { k1: 4, k2: 30 },
  ])(
    'carries states so that every step of every document gives what the whole document gives, to the bit: k1 $k1, k2 $k2',
    async (sizes) => checkStates(await open(), sizes),
  );

  it.each([
    { k1: 3, k2: 3 },
    { k1: 3, k2: 5 },
    { k1: 2, k2: 8 },
  ])(
    'sends gradients back over k2 = $k2 steps from the window’s end, and not one more or fewer, to the bit',
    async (sizes) => checkReach(await open(), sizes),
  );
});

describe('an interrupted training on streams', () => {
  it('goes on from any step to the same weights, carried states, averages and history, to the bit', async () => {
    const optionsOf = (network: Network, k2: number): FitOptions => ({
      training: streamTask(network, { k2 }),
      validation: streamTask(network, { rows: 2, k1: 4 }),
      epochs: 3,
      rate: 0.02,
      clip: { norm: 0.5 },
      average: { decay: 0.7 },
      seed: 8,
    });
    for (const k2 of [3, 5]) {
      const states: TrainingState[] = [];
      const checkpoint = { everySeconds: 0, save: async (state: TrainingState) => void states.push(state) };
      using network = streamNetwork(engine, 0.2);
      const whole = traceOf(network, await fit(network, { ...optionsOf(network, k2), checkpoint }));
      expect(whole.result.clipping.share).toBeGreaterThan(0);
      const inside = states.filter(({ step }) => step % (whole.result.steps / 3) !== 0);
      expect(inside.length).toBeGreaterThan(8);
      for (const state of states) {
        using other = streamNetwork(engine, 0.2, 77);
        expect(traceOf(other, await fit(other, { ...optionsOf(other, k2), resume: state }))).toEqual(whole);
      }
      // Without its carried states it cannot, and says so.
      const { carried, ...without } = inside[0];
      expect(Object.keys(carried ?? {}).sort()).toEqual(['0/0/c', '0/0/h', '2/0/h']);
      using other = streamNetwork(engine, 0.2);
      await expect(fit(other, { ...optionsOf(other, k2), resume: without })).rejects.toThrow(
        /carried states, got none/,
      );
    }
  });
});

describe('the plan of streams', () => {
  it('deals every document to one row, reads each once an epoch, and shuffles within rows only', () => {
    const plan = planStreams({ documents: DOCUMENTS, rows: 3, k1: 3 });
    const documents = (spans: ReturnType<typeof plan.epoch>) => spans.map((row) => row.map(({ document }) => document));
    const inOrder = plan.epoch(undefined);
    expect(documents(inOrder)).toEqual([
      [0, 0, 0, 0],
      [1, 3, 4, 4],
      [2, 2, 2, 5, 5, 5],
    ]);
    expect(plan.windows).toBe(6);
    const orders = new Set<string>();
    for (let epoch = 0; epoch < 8; epoch++) {
      const shuffled = plan.epoch(new Random(epoch));
      orders.add(JSON.stringify(documents(shuffled)));
      expect(documents(shuffled).map((row) => row.slice().sort())).toEqual(documents(inOrder));
      for (const row of shuffled) {
        row.forEach(({ document, begin }, k) => {
          expect(begin).toBe(row[k - 1]?.document === document ? row[k - 1].end : 0);
        });
      }
    }
    expect(orders.size).toBeGreaterThan(2);
  });

  it('cuts one stream into rows whose lengths differ by at most one', () => {
    expect(cutStream(10, 3)).toEqual([3, 3, 4]);
    expect(cutStream(12, 4)).toEqual([3, 3, 3, 3]);
    expect(() => cutStream(2, 3)).toThrow(/at least one step for each of 3 rows, got 2/);
  });

  it('refuses windows that do not reach back to their start, empty documents and more rows than documents', () => {
    const plan = (changes: object) => () => planStreams({ documents: [4, 5], rows: 2, k1: 3, ...changes });
    expect(plan({ k2: 2 })).toThrow(/k2 of at least k1 = 3, got 2/);
    expect(plan({ k1: 0 })).toThrow(/k1 to be a whole number/);
    expect(plan({ documents: [4, 0] })).toThrow(/at least 1 step, got 0 for document 1/);
    expect(plan({ rows: 3 })).toThrow(/at least 3 documents/);
  });

  it('refuses options of examples', async () => {
    using network = streamNetwork(engine);
    const training = streamTask(network);
    for (const extra of [{ batchSize: 4 }, { accumulate: 1 }, { bucketing: { lengths: [1] } }]) {
      await expect(fit(network, { training, epochs: 1, ...extra })).rejects.toThrow(/with streams/);
    }
  });
});
