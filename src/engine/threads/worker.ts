// The program of a worker, Node's or the browser's; bundled into worker.gen.ts as text by `npm run build`.
// It takes calls of the job, spins a little when there are none, since the next job of a training step is microseconds away,
// and then sleeps without using the processor.
import {
  CALLS,
  ENDED,
  FAILED,
  FREE,
  kernelsOf,
  MAIN_SLEEPS,
  OPEN,
  READY,
  runCall,
  SLEEPERS,
  takeCall,
  WORDS,
  type WorkerStart,
} from './protocol.ts';

function work({ module, memory, control, thread, threads, scratch, spin }: WorkerStart): never {
  const kernels = kernelsOf(module, new WebAssembly.Instance(module, { env: { memory } })).list;
  const words = new Int32Array(control, 0, WORDS);
  const calls = new Float64Array(control, WORDS * 4);
  Atomics.or(words, READY, 1 << thread);
  for (;;) {
    const call = takeCall(words, Math.floor((thread * Atomics.load(words, CALLS)) / threads));
    if (call < 0) waitForJob(words, spin);
    else run(words, () => runCall(calls, call, kernels, scratch));
  }
}

/** Runs a call and says that it has ended, whatever became of it. */
function run(words: Int32Array, call: () => void): void {
  try {
    call();
  } catch {
    Atomics.add(words, FAILED, 1);
  }
  Atomics.add(words, ENDED, 1);
  if (Atomics.sub(words, OPEN, 1) === 1 && Atomics.load(words, MAIN_SLEEPS) === 1) Atomics.notify(words, OPEN);
}

/** Returns when a call may be waiting. */
function waitForJob(words: Int32Array, spin: number): void {
  const end = performance.now() + spin;
  do {
    for (let i = 0; i < 100; i++) if (Atomics.load(words, FREE) !== 0) return;
  } while (performance.now() < end);
  Atomics.add(words, SLEEPERS, 1);
  Atomics.wait(words, FREE, 0);
  Atomics.sub(words, SLEEPERS, 1);
}

// Node gives the start as workerData, a browser as the first message.
const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (node?.parentPort) work(node.workerData as WorkerStart);
else globalThis.onmessage = ({ data }: MessageEvent<WorkerStart>) => work(data);
