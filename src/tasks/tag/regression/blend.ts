import { log } from '../../../exact.ts';
import { type Visit, visitor } from '../../../train/event-loop.ts';
import { softmaxRows } from '../../probabilities.ts';
import { fitTemperature } from '../calibration.ts';

/**
 * Network and regression as one: the mean of their log-odds. Equal weights, because weights estimated on few held-out steps tend to do
 * worse (Bates & Granger 1969; Stock & Watson 2004, the forecast combination puzzle). A constant per row, in which logits differ from
 * log-probabilities, changes nothing under the softmax.
 */
export function blendLogits(network: Float64Array, regression: Float64Array): Float64Array {
  return network.map((z, i) => (z + regression[i]) / 2);
}

/**
 * Whether held-out steps say that the network does better alone, both calibrated: a log loss lower by more than two standard errors of
 * the mean difference. Less is chance, in which the plainer model is kept (the rule of Breiman et al. 1984, twice as strict).
 */
export async function betterAlone(
  network: Float64Array,
  blend: Float64Array,
  labels: ArrayLike<number>,
  K: number,
  visit: Visit = visitor(),
): Promise<boolean> {
  const calibrated = async (logits: Float64Array): Promise<Float64Array> => {
    await visit();
    return softmaxRows(logits, K, fitTemperature(logits, labels, K));
  };
  const [alone, both] = [await calibrated(network), await calibrated(blend)];
  const N = labels.length;
  const gains = Float64Array.from(labels, (label, i) => log(alone[i * K + label] / both[i * K + label]));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / N;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, N - 1);
  return mean > 2 * Math.sqrt(variance / N);
}
