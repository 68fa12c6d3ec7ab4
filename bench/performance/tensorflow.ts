import { besidePeer, type PeerResult, type PeerSide } from './beside-peer.ts';
import type { Case, CellName } from './cases.ts';
import type { Absent, Context, Section } from './context.ts';
import { isAbsent, loadPeer, peerFolder } from './peers.ts';

/** What is used of TensorFlow.js, whose own types would have to be installed to check this file. */
interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  sequential(): {
    add(layer: unknown): void;
    compile(options: object): void;
    trainOnBatch(x: unknown, y: unknown): Promise<unknown>;
    dispose(): void;
  };
  layers: Record<string, (options: object) => unknown>;
  randomNormal(shape: readonly number[]): unknown;
  zeros(shape: readonly number[]): unknown;
  version: { tfjs: string };
}

const LAYERS = { LSTM: 'lstm', GRU: 'gru', RNN: 'simpleRNN' } satisfies Record<CellName, string>;

/** Its backends; a training step takes minutes above these sizes. */
export const tfjs: Section = backend('wasm', 128);
export const tfjsCpu: Section = backend('cpu', 64);

function backend(name: 'wasm' | 'cpu', largest: number): Section {
  return {
    says: `training step beside TensorFlow.js, backend ${name}, sizes that it can finish`,
    async run(context: Context): Promise<PeerResult | Absent> {
      const wasm = loadPeer<{ setWasmPaths(path: string): void }>('@tensorflow/tfjs-backend-wasm');
      const tf = loadPeer<TensorFlow>('@tensorflow/tfjs');
      if (isAbsent(wasm)) return wasm;
      if (isAbsent(tf)) return tf;
      wasm.setWasmPaths(`${peerFolder('@tensorflow/tfjs-backend-wasm')}/`);
      await tf.setBackend(name);
      await tf.ready();
      const rows = await besidePeer(context, {
        ...{ name: `TensorFlow.js ${name}`, work: 'train', largest },
        budget: { rounds: 9, least: 7, milliseconds: 10_000 },
        side: (one) => tensorFlowSide(tf, one),
      });
      return { version: tf.version.tfjs, rows };
    },
  };
}

/** Mean squared error and plain SGD: the cheapest loss and step it has; it knows no training step without them. */
function tensorFlowSide(tf: TensorFlow, { cell, T, B, D, H }: Case): PeerSide {
  const model = tf.sequential();
  // Its default for LSTM and GRU is a piecewise linear gate, which the others do not know.
  const gate = cell === 'RNN' ? {} : { recurrentActivation: 'sigmoid' };
  model.add(tf.layers[LAYERS[cell]]({ units: H, inputShape: [T, D], returnSequences: true, ...gate }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [tf.randomNormal([B, T, D]), tf.zeros([B, T, H])];
  return {
    async run(n) {
      const began = performance.now();
      for (let i = 0; i < n; i++) await model.trainOnBatch(x, y);
      return { ms: performance.now() - began, cpuMs: Number.NaN };
    },
    dispose: () => model.dispose(),
  };
}
