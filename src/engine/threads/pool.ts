import { engineEnded, RecurveError } from '../../errors.ts';
import type { Kernels } from '../kernels.ts';
import {
  CALLS,
  CONTROL_BYTES,
  ENDED,
  FAILED,
  FREE,
  type Kernel,
  kernelsOf,
  MAIN_SLEEPS,
  OPEN,
  READY,
  runCall,
  SLEEPERS,
  takeCall,
  WORDS,
  type WorkerStart,
  writeCall,
} from './protocol.ts';
import { type Handle, startWorker } from './start-worker.ts';

/** Kernels whose last argument is scratch: whoever runs the call puts its own there. */
export const WITH_SCRATCH: ReadonlySet<string> = new Set<keyof Kernels>([
  'gemm',
  'gemmPacked',
  'rnnForward',
  'rnnBackward',
  'lstmForward',
  'lstmBackward',
  'gruForward',
  'gruBackward',
]);

/** Milliseconds of spinning before a thread sleeps: jobs of a training step follow each other within microseconds. */
const SPIN = 0.3;
/** Milliseconds that the calling thread sleeps before it looks again. */
const NAP = 100;
/** Naps after which a worker is taken for dead, besides 30 times what the calling thread needed for its own call. */
const PATIENCE = 200;
/** Milliseconds of work worth a split that are done alone before the workers start: a short program never pays for them. */
const START_AFTER = 20;

export interface PoolOptions {
  module: WebAssembly.Module;
  instance: WebAssembly.Instance;
  memory: WebAssembly.Memory;
  /** Threads, the calling one included: 2 to 31. */
  threads: number;
  /** Byte address of a thread's scratch. */
  scratch(thread: number): number;
  /** Milliseconds of work from which a call is split. */
  worth: number;
  /** For tests: false leaves to the workers every call that is not the calling thread's own. */
  help?: boolean;
  /** For tests: see {@link PATIENCE}. */
  patience?: number;
  /** For tests: how a worker is started. */
  startWorker?(start: WorkerStart, failed: (reason: string) => void): Handle;
}

/**
 * Workers that run kernel calls beside the calling thread. They start at the first work worth it, and nobody waits for them: until
 * they are there, and when they cannot start, the calling thread does everything. It also takes over whatever a worker has
 * not begun, so that a processor which is busy elsewhere costs time but never stops a step.
 */
