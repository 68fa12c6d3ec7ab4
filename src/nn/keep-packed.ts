import type { KeptWeights } from '../autograd/tape.ts';
import type { Address, Engine } from '../engine/engine.ts';
import { expectNetwork } from './check.ts';
import type { Network } from './network.ts';

/**
 * From now on, predictions keep the weights that they packed, and the next ones find them ready: the same bits in less time where sequences
 * are short and batches small, for up to as much memory again as the weights take, from the first prediction on and until the network
 * ends. Whatever writes its weights (an optimiser, `load`, a call of the engine) makes them be packed anew at their next use. Training
 * does not use them. Without effect on an engine that does not count writes, as the reference.
 *
 * @example
 * network.load(weights);
 * keepPacked(network);
 */
export function keepPacked(network: Network): void {
  expectNetwork('keepPacked', network);
  const { tape, engine, weights, slots } = network;
  if (engine.watch) tape.kept ??= keptWeights(engine, weights, slots, engine.watch(weights, slots));
}

interface Packed {
  address: Address;
  N: number;
  K: number;
  /** Writes to the network's weights when it was packed; −1: not yet. */
  writes: number;
}

function keptWeights(
  engine: Engine,
  weights: Address,
  slots: number,
  watch: ReturnType<NonNullable<Engine['watch']>>,
): KeptWeights {
  const packed = new Map<Address, Packed>();
  let missing: { w: Address; N: number; K: number }[] = [];
  return {
    of(w, N, K) {
      // Another network's: nobody would say when they are written to.
      if (w < weights || w >= weights + slots) return undefined;
      const one = packed.get(w);
      if (one?.N !== N || one.K !== K) {
        if (!one) missing.push({ w, N, K });
        return undefined;
      }
      if (one.writes !== watch.writes) {
        engine.pack(one.address, w, N, K);
        one.writes = watch.writes;
      }
      return one.address;
    },
    settle() {
      if (missing.length === 0 || engine.arena.insideScope) return;
      for (const { w, N, K } of missing) {
        const size = engine.packedSize(N, K);
        // Where the limit leaves no room, each pass goes on packing in its workspace.
        if (packed.has(w) || size > engine.arena.room) continue;
        packed.set(w, { address: engine.arena.keep(size), N, K, writes: -1 });
      }
      missing = [];
    },
    release() {
      for (const { address } of packed.values()) engine.arena.release(address);
      packed.clear();
      watch.stop();
    },
  };
}
