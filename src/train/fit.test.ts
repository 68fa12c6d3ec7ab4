import { describe, expect, it } from 'vitest';
import { add, multiply, sqrt } from '../autograd/index.ts';
import { ENGINES } from '../engine/engines.case.ts';
import { createEngine } from '../engine/index.ts';
import { RecurveError } from '../errors.ts';
import { evaluate, type FitOptions, fit, type Objective, type Progress } from './fit.ts';
import { plainState, smallNetwork, smallTask, traceOf } from './training.case.ts';
import type { TrainingState } from './training-state.ts';

const engine = await createEngine();

/** Trains the small task with changes and gives what came of it, with all progress. */
async function run(changes: Partial<FitOptions> = {}, seed = 3) {
  using network = smallNetwork(engine, seed);
  const progress: Progress[] = [];
  const result = await fit(network, {
    ...smallTask(network),
    onProgress: (p) => progress.push(p),
    ...changes,
  });
  return { ...traceOf(network, result), progress };
}

/** An objective whose loss is replaced by NaN or infinity from a given call on. */
function spoiled(objective: Objective, calls: number, factor: number): Objective {
  let n = 0;
  return {
    examples: objective.examples,
    loss(batch, pass, tape) {
      const loss = objective.loss(batch, pass, tape);
      return ++n >= calls ? multiply(loss, tape.constant([factor], [1])) : loss;
    },
  };
}

describe.each(ENGINES)('fit on $name', ({ open }) => {
  it('lowers the training and the watched loss to less than a third in 40 epochs', async () => {
    using network = smallNetwork(await open());
    const { training, validation } = smallTask(network) as Required<FitOptions>;
    const before = [await evaluate(network, training), await evaluate(network, validation)];
    const result = await fit(network, { training, validation, epochs: 40, batchSize: 4, rate: 0.02 });
    expect(result.stopped).toBe('finished');
    expect(result.steps).toBe(240);
    expect(await evaluate(network, training)).toBeLessThan(before[0] / 3);
    expect(await evaluate(network, validation)).toBeLessThan(before[1] / 3);
  });

  it('gives the same weights and history to the bit with the same seed, others with another', async () => {
    const one = async (seed: number) => {
      using network = smallNetwork(await open());
      return traceOf(network, await fit(network, { ...smallTask(network), seed }));
    };
    const [first, again, other] = [await one(11), await one(11), await one(12)];
    expect(again).toEqual(first);
    expect(other.weights).not.toEqual(first.weights);
  });
});

describe('one training at a time', () => {
  it('refuses a second fit of a network until the first is over, however that ends', async () => {
    using network = smallNetwork(engine);
    const first = fit(network, smallTask(network));
    await expect(fit(network, smallTask(network))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('expected a network that is not being trained'),
    });
    await first;
    const { training } = smallTask(network) as Required<FitOptions>;
    await expect(fit(network, { ...smallTask(network), training: spoiled(training, 2, NaN) })).rejects.toThrow();
    expect((await fit(network, smallTask(network))).steps).toBeGreaterThan(0);
  });
});

describe('what decides the bits', () => {
  it('is not the time between steps', async () => {
    const base = await run();
    const slow = await run({
      onProgress() {
        const until = performance.now() + 3;
        while (performance.now() < until);
      },
    });
    expect(slow.weights).toEqual(base.weights);
    expect(slow.history).toEqual(base.history);
  });

  it('is the order of examples and the masks of every step: no two epochs see the same batches', async () => {
    using network = smallNetwork(engine);
    const task = smallTask(network);
    const seen: string[] = [];
    const keys = new Set<string>();
    let uses = 0;
    const training: Objective = {
      examples: task.training.examples,
      loss(batch, pass, tape) {
        seen.push([...batch].join());
        const { key0, key1, counter } = pass.dropoutKey();
        keys.add(`${key0} ${key1} ${counter}`);
        uses++;
        return task.training.loss(batch, pass, tape);
      },
    };
    await fit(network, { ...task, training, epochs: 3, patience: 9 });
    expect(new Set(seen).size).toBe(seen.length);
    expect(keys.size).toBe(uses);
    for (let epoch = 0; epoch < 3; epoch++) {
      const all = seen.slice(epoch * 6, epoch * 6 + 6).flatMap((batch) => batch.split(',').map(Number));
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, i) => i));
    }
  });
});

