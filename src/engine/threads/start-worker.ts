import { nodeModule } from '../host.ts';
import type { WorkerStart } from './protocol.ts';
import { WORKER } from './worker.gen.ts';

/** A worker that was started. */
export interface Handle {
  stop(): void;
}

/** Node's `Worker`, as far as it is used. */
interface NodeWorkers {
  Worker: new (
    code: string,
    options: object,
  ) => { on(event: string, listener: (value: unknown) => void): void; unref(): void; terminate(): void };
}

/**
 * Starts a worker, in Node from text, in a browser from a `blob:` address that holds it: neither needs a file to be found, whatever a
 * bundler has made of the library. `failed` hears why it could not start or has ended.
 */
export function startWorker(start: WorkerStart, failed: (reason: string) => void): Handle {
  const node = nodeModule<NodeWorkers>('node:worker_threads');
  return node ? inNode(node, start, failed) : inBrowser(start, failed);
}

function inNode({ Worker }: NodeWorkers, start: WorkerStart, failed: (reason: string) => void): Handle {
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: start,
    // The program's own flags and loaders are none of its business.
    execArgv: [],
    name: `recurve ${start.thread}`,
  });
  worker.on('error', (error) => failed(String(error)));
  worker.on('exit', (code) => failed(`it ended with code ${code}`));
  // An idle engine must not keep the program alive.
  worker.unref();
  return { stop: () => worker.terminate() };
}

function inBrowser(start: WorkerStart, failed: (reason: string) => void): Handle {
  const url = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: `recurve ${start.thread}` });
  worker.onerror = (event) => failed(event.message || "the page's policy forbids workers from blob: addresses");
  worker.postMessage(start);
  return {
    stop() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
