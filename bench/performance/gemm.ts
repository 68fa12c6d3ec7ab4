import type { Address, Engine } from 'recurve/engine';
import { clocked, type Sample, type Side } from './measure.ts';

/** A matrix product with its floating-point operations. */
export interface Product extends Side {
  run(n: number): Sample;
  operations: number;
}

/** Edges tried: what a tile, the first and the second cache like best differs between machines. */
const EDGES = [96, 128, 192, 256, 384, 512];

/**
 * The tier's peak: the fastest square product there is here, weights packed beforehand, everything in cache. Nothing but the tile and
 * its loop is left, so it is what a recurrent layer can be held against.
 */
export function peakProduct(engine: Engine): Product {
  const products = EDGES.map((edge) => product(engine, edge));
  const speeds = products.map((one) => {
    const n = Math.ceil(4e8 / one.operations);
    one.run(n);
    const best = Math.min(...[0, 1, 2].map(() => one.run(n).ms));
    return (one.operations * n) / best;
  });
  return products[speeds.indexOf(Math.max(...speeds))];
}

function product(engine: Engine, edge: number): Product {
  const size = edge * edge;
  const inside = (work: (a: Address, packed: Address, c: Address) => void): void =>
    engine.arena.scope(() => {
      const [a, w, c] = [0, 1, 2].map(() => engine.arena.take(size));
      engine.fill(a, size, 0.5);
      engine.fill(w, size, 0.25);
      const packed = engine.arena.take(engine.packedSize(edge, edge));
      engine.pack(packed, w, edge, edge);
      work(a, packed, c);
    });
  return {
    operations: 2 * edge ** 3,
    run(n) {
      let sample = { ms: 0, cpuMs: 0 };
      inside((a, packed, c) => {
        sample = clocked(() => {
          for (let i = 0; i < n; i++) engine.gemmPacked(c, a, packed, edge, edge, edge, { accumulate: false });
        });
      });
      return sample;
    },
  };
}