describe('progress', () => {
  it('counts epochs and steps from 1, gives rate, norm and time left, and the watched loss at ends of epochs only', async () => {
    const { progress, history } = await run({ epochs: 3, patience: 9 });
    expect(progress.length).toBe(18);
    progress.forEach((p, i) => {
      expect(p.step).toBe(i + 1);
      expect(p.steps).toBe(18);
      expect(p.epoch).toBe(Math.floor(i / 6) + 1);
      expect(p.epochs).toBe(3);
      expect(p.epochEnd).toBe(i % 6 === 5);
      expect('validation' in p).toBe(p.epochEnd);
      expect(p.learningRate).toBeGreaterThan(0);
      expect(p.learningRate).toBeLessThanOrEqual(0.03);
      expect(p.gradientNorm).toBeGreaterThan(0);
      expect(p.loss).toBeGreaterThan(0);
      expect(p.eta).toBeGreaterThanOrEqual(0);
      expect(p.seconds).toBeGreaterThanOrEqual(progress[Math.max(i - 1, 0)].seconds);
    });
    expect(progress[17].eta).toBe(0);
    const ends = progress.filter(({ epochEnd }) => epochEnd);
    expect(ends.map(({ epoch, loss, validation }) => ({ epoch, loss, validation }))).toEqual(history);
    // The rate rises over 5 steps of warm-up.
    expect(progress.slice(0, 5).map(({ learningRate }) => learningRate / 0.03)).toEqual(
      [0.2, 0.4, 0.6, 0.8, 1].map((share) => expect.closeTo(share, 12)),
    );
  });

  it('reports the mean loss over the examples of the epoch, the short last batch by its size', async () => {
    using network = smallNetwork(engine);
    const task = smallTask(network);
    const losses: [number, number][] = [];
    const training: Objective = {
      examples: task.training.examples,
      loss(batch, pass, tape) {
        const loss = task.training.loss(batch, pass, tape);
        losses.push([loss.item(), batch.length]);
        return loss;
      },
    };
    const { history } = await fit(network, { ...task, training, epochs: 1 });
    const mean = losses.reduce((sum, [loss, n]) => sum + loss * n, 0) / 22;
    expect(losses.map(([, n]) => n)).toEqual([4, 4, 4, 4, 4, 2]);
    expect(history[0].loss).toBeCloseTo(mean, 12);
  });
});

describe('a schedule', () => {
  it('on a plateau lowers the rate of the epochs that follow, by the watched loss', async () => {
    const { progress, history } = await run({
      rate: 0.2,
      epochs: 25,
      patience: 99,
      schedule: { kind: 'plateau', patience: 2, factor: 0.5 },
    });
    let [best, waited, rate] = [Number.POSITIVE_INFINITY, 0, 0.2];
    const rates = history.map(({ validation }) => {
      const now = rate;
      if ((validation as number) < best) [best, waited] = [validation as number, 0];
      else if (++waited === 2) [rate, waited] = [rate / 2, 0];
      return now;
    });
    expect(progress.filter(({ epochEnd }) => epochEnd).map(({ learningRate }) => learningRate)).toEqual(rates);
    expect(rates[24]).toBeLessThan(0.1);
  });

  it('by steps and epochs moves with both', async () => {
    const rates = async (schedule: FitOptions['schedule']) =>
      (await run({ rate: 1e-3, epochs: 2, patience: 9, ...(schedule && { schedule }) })).progress.map(
        ({ learningRate }) => learningRate / 1e-3,
      );
    const near = (values: number[]) => values.map((v) => expect.closeTo(v, 12));
    expect(await rates({ kind: 'step', every: 1, factor: 0.5 })).toEqual(
      near([1, 1, 1, 1, 1, 1, ...Array(6).fill(0.5)]),
    );
    const cosine = Array.from({ length: 12 }, (_, k) => 0.5 + 0.5 * Math.cos((Math.PI * k) / 12));
    expect(await rates({ kind: 'cosine' })).toEqual(near(cosine));
  });
});

