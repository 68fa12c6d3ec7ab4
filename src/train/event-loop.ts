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
