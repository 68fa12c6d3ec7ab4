import { describe, expect, it } from 'vitest';
import { log, multiply, sum } from '../autograd/index.ts';
import { ENGINES } from '../engine/engines.case.ts';
import { createEngine } from '../engine/index.ts';
import { createNetwork, linear, mse, type Network, sequential } from '../nn/index.ts';
import { fit } from './fit.ts';
import type { FitOptions, Objective, Progress } from './options.ts';
import { smallNetwork, smallTask, traceOf } from './training.case.ts';
import type { TrainingState } from './training-state.ts';

const engine = await createEngine();

const weightsOf = (network: Network): number[] => [...network.engine.read(network.weights, network.slots)];

/** Trains the small task with changes; weights after every step, and what is left at the end. */
async function run(changes: Partial<FitOptions>, on = engine) {
  using network = smallNetwork(on);
  const weights: number[][] = [];
  const progress: Progress[] = [];
  const states: TrainingState[] = [];
  const result = await fit(network, {
    ...smallTask(network),
    epochs: 3,
    patience: 99,
    checkpoint: { everySeconds: 0, save: async (state) => void states.push(state) },
    ...changes,
    onProgress(p) {
      progress.push(p);
      weights.push(weightsOf(network));
    },
  });
  return { ...traceOf(network, result), result, after: weights, progress, states };
}

/** Resumes from every checkpoint and expects the same end. */
async function expectResumable(changes: Partial<FitOptions>): Promise<void> {
  const whole = await run(changes);
  for (const resume of whole.states) {
    const { weights, history, result } = await run({ ...changes, resume });
    expect(weights).toEqual(whole.weights);
    expect(history).toEqual(whole.history);
    expect({ ...result, seconds: 0, history: 0 }).toEqual({ ...whole.result, seconds: 0, history: 0 });
  }
}

/** Σ decayⁿ⁻ⁱ wᵢ / Σ decayⁿ⁻ⁱ in f64. */
function averageOf(weights: number[][], decay: number): number[] {
  const total = weights.reduce((sum, _, i) => sum + decay ** (weights.length - 1 - i), 0);
  return weights[0].map((_, k) => weights.reduce((s, w, i) => s + decay ** (weights.length - 1 - i) * w[k], 0) / total);
}

describe('the average of the weights', () => {
  it.each(ENGINES)(
    'on $name is the mean of the weights after each step, a step ago worth decay, within 1e-14 in f64 and 1e-6 in f32',
    async ({ open, precision }) => {
      const plain = await run({ validation: undefined } as never, await open());
      const averaged = await run({ validation: undefined, average: { decay: 0.8, use: 'end' } } as never, await open());
      expect(averaged.after).toEqual(plain.after);
      const bound = precision === 'f64' ? 1e-14 : 1e-6;
      averageOf(plain.after, 0.8).forEach((w, k) => {
        expect(Math.abs(averaged.weights[k] - w)).toBeLessThanOrEqual(bound);
      });
    },
  );

  it('is exactly the weights after one step', async () => {
    const one = await run({ batchSize: 22, epochs: 1, average: { decay: 0.999, use: 'end' }, restoreBest: false });
    one.weights.forEach((w, k) => {
      expect(Math.abs(w - one.after[0][k])).toBeLessThanOrEqual(1e-6);
    });
  });

  it('is what validation sees and what stays at the end, while training goes on with the trained weights', async () => {
    const plain = await run({ schedule: { kind: 'constant' }, restoreBest: false });
    const watched = await run({ schedule: { kind: 'constant' }, average: { decay: 0.9 } });
    expect(watched.after).toEqual(plain.after);
    expect(watched.history.map(({ loss }) => loss)).toEqual(plain.history.map(({ loss }) => loss));
    watched.history.forEach(({ validation }, e) => {
      expect(validation).not.toBe(plain.history[e].validation);
    });
    const best = averageOf(plain.after.slice(0, 6 * watched.result.bestEpoch), 0.9);
    best.forEach((w, k) => {
      expect(Math.abs(watched.weights[k] - w)).toBeLessThanOrEqual(1e-6);
    });
  });

  it('goes on from any checkpoint to the same bits, in both uses', async () => {
    await expectResumable({ average: { decay: 0.9 } });
    await expectResumable({ average: { decay: 0.9, use: 'end' } });
  });

  it('refuses a decay outside (0, 1), restoreBest at the end, and a checkpoint without it', async () => {
    for (const decay of [0, 1, -0.1, Number.NaN])
      await expect(run({ average: { decay } })).rejects.toThrow(/average: expected 0 < decay < 1/);
    await expect(run({ average: { decay: 0.9, use: 'end' }, restoreBest: true })).rejects.toThrow(/restoreBest/);
    const { states } = await run({});
    await expect(run({ average: { decay: 0.9 }, resume: states[3] })).rejects.toThrow(/a checkpoint with an average/);
  });
});

