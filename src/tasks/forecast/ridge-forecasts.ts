import type { Visit } from '../../train/event-loop.ts';
import { visiting } from '../baselines/pieces.ts';
import { ridgeInPieces } from '../baselines.ts';
import { type FeaturePlan, featureCount, inputWidth, inUnit } from './features.ts';
import { inputsOf, targetsOf, type Window } from './windows.ts';

/** Most features for which ridge regression is solved on whole windows; beyond, it reads the target's own window. */
const MOST_FEATURES = 600;
/** Fewest windows, observed throughout, to learn from. */
export const FEWEST_WINDOWS = 20;
/** Most windows to learn from, evenly spread over those there are: neighbours are alike, and all inputs lie in memory at once. */
const MOST_WINDOWS = 32_768;
/** Windows whose inputs are made at a time. */
const BATCH = 256;

/**
 * Forecasts [windows, horizon] of a ridge regression on the same windows and inputs as the network's, in the target's unit. Undefined where
 * too few windows are whole.
 */
export async function ridgeForecasts(
  plan: FeaturePlan,
  training: readonly Window[],
  windows: readonly Window[],
  visit: Visit,
): Promise<{ forecasts: Float64Array; notes: string[] } | undefined> {
  const { horizon, context: T } = plan;
  const width = inputWidth(plan);
  const whole = width <= MOST_FEATURES;
  const D = featureCount(plan);
  const kept = Array.from({ length: width }, (_, i) => i).filter((i) => whole || i >= T * D || i % D === 0);
  /** Inputs [windows, kept]; never those of all columns at once, which take gigabytes of a long table. */
  const rows = async (chosen: readonly Window[]): Promise<Float64Array> => {
    const some = new Float64Array(chosen.length * kept.length);
    for (let from = 0; from < chosen.length; from += BATCH) {
      const batch = chosen.slice(from, from + BATCH);
      const inputs = inputsOf(plan, batch);
      for (let n = 0; n < batch.length; n++) {
        for (let k = 0; k < kept.length; k++) some[(from + n) * kept.length + k] = inputs[n * width + kept[k]];
      }
      await visit();
    }
    return some;
  };

  const complete: Window[] = [];
  for (const window of training) {
    if (targetsOf(plan, [window]).weights.every((w) => w === 1)) complete.push(window);
    await visit();
  }
  if (complete.length < FEWEST_WINDOWS) return undefined;
  const stride = Math.ceil(complete.length / MOST_WINDOWS);
  const chosen = complete.filter((_, i) => i % stride === 0);
  const pieces = ridgeInPieces(
    { inputs: await rows(chosen), targets: targetsOf(plan, chosen).targets, features: kept.length, horizon },
    { penalties: [1e-3, 1e-2, 0.1, 1, 10] },
  );
  const ridge = await visiting(pieces, visit);
  const predicted = new Float64Array(windows.length * horizon);
  for (let from = 0; from < windows.length; from += BATCH) {
    predicted.set(ridge.predict(await rows(windows.slice(from, from + BATCH))), from * horizon);
  }
  return {
    forecasts: inUnit(plan, windows, predicted),
    notes: [
      ...(whole ? [] : ['reads the target’s window and what is known ahead, not all columns']),
      ...(stride === 1 ? [] : [`learned from ${chosen.length} of ${complete.length} windows`]),
    ],
  };
}
