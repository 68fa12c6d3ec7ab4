import { RecurveError } from '../errors.ts';
import { expectNetwork } from '../nn/check.ts';
import type { Network, Pass } from '../nn/index.ts';
import { expectWhole } from '../options.ts';
import { Random } from '../random.ts';
import { createAverage } from './average.ts';
import { clipReport, limitGradients, noClips } from './clip.ts';
import { visitor } from './event-loop.ts';
import { expectFinite, naming, type StepPlace } from './finite.ts';
import { createOptimizer } from './optimizers.ts';
import {
  checkOptions,
  expectObjective,
  type FitOptions,
  type FitResult,
  type Objective,
  type Progress,
} from './options.ts';
import { afterEpoch, PLATEAU_START, rateFactor } from './schedules.ts';
import { evaluationLosses, type MeanLoss, type TrainingSteps, trainingSteps } from './steps.ts';
import type { TrainingState } from './training-state.ts';

export type { FitOptions, FitResult, Objective, Progress } from './options.ts';

/**
 * Trains the network: shuffled mini-batches or windows of streams, back-propagation, clipping, one update a step. The event loop
 * is visited at least every 25 ms, so a page stays alive. A loss or norm that is not finite stops with a `numeric` error and
 * leaves the weights of the step before.
 *
 * @throws RecurveError `usage` while another fit of the network runs
 */
export async function fit(network: Network, options: FitOptions): Promise<FitResult> {
  expectNetwork('fit', network);
  checkOptions(options);
  using _claim = claim(network);
  const {
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
  const random = new Random(seed);
  const steps = trainingSteps(network, options, random);
  const stepsPerEpoch = steps.perEpoch;
  const total = stepsPerEpoch * epochs;
  const end = stepsPerEpoch * Math.min(epochs, options.lastEpoch ?? epochs);
  using optimizer = createOptimizer(network, options.optimizer ?? { kind: 'adam' });
  using average = options.average
    ? createAverage(
        network,
        options.average,
        options.resume && { updates: options.resume.step, sum: options.resume.average },
      )
    : null;
  // The weights that are watched, and kept as the best.
  const watchAverage = options.average?.use === 'end' ? null : average;
  const restoreBest = options.restoreBest ?? (validation !== undefined && watchAverage === average);
  const state: TrainingState = options.resume ? restore(network, optimizer, options.resume) : initialState();
  const clips = { ...(state.clipping ?? noClips()) };

  const began = now() - state.seconds * 1000;
  const seconds = (): number => (now() - began) / 1000;
  const visit = visitor();
  let saved = now();
  // A resumed training whose time was up learns no further; a new one takes one step at least.
  let stopped: FitResult['stopped'] =
    options.resume && state.step < end && state.seconds >= maxSeconds ? 'time' : 'finished';

  const snapshot = (): TrainingState => ({
    ...state,
    seconds: seconds(),
    clipping: { ...clips },
    weights: network.engine.read(network.weights, network.slots),
    optimizer: optimizer.state(),
    history: [...state.history],
    ...(average && { average: average.state() }),
    ...(steps.carried && { carried: steps.carried() }),
  });
  const save = async (): Promise<void> => {
    saved = now();
    await options.checkpoint?.save(snapshot());
  };

  run: while (state.step < end && stopped === 'finished') {
    // Asked before an epoch and not after one, so that a training resumed from just there stops as well.
    if (state.step % stepsPerEpoch === 0 && state.waited >= patience) {
      stopped = 'early';
      break;
    }
    const epoch = Math.floor(state.step / stepsPerEpoch);
    steps.begin(epoch, state.step % stepsPerEpoch);
    for (let k = state.step % stepsPerEpoch; k < stepsPerEpoch; k++) {
      const learningRate = rate * rateFactor(schedule, { step: state.step, steps: total, epoch }, state.plateau);
      const place: StepPlace = { step: state.step + 1, epoch: epoch + 1, learningRate };
      const { loss, weight } = gradientOf(
        network,
        steps,
        k,
        state.step,
        random,
        options.detectAnomaly ? place : undefined,
      );
      const { norm, scale } = limitGradients(network, clip, clips);
      expectFinite(network, loss, norm, place);
      optimizer.step(learningRate, scale);
      average?.update();
      state.step++;
      state.lossSum += loss * weight;
      state.lossCount += weight;
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
        clipping: clipReport(clips, state.step),
        seconds: seconds(),
        eta: (seconds() / state.step) * (end - state.step),
      };
      if (lastOfEpoch) {
        const watched = await (watchAverage ? watchAverage.during(() => endEpoch(progress)) : endEpoch(progress));
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
  // An aborted training is left as it was trained, to go on from there.
  if (stopped !== 'aborted') {
    if (restoreBest && state.bestWeights) network.engine.write(network.weights, state.bestWeights);
    else average?.apply();
  }
  return {
    history: state.history,
    bestEpoch: state.bestEpoch,
    best: state.best,
    steps: state.step,
    seconds: seconds(),
    stopped,
    clipping: clipReport(clips, state.step),
    ...(steps.padding && { padding: steps.padding(Math.ceil(state.step / stepsPerEpoch) - 1) }),
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

const training = new WeakSet<Network>();

/** Two trainings of one network would step through each other's weights and gradients. */
function claim(network: Network): Disposable {
  if (training.has(network)) {
    throw new RecurveError(
      'usage',
      'fit: expected a network that is not being trained, got one in the middle of another fit; await that one first',
    );
  }
  training.add(network);
  return { [Symbol.dispose]: () => void training.delete(network) };
}

/** Computes the gradients of one step. Keys of dropout are functions of seed, step and use. */
function gradientOf(
  network: Network,
  steps: TrainingSteps,
  k: number,
  step: number,
  random: Random,
  watched: StepPlace | undefined,
): MeanLoss {
  network.zeroGradients();
  let uses = 0;
  const dropoutKey: Pass['dropoutKey'] = () => {
    const [key0, key1] = random.fork('dropout').fork(String(uses++)).key;
    return { key0, key1, counter: step };
  };
  const pass: Pass = { training: true, dropoutKey };
  return watched ? naming(network, watched, () => steps.gradient(k, pass)) : steps.gradient(k, pass);
}

/** Mean loss over all examples, or over all steps of streams, without dropout and without a record. */
export async function evaluate(
  network: Network,
  objective: Objective,
  batchSize = 256,
  visit = visitor(),
): Promise<number> {
  expectNetwork('evaluate', network);
  expectObjective('evaluate', 'data', objective);
  expectWhole('evaluate', 'batchSize', batchSize);
  let sum = 0;
  let total = 0;
  for (const { loss, weight } of evaluationLosses(network, objective, batchSize)) {
    sum += weight * loss;
    total += weight;
    await visit();
  }
  return sum / total;
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
  if (
    state.weights?.length !== network.slots ||
    !state.optimizer ||
    !Number.isSafeInteger(state.step) ||
    !Array.isArray(state.history)
  ) {
    throw new RecurveError(
      'model',
      `fit: expected a checkpoint of ${network.slots} weights, got ${state.weights?.length ?? 'none'}; resume with the network and options it was made with`,
    );
  }
  network.engine.write(network.weights, state.weights);
  optimizer.load(state.optimizer);
  return { ...state, history: [...state.history] };
}

function now(): number {
  return performance.now();
}
