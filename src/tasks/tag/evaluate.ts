import type { TaggedText } from '../../data/index.ts';
import { shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { expectOptions } from '../../options.ts';
import { visitor } from '../../train/event-loop.ts';
import { expectModel } from '../arguments.ts';
import { UNLEARNED } from '../baselines/baseline.ts';
import { classShares } from './class-shares.ts';
import type { TagModel } from './model.ts';
import { scoresOf, type TagScored, type TagScores } from './scores.ts';
import { tableBaselines } from './table/baselines.ts';
import { tableSpans } from './table/spans.ts';
import { expectTagData, type TagTable } from './table/tag-table.ts';
import { predictTestPart, tableTestPart, testSteps, textTestPart } from './test-part.ts';

/**
 * Measures a model on data with labels: of a table the steps from `from` (default: where the test span of its training began) beside the
 * baselines fitted on the steps before (without any the share of each class in training), of a text all words beside the share of each class in training.
 *
 * @throws RecurveError `data` where nothing can be scored, or a label is one the model does not know
 */
export async function evaluateTag(
  model: TagModel,
  data: TagTable | TaggedText,
  span: { from?: string; until?: string } = {},
): Promise<TagScores> {
  expectModel('evaluateTag', model);
  expectTagData('evaluateTag', data);
  expectOptions('evaluateTag', span, { from: true, until: true });
  const { from, until } = span;
  const scored = 'kind' in data ? await scoreTable(model, data, from, until) : await scoreText(model, data);
  return await scoresOf(scored, model.classes.length, model.calibration.threshold);
}

async function scoreTable(model: TagModel, table: TagTable, from?: string, until?: string): Promise<TagScored> {
  const { plan, settings } = model;
  const test = from === undefined ? settings.test : { from };
  if (plan.kind !== 'table')
    throw new RecurveError('data', 'tag: expected tagged text, got a table; the model reads words');
  if (test === 'none') {
    throw new RecurveError(
      'usage',
      'tag: expected a test span, got a model trained without; say where it begins with from',
    );
  }
  const testUntil = until ?? settings.testUntil;
  const spans = tableSpans(table, { ahead: plan.ahead, test, ...(testUntil !== undefined && { testUntil }) });
  if (table.series.every((one) => one.labels.every((label) => label < 0))) {
    throw new RecurveError(
      'data',
      `tag: expected labels in column "${shorten(plan.target.column)}" of ${table.source}, got none; give data with them, or use predict`,
    );
  }
  const part = tableTestPart(table, spans.test, plan.ahead);
  const N = testSteps(part);
  if (N === 0)
    throw new RecurveError('data', 'tag: expected steps with labels in the test span, got none; move its border');
  const { predictions } = await predictTestPart(model, part, visitor());
  return {
    ...predictions,
    ...(spans.train.some((steps) => steps.length > 0)
      ? await tableBaselines(table, spans, plan)
      : {
          baselines: { constant: sharesOf(model, N) },
          notes: { logistic: UNLEARNED, ...(plan.ahead > 0 && { markov: UNLEARNED }) },
        }),
  };
}

async function scoreText(model: TagModel, text: TaggedText): Promise<TagScored> {
  const part = textTestPart(text, model.classes);
  if (part.scored.some(({ labels }) => labels.includes(-1))) {
    throw new RecurveError(
      'data',
      `${text.source}: expected a label for every word, got sentences without; give tagged text, or use predict`,
    );
  }
  const { predictions } = await predictTestPart(model, part, visitor());
  return { ...predictions, baselines: { constant: sharesOf(model, testSteps(part)) }, notes: {} };
}

/** The share of each class in the model's training, for N steps: [N, K]. */
function sharesOf({ classes, summary }: TagModel, N: number): Float64Array {
  const K = classes.length;
  const counts = Array.isArray(summary.counts) ? summary.counts.map(Number) : classes.map(() => 1);
  const constant = classShares(
    counts.flatMap((count, k) => new Array<number>(count).fill(k)),
    K,
  );
  const all = new Float64Array(N * K);
  for (let i = 0; i < N; i++) all.set(constant, i * K);
  return all;
}
