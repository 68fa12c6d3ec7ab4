import type { Network, Pass } from '../../../nn/index.ts';
import { ORDER, type VoicesNetwork } from './network.ts';

/** A step of the harmony, in classes. */
export interface HarmonyStep {
  /** What the soprano says at this step, [2H]. */
  code: Float32Array | Float64Array;
  /** Alto, tenor and bass of the step before. */
  before: readonly number[];
  soprano: number;
}

/** Draws bass, alto and tenor of a step, each knowing those before it; gives the classes of alto, tenor and bass.
 * `pass` carries on. */
export function drawLower(
  network: Network,
  { code, before, soprano }: HarmonyStep,
  pass: Pass,
  pick: (logits: ArrayLike<number>, voice: number) => number,
): number[] {
  const { tape } = network;
  const root = network.root as VoicesNetwork;
  return tape.evaluate(() => {
    const state = root.decode(tape.constant(code, [1, 1, code.length]), before, pass);
    const found = [soprano, 0, 0, 0];
    ORDER.forEach((v, n) => {
      if (n === 0) return;
      const known = ORDER.slice(0, n).map((other) => [found[other]]);
      found[v] = pick(root.voice(n, state, known).values(), v);
    });
    return found.slice(1);
  });
}
