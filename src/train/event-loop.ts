/** Longest stretch of computing between two visits to the event loop, in milliseconds, unless one piece of work is longer. */
const STRETCH = 25;

/** Called between pieces of work; a promise of one that asks to stop is broken. */
export type Visit = () => Promise<void>;

/** A function to call between pieces of work: visits the event loop where the last visit is more than 25 ms ago. */
export function visitor(): Visit {
  let visited = performance.now();
  return async () => {
    if (performance.now() - visited <= STRETCH) return;
    await yieldToEventLoop();
    visited = performance.now();
  };
}

/**
 * Lets timers, input and other tasks run. A message to oneself returns sooner than a zero timer, which browsers stretch to 4 ms.
 * Node's `setImmediate` does the same and, unlike an open channel, lets the process end.
 */
export function yieldToEventLoop(): Promise<void> {
  const immediate = (globalThis as { setImmediate?: (callback: () => void) => void }).setImmediate;
  if (immediate) return new Promise((resolve) => immediate(() => resolve()));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