describe('accumulated gradients', () => {
  const still = { optimizer: { kind: 'sgd' }, epochs: 1, validation: undefined, schedule: { kind: 'constant' } };

  it.each(ENGINES)(
    'on $name are those of the whole batch within 1e-13 in f64 and 2e-6 in f32, last short batches included',
    async ({ open, precision }) => {
      const bound = precision === 'f64' ? 1e-13 : 2e-6;
      const network = createNetwork(
        await open(),
        sequential(linear({ input: 2, output: 3 }), linear({ input: 3, output: 1 })),
      );
      const before = network.state();
      const training: Objective = {
        examples: 11,
        loss: (batch, pass, tape) =>
          mse(
            network.root.forward(
              tape.constant(Array.from(batch, (i) => [i / 7, 1 - i / 3]).flat(), [batch.length, 2]),
              pass,
            ),
            Float64Array.from(batch, (i) => Math.sin(i)),
          ),
      };
      const train = async (accumulate: number) => {
        network.load(before);
        const losses: number[] = [];
        const options = {
          ...still,
          training,
          batchSize: 4,
          rate: 0.1,
          accumulate,
          onProgress: (p: Progress) => losses.push(p.loss),
        };
        await fit(network, options as unknown as FitOptions);
        return [...weightsOf(network), ...losses];
      };
      const whole = await train(1);
      for (const accumulate of [2, 3, 4]) {
        (await train(accumulate)).forEach((w, k) => {
          expect(Math.abs(w - whole[k])).toBeLessThanOrEqual(bound);
        });
      }
      network[Symbol.dispose]();
    },
  );

  it('weigh micro-batches by what the objective says', async () => {
    const network = createNetwork(engine, linear({ input: 1, output: 1, bias: false }));
    network.load({ weight: { shape: [1, 1], data: [0] } });
    // Mean gradients 1 and 4, with weights 3 and 1: (3·1 + 1·4)/4.
    const training: Objective = {
      examples: 2,
      loss: (batch, pass, tape) =>
        sum(
          multiply(network.root.forward(tape.constant([1], [1, 1]), pass), tape.constant([batch[0] ? 4 : 1], [1, 1])),
        ),
      weight: (batch) => (batch[0] ? 1 : 3),
    };
    await fit(network, { ...still, training, batchSize: 2, accumulate: 2, rate: 1 } as unknown as FitOptions);
    expect([...network.state().weight.data]).toEqual([-7 / 4]);
  });

  it('draw other masks for every micro-batch and resume to the bit', async () => {
    await expectResumable({ accumulate: 2 });
    await expect(run({ accumulate: 5 })).rejects.toThrow(/accumulate of at most batchSize = 4, got 5/);
  });
});