describe('stopping', () => {
  it('early puts back the weights of the best epoch, to the bit', async () => {
    const states: TrainingState[] = [];
    const checkpoint = { everySeconds: 0, save: async (state: TrainingState) => void states.push(state) };
    const stopped = await run({ rate: 0.2, epochs: 60, checkpoint });
    const { bestEpoch, stopped: why, steps, best } = stopped.result;
    expect(why).toBe('early');
    expect(stopped.history.length).toBe(bestEpoch + 2);
    expect(steps).toBe(6 * (bestEpoch + 2));
    expect(best).toBe(Math.min(...stopped.history.map(({ validation }) => validation as number)));
    expect(stopped.history[bestEpoch - 1].validation).toBe(best);
    const atBest = states.find(({ step }) => step === 6 * bestEpoch) as TrainingState;
    expect(stopped.weights).toEqual([...(atBest.weights as Float32Array)]);
    const atEnd = states.find(({ step }) => step === steps) as TrainingState;
    expect(stopped.weights).not.toEqual([...(atEnd.weights as Float32Array)]);
  });

  it('leaves the last weights where restoreBest is false', async () => {
    const weights: number[][] = [];
    const trace = await run({
      restoreBest: false,
      rate: 0.2,
      epochs: 20,
      patience: 20,
      checkpoint: { everySeconds: 1e9, save: async (state) => void weights.push([...(state.weights ?? [])]) },
    });
    expect(trace.result.stopped).toBe('finished');
    expect(trace.result.bestEpoch).toBeLessThan(20);
    expect(weights).toEqual([trace.weights]);
  });

  it('without a watched set goes by the training loss', async () => {
    using network = smallNetwork(engine);
    const { validation: _, ...task } = smallTask(network);
    const { history, best, bestEpoch } = await fit(network, { ...task, epochs: 4, patience: 9, restoreBest: true });
    const losses = history.map(({ loss }) => loss);
    expect(best).toBe(Math.min(...losses));
    expect(bestEpoch).toBe(losses.indexOf(best) + 1);
    expect(history.every((record) => !('validation' in record))).toBe(true);
  });

  it('after lastEpoch keeps to the schedule of all epochs: the bits of the longer training up to there', async () => {
    const options = { schedule: { kind: 'cosine' }, epochs: 6, restoreBest: false, patience: 99 } as const;
    const third: number[][] = [];
    const checkpoint = {
      everySeconds: 0,
      save: async ({ step, weights }: TrainingState) => {
        if (step === 18) third.push([...(weights ?? [])]);
      },
    };
    const whole = await run({ ...options, checkpoint });
    const part = await run({ ...options, lastEpoch: 3 });
    expect(part.result.stopped).toBe('finished');
    expect(part.result.steps).toBe(18);
    expect(third).toEqual([part.weights]);
    expect(part.history).toEqual(whole.history.slice(0, 3));
    expect(part.progress.at(-1)?.steps).toBe(18);
  });

  it('in time ends after the running step with the best weights so far', async () => {
    const none = await run({ maxSeconds: 0 });
    expect(none.result).toMatchObject({ stopped: 'time', steps: 1 });
    const slow = (seconds: number) => ({
      epochs: 1000,
      patience: 1000,
      maxSeconds: seconds,
      onProgress() {
        const until = performance.now() + 2;
        while (performance.now() < until);
      },
    });
    const some = await run(slow(0.1));
    expect(some.result.stopped).toBe('time');
    expect(some.result.steps).toBeGreaterThan(1);
    expect(some.result.steps).toBeLessThanOrEqual(50);
  });

  it('resumed when its time is up takes no further step, and is finished where all were taken', async () => {
    const states: TrainingState[] = [];
    const whole = await run({ checkpoint: { everySeconds: 0, save: async (state) => void states.push(state) } });
    const [middle, last] = [states[Math.floor(states.length / 2)], states.at(-1) as TrainingState];
    expect(middle.step).toBeLessThan(last.step);
    const resumed = (resume: TrainingState) => run({ resume: { ...resume, seconds: 100 }, maxSeconds: 99 });
    expect((await resumed(middle)).result).toMatchObject({ stopped: 'time', steps: middle.step });
    const ended = await resumed(last);
    expect(ended.result).toMatchObject({ stopped: whole.result.stopped, steps: last.step });
    expect(ended.weights).toEqual(whole.weights);
  });

  it('on request ends after the running step, keeps the weights of that step and saves them', async () => {
    const stop = new AbortController();
    const states: TrainingState[] = [];
    const { result, weights } = await run({
      signal: stop.signal,
      onProgress: ({ step }) => step === 9 && stop.abort(),
      checkpoint: { everySeconds: 1e9, save: async (state) => void states.push(state) },
    });
    expect(result).toMatchObject({ stopped: 'aborted', steps: 9 });
    expect(states.map(({ step }) => step)).toEqual([9]);
    expect([...(states[0].weights as Float32Array)]).toEqual(weights);
  });

  it('on request in the very last step changes nothing any more', async () => {
    const stop = new AbortController();
    const states: TrainingState[] = [];
    const changes: Partial<FitOptions> = {
      signal: stop.signal,
      epochs: 2,
      onProgress: ({ step }) => step === 12 && stop.abort(),
      checkpoint: { everySeconds: 1e9, save: async (state) => void states.push(state) },
    };
    const { progress: _, ...stopped } = await run(changes);
    const { progress: _all, ...whole } = await run({ epochs: 2 });
    expect(stopped).toEqual(whole);
    expect(states.map(({ step }) => step)).toEqual([12]);
  });
});

