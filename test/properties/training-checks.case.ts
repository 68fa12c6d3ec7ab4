import { expect } from 'vitest';
import { unequal } from '../../src/autograd/gradient-check.case.ts';
import { sum } from '../../src/autograd/index.ts';
import { bucketBatches } from '../../src/data/batches.ts';
import { ReferenceEngine } from '../../src/engine/reference.ts';
import { traceGradients } from '../../src/inspect/index.ts';
import { createNetwork, crossEntropy, last, linear, mse, noDropout, rnn, sequential } from '../../src/nn/index.ts';
import { Random } from '../../src/random.ts';
import { fit } from '../../src/train/fit.ts';
import type { FitOptions, Objective } from '../../src/train/options.ts';
import { checkReach, checkStates, streamNetwork, streamTask } from '../../src/train/streams.case.ts';
import type { TrainingState } from '../../src/train/training-state.ts';

/** Checks of training in time, cheap enough to run once per mutant of `mutants-training.ts`. */
export interface TrainingCheck {
  name: string;
  run(): Promise<void> | void;
}

const engine = new ReferenceEngine();
const X = unequal(12, 1);
const Y = unequal(6, 2, 3);

/** Six points of a plane, by plain descent of rate 1 in batches of all or of some; gives the weights after every step. */
async function plane(changes: Partial<FitOptions>, onLoss?: (pass: Parameters<Objective['loss']>[1]) => void) {
  using network = createNetwork(engine, linear({ input: 2, output: 1 }), { seed: 1 });
  const read = (): number[] => [...engine.read(network.weights, network.slots)];
  const weights = [read()];
  const training: Objective = {
    examples: 6,
    loss(batch, pass, tape) {
      onLoss?.(pass);
      const x = tape.constant(Array.from(batch, (i) => [X[2 * i], X[2 * i + 1]]).flat(), [batch.length, 2]);
      return mse(
        network.root.forward(x, pass),
        Array.from(batch, (i) => Y[i]),
      );
    },
  };
  const onProgress = (): void => void weights.push(read());
  const options: FitOptions = { training, epochs: 4, batchSize: 6, optimizer: { kind: 'sgd' }, rate: 0.1, onProgress };
  await fit(network, { ...options, ...changes });
  return { weights, end: read() };
}

const distance = (a: number[], b: number[]): number => Math.sqrt(a.reduce((s, v, i) => s + (v - b[i]) ** 2, 0));

export const TRAINING_CHECKS: readonly TrainingCheck[] = [
  { name: 'states of windows, k1 = k2', run: () => checkStates(engine, { k1: 3, k2: 3 }) },
  { name: 'states of windows, k1 < k2', run: () => checkStates(engine, { k1: 2, k2: 5 }) },
  { name: 'states of windows, k1 < k2, rows at unlike places', run: () => checkStates(engine, { k1: 3, k2: 4 }) },
  { name: 'reach of gradients, k1 = k2', run: () => checkReach(engine, { k1: 3, k2: 3 }) },
  { name: 'reach of gradients, k1 < k2', run: () => checkReach(engine, { k1: 3, k2: 5 }) },
  {
    name: 'streams resume',
    async run() {
      const train = async (resume?: TrainingState) => {
        using network = streamNetwork(engine);
        const states: TrainingState[] = [];
        const checkpoint = { everySeconds: 0, save: async (state: TrainingState) => void states.push(state) };
        const training = streamTask(network);
        await fit(network, { training, epochs: 2, checkpoint, ...(resume && { resume }) });
        return { states, end: [...engine.read(network.weights, network.slots)] };
      };
      const { states, end } = await train();
      expect((await train(states[2])).end).toEqual(end);
    },
  },
  {
    name: 'no update is longer than rate times the limit',
    async run() {
      const { weights } = await plane({ clip: { norm: 0.01 } });
      for (let step = 1; step < weights.length; step++)
        expect(Math.abs(distance(weights[step], weights[step - 1]) - 0.001)).toBeLessThanOrEqual(1e-12);
    },
  },
  {
    name: 'micro-batches add up to the batch',
    async run() {
      const [whole, parts] = [await plane({}), await plane({ accumulate: 4 })];
      expect(distance(whole.end, parts.end)).toBeLessThanOrEqual(1e-13);
    },
  },
  {
    name: 'descent by the gradient of one step alone',
    async run() {
      // From the same point, one epoch after the other: the fourth step of a long training is the first of a new one.
      const { weights } = await plane({});
      const steps = weights.slice(1).map((w, i) => distance(w, weights[i]));
      for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeLessThan(steps[i - 1]);
    },
  },
  {
    name: 'average of the weights',
    async run() {
      const { weights, end } = await plane({ average: { decay: 0.25, use: 'end' } });
      const share = [1, 4, 16, 64].map((v) => v / 85);
      const wanted = weights[0].map((_, k) => share.reduce((s, v, i) => s + v * weights[i + 1][k], 0));
      expect(distance(end, wanted)).toBeLessThanOrEqual(1e-14);
    },
  },
  {
    name: 'keys of dropout differ from step to step and from use to use',
    async run() {
      const keys: string[] = [];
      const draw = ({ dropoutKey }: { dropoutKey(): object }): void => {
        keys.push(JSON.stringify(dropoutKey()), JSON.stringify(dropoutKey()));
      };
      await plane({ accumulate: 2 }, draw);
      expect(keys).toHaveLength(16);
      expect(new Set(keys).size).toBe(16);
    },
  },
  {
    name: 'label smoothing',
    run() {
      using network = createNetwork(engine, linear({ input: 1, output: 1 }));
      const x = [0.3, -1, 2];
      const total = Math.log(x.reduce((s, v) => s + Math.exp(v), 0));
      const wanted = x.reduce((s, v, k) => s - (0.1 + (k === 1 ? 0.7 : 0)) * (v - total), 0);
      const got = network.tape.evaluate(() =>
        crossEntropy(network.tape.constant(x, [1, 3]), { values: [1], shape: [1] }, { labelSmoothing: 3 * 0.1 }).item(),
      );
      expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-14);
    },
  },
  {
    name: 'gradient through time',
    run() {
      using network = createNetwork(engine, sequential(rnn({ input: 1, hidden: 1, activation: 'relu' }), last()));
      network.load({
        '0.weight_ih_l0': { shape: [1, 1], data: [1] },
        '0.weight_hh_l0': { shape: [1, 1], data: [0.5] },
        '0.bias_ih_l0': { shape: [1], data: [0] },
        '0.bias_hh_l0': { shape: [1], data: [0] },
      });
      const stop = traceGradients(network, ([{ norms, verdict }]) => {
        expect([...norms]).toEqual([0.125, 0.25, 0.5, 1]);
        expect(verdict.ratio).toBe(0.125);
        expect(Math.abs(verdict.perStep - 0.5)).toBeLessThanOrEqual(1e-12);
      });
      network.tape.run(() => {
        const x = network.tape.constant([1, 0, 0, 0], [1, 4, 1]);
        network.tape.backward(sum(network.root.forward(x, { training: true, dropoutKey: noDropout })));
      });
      stop();
    },
  },
  {
    name: 'batches of like lengths',
    run() {
      const lengths = Array.from({ length: 12 }, (_, i) => (5 * i) % 12);
      for (const batch of bucketBatches(lengths, { batchSize: 4 }, new Random(1))) {
        const own = [...batch].map((i) => lengths[i]);
        expect(Math.max(...own) - Math.min(...own)).toBe(3);
      }
    },
  },
];
