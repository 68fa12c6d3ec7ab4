import type { Tape, Tensor } from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import { type Network, noDropout, type Pass } from '../nn/index.ts';
import { Random } from '../random.ts';
import { type ClipOptions, checkClip, clipGradients } from './clip.ts';
import { visitor } from './event-loop.ts';
import { createOptimizer, type OptimizerConfig } from './optimizers.ts';
import { afterEpoch, checkSchedule, PLATEAU_START, rateFactor, type Schedule } from './schedules.ts';
import type { EpochRecord, TrainingState } from './training-state.ts';

/** Examples and what they cost. */
export interface Objective {
  /** Number of examples, at least 1. */
  examples: number;
  /** The mean loss of the examples named by `batch`, as a one-element tensor on `tape`. */
  loss(batch: Int32Array, pass: Pass, tape: Tape): Tensor;
}

export interface FitOptions {
  training: Objective;
  /** Watched for early stopping, plateau and the best weights; without it the training loss is. */
  validation?: Objective;
  /** Passes over the examples, at least 1. */
  epochs: number;
  /** Stop after so many epochs, though the schedule is laid out for `epochs`; default: all of them. */
  lastEpoch?: number;
  /** Examples per step, at least 1; default 32. */
  batchSize?: number;
  optimizer?: OptimizerConfig;
  /** Learning rate above 0; default 1e-3. */
  rate?: number;
  /** Default constant. */
  schedule?: Schedule;
  clip?: ClipOptions;
  /** Shuffling and dropout follow from it and the step alone; default 0. */
  seed?: number;
  /** Stop when the watched loss has not fallen for so many epochs; default: never. */
  patience?: number;
  /** Put the weights of the best epoch back at the end; default true when there is a validation set. */
  restoreBest?: boolean;
  /** Stop after so many seconds of training, at the end of the running step. */
  maxSeconds?: number;
  /** Stops after the running step; `fit` then returns with `stopped: 'aborted'`. */
  signal?: AbortSignal;
  /** Called after every step, cheap; and after every epoch with `validation`. */
  onProgress?(progress: Progress): void;
  /** Called with all that is needed to go on: after epochs and between steps, at most every `everySeconds`, and at the end. */
  checkpoint?: { everySeconds: number; save(state: TrainingState): Promise<void> };
  /** Go on from a checkpoint of the same options: ends at the bits of the uninterrupted run. */
  resume?: TrainingState;
}

/** News of a running training. Epochs and steps count from 1. */
export interface Progress {
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  /** Mean training loss of the epoch so far. */
  loss: number;
  /** Whether this step was the epoch's last. */
  epochEnd: boolean;
  /** At the end of an epoch. */
  validation?: number;
  learningRate: number;
  /** Global norm before clipping. */
  gradientNorm: number;
  seconds: number;
  /** Seconds still to go at the pace so far. */
  eta: number;
}

export interface FitResult {
  history: EpochRecord[];
  /** Epoch of the lowest watched loss, from 1. */
  bestEpoch: number;
  best: number;
  steps: number;
  seconds: number;
  stopped: 'finished' | 'early' | 'time' | 'aborted';
}

/**
 * Trains the network: shuffled mini-batches, back-propagation, clipping, one update a step. The event loop is visited at least
 * every 25 ms, so a page stays alive. A loss or norm that is not finite stops with a `numeric` error and leaves the weights of
 * the step before.
 */
