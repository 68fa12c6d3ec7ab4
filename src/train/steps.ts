import { Tensor } from '../autograd/index.ts';
import { bucketBatches, paddingShare } from '../data/batches.ts';
import { RecurveError } from '../errors.ts';
import { type Network, noDropout, type Pass } from '../nn/index.ts';
import type { Random } from '../random.ts';
import { packCarry, unpackCarry } from './carried-states.ts';
import type { FitOptions, Objective } from './options.ts';
import type { CarriedStates } from './training-state.ts';
import { type StreamOptions, type StreamReader, type StreamWindow, streamReader } from './truncated.ts';

/** The steps of a training: of examples a shuffled batch each, of streams a window each. */
export interface TrainingSteps {
  readonly perEpoch: number;
  /** Lays out an epoch whose first `from` steps are done. */
  begin(epoch: number, from: number): void;
  /** Adds the gradient of step k of the epoch to the network's; gives its mean loss and what that weighs. */
  gradient(k: number, pass: Pass): MeanLoss;
  /** Carried states, for checkpoints. */
  carried?(): CarriedStates;
  /** Share of padded steps in an epoch. */
  padding?(epoch: number): number;
}

/** A mean loss and what it weighs in means of means. */
export interface MeanLoss {
  loss: number;
  weight: number;
}

export function trainingSteps(network: Network, options: FitOptions, random: Random): TrainingSteps {
  const { training } = options;
  return training.streams
    ? windowSteps(network, training.streams, random, options.resume?.carried)
    : batchSteps(network, training, options, random);
}

function batchSteps(network: Network, training: Objective, options: FitOptions, random: Random): TrainingSteps {
  const { batchSize = 32, accumulate = 1, bucketing } = options;
  const pool = bucketing?.pool;
  const weight = training.weight ?? countOf;
  const shuffle = (epoch: number): Random => random.fork('shuffle').fork(String(epoch));
  const buckets = ({ lengths }: NonNullable<FitOptions['bucketing']>, epoch: number): Int32Array[] =>
    bucketBatches(lengths, { batchSize, ...(pool !== undefined && { pool }) }, shuffle(epoch));
  let batchAt: (k: number) => Int32Array;
  return {
    perEpoch: Math.ceil(training.examples / batchSize),
    begin(epoch) {
      if (bucketing) {
        const batches = buckets(bucketing, epoch);
        batchAt = (k) => batches[k];
        return;
      }
      const order = shuffle(epoch).permutation(training.examples);
      batchAt = (k) => order.slice(k * batchSize, (k + 1) * batchSize);
    },
    gradient(k, pass) {
      const batch = batchAt(k);
      const parts = cut(batch, Math.ceil(batch.length / accumulate)).map((part) => ({
        part,
        weight: expectWeight(weight(part)),
      }));
      const total = parts.reduce((sum, part) => sum + part.weight, 0);
      let loss = 0;
      for (const { part, weight: share } of parts) {
        const one = backward(network, (tape) => training.loss(part, pass, tape), share / total);
        loss += parts.length === 1 ? one : one * (share / total);
      }
      return { loss, weight: total };
    },
    ...(bucketing && { padding: (epoch: number) => paddingShare(bucketing.lengths, buckets(bucketing, epoch)) }),
  };
}

function windowSteps(
  network: Network,
  training: StreamOptions,
  random: Random,
  carried: CarriedStates | undefined,
): TrainingSteps {
  const reader = readerOf(network, training);
  return {
    perEpoch: reader.windows,
    begin(epoch, from) {
      reader.begin((training.shuffle ?? true) ? random.fork('shuffle').fork(String(epoch)) : undefined);
      if (from > 0) unpackCarry(network.root, carried, reader.carry);
    },
    gradient: (k, pass) =>
      reader.read(k, pass, (window, known) => ({
        loss: backward(network, (tape) => training.loss(window, known, tape)),
        weight: newSteps(window),
      })),
    carried: () => packCarry(network.root, reader.carry),
  };
}

/** Records the loss, goes back from `share` of it, and gives it whole. */
function backward(network: Network, lossOf: (tape: Network['tape']) => Tensor, share = 1): number {
  const { tape } = network;
  return tape.run(() => {
    const loss = expectLoss('fit', lossOf(tape));
    tape.backward(loss, share);
    return loss.item();
  });
}

/** Programs without types give promises and numbers too. */
function expectLoss(who: string, loss: Tensor): Tensor {
  if (loss instanceof Tensor) return loss;
  const got = (loss as unknown) instanceof Promise ? 'a promise' : typeof loss;
  throw new RecurveError(
    'usage',
    `${who}: expected loss to return a tensor of one element, got ${got}; return what mse or another loss gives, without await`,
  );
}

function readerOf(network: Network, objective: StreamOptions): StreamReader {
  const { tape } = network;
  return streamReader(objective, (window, pass) => {
    tape.evaluate(() => objective.loss(window, { ...pass, training: false, dropoutKey: noDropout }, tape));
  });
}

/** Losses of all batches, or of all windows with carried states, without dropout and without a record. */
export function* evaluationLosses(network: Network, objective: Objective, batchSize: number): Generator<MeanLoss> {
  const { tape } = network;
  const quiet: Pass = { training: false, dropoutKey: noDropout };
  const { streams } = objective;
  if (streams) {
    // Nothing flows back, so nothing need be read again.
    const reader = readerOf(network, { ...streams, k2: streams.k1 });
    reader.begin(undefined);
    for (let k = 0; k < reader.windows; k++) {
      yield reader.read(k, quiet, (window, pass) => ({
        loss: tape.evaluate(() => expectLoss('evaluate', streams.loss(window, pass, tape)).item()),
        weight: newSteps(window),
      }));
    }
    return;
  }
  for (let from = 0; from < objective.examples; from += batchSize) {
    const batch = Int32Array.from({ length: Math.min(batchSize, objective.examples - from) }, (_, i) => from + i);
    yield {
      loss: tape.evaluate(() => expectLoss('evaluate', objective.loss(batch, quiet, tape)).item()),
      weight: expectWeight((objective.weight ?? countOf)(batch)),
    };
  }
}

const countOf = (batch: Int32Array): number => batch.length;

function newSteps({ weights }: StreamWindow): number {
  return weights.reduce((sum, w) => sum + w, 0);
}

function cut(all: Int32Array, size: number): Int32Array[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, k) =>
    Int32Array.from(all.subarray(k * size, (k + 1) * size)),
  );
}

function expectWeight(weight: number): number {
  if (weight > 0 && Number.isFinite(weight)) return weight;
  throw new RecurveError(
    'usage',
    `fit: expected a weight above 0 for every batch, got ${weight}; leave examples without a step out`,
  );
}
