import { formatCount, formatFixed } from '../../format.ts';
import type {
  Classification,
  ClassifyEvaluation,
  ClassifyFigures,
  ClassifyModel,
  ClassifyScores,
  Explanation,
} from '../../tasks/index.ts';
import type { Output } from '../output.ts';
import { right } from '../terminal/index.ts';

/** Classes whose confusion a terminal shows; the report has them all. */
const MOST_CLASSES = 12;

/** The scores of the model and of what stands beside it. */
export function scoreTable(
  scores: ClassifyFigures,
  output: Output,
  beside: { model: ClassifyModel; baselines: ClassifyEvaluation['baselines']; network?: ClassifyFigures },
): string {
  const { model, baselines, network } = beside;
  const cell = model.settings.cell.toUpperCase();
  const rows: [string, ClassifyFigures][] = [
    [`${model.bayes ? `${cell} with naive Bayes` : cell} (this model)`, scores],
    ...(network ? [[`${cell} alone`, network] as [string, ClassifyFigures]] : []),
    ...(baselines.bayes ? [['naive Bayes', baselines.bayes] as [string, ClassifyFigures]] : []),
    ['most frequent class', baselines.majority],
  ];
  const auc = rows.some(([, figures]) => figures.auc !== undefined);
  return output.table({
    columns: ['classifier', ...['accuracy %', 'macro F1', 'log loss', ...(auc ? ['AUC'] : [])].map(right)],
    rows: rows.map(([name, { accuracy, f1, logLoss, auc: area }]) => [
      name,
      formatFixed(100 * accuracy, 2),
      formatFixed(f1, 4),
      formatFixed(logLoss, 4),
      ...(auc ? [formatFixed(area, 4)] : []),
    ]),
    highlight: 0,
  });
}

/** Who was taken for whom. */
export function confusionTable({ confusion, classes }: ClassifyScores, output: Output): string {
  if (classes.length > MOST_CLASSES)
    return `${formatCount(classes.length)} classes: the report of a training shows who was taken for whom, --json every count\n`;
  return `True class by row, answer by column\n${output.table({
    columns: ['', ...classes.map(({ name }) => right(name)), right('recall')],
    rows: confusion.map((row, k) => [classes[k].name, ...row.map(String), formatFixed(classes[k].recall, 3)]),
  })}`;
}

/** An answer as plain data. */
export function answerRow({ label, probability, probabilities, known }: Classification, classes: readonly string[]) {
  return {
    label,
    probability,
    probabilities: Object.fromEntries(classes.map((name, k) => [name, probabilities[k]])),
    known,
  };
}

/** A bar per word or stretch of steps: to the right what speaks for the answer, to the left what speaks against it. */
export function explanationTable({ about, words, steps }: Explanation, output: Output): string {
  const parts = words
    ? words.map(({ word, known, weight }) => ({ name: known ? word : `${word} (unknown)`, weight }))
    : (steps ?? []).map(({ from, to, weight }) => ({
        name: to - from === 1 ? `step ${from + 1}` : `steps ${from + 1} to ${to}`,
        weight,
      }));
  const most = Math.max(1e-9, ...parts.map(({ weight }) => Math.abs(weight)));
  const mark = output.abilities.unicode ? '█' : '#';
  const bar = (weight: number): string => mark.repeat(Math.round((Math.abs(weight) / most) * 12));
  return output.table({
    columns: [words ? 'word' : 'steps', right('against'), `for ${about}`, right('nats')],
    rows: parts.map(({ name, weight }) => [
      name,
      weight < 0 ? bar(weight) : '',
      weight > 0 ? bar(weight) : '',
      formatFixed(weight, 2),
    ]),
  });
}
