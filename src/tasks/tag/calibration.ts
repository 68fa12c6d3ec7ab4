import { exp, log } from '../../exact.ts';
import { logLossOf, mostProbableAt, softmaxRows } from '../probabilities.ts';
import type { TagOptions } from './options.ts';

/** What turns logits into probabilities, and these into labels; part of the model file. */
export interface TagCalibration {
  /** Logits are divided by it, above 0: 1 leaves them, more makes them less certain (Guo et al. 2017). */
  temperature: number;
  /** Of two classes the second is told from this probability on. */
  threshold: number;
}

/** Fewest steps a temperature is fitted on; on fewer it would follow chance. */
const ENOUGH = 50;

/** The temperature of the lowest log loss on held-out steps, between 1/4 and 4, by golden section: the loss has one minimum. */
export function fitTemperature(logits: ArrayLike<number>, labels: ArrayLike<number>, K: number): number {
  if (labels.length < ENOUGH) return 1;
  const loss = (logT: number): number => logLossOf(softmaxRows(logits, K, exp(logT)), labels, K);
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-log(4), log(4)];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [loss(left), loss(right)];
  while (high - low > 1e-4) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = loss(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = loss(right);
    }
  }
  return exp((low + high) / 2);
}

/** The threshold of two classes that does best on held-out steps. Between equally good ones, the middle of the widest run. */
export function fitThreshold(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  wish: NonNullable<TagOptions['threshold']>,
): number {
  if (typeof wish === 'number') return wish;
  const order = Array.from(labels, (_, i) => i).sort((a, b) => probabilities[2 * b + 1] - probabilities[2 * a + 1]);
  const positives = Array.from(labels).filter((label) => label === 1).length;
  let hits = 0;
  let best = { score: Number.NEGATIVE_INFINITY, width: 0, threshold: 0.5 };
  // With the first n steps told positive, any threshold between the n-th and the next probability will do.
  for (let n = 0; n <= order.length; n++) {
    if (n > 0) hits += labels[order[n - 1]] === 1 ? 1 : 0;
    const upper = n === 0 ? 1 : probabilities[2 * order[n - 1] + 1];
    const lower = n === order.length ? 0 : probabilities[2 * order[n] + 1];
    const width = upper - lower;
    if (width <= 0) continue;
    const negatives = labels.length - positives - (n - hits);
    const score = wish === 'accuracy' ? (hits + negatives) / labels.length : (2 * hits) / (n + positives || 1);
    if (score > best.score || (score === best.score && width > best.width)) {
      best = { score, width, threshold: (upper + lower) / 2 };
    }
  }
  return best.threshold;
}

/** The class told: of two the second from the threshold on, of more the most probable. */
export function labelAt(
  probabilities: ArrayLike<number>,
  at: number,
  K: number,
  { threshold }: Pick<TagCalibration, 'threshold'>,
): number {
  if (K === 2) return probabilities[at + 1] >= threshold ? 1 : 0;
  return mostProbableAt(probabilities, at, K);
}
