import type { Engine } from '../engine/index.ts';

/** Edge of the matrices: what a training step of 256 hidden units multiplies, and small enough for the second-level cache. */
const SIZE = 256;

/** Speed of the forward product `gemmNt` in GFLOP/s: the best of several rounds, since the machine may be busy. */
export function gemmSpeed(engine: Engine, seconds = 0.3): number {
  return engine.arena.scope(() => {
    const [a, w, c] = [0, 1, 2].map(() => engine.arena.take(SIZE * SIZE));
    engine.fill(a, SIZE * SIZE, 0.5);
    engine.fill(w, SIZE * SIZE, 0.25);
    const work = 2 * SIZE ** 3;
    const began = performance.now();
    let best = 0;
    do {
      const start = performance.now();
      engine.gemmNt(c, a, w, SIZE, SIZE, SIZE, { accumulate: false });
      best = Math.max(best, work / (performance.now() - start) / 1e6);
    } while (performance.now() - began < seconds * 1000);
    return best;
  });
}
