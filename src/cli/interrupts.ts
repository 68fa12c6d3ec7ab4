import { exitCodes } from './exit.ts';

/** Ctrl-C and SIGTERM while something runs that can stop in good order. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** From now on the first such signal asks to stop, through `signal`, and is told, and a second one ends the process at once. */
export function catchInterrupts(tell: (line: string) => void): Interrupts {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
    tell('stopping after this step; once more to stop at once');
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