export async function fit(network: Network, options: FitOptions): Promise<FitResult> {
  const {
    training,
    validation,
    epochs,
    batchSize = 32,
    rate = 1e-3,
    schedule = { kind: 'constant' },
    clip = {},
    seed = 0,
    patience = Number.POSITIVE_INFINITY,
    maxSeconds = Number.POSITIVE_INFINITY,
  } = options;
  check(options);
  const stepsPerEpoch = Math.ceil(training.examples / batchSize);
  const total = stepsPerEpoch * epochs;
  const end = stepsPerEpoch * Math.min(epochs, options.lastEpoch ?? epochs);
  const random = new Random(seed);
  using optimizer = createOptimizer(network, options.optimizer ?? { kind: 'adam' });
  const state: TrainingState = options.resume ? restore(network, optimizer, options.resume) : initialState();

  const began = now() - state.seconds * 1000;
  const seconds = (): number => (now() - began) / 1000;
  const visit = visitor();
  let saved = now();
  let stopped: FitResult['stopped'] = 'finished';

  const snapshot = (): TrainingState => ({
    ...state,
    seconds: seconds(),
    weights: network.engine.read(network.weights, network.slots),
    optimizer: optimizer.state(),
    history: [...state.history],
  });
  const save = async (): Promise<void> => {
    saved = now();
    await options.checkpoint?.save(snapshot());
  };

  run: while (state.step < end) {
    // Asked before an epoch and not after one, so that a training resumed from just there stops as well.
    if (state.step % stepsPerEpoch === 0 && state.waited >= patience) {
      stopped = 'early';
      break;
    }
    const epoch = Math.floor(state.step / stepsPerEpoch);
    const order = random.fork('shuffle').fork(String(epoch)).permutation(training.examples);
    for (let k = state.step % stepsPerEpoch; k < stepsPerEpoch; k++) {
      const batch = Int32Array.from(order.subarray(k * batchSize, (k + 1) * batchSize));
      const learningRate = rate * rateFactor(schedule, { step: state.step, steps: total, epoch }, state.plateau);
      const { loss, norm } = trainStep(network, training, batch, state.step, random, clip);
      expectFinite(loss, norm, { step: state.step + 1, epoch: epoch + 1, learningRate });
      optimizer.step(learningRate);
      state.step++;
      state.lossSum += loss * batch.length;
      state.lossCount += batch.length;
      const lastOfEpoch = k === stepsPerEpoch - 1;
      const progress: Progress = {
        epoch: epoch + 1,
        epochs,
        step: state.step,
        steps: end,
        loss: state.lossSum / state.lossCount,
        epochEnd: lastOfEpoch,
        learningRate,
        gradientNorm: norm,
        seconds: seconds(),
        eta: (seconds() / state.step) * (end - state.step),
      };
      if (lastOfEpoch) {
        const watched = await endEpoch(progress);
        options.onProgress?.({ ...progress, ...(validation && { validation: watched }) });
      } else options.onProgress?.(progress);
      await visit();
      if (state.step === end) break;
      if (options.signal?.aborted) stopped = 'aborted';
      else if (seconds() >= maxSeconds) stopped = 'time';
      if (stopped !== 'finished') break run;
      if (options.checkpoint && now() - saved >= options.checkpoint.everySeconds * 1000) await save();
    }
  }
  await save();
  if ((options.restoreBest ?? validation !== undefined) && stopped !== 'aborted' && state.bestWeights) {
    network.engine.write(network.weights, state.bestWeights);
  }
  return {
    history: state.history,
    bestEpoch: state.bestEpoch,
    best: state.best,
    steps: state.step,
    seconds: seconds(),
    stopped,
  };

  async function endEpoch({ epoch, loss }: Progress): Promise<number> {
    const watched = validation ? await evaluate(network, validation, batchSize, visit) : loss;
    if (!Number.isFinite(watched)) {
      throw new RecurveError(
        'numeric',
        `fit: expected a finite validation loss, got ${watched} after epoch ${epoch}; check the validation data, lower the learning rate`,
      );
    }
    state.history.push({ epoch, loss, ...(validation && { validation: watched }), seconds: seconds() });
    state.lossSum = 0;
    state.lossCount = 0;
    state.plateau = afterEpoch(schedule, state.plateau, watched);
    if (watched < state.best) {
      Object.assign(state, {
        best: watched,
        bestEpoch: epoch,
        waited: 0,
        bestWeights: network.engine.read(network.weights, network.slots),
      });
    } else state.waited++;
    return watched;
  }
}

