import { type Lengths, mean, square, Tape, Tensor } from '../autograd/index.ts';
import { measuringEngine } from '../engine/measuring.ts';
import type { Layer } from './layer.ts';
import type { Parameter } from './parameter.ts';

/** A step whose memory is asked for. */
export interface StepOptions {
  /** Of the input, batch first: [B, T, D]. */
  shape: readonly number[];
  /** Length of each row; default: all are T long. */
  lengths?: Lengths;
  /** Default true: forward and backward with all that backward needs. False: a prediction. */
  training?: boolean;
  /** Loss of the prediction, one element; default: the mean of its squares. The losses of this package take a little more for their targets. */
  loss?(prediction: Tensor): Tensor;
}

/** Bytes. */
export interface MemoryNeed {
  /** What the engine keeps now: weights, gradients, an optimiser's moments once it is made. */
  persistent: number;
  /** Highest mark of the step's workspace. */
  workspace: number;
  /** Both together. */
  peak: number;
}

/** Walks the layers on an engine that only allocates. Numbers are 0 there, so a layer that decides by them is measured for zeros. */
export function measureStep(
  like: Tape,
  root: Layer,
  entries: readonly { parameter: Parameter }[],
  { shape, lengths, training = true, loss = (y) => mean(square(y)) }: StepOptions,
): MemoryNeed {
  const { engine } = like;
  const measuring = measuringEngine(engine);
  const tape = new Tape(measuring);
  tape.repeat = like.repeat;
  tape.kept = like.kept && { of: (w, N, K) => like.kept?.of(w, N, K), settle() {}, release() {} };
  const bound = entries.map(({ parameter }) => parameter.tensor);
  const dropoutKey = () => ({ key0: 0, key1: 0, counter: 0 });
  try {
    for (const [i, { parameter }] of entries.entries()) {
      parameter.bind(new Tensor(tape, parameter.shape, bound[i].address, { tracked: true, scope: 0, gradient: 0 }));
    }
    if (training) {
      tape.run(() => tape.backward(loss(root.forward(tape.zeros(shape), { training, lengths, dropoutKey }))));
    } else {
      tape.evaluate(() => void root.forward(tape.zeros(shape), { training, lengths, dropoutKey }));
    }
  } finally {
    entries.forEach(({ parameter }, i) => {
      parameter.bind(bound[i]);
    });
  }
  const { persistent } = engine.arena.usage();
  const workspace = measuring.arena.usage().peak;
  return { persistent, workspace, peak: persistent + workspace };
}
