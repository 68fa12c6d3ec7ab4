import type { Engine } from 'recurve/engine';
import { type Case, type CellName, SHAPES } from './cases.ts';
import {
  type Absent,
  type Context,
  engineOf,
  figures,
  type Numerics,
  numericsOf,
  type Section,
  shownTime,
} from './context.ts';
import { alternate, type Side } from './measure.ts';
import { isAbsent, loadPeer, peerFolder } from './peers.ts';
import { recurveSide } from './recurve.ts';

export interface TensorFlowRow {
  cell: string;
  T: number;
  B: number;
  D: number;
  H: number;
  numerics: string;
  ms: number;
  tfjsMs: number;
  /** TensorFlow.js' time over Recurve's. */
  ratio: number;
  rounds: number;
}

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
/** Its training step takes minutes from here on. */
const LARGEST = 128;

export const tfjs: Section = {
  says: 'training step beside TensorFlow.js on WebAssembly, sizes that it can finish',
  async run(context: Context): Promise<{ version: string; rows: TensorFlowRow[] } | Absent> {
    const { options, log } = context;
    const wasm = loadPeer<{ setWasmPaths(path: string): void }>('@tensorflow/tfjs-backend-wasm');
    const tf = loadPeer<TensorFlow>('@tensorflow/tfjs');
    if (isAbsent(wasm)) return wasm;
    if (isAbsent(tf)) return tf;
    wasm.setWasmPaths(`${peerFolder('@tensorflow/tfjs-backend-wasm')}/`);
    await tf.setBackend('wasm');
    await tf.ready();
    const rows: TensorFlowRow[] = [];
    const shapes = (options.shapes ?? SHAPES).filter(({ H }) => H <= LARGEST);
    using open = new DisposableStack();
    const engines: { numerics: Numerics; engine: Engine }[] = [];
    for (const numerics of numericsOf(context)) {
      engines.push({ numerics, engine: open.use(await engineOf(context, numerics)) });
    }
    for (const { cell, ...shape } of shapes.flatMap((shape) => options.cells.map((cell) => ({ cell, ...shape })))) {
      const one: Case = { work: 'train', cell, ...shape };
      using mine = new DisposableStack();
      const sides = engines.map(({ engine }) => mine.use(recurveSide(engine, one)));
      const theirs = mine.adopt(tensorFlowSide(tf, one), (side) => side.dispose());
      const timings = await alternate([...sides, theirs], { rounds: 9, least: 7, milliseconds: 10_000 });
      const other = timings[sides.length];
      engines.forEach(({ numerics }, k) => {
        const own = timings[k];
        const ratio = figures(other.ms / own.ms);
        rows.push({
          cell,
          ...shape,
          numerics,
          ms: figures(own.ms),
          tfjsMs: figures(other.ms),
          ratio,
          rounds: own.rounds,
        });
        log(
          `${cell.padEnd(5)}H ${shape.H}  ${numerics}  ${shownTime(own.ms)}, TensorFlow.js ${shownTime(other.ms)}: × ${ratio.toFixed(0)}`,
        );
      });
    }
    return { version: tf.version.tfjs, rows };
  },
};

/** Mean squared error and plain SGD: the cheapest loss and step it has; it knows no training step without them. */
function tensorFlowSide(tf: TensorFlow, { cell, T, B, D, H }: Case): Side & { dispose(): void } {
  const model = tf.sequential();
  const kind = LAYERS[cell];
  // Its default for LSTM and GRU is a piecewise linear gate, which the others do not know.
  const gate = cell === 'RNN' ? {} : { recurrentActivation: 'sigmoid' };
  model.add(tf.layers[kind]({ units: H, inputShape: [T, D], returnSequences: true, ...gate }));
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
