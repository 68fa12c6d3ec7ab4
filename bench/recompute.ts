import { createEngine } from 'recurve/engine';
import { createNetwork, gru, last, linear, lstm, mse, type Network, rnn, sequential } from 'recurve/nn';
import { writeResults } from './results.ts';
import { median } from './statistics.ts';

const H = 128;
const MIB = 2 ** 20;
const MAKERS = { rnn, lstm, gru };
type Kind = keyof typeof MAKERS;
/** Everything stored, all outputs kept, only the last one kept. */
type Mode = 'stored' | 'outputs' | 'last';

/** Time of a training step with recomputation against full storage, and the memory of one at T = 100,000. */
export async function run(): Promise<void> {
  const times = [];
  for (const kind of Object.keys(MAKERS) as Kind[]) {
    for (const [B, T] of [
      [1, 4000],
      [8, 1000],
      [32, 500],
    ]) {
      const outputs = await ratio(kind, B, T, 'outputs');
      const end = await ratio(kind, B, T, 'last');
      times.push({ kind, B, T, outputs, last: end });
      console.log(
        `${kind.padEnd(4)}  B ${B}  T ${T}  time × ${outputs.toFixed(2)} with all outputs, × ${end.toFixed(2)} with the last`,
      );
    }
  }
  const long = [];
  for (const kind of Object.keys(MAKERS) as Kind[]) {
    const { network } = await open(kind, 'last');
    const { peak } = train(network, 1, 100_000);
    const predicted = network.memory({ shape: [1, 100_000, 1] }).peak;
    const seconds = train(network, 1, 100_000).milliseconds / 1000;
    const stored = (await open(kind, 'stored')).network.memory({ shape: [1, 100_000, 1] }).peak;
    const figures = { peak: peak / MIB, predicted: predicted / MIB, stored: stored / MIB, seconds };
    long.push({ kind, ...figures });
    console.log(
      `${kind.padEnd(4)}  B 1  T 100,000  peak ${figures.peak.toFixed(1)} MiB (memory() said ${figures.predicted.toFixed(1)}), stored it would be ${figures.stored.toFixed(0)} MiB; ${seconds.toFixed(1)} s a step`,
    );
  }
  writeResults('recompute', { hidden: H, times, long });
}

async function open(kind: Kind, mode: Mode): Promise<{ network: Network }> {
  const options = { input: 1, hidden: H, ...(mode !== 'stored' && { recompute: 'auto' as const }) };
  const head = linear({ input: H, output: 1 });
  const layers =
    mode === 'last' ? [MAKERS[kind]({ ...options, returns: 'last' }), head] : [MAKERS[kind](options), last(), head];
  return { network: createNetwork(await createEngine(), sequential(...layers)) };
}

/** One training step: its time and the arena's peak in bytes. */
function train(network: Network, B: number, T: number): { milliseconds: number; peak: number } {
  const x = Float32Array.from({ length: B * T }, (_, i) => ((i * 37) % 101) / 101);
  const { engine, root, tape } = network;
  engine.arena.resetPeak();
  network.zeroGradients();
  const began = performance.now();
  tape.run(() => {
    const dropoutKey = () => ({ key0: 0, key1: 0, counter: 0 });
    tape.backward(mse(root.forward(tape.constant(x, [B, T, 1]), { training: true, dropoutKey }), new Float32Array(B)));
  });
  return { milliseconds: performance.now() - began, peak: engine.arena.usage().peak };
}

/** Median of the ratios of nine pairs of steps, one after the other. */
async function ratio(kind: Kind, B: number, T: number, mode: Mode): Promise<number> {
  const [again, stored] = [(await open(kind, mode)).network, (await open(kind, 'stored')).network];
  const ratios = Array.from({ length: 11 }, () => train(again, B, T).milliseconds / train(stored, B, T).milliseconds);
  return median(ratios.slice(2));
}