export class Pool {
  /** Kernels that add the call to the job instead of running it. */
  readonly job: Kernels;
  readonly #options: PoolOptions;
  readonly #words: Int32Array;
  readonly #calls: Float64Array;
  readonly #control = new SharedArrayBuffer(CONTROL_BYTES);
  readonly #kernels: readonly Kernel[];
  #workers: Handle[] | undefined;
  /** Calls in the job that is being put together. */
  #count = 0;
  /** Milliseconds of work worth a split so far. */
  #seen = 0;
  /** Why workers are missing, when some could not start. */
  #missing: string | undefined;
  /** Why nothing can be computed any more. */
  #broken: (() => RecurveError) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#words = new Int32Array(this.#control, 0, WORDS);
    this.#calls = new Float64Array(this.#control, WORDS * 4);
    const { names, list } = kernelsOf(options.module, options.instance);
    this.#kernels = list;
    const adder = (name: string, kernel: number) => {
      const scratch = WITH_SCRATCH.has(name);
      return [name, (...args: number[]) => writeCall(this.#calls, this.#count++, kernel, scratch, args)];
    };
    this.job = Object.fromEntries(names.map(adder)) as Kernels;
  }

  /** Threads that compute now, once all workers that can start have started. */
  get threads(): number {
    return this.#missing === undefined ? this.#options.threads : 1 + this.#readyWorkers();
  }

  /** Why there are fewer threads than were asked for. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** Calls that workers have run. */
  get ended(): number {
    return Atomics.load(this.#words, ENDED);
  }

  /** Starts the workers now; resolves when each of them computes or has failed to start, rejects when the team breaks or is closed before. */
  async start(): Promise<void> {
    this.#start();
    for (;;) {
      if (this.#broken !== undefined) throw this.#broken();
      if (this.#missing !== undefined || this.#readyWorkers() === this.#options.threads - 1) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /**
   * How many threads a call should be split for that takes so many milliseconds on one. It, or the `whole` it belongs to, has to take twice
   * as long where it would wake workers.
   */
  threadsFor(milliseconds: number, whole = milliseconds): number {
    if (this.#broken !== undefined) throw this.#broken();
    if (milliseconds < this.#options.worth) return 1;
    if (!this.#workers) {
      this.#seen += milliseconds;
      if (this.#seen >= START_AFTER) this.#start();
      return 1;
    }
    if (whole < 2 * this.#options.worth && Atomics.load(this.#words, SLEEPERS) > 0) return 1;
    return 1 + this.#readyWorkers();
  }

  /** Runs the job, and forgets it. Call 0 is the calling thread's own. */
  run(): void {
    const words = this.#words;
    const count = this.#count;
    this.#count = 0;
    Atomics.store(words, CALLS, count);
    Atomics.store(words, OPEN, count - 1);
    Atomics.store(words, FREE, 2 ** count - 2);
    if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, FREE, count - 1);
    const own = this.#work();
    if (!this.#await(own)) this.#fail('it does not answer');
    if (Atomics.load(words, FAILED) > 0) this.#fail('a kernel failed in it');
  }

  /** Runs call 0 and what no worker has begun; returns the milliseconds that call 0 took. */
  #work(): number {
    const words = this.#words;
    const began = performance.now();
    try {
      this.#call(0);
      const own = performance.now() - began;
      const { help = true } = this.#options;
      for (let i = help ? takeCall(words, 0) : -1; i >= 0; i = takeCall(words, 0)) {
        this.#call(i);
        Atomics.sub(words, OPEN, 1);
      }
      return own;
    } catch (error) {
      // Workers may still be writing.
      this.#break(() => lost('a kernel failed beside it'));
      throw error;
    }
  }

  /** Ends the workers. */
  close(): void {
    this.#break(engineEnded);
  }

  #call(i: number): void {
    runCall(this.#calls, i, this.#kernels, this.#options.scratch(0));
  }

  #readyWorkers(): number {
    let bits = Atomics.load(this.#words, READY);
    let count = 0;
    for (; bits !== 0; bits &= bits - 1) count++;
    return count;
  }

  #start(): void {
    if (this.#workers || this.#broken) return;
    const { module, memory, threads, scratch } = this.#options;
    const starter = this.#options.startWorker ?? startWorker;
    this.#workers = [];
    for (let thread = 1; thread < threads; thread++) {
      const start = { module, memory, control: this.#control, thread, threads, scratch: scratch(thread), spin: SPIN };
      try {
        this.#workers.push(starter(start, (reason) => this.#failed(thread, reason)));
      } catch (error) {
        this.#failed(thread, String(error));
      }
    }
  }

  /** A worker that never started is missed; one that has ended might have left half a result. */
  #failed(thread: number, reason: string): void {
    if (this.#broken !== undefined) return;
    if (Atomics.load(this.#words, READY) & (1 << thread)) this.#break(() => lost(reason));
    else this.#missing = reason;
  }

  #fail(reason: string): never {
    this.#break(() => lost(reason));
    throw lost(reason);
  }

  #break(error: () => RecurveError): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    for (const worker of this.#workers ?? []) worker.stop();
  }

  /**
   * Waits for the calls that workers have begun: spins, then sleeps where this thread may. False when one does not end: `own`, what
   * the calling thread's own call took, tells how long that may be.
   */
  #await(own: number): boolean {
    const words = this.#words;
    const spun = performance.now() + SPIN;
    do {
      for (let i = 0; i < 100; i++) if (Atomics.load(words, OPEN) === 0) return true;
    } while (performance.now() < spun);
    const { patience = PATIENCE } = this.#options;
    Atomics.store(words, MAIN_SLEEPS, 1);
    let open = Atomics.load(words, OPEN);
    for (let naps = 0; open !== 0 && naps < patience + (30 * own) / NAP; naps++) {
      nap(words, open);
      open = Atomics.load(words, OPEN);
    }
    Atomics.store(words, MAIN_SLEEPS, 0);
    return open === 0;
  }
}

/** Returns when OPEN has changed, at the latest after {@link NAP}. A page's main thread may not sleep, so there it spins. */
function nap(words: Int32Array, open: number): void {
  try {
    Atomics.wait(words, OPEN, open, NAP);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const end = performance.now() + NAP;
    while (Atomics.load(words, OPEN) === open && performance.now() < end);
  }
}

function lost(reason: string): RecurveError {
  return new RecurveError(
    'thread',
    `engine: expected its worker to go on computing, got its end: ${reason}; make a new engine, with threads: 1 if it happens again`,
  );
}
