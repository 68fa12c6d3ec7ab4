// What the threads of one engine share beside its memory: one block of control words and a list of kernel calls, the job.
//
//   words   FREE   bit i set: call i of the job waits for a thread           (the main thread sets it, any thread clears a bit)
//           OPEN   calls that others than the main thread still have to end
//           …
//   calls   call i: [kernel, arguments …], CALL_SLOTS numbers
//
// A thread owns a call once it has cleared its bit, and the main thread writes no new job before all calls have ended. So whoever
// clears a bit, however late it looked, finds a call of the present job. Calls of one job may run in any order, at the same time.

/** Control words, as indices of an Int32Array. */
export const FREE = 0;
export const OPEN = 1;
/** Calls in the job; only tells workers where to look first. */
export const CALLS = 2;
/** Workers asleep on FREE. */
export const SLEEPERS = 3;
/** 1 while the main thread sleeps on OPEN. */
export const MAIN_SLEEPS = 4;
/** Bit i set: the worker of thread i has started. */
export const READY = 5;
/** Calls that a kernel did not return from, in a worker. */
export const FAILED = 6;
/** Calls that workers have ended since the start. */
export const ENDED = 7;
/** Words apart, so that waiting threads do not share a line of memory with the calls. */
export const WORDS = 32;

/** Most calls in a job: FREE has 31 bits that are not its sign. */
export const MAX_CALLS = 31;
/** Numbers per call. */
const CALL_SLOTS = 32;

/** Bytes of the shared block. */
export const CONTROL_BYTES = WORDS * 4 + MAX_CALLS * CALL_SLOTS * 8;

/** What a worker is started with. */
export interface WorkerStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: SharedArrayBuffer;
  /** 1, 2, …; the main thread is 0. */
  thread: number;
  threads: number;
  /** Byte address of this thread's scratch. */
  scratch: number;
  /** Milliseconds of spinning before it sleeps. */
  spin: number;
}

/** A kernel by number. */
export type Kernel = (...args: number[]) => unknown;

/** The exported functions in the order of the module, which is the same in every thread. */
export function kernelsOf(
  module: WebAssembly.Module,
  instance: WebAssembly.Instance,
): { names: string[]; list: Kernel[] } {
  const names = WebAssembly.Module.exports(module).flatMap(({ kind, name }) => (kind === 'function' ? [name] : []));
  return { names, list: names.map((name) => instance.exports[name] as unknown as Kernel) };
}

/** First slots of a call in the list. */
const KERNEL = 0;
const COUNT = 1;
const SCRATCH = 2;
const ARGUMENTS = 3;

/** Writes call `i`; `scratch`: its last argument is the scratch of whoever runs it. */
export function writeCall(
  calls: Float64Array,
  i: number,
  kernel: number,
  scratch: boolean,
  args: ArrayLike<number>,
): void {
  const start = i * CALL_SLOTS;
  calls[start + KERNEL] = kernel;
  calls[start + COUNT] = args.length;
  calls[start + SCRATCH] = scratch ? 1 : 0;
  for (let j = 0; j < args.length; j++) calls[start + ARGUMENTS + j] = Number(args[j]);
}

/** Runs call `i` with the scratch of the calling thread. */
export function runCall(calls: Float64Array, i: number, kernels: readonly Kernel[], scratch: number): void {
  const start = i * CALL_SLOTS;
  const args = Array.from(calls.subarray(start + ARGUMENTS, start + ARGUMENTS + calls[start + COUNT]));
  if (calls[start + SCRATCH] === 1) args[args.length - 1] = scratch;
  kernels[calls[start + KERNEL]](...args);
}

/** Takes a waiting call, the first at or behind `from`, else the first there is; −1 when none waits. */
export function takeCall(words: Int32Array, from: number): number {
  for (;;) {
    const free = Atomics.load(words, FREE);
    if (free === 0) return -1;
    const behind = free & (-1 << from);
    const bits = behind === 0 ? free : behind;
    const bit = bits & -bits;
    // Only who finds the bit still set has taken the call.
    if ((Atomics.and(words, FREE, ~bit) & bit) !== 0) return 31 - Math.clz32(bit);
  }
}
