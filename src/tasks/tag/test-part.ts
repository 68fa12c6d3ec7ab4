import type { TaggedText } from '../../data/index.ts';
import type { Visit } from '../../train/event-loop.ts';
import { visiting } from '../baselines/pieces.ts';
import { expectProbabilities } from '../probabilities.ts';
import type { TagModel } from './model.ts';
import { sequenceProbabilities } from './predictor.ts';
import type { TagScored } from './scores.ts';
import { type TagTable, targetTimes } from './table/tag-table.ts';
import { labelsOf } from './text/labels.ts';

/** What is scored: sequences with the steps of each that count, and what came there. */
export interface TestPart {
  data: TagTable | TaggedText;
  /** Per series or sentence. */
  scored: readonly { steps: readonly number[]; labels: Int32Array; times: Float64Array | null }[];
}

/** @param steps of each series those whose label, that of step t + `ahead`, is scored */
export function tableTestPart(table: TagTable, steps: readonly (readonly number[])[], ahead: number): TestPart {
  const scored = table.series.map(({ series, labels }, k) => {
    const times = targetTimes(series, ahead);
    return {
      steps: steps[k],
      labels: Int32Array.from(steps[k], (t) => labels[t + ahead]),
      times: times && Float64Array.from(steps[k], (t) => times[t]),
    };
  });
  return { data: table, scored };
}

export function textTestPart(text: TaggedText, classes: readonly string[]): TestPart {
  const scored = text.sentences.map((sentence) => ({
    steps: sentence.tokens.map((_, t) => t),
    labels: labelsOf(sentence, classes, text.source),
    times: null,
  }));
  return { data: text, scored };
}

/** How many steps are scored. */
export function testSteps({ scored }: TestPart): number {
  return scored.reduce((sum, { steps }) => sum + steps.length, 0);
}

/** Predictions of the steps that are scored, as `predict` makes them, with what came. */
export type TestPredictions = Pick<TagScored, 'labels' | 'probabilities' | 'times'>;

/**
 * Predicts the test part.
 *
 * @param all also predict the series without a step that is scored
 * @returns besides, the probabilities [K] of the last step of each series predicted
 */
export async function predictTestPart(
  model: TagModel,
  { data, scored }: TestPart,
  visit: Visit,
  all = false,
): Promise<{ predictions: TestPredictions; last: Float64Array[] }> {
  const K = model.classes.length;
  const read = (_: unknown, i: number): boolean => all || scored[i].steps.length > 0;
  const sequences =
    'kind' in data
      ? { ...data, series: data.series.filter(read) }
      : { ...data, sentences: data.sentences.filter(read) };
  const predicted = await visiting(sequenceProbabilities(model, sequences), visit);
  const parts = scored.filter(read);
  const labels = Int32Array.from(parts.flatMap((part) => Array.from(part.labels)));
  const probabilities = new Float64Array(labels.length * K);
  let at = 0;
  for (const [i, { steps }] of parts.entries()) {
    for (const t of steps) {
      probabilities.set(predicted[i].subarray(t * K, (t + 1) * K), at);
      at += K;
    }
  }
  expectProbabilities('tag', probabilities);
  const times = parts.every((part) => part.times) ? parts.flatMap((part) => Array.from(part.times ?? [])) : undefined;
  return {
    predictions: { labels, probabilities, ...(times && { times: Float64Array.from(times) }) },
    last: predicted.map((own) => own.slice(-K)),
  };
}
