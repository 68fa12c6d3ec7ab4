import { type Visit, visitor } from '../../train/event-loop.ts';
import { classScores } from '../../train/index.ts';
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

export function figuresOf(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  threshold = 0.5,
): TagFigures {
  const N = labels.length;
  const confusion = confusionOf(probabilities, labels, K, threshold);
  let brier = 0;
  for (let i = 0; i < N; i++) {
    if (K === 2) brier += (probabilities[2 * i + 1] - labels[i]) ** 2;
    else for (let k = 0; k < K; k++) brier += (probabilities[i * K + k] - (labels[i] === k ? 1 : 0)) ** 2;
  }
  const scores = classScores(confusion);
  const bins = reliabilityOf(probabilities, labels, K);
  const auc = K === 2 ? areaUnderCurve(probabilities, labels) : undefined;
  return {
    brier: brier / N,
    logLoss: logLossOf(probabilities, labels, K),
    accuracy: scores.accuracy,
    f1: K === 2 ? scores.classes[1].f1 : scores.f1,
    calibrationError: bins.reduce((sum, { said, seen, count }) => sum + (count / N) * Math.abs(said - seen), 0),
    ...(auc !== undefined && { auc }),
  };
}

function confusionOf(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  threshold: number,
): number[][] {
  const confusion = Array.from({ length: K }, () => new Array<number>(K).fill(0));
  for (let i = 0; i < labels.length; i++) confusion[labels[i]][labelAt(probabilities, i * K, K, { threshold })]++;
  return confusion;
}

/** Said and seen shares of the positive of two classes, or of the class told of more, in ten bins of equal width; empty ones are left out. */
function reliabilityOf(probabilities: ArrayLike<number>, labels: ArrayLike<number>, K: number): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, () => ({ said: 0, seen: 0, count: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const told = K === 2 ? 1 : labelAt(probabilities, i * K, K, { threshold: 0.5 });
    const p = probabilities[i * K + told];
    const bin = bins[Math.min(BINS - 1, Math.floor(p * BINS))];
    bin.said += p;
    bin.seen += labels[i] === told ? 1 : 0;
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
  for (const [name, said] of Object.entries(baselines)) {
    figures.push([name, figuresOf(said, labels, K)]);
    await visit();
  }
  return {
    test: figuresOf(probabilities, labels, K, threshold),
    baselines: Object.fromEntries(figures),
    notes,
    steps: labels.length,
    confusion: confusionOf(probabilities, labels, K, threshold),
    reliability: reliabilityOf(probabilities, labels, K),
  };
}

/** By ranks, ties counting half (Mann and Whitney 1947). */
function areaUnderCurve(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number | undefined {
  const N = labels.length;
  const all = new Float64Array(N);
  let positives = 0;
  for (let i = 0; i < N; i++) if (labels[i] === 1) all[positives++] = probabilities[2 * i + 1];
  const negatives = N - positives;
  if (positives === 0 || negatives === 0) return undefined;
  // Numbers are sorted ten times as fast as places by a function: of those of the positives the ranks among all are found.
  const found = all.slice(0, positives).sort();
  for (let i = 0; i < N; i++) all[i] = probabilities[2 * i + 1];
  all.sort();
  let ranks = 0;
  for (let k = 0, from = 0, to = 0; k < positives; k++) {
    if (found[k] !== found[k - 1]) {
      for (from = to; all[from] < found[k]; from++);
      for (to = from; to < N && all[to] === found[k]; to++);
    }
    ranks += (from + 1 + to) / 2;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