describe('numbers that are not finite', () => {
  const spoil = [
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
  ] as const;
  it.each(spoil)(
    'a loss of %s stops with step, norm, rate and what to try, at the weights of the step before',
    async (name, factor) => {
      using network = smallNetwork(engine);
      const task = smallTask(network);
      const states: TrainingState[] = [];
      const training = spoiled(task.training, 9, factor);
      const checkpoint = { everySeconds: 0, save: async (state: TrainingState) => void states.push(state) };
      const failure = await fit(network, { ...task, training, checkpoint }).catch((error) => error);
      expect(failure).toBeInstanceOf(RecurveError);
      expect(failure.code).toBe('numeric');
      expect(failure.message).toMatch(
        new RegExp(
          `^fit: expected a finite loss, got loss ${name} and gradient norm (NaN|Infinity|[\\d.]+) at step 9 \\(epoch 2, learning rate 0\\.03\\); lower the learning rate`,
        ),
      );
      expect(states.at(-1)?.step).toBe(8);
      expect([...network.engine.read(network.weights, network.slots)]).toEqual([...(states.at(-1)?.weights ?? [])]);
    },
  );

  it('a gradient that is not finite where the loss is stops before the update', async () => {
    using network = smallNetwork(engine);
    const task = smallTask(network);
    const before = [...network.engine.read(network.weights, network.slots)];
    const training: Objective = {
      examples: task.training.examples,
      loss: (batch, pass, tape) => {
        // The root of 0 is 0, its slope there is infinite.
        const loss = task.training.loss(batch, pass, tape);
        return add(loss, sqrt(multiply(loss, tape.constant([0], [1]))));
      },
    };
    const failure = await fit(network, { ...task, training, clip: {} }).catch((error) => error);
    expect(failure.code).toBe('numeric');
    expect([...network.engine.read(network.weights, network.slots)]).toEqual(before);
  });

  it('a watched loss of NaN names the epoch and points at the validation data', async () => {
    using network = smallNetwork(engine);
    const task = smallTask(network);
    const validation = spoiled(task.validation as Objective, 1, Number.NaN);
    const failure = await fit(network, { ...task, validation }).catch((error) => error);
    expect(failure.code).toBe('numeric');
    expect(failure.message).toMatch(
      /^fit: expected a finite validation loss, got NaN after epoch 1; check the validation data/,
    );
  });

  it('after a failure the arena holds only the network again', async () => {
    const own = await createEngine();
    using network = smallNetwork(own);
    const { persistent, workspace } = own.arena.usage();
    const task = smallTask(network);
    await fit(network, { ...task, training: spoiled(task.training, 3, Number.NaN) }).catch(() => {});
    expect(own.arena.usage()).toMatchObject({ persistent, workspace });
  });
});

