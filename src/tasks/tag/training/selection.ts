import { type Visit, visitor } from '../../../train/event-loop.ts';
import { softmaxRows } from '../../probabilities.ts';
import { fitTemperature, fitThreshold, type TagCalibration } from '../calibration.ts';
import type { TagSettings } from '../options.ts';
import { betterAlone, blendLogits } from '../regression/blend.ts';
import { REGRESSION_LEFT_OUT, type RegressionFit } from '../regression/fit.ts';
import type { Logistic } from '../regression/logistic.ts';
import type { TagLearner } from './ensemble.ts';

/** What answers after a training. */
export interface Selection {
  regression?: Logistic;
  calibration: TagCalibration;
  /** Why there is no regression, where one was wished for. */
  notes: string[];
}

/** Decides on steps left out whether the regression stays, and calibrates what then answers. */
export async function selectAndCalibrate(
  { regression: wished, architecture: { classes: K }, settings }: TagLearner,
  { logits, labels }: { logits: Float64Array; labels: Int32Array },
  fitted: RegressionFit | undefined,
  visit: Visit = visitor(),
): Promise<Selection> {
  const leftOut = (why: string): string[] => (wished ? [`${REGRESSION_LEFT_OUT} ${why}`] : []);
  if (!fitted) return { calibration: calibrate(logits, labels, K, settings), notes: leftOut('no finite solution') };
  const { regression } = fitted;
  if (logits.length !== labels.length * K) return { regression, calibration: uncalibrated(settings), notes: [] };
  const both = blendLogits(logits, fitted.logits);
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
