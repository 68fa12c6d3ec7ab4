import { batchesToRead } from '../../data/batches.ts';
import type { TaggedText } from '../../data/index.ts';
import { RecurveError } from '../../errors.ts';
import type { Carry, Network } from '../../nn/index.ts';
import { softmaxRows } from '../probabilities.ts';
import { joined } from '../training/index.ts';
import { inputWidth, type TagArchitecture } from './architecture.ts';
import type { TagCalibration } from './calibration.ts';
import { batchOf, type TagInputs } from './inputs.ts';
import type { TagParts } from './model.ts';
import { blendLogits } from './regression/blend.ts';
import { type Logistic, logisticLogits } from './regression/logistic.ts';
import { tableInputs } from './table/features.ts';
import type { TagTable } from './table/tag-table.ts';
import { LONGEST, textRows } from './text/features.ts';

/** Steps of a sequence that go through the networks at once, and of sequences side by side: more is no faster, and takes memory. */
const PIECE = 1024;
const MOST_STEPS = 2048;

/** What predicts: networks, by the mean of their logits, a regression beside them, and what calibrates both. */
export interface Predictor {
  members: readonly Network[];
  architecture: TagArchitecture;
  regression?: Logistic;
  calibration: TagCalibration;
}

/**
 * Mean of the members' logits of some sequences side by side, [B, T, K]; a piece is a network's reading.
 *
 * @param carries states of each member, which are left behind too
 */
export function* meanLogits(
  { members, architecture }: Pick<Predictor, 'members' | 'architecture'>,
  sequences: readonly Float64Array[],
  carries?: readonly Carry[],
): Generator<void, { mean: Float64Array; T: number; lengths: number[] }> {
  const D = inputWidth(architecture);
  const { x, T, lengths } = batchOf(sequences, D);
  const mean = new Float64Array(lengths.length * T * architecture.classes);
  const ragged = lengths.some((own) => own < T) && { lengths };
  for (const [m, network] of members.entries()) {
    const { values } = network.predict(x, [lengths.length, T, D], { ...ragged, ...(carries && { carry: carries[m] }) });
    for (let i = 0; i < mean.length; i++) mean[i] += values[i] / members.length;
    yield;
  }
  return { mean, T, lengths };
}

/**
 * Calibrated probabilities of sequences, [T, K] each, read in batches of like lengths, in pieces as {@link meanLogits}. Which shares a
 * batch with which changes no bit.
 *
 * @param steps T of each
 * @param inputsOf of sequence i, asked for once
 */
export function* probabilitiesInBatches(
  predictor: Predictor,
  steps: ArrayLike<number>,
  inputsOf: (i: number) => TagInputs,
): Generator<void, Float64Array[]> {
  const { architecture, members, calibration } = predictor;
  const D = inputWidth(architecture);
  const K = architecture.classes;
  const probabilities: Float64Array[] = [];
  for (const which of batchesToRead(steps, MOST_STEPS)) {
    const batch = which.map((i) => ({ i, inputs: inputsOf(i), logits: new Float64Array(steps[i] * K) }));
    const longest = Math.max(...which.map((i) => steps[i]));
    // Reading both ways needs the whole; forwards, pieces with carried states give the same bits in less memory.
    const carries = architecture.bidirectional ? undefined : members.map((): Carry => new Map());
    const piece = carries ? PIECE : longest;
    for (let from = 0; from < longest; from += piece) {
      const parts = batch.map(({ inputs }) => inputs.rows.subarray(from * D, (from + piece) * D));
      const { mean, T, lengths } = yield* meanLogits(predictor, parts, carries);
      batch.forEach(({ logits }, b) => {
        logits.set(mean.subarray(b * T * K, (b * T + lengths[b]) * K), Math.min(from * K, logits.length));
      });
    }
    for (const { i, inputs, logits } of batch) {
      probabilities[i] = softmaxRows(withRegression(predictor, inputs, logits), K, calibration.temperature);
    }
  }
  return probabilities;
}

/** Calibrated probabilities of each series of a table or of each sentence, [T, K], in pieces as {@link meanLogits}. */
export function* sequenceProbabilities(
  predictor: Predictor & Pick<TagParts, 'plan'>,
  data: TagTable | TaggedText,
): Generator<void, Float64Array[]> {
  const { plan, architecture, regression } = predictor;
  if ('kind' in data) {
    if (plan.kind !== 'table')
      throw new RecurveError('data', 'tag: expected tagged text or sentences, got a table; the model reads words');
    return yield* probabilitiesInBatches(
      predictor,
      data.series.map(({ series }) => series.length),
      (i) => tableInputs(plan, architecture.classes, data.series[i], regression !== undefined),
    );
  }
  if (plan.kind !== 'text')
    throw new RecurveError('data', 'tag: expected a table, got text; the model reads columns of numbers');
  const pieces = data.sentences.flatMap(({ tokens }, s) =>
    Array.from({ length: Math.ceil(tokens.length / LONGEST) }, (_, k) => ({ s, from: k * LONGEST })),
  );
  const parts = yield* probabilitiesInBatches(
    predictor,
    pieces.map(({ s, from }) => Math.min(LONGEST, data.sentences[s].tokens.length - from)),
    (i) => {
      const { s, from } = pieces[i];
      return { rows: textRows(plan, data.sentences[s].tokens.slice(from, from + LONGEST)) };
    },
  );
  let piece = 0;
  return data.sentences.map(({ tokens }) => {
    const from = piece;
    piece += Math.ceil(tokens.length / LONGEST);
    return piece === from + 1 ? parts[from] : joined(parts.slice(from, piece));
  });
}

/** The networks' logits blended with those of the regression beside them, where there is one. */
export function withRegression(
  { regression, architecture }: Predictor,
  { regressionRows }: TagInputs,
  logits: Float64Array,
): Float64Array {
  return regression && regressionRows
    ? blendLogits(logits, logisticLogits(regression, regressionRows, architecture.classes))
    : logits;
}