function trainStep(
  network: Network,
  training: Objective,
  batch: Int32Array,
  step: number,
  random: Random,
  clip: ClipOptions,
): { loss: number; norm: number } {
  network.zeroGradients();
  let uses = 0;
  const dropoutKey: Pass['dropoutKey'] = () => {
    const [key0, key1] = random.fork('dropout').fork(String(uses++)).key;
    return { key0, key1, counter: step };
  };
  const loss = network.tape.run(() => {
    const value = training.loss(batch, { training: true, dropoutKey }, network.tape);
    network.tape.backward(value);
    return value.item();
  });
  return { loss, norm: clipGradients(network, clip) };
}

/** Mean loss over all examples, without dropout and without a record. */
export async function evaluate(
  network: Network,
  objective: Objective,
  batchSize = 256,
  visit = visitor(),
): Promise<number> {
  let sum = 0;
  for (let start = 0; start < objective.examples; start += batchSize) {
    const batch = Int32Array.from({ length: Math.min(batchSize, objective.examples - start) }, (_, i) => start + i);
    sum +=
      batch.length *
      network.tape.evaluate(() =>
        objective.loss(batch, { training: false, dropoutKey: noDropout }, network.tape).item(),
      );
    await visit();
  }
  return sum / objective.examples;
}

function initialState(): TrainingState {
  return {
    step: 0,
    seconds: 0,
    lossSum: 0,
    lossCount: 0,
    best: Number.MAX_VALUE,
    bestEpoch: 0,
    waited: 0,
    plateau: PLATEAU_START,
    history: [],
  };
}

function restore(network: Network, optimizer: ReturnType<typeof createOptimizer>, state: TrainingState): TrainingState {
  if (state.weights?.length !== network.slots || !state.optimizer) {
    throw new RecurveError(
      'model',
      `fit: expected a checkpoint of ${network.slots} weights, got ${state.weights?.length ?? 'none'}; resume with the network and options it was made with`,
    );
  }
  network.engine.write(network.weights, state.weights);
  optimizer.load(state.optimizer);
  return { ...state, history: [...state.history] };
}

function check({
  training,
  validation,
  epochs,
  lastEpoch = 1,
  batchSize = 32,
  rate = 1e-3,
  schedule,
  clip,
  patience = 1,
  maxSeconds = 0,
  checkpoint,
}: FitOptions): void {
  const whole = {
    epochs,
    lastEpoch,
    batchSize,
    patience,
    'training examples': training.examples,
    'validation examples': validation?.examples ?? 1,
  };
  for (const [name, value] of Object.entries(whole)) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new RecurveError(
        'usage',
        `fit: expected ${name} to be a whole number of at least 1, got ${value}; set it or give more data`,
      );
    }
  }
  for (const [name, value] of Object.entries({ maxSeconds, everySeconds: checkpoint?.everySeconds ?? 0 })) {
    if (!(value >= 0)) {
      throw new RecurveError(
        'usage',
        `fit: expected ${name} of at least 0 seconds, got ${value}; set it or leave it out`,
      );
    }
  }
  if (!(rate > 0 && Number.isFinite(rate)))
    throw new RecurveError('usage', `fit: expected a learning rate above 0, got ${rate}; try 0.001`);
  if (schedule) checkSchedule(schedule);
  if (clip) checkClip(clip);
}

function expectFinite(loss: number, norm: number, at: { step: number; epoch: number; learningRate: number }): void {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  throw new RecurveError(
    'numeric',
    `fit: expected a finite loss, got loss ${loss} and gradient norm ${norm} at step ${at.step} (epoch ${at.epoch}, learning rate ${at.learningRate}); ` +
      'lower the learning rate, clip the gradient norm, or look for extreme values in the data',
  );
}

function now(): number {
  return performance.now();
}
