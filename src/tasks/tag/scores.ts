import { type Visit, visitor } from '../../train/event-loop.ts';
import { classScores, confusionMatrix, type RocCurve, rocCurve } from '../../train/index.ts';
import { logLossOf } from '../probabilities.ts';
import { labelAt } from './calibration.ts';

/** Figures of probabilities against what came. */
export interface TagFigures {
  /** Mean squared error of the probabilities: of two classes (p − y)², of more the sum over the classes. Brier 1950. */
  brier: number;
  /** Mean −log of the true class's probability, in nats. */
  logLoss: number;
  /** Share of labels told right, 0 to 1. */
  accuracy: number;
  /** Of two classes the F1 of the second (positive) one, of more the mean over the classes that occur, as truth or as told. */
  f1: number;
  /** Expected calibration error: mean distance of said and seen shares over ten bins, weighted by their size. Naeini et al. 2015. */
  calibrationError: number;
  /** Two classes: probability that a positive step gets more than a negative one (area under the ROC curve); absent with one class only. */
  auc?: number;
}

/** A bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Mean probability said, share seen, steps. */
  said: number;
  seen: number;
  count: number;
}

/** What the model and one kind of baseline said of the same steps. */
export interface TagScored {
  /** Class of each step, N of them. */
  labels: Int32Array;
  /** [N, K] */
  probabilities: Float64Array;
  baselines: Record<string, Float64Array>;
  notes: Record<string, string>;
  /** When the steps told are, where there are time stamps. */
  times?: Float64Array;
}

/** What a tagger reached on steps it was not trained on, beside the baselines. */
export interface TagScores {
  test: TagFigures;
  baselines: Record<string, TagFigures>;
  notes: Record<string, string>;
  /** Steps scored. */
  steps: number;
  /** Rows: true class; columns: class told. */
  confusion: number[][];
  reliability: ReliabilityBin[];
}

const BINS = 10;

/** Figures of probabilities [N, K] against the classes that came, and what they are made of. */
export function scoreProbabilities(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  threshold = 0.5,
): Pick<TagScores, 'confusion' | 'reliability'> & { figures: TagFigures } {
  const N = labels.length;
  let brier = 0;
  for (let i = 0; i < N; i++) {
    if (K === 2) brier += (probabilities[2 * i + 1] - labels[i]) ** 2;
    else for (let k = 0; k < K; k++) brier += (probabilities[i * K + k] - (labels[i] === k ? 1 : 0)) ** 2;
  }
  const predicted = Int32Array.from({ length: N }, (_, i) => labelAt(probabilities, i * K, K, { threshold }));
  const confusion = confusionMatrix(labels, predicted, K);
  const scores = classScores(confusion);
  const reliability = reliabilityOf(probabilities, labels, K);
  const roc = K === 2 ? rocOf(probabilities, labels) : null;
  const figures = {
    brier: brier / N,
    logLoss: logLossOf(probabilities, labels, K),
    accuracy: scores.accuracy,
    f1: K === 2 ? scores.classes[1].f1 : scores.f1,
    calibrationError: reliability.reduce((sum, { said, seen, count }) => sum + (count / N) * Math.abs(said - seen), 0),
    ...(roc && { auc: roc.auc }),
  };
  return { figures, confusion, reliability };
}

/** Of the second of two classes. */
function rocOf(probabilities: ArrayLike<number>, labels: ArrayLike<number>): RocCurve | null {
  return rocCurve(
    Float64Array.from(labels, (_, i) => probabilities[2 * i + 1]),
    Array.from(labels, (label) => label === 1),
  );
}

/** Said and seen shares of the positive of two classes, or of the class told of more, in ten bins of equal width; empty ones are left out. */
function reliabilityOf(probabilities: ArrayLike<number>, labels: ArrayLike<number>, K: number): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, () => ({ said: 0, seen: 0, count: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const predicted = K === 2 ? 1 : labelAt(probabilities, i * K, K, { threshold: 0.5 });
    const p = probabilities[i * K + predicted];
    const bin = bins[Math.min(BINS - 1, Math.floor(p * BINS))];
    bin.said += p;
    bin.seen += labels[i] === predicted ? 1 : 0;
    bin.count++;
  }
  return bins
    .filter(({ count }) => count > 0)
    .map(({ said, seen, count }) => ({ said: said / count, seen: seen / count, count }));
}

/** All figures of a test span: baselines are told with the threshold 0.5. */
export async function scoresOf(
  scored: TagScored,
  K: number,
  threshold: number,
  visit: Visit = visitor(),
): Promise<TagScores> {
  const { labels, probabilities, baselines, notes } = scored;
  const figures: [string, TagFigures][] = [];
  for (const [name, predicted] of Object.entries(baselines)) {
    figures.push([name, scoreProbabilities(predicted, labels, K).figures]);
    await visit();
  }
  const { figures: test, ...rest } = scoreProbabilities(probabilities, labels, K, threshold);
  return { test, baselines: Object.fromEntries(figures), notes, steps: labels.length, ...rest };
}