describe('bucketing', () => {
  const lengths = Array.from({ length: 22 }, (_, i) => (7 * i) % 22);

  it('joins like lengths, reports the padding, and resumes to the bit', async () => {
    using network = smallNetwork(engine);
    const { training } = smallTask(network);
    const spread: number[] = [];
    const watched: Objective = {
      ...training,
      loss(batch, pass, tape) {
        const own = Array.from(batch, (i) => lengths[i]);
        spread.push(Math.max(...own) - Math.min(...own));
        return training.loss(batch, pass, tape);
      },
    };
    const options = { ...smallTask(network), training: watched, epochs: 2, bucketing: { lengths } };
    const { padding } = await fit(network, options);
    expect(spread).toHaveLength(12);
    expect(Math.max(...spread)).toBe(3);
    expect(padding).toBeGreaterThan(0);
    expect(padding).toBeLessThan(0.2);
    await expectResumable({ bucketing: { lengths, pool: 2 } });
  });

  it('wants one length per example', async () => {
    await expect(run({ bucketing: { lengths: [1, 2] } })).rejects.toThrow(/one length per example, 22 in all, got 2/);
  });
});

describe('the report of clipping', () => {
  it('says how often and how hard: norms of every step against the limit, and goes on when resumed', async () => {
    const free = await run({ clip: {}, optimizer: { kind: 'sgd' }, rate: 1e-300 });
    expect(free.result.clipping).toEqual({
      share: 0,
      meanFactor: 1,
      maxNorm: Math.max(...free.progress.map((p) => p.gradientNorm)),
    });
    const norms = free.progress.map((p) => p.gradientNorm);
    const limit = [...norms].sort((a, b) => a - b)[7];
    const { result, progress } = await run({ clip: { norm: limit }, optimizer: { kind: 'sgd' }, rate: 1e-300 });
    const clipped = norms.filter((norm) => norm > limit);
    expect(clipped.length).toBe(10);
    expect(result.clipping.share).toBe(10 / 18);
    expect(result.clipping.meanFactor).toBeCloseTo(clipped.reduce((s, norm) => s + limit / norm, 0) / 10, 12);
    expect(result.clipping.maxNorm).toBe(Math.max(...norms));
    expect(progress.at(-1)?.clipping).toEqual(result.clipping);
    expect(progress[0].clipping.share).toBe(norms[0] > limit ? 1 : 0);
    await expectResumable({ clip: { value: 0.05, norm: 0.2 } });
  });

  it('counts clipping by value too', async () => {
    const { result } = await run({ clip: { value: 1e-6 }, epochs: 1 });
    expect(result.clipping.share).toBe(1);
    expect(result.clipping.meanFactor).toBeLessThan(1e-3);
  });
});

describe('a number that is not finite', () => {
  const broken = (network: Network): Objective => ({
    examples: 4,
    loss: (_, pass, tape) =>
      sum(log(multiply(network.root.forward(tape.constant([1, 2], [1, 2]), pass), tape.constant([0], [1])))),
  });

  it('is named with the parameter nearest to the loss', async () => {
    using network = createNetwork(engine, sequential(linear({ input: 2, output: 2 }), linear({ input: 2, output: 1 })));
    await expect(fit(network, { training: broken(network), epochs: 1 })).rejects.toThrow(
      /at step 1 .*not finite in \d of 4 gradients, nearest to the loss 1\.bias; detectAnomaly, on the command line --detect-anomaly, names the operation/,
    );
  });

  it('is named with the operation, the layer and the step under detectAnomaly, and sound trainings keep their bits', async () => {
    using network = createNetwork(engine, sequential(linear({ input: 2, output: 2 }), linear({ input: 2, output: 1 })));
    await expect(fit(network, { training: broken(network), epochs: 1, detectAnomaly: true })).rejects.toThrow(
      /^anomaly: expected log to give finite numbers, got -Infinity at 0 .*parameter read last: 1\.bias.*at step 1 \(epoch 1/,
    );
    expect((await run({ detectAnomaly: true })).weights).toEqual((await run({})).weights);
  });
});
