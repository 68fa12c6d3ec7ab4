import { Arena } from './arena.ts';
import type { Engine } from './engine.ts';

/**
 * An engine whose arena is real and whose kernels do nothing: a computation run on it takes and drops exactly what it would on
 * `like`, without a heap. Numbers read from it are 0, sums of squares NaN.
 */
export function measuringEngine(like: Engine): Engine {
  const everything = Number.MAX_SAFE_INTEGER;
  const heap = { slotBytes: like.slotBytes, capacity: () => everything, grow: () => true };
  const known: Partial<Engine> = {
    name: 'measuring',
    slotBytes: like.slotBytes,
    get threads() {
      return like.threads;
    },
    arena: new Arena(heap, 0, everything),
    packedSize: (N, K) => like.packedSize(N, K),
    // Not 0: what is left out where all is 0 would not be measured.
    sumSquares: () => Number.NaN,
    read: (_, n) => new Float32Array(n),
    readIndices: (_, n) => new Int32Array(n),
  };
  // Every other method is a kernel; 0 is the answer of those that give a number.
  const nothing = (): number => 0;
  return new Proxy(known, { get: (methods, name) => Reflect.get(methods, name) ?? nothing }) as Engine;
}
