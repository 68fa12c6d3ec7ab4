import { createEngine } from 'recurve/engine';
import { createNetwork, lstm } from 'recurve/nn';

/** The script has loaded when its first line runs. */
const loaded = performance.now();

/** Milliseconds from the script's first line to the first output of an LSTM of 128 units over 32 steps. */
export async function firstForward(): Promise<number> {
  const network = createNetwork(await createEngine(), lstm({ input: 16, hidden: 128 }));
  network.predict(new Float32Array(32 * 16).fill(0.5), [1, 32, 16]);
  return performance.now() - loaded;
}

/** Milliseconds until an engine is ready, from the script's first line. */
export async function engineReady(): Promise<number> {
  await createEngine();
  return performance.now() - loaded;
}
