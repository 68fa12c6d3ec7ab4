import type { Engine } from '../engine/index.ts';

/** Edge of the matrices: what a training step of 256 hidden units multiplies, and small enough for the second-level cache. */
const SIZE = 256;
/** Seconds that a measurement takes. */
const SECONDS = 0.3;

/** Speed of the forward product `gemmNt` in GFLOP/s: the best of several rounds, since the machine may be busy. */
export function gemmSpeed(engine: Engine): number {
  return engine.arena.scope(() => {
    const [a, w, c] = [0, 1, 2].map(() => filled(engine, SIZE * SIZE));
    const product = () => engine.gemmNt(c, a, w, SIZE, SIZE, SIZE, { accumulate: false });
    return speedOf(product, 2 * SIZE ** 3);
  });
}

/**
 * What the tier's tile can do in GFLOP/s: the product of [60,256] with packed weights [256,512], 0.7 MB that stay in the second-level
 * cache, without packing weights and without a row or column left over. Fewer columns do not pay for the tiles of the 60 rows.
 */
export function peakSpeed(engine: Engine): number {
  const [M, N, K] = [60, 512, 256];
  return engine.arena.scope(() => {
    const [a, w, c] = [M * K, N * K, M * N].map((n) => filled(engine, n));
    const packed = engine.arena.take(engine.packedSize(N, K));
    engine.pack(packed, w, N, K);
    const products = () => {
      for (let i = 0; i < 4; i++) engine.gemmPacked(c, a, packed, M, N, K, { accumulate: false });
    };
    return speedOf(products, 4 * 2 * M * N * K);
  });
}

/** GFLOP/s of `work`, the best round of {@link SECONDS}. */
function speedOf(work: () => void, operations: number): number {
  const began = performance.now();
  let best = 0;
  do {
    const start = performance.now();
    work();
    best = Math.max(best, operations / (performance.now() - start) / 1e6);
  } while (performance.now() - began < SECONDS * 1000);
  return best;
}

function filled(engine: Engine, n: number): number {
  const address = engine.arena.take(n);
  engine.fill(address, n, 0.5);
  return address;
}
