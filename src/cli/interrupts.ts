import { exitCodes } from './exit.ts';

/** Ctrl-C and SIGTERM while something runs that can stop in good order. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** From now on the first such signal asks to stop, through `signal`, and a second one ends the process at once. */
export function catchInterrupts(onFirst: () => void): Interrupts {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
    onFirst();
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