describe('options that cannot work are refused with what was expected', () => {
  const cases: [string, Partial<FitOptions>, RegExp][] = [
    ['epochs 0', { epochs: 0 }, /^fit: expected epochs to be a whole number of at least 1, got 0/],
    ['epochs 1.5', { epochs: 1.5 }, /epochs .* got 1\.5/],
    ['lastEpoch 0', { lastEpoch: 0 }, /lastEpoch .* got 0/],
    ['lastEpoch NaN', { lastEpoch: Number.NaN }, /lastEpoch .* got NaN/],
    ['batch size 0', { batchSize: 0 }, /batchSize .* got 0/],
    ['patience 0', { patience: 0 }, /patience .* got 0/],
    ['rate 0', { rate: 0 }, /learning rate above 0, got 0/],
    ['rate NaN', { rate: Number.NaN }, /learning rate above 0, got NaN/],
    ['rate Infinity', { rate: Number.POSITIVE_INFINITY }, /learning rate above 0, got Infinity/],
    ['no time', { maxSeconds: Number.NaN }, /maxSeconds .* got NaN/],
    ['negative time', { maxSeconds: -1 }, /maxSeconds .* got -1/],
    ['seed -1', { seed: -1 }, /^random: expected a seed .* got -1/],
    ['no examples', { training: { examples: 0, loss: () => expect.fail('no step') } }, /training examples .* got 0/],
    [
      'a loss that is a promise',
      { training: { examples: 4, loss: (async () => 1) as never } },
      /^fit: expected loss to return a tensor of one element, got a promise; .*without await$/,
    ],
    [
      'no loss',
      { training: { examples: 4, loss: (() => undefined) as never } },
      /^fit: expected loss to return a tensor of one element, got undefined/,
    ],
    [
      'nothing watched',
      { validation: { examples: 0, loss: () => expect.fail('no step') } },
      /validation examples .* got 0/,
    ],
    ['clip norm 0', { clip: { norm: 0 } }, /^clip: expected norm above 0, got 0/],
    ['clip value NaN', { clip: { value: Number.NaN } }, /^clip: expected value above 0, got NaN/],
    ['no such schedule', { schedule: { kind: 'linear' } as never }, /^schedule: expected kind .* got "linear"/],
    ['no such optimiser', { optimizer: { kind: 'adagrad' } as never }, /^optimizer: expected kind .* got "adagrad"/],
    ['an inherited name', { optimizer: { kind: 'toString' } as never }, /^optimizer: expected kind .* got "toString"/],
    ['beta1 1', { optimizer: { kind: 'adam', beta1: 1 } }, /^adam: expected beta1 p with 0 ≤ p < 1, got 1;/],
    [
      'negative decay',
      { optimizer: { kind: 'adamW', weightDecay: -0.1 } },
      /^adamW: expected weightDecay .* got -0\.1/,
    ],
    ['epsilon NaN', { optimizer: { kind: 'adam', epsilon: Number.NaN } }, /^adam: expected epsilon .* got NaN/],
    ['checkpoint NaN', { checkpoint: { everySeconds: Number.NaN, save: async () => {} } }, /everySeconds .* got NaN/],
  ];
  it.each(cases)('%s', async (_name, changes, message) => {
    using network = smallNetwork(engine);
    const before = [...engine.read(network.weights, network.slots)];
    const failure = await fit(network, { ...smallTask(network), ...changes }).catch((error) => error);
    expect(failure).toBeInstanceOf(RecurveError);
    expect(failure.code).toBe('usage');
    expect(failure.message).toMatch(message);
    expect([...engine.read(network.weights, network.slots)]).toEqual(before);
  });
});

describe('a checkpoint', () => {
  it('is a copy: training on does not change it, and the last one is saved at the end', async () => {
    const states: { now: object; state: TrainingState }[] = [];
    await run({
      checkpoint: { everySeconds: 0, save: async (state) => void states.push({ now: plainState(state), state }) },
    });
    for (const { now, state } of states) expect(plainState(state)).toEqual(now);
    expect(states.map(({ state }) => state.step).slice(0, -1)).toEqual(states.slice(1).map((_, i) => i + 1));
  });

  it('is saved no oftener than asked', async () => {
    let saves = 0;
    await run({ epochs: 3, checkpoint: { everySeconds: 1e6, save: async () => void saves++ } });
    expect(saves).toBe(1);
  });

  it('of other sizes is refused with code model', async () => {
    let state: TrainingState | undefined;
    const save = async (s: TrainingState) => {
      state = s;
    };
    await run({ epochs: 1, checkpoint: { everySeconds: 1e6, save } });
    const good = state as TrainingState;
    const moments = good.optimizer?.moments as Record<string, Float32Array>;
    const { weights: _w, ...bare } = good;
    for (const resume of [
      { ...good, weights: good.weights?.slice(1) as Float32Array },
      bare,
      { ...good, optimizer: { steps: 6, moments: { mean: moments.mean } } },
      { ...good, optimizer: { steps: 6, moments: { ...moments, mean: moments.mean.slice(1) } } },
      { ...good, optimizer: { steps: 6, moments: { ...moments, velocity: moments.mean } } },
    ]) {
      const failure = await run({ resume }).catch((error) => error);
      expect(failure).toBeInstanceOf(RecurveError);
      expect(failure.code).toBe('model');
    }
  });
});
