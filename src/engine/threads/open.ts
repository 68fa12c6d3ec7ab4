import type { Threads } from '../engine.ts';
import type { Kernels } from '../kernels.ts';
import type { ThreadChoice } from './choose.ts';
import { Pool, type PoolOptions } from './pool.ts';
import { threadedKernels } from './split.ts';

/** Kernels that share their work among threads, and what people may know about those. */
export interface Team {
  kernels: Kernels;
  threads: Threads;
  /** Ends the workers. */
  close(): void;
}

/** Makes the kernels of a module with shared memory work in several threads. */
export function openTeam(choice: ThreadChoice, options: Omit<PoolOptions, 'threads'>): Team {
  const { memory, instance } = options;
  const pool = new Pool({ ...options, threads: choice.count });
  const lengths = (address: number, n: number) => new Int32Array(memory.buffer, address >>> 0, n);
  return {
    kernels: threadedKernels(instance.exports as unknown as Kernels, pool, lengths),
    threads: {
      get count() {
        return pool.threads;
      },
      get reason() {
        return pool.missing === undefined ? choice.reason : `workers could not start: ${pool.missing}`;
      },
      get shared() {
        return pool.ended;
      },
      start: () => pool.start(),
    },
    close: () => pool.close(),
  };
}
