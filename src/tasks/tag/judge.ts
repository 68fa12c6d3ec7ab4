import { type Visit, visitor } from '../../train/event-loop.ts';
import { softmaxRows } from '../probabilities.ts';
import { fitTemperature, fitThreshold, type TagCalibration } from './calibration.ts';
import type { Example } from './examples.ts';
import type { TagLearner } from './learner.ts';
import type { Logistic } from './logistic.ts';
import type { TagSettings } from './options.ts';
import { betterAlone, blendLogits, fitRegression, REGRESSION_LEFT_OUT, regressionLogits } from './regression.ts';

/** The regression of a training, and what regressions fitted without them say of the steps left out, [N, K]. */
export interface Beside {
  regression: Logistic;
  logits: Float64Array;
}

/**
 * Fits the regression on all examples and, for each part held out, one on the rest. Undefined where none was wished for or one has no
 * finite solution.
 */
export async function fitBeside(
  { regression: wished, architecture: { classes: K }, classWeights }: TagLearner,
  all: readonly Example[],
  rest: readonly (readonly Example[])[],
  held: readonly (readonly Example[])[],
  visit: Visit,
): Promise<Beside | undefined> {
  if (!wished) return undefined;
  const regression = await fitRegression(all, K, classWeights, visit);
  const logits: number[] = [];
  for (const [k, part] of held.entries()) {
    const own = rest[k] === all ? regression : await fitRegression(rest[k], K, classWeights, visit);
    if (!own || !regression) return undefined;
    for (const z of regressionLogits(own, part, K)) logits.push(z);
  }
  return regression && { regression, logits: Float64Array.from(logits) };
}

/** What answers after a training. */
export interface Judged {
  regression?: Logistic;
  calibration: TagCalibration;
  /** Why there is no regression, where one was wished for. */
  notes: string[];
}

/** Decides on steps left out whether the regression stays, and calibrates what then answers. */
export async function judge(
  { regression: wished, architecture: { classes: K }, settings }: TagLearner,
  { logits, labels }: { logits: Float64Array; labels: Int32Array },
  beside: Beside | undefined,
  visit: Visit = visitor(),
): Promise<Judged> {
  const leftOut = (why: string): string[] => (wished ? [`${REGRESSION_LEFT_OUT} ${why}`] : []);
  if (!beside) return { calibration: calibrate(logits, labels, K, settings), notes: leftOut('no finite solution') };
  const { regression } = beside;
  if (logits.length !== labels.length * K) return { regression, calibration: uncalibrated(settings), notes: [] };
  const both = blendLogits(logits, beside.logits);
  const better = await betterAlone(logits, both, labels, K, visit);
  await visit();
  if (better) {
    const notes = leftOut('on held-out steps the network does clearly better alone');
    return { calibration: calibrate(logits, labels, K, settings), notes };
  }
  return { regression, calibration: calibrate(both, labels, K, settings), notes: [] };
}

/** Where the time was up before the network said anything of them. */
function uncalibrated({ threshold }: TagSettings): TagCalibration {
  return { temperature: 1, threshold: typeof threshold === 'number' ? threshold : 0.5 };
}

function calibrate(logits: ArrayLike<number>, labels: Int32Array, K: number, settings: TagSettings): TagCalibration {
  if (logits.length !== labels.length * K) return uncalibrated(settings);
  const temperature = fitTemperature(logits, labels, K);
  const threshold = K === 2 ? fitThreshold(softmaxRows(logits, K, temperature), labels, settings.threshold) : 0.5;
  return { temperature, threshold };
}
