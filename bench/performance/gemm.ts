import type { Address, Engine } from 'recurve/engine';
import { clocked, type Sample, type Side } from './measure.ts';

/** A matrix product with its floating-point operations. */
export interface Product extends Side {
  run(n: number): Sample;
  operations: number;
}

/**
 * M, N, K tried: what a tile, the first and the second cache like best differs between machines. The first is `recurve doctor`'s, whole
 * tiles of every tier.
 */
const SIZES = [[60, 512, 256], ...[96, 128, 192, 256, 384, 512].map((edge) => [edge, edge, edge])] as const;

/**
 * The tier's peak: the fastest product there is here, weights packed beforehand, everything in cache. Nothing but the tile and
 * its loop is left, so it is what a recurrent layer can be held against.
 */
export function peakProduct(engine: Engine): Product {
  const products = SIZES.map(([M, N, K]) => product(engine, M, N, K));
  const speeds = products.map((one) => {
    const n = Math.ceil(4e8 / one.operations);
    one.run(n);
    const best = Math.min(...[0, 1, 2].map(() => one.run(n).ms));
    return (one.operations * n) / best;
  });
  return products[speeds.indexOf(Math.max(...speeds))];
}

function product(engine: Engine, M: number, N: number, K: number): Product {
  const inside = (work: (a: Address, packed: Address, c: Address) => void): void =>
    engine.arena.scope(() => {
      const [a, w, c] = [M * K, N * K, M * N].map((size) => engine.arena.take(size));
      engine.fill(a, M * K, 0.5);
      engine.fill(w, N * K, 0.25);
      const packed = engine.arena.take(engine.packedSize(N, K));
      engine.pack(packed, w, N, K);
      work(a, packed, c);
    });
  return {
    operations: 2 * M * N * K,
    run(n) {
      let sample = { ms: 0, cpuMs: 0 };
      inside((a, packed, c) => {
        sample = clocked(() => {
          for (let i = 0; i < n; i++) engine.gemmPacked(c, a, packed, M, N, K, { accumulate: false });
        });
      });
      return sample;
    },
  };
}
