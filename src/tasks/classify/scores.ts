import { listNames, shorten } from '../../data/table.ts';
import { RecurveError } from '../../errors.ts';
import { classScores, confusionMatrix, type RocCurve, rocCurve } from '../../train/index.ts';
import { logLossOf } from '../probabilities.ts';
import { choices } from './predictor.ts';

/** How well classes were told. */
export interface ClassifyFigures {
  /** Share of examples whose class was named. */
  accuracy: number;
  /** Macro F1: the mean over classes. */
  f1: number;
  /** Mean −log probability of the true class, in nats; absent for what gives no probabilities. */
  logLoss?: number;
  /** Of two classes: the area under the ROC curve. */
  auc?: number;
}

/** The figures with what they are made of. */
export interface ClassifyScores extends ClassifyFigures {
  /** Examples scored. */
  examples: number;
  /** `confusion[truth][prediction]` */
  confusion: number[][];
  classes: { name: string; precision: number; recall: number; f1: number; support: number }[];
  /** Of two classes, for the second one. */
  roc?: RocCurve;
}

/** Scores probabilities [N, K] of examples whose classes are known. */
export function scoreClasses(
  probabilities: Float64Array,
  truth: ArrayLike<number>,
  names: readonly string[],
): ClassifyScores {
  const K = names.length;
  const confusion = confusionMatrix(truth, choices(probabilities, K), K);
  const { accuracy, f1, classes } = classScores(confusion);
  const roc =
    K === 2
      ? rocCurve(
          Array.from({ length: truth.length }, (_, i) => probabilities[2 * i + 1]),
          Array.from(truth, (k) => k === 1),
        )
      : null;
  return {
    accuracy,
    f1,
    logLoss: logLossOf(probabilities, truth, K),
    ...(roc && { auc: roc.auc, roc }),
    examples: truth.length,
    confusion,
    classes: classes.map((one, k) => ({ name: names[k], ...one })),
  };
}

/** The figures alone. */
export function figuresOf({ accuracy, f1, logLoss, auc }: ClassifyFigures): ClassifyFigures {
  return { accuracy, f1, ...(logLoss !== undefined && { logLoss }), ...(auc !== undefined && { auc }) };
}

/** Class numbers of labels. Throws `data` for a label that is none of the classes. */
export function numbersOfLabels(labels: readonly string[], classes: readonly string[], source: string): Int32Array {
  const numbers = new Map(classes.map((name, k) => [name, k]));
  return Int32Array.from(labels, (label, i) => {
    const k = numbers.get(label);
    if (k !== undefined) return k;
    throw new RecurveError(
      'data',
      `${source}: expected labels ${listNames(classes)}, got "${shorten(label)}" for example ${i + 1}; give data with the classes of the training`,
    );
  });
}
