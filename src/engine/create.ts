import { RecurveError } from '../errors.ts';
import { expectOptions, type OptionNames } from '../options.ts';
import { chooseTier, type TierWish } from './choose.ts';
import { compileTier } from './compile.ts';
import type { Engine } from './engine.ts';
import { oneThread } from './engine.ts';
import type { Kernels } from './kernels.ts';
import type { ThreadChoice } from './threads/choose.ts';
import type { PoolOptions } from './threads/pool.ts';
import { PAGE, SCRATCH, SCRATCH_BYTES, WasmEngine } from './wasm.ts';

/** What an engine is made with; how its kernels are chosen is told at {@link TierWish}. */
export interface EngineOptions extends TierWish {
  /**
   * Most bytes the engine's memory may take, at least 1 MiB. Default and maximum: 4 GiB less 64 KiB.
   * Lower it to get a clear error instead of a machine that swaps.
   */
  memoryLimit?: number | undefined;
  /**
   * Threads to compute in: 1 to 31, or `auto`, one per processor and at most 8. Results do not depend on it. Without
   * shared memory (a page that is not cross-origin isolated) it is 1: see {@link Engine.threads}.
   */
  threads?: number | 'auto' | undefined;
}

const OPTIONS: OptionNames<EngineOptions> = { threads: true, memoryLimit: 'number', tier: true, numerics: true };

const LEAST_BYTES = 2 ** 20;
const MAX_PAGES = 65_535;
const INITIAL_PAGES = 16;
/** Milliseconds of one thread's work from which a call is split: handing it out takes 3 µs, waking a worker that sleeps 50. */
const WORTH = 0.1;

/**
 * The engine on WebAssembly, in a memory of its own. The module is compiled once per process.
 *
 * @throws RecurveError `unsupported` when the host lacks WebAssembly SIMD or the tier asked for, `memory` when it refuses the first MiB,
 * `usage` for an unknown tier or numerics, an impossible number of threads or limit of memory
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  expectOptions('engine', options, OPTIONS);
  return openEngine(options, {});
}

/** {@link createEngine}; tests see to it here that small calls are split too and that workers fail. */
export async function openEngine(options: EngineOptions, poolOptions: Partial<PoolOptions>): Promise<Engine> {
  const limit = await limitOf(options.memoryLimit);
  const { tier } = await chooseTier(options);
  const { memory, choice } = openMemory(limit, await chooseThreads(options.threads));
  const module = await compileTier(tier, choice.count > 1);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  const scratch = (thread: number): number => SCRATCH + thread * SCRATCH_BYTES;
  const parts = { name: tier.name, memory, limit, base: scratch(choice.count) / 4 };
  if (choice.count === 1) return new WasmEngine({ ...parts, kernels, threads: oneThread(choice.reason) });

  const { openTeam } = await import('./threads/open.ts');
  const team = openTeam(choice, { module, instance, memory, scratch, worth: WORTH, ...poolOptions });
  const engine = new WasmEngine({ ...parts, ...team });
  abandoned.register(engine, team.close);
  return engine;
}

async function limitOf(wish: number = Number.POSITIVE_INFINITY): Promise<number> {
  if (wish >= LEAST_BYTES) return Math.min(wish, MAX_PAGES * PAGE);
  throw (await import('./refusals.ts')).smallLimit(LEAST_BYTES, wish);
}

/** As the options say; what knows about threads is loaded only where several may be wanted. */
async function chooseThreads(wish: EngineOptions['threads'] = 1): Promise<ThreadChoice> {
  if (wish === 1) return { count: 1, reason: 'one thread was asked for' };
  return (await import('./threads/choose.ts')).chooseThreads(wish);
}

/** A memory, shared where several threads are wished for and the host has room: it sets aside addresses up to the limit at once. */
function openMemory(limit: number, choice: ThreadChoice): { memory: WebAssembly.Memory; choice: ThreadChoice } {
  const size = { initial: INITIAL_PAGES, maximum: Math.max(INITIAL_PAGES, Math.floor(limit / PAGE)) };
  if (choice.count > 1) {
    try {
      return { memory: new WebAssembly.Memory({ ...size, shared: true }), choice };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      choice = { count: 1, reason: 'the host refused shared memory; a lower memoryLimit may help' };
    }
  }
  try {
    return { memory: new WebAssembly.Memory(size), choice };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RecurveError('memory', 'engine: expected the host to give memory, got a refusal; use fewer engines', {
      cause,
    });
  }
}

/** Ends the workers of engines that nobody can reach any more. */
const abandoned = new FinalizationRegistry((close: () => void) => close());
