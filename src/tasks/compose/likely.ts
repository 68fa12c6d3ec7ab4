import { noteName } from '../../data/music/index.ts';
import { exp } from '../../exact.ts';
import type { Likely } from './kind.ts';

/** What may come next of things that exclude one another, the likeliest first. */
export function likeliest(
  logits: ArrayLike<number>,
  things: readonly { id: number; pitch?: number; name?: string }[],
): Likely[] {
  const highest = things.reduce((most, { id }) => Math.max(most, logits[id]), -Infinity);
  const weights = things.map(({ id }) => exp(logits[id] - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return things
    .map(({ pitch, name = '' }, i): Likely => {
      const probability = weights[i] / total;
      return pitch === undefined ? { name, probability } : { name: noteName(pitch), pitch, probability };
    })
    .sort((a, b) => b.probability - a.probability);
}
